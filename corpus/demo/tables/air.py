"""The weather, and the air that it moves."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.world import DAYS, Frame, World, blank_where, cross, numbered, pick, season, words

AIR_STATIONS = words(
    "云湖公园 湖滨 文昌阁 澜江大桥 滨江新城 望海 下沙 海塘 青屏山 翠微 锦溪 高桥 科学城 保税港 东港 钢城 岭南 安澜县城 平湖 松岚县城"
)
AIR_DISTRICTS = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8])


def weather_daily(world: World) -> Frame:
    rng = world.rng("weather_daily")
    d, t = cross(len(DISTRICTS), len(DAYS))
    front = np.zeros(len(DAYS))
    push = rng.normal(0, 2.1, len(DAYS))
    for i in range(1, len(DAYS)):  # warm and cold spells last some days
        front[i] = 0.72 * front[i - 1] + push[i]
    years = np.arange(len(DAYS)) / 365.25
    mean = 17.4 + 11.8 * season(DAYS, 205) + front + 0.03 * years
    wet = rng.random(len(DAYS)) < np.clip(0.32 + 0.16 * season(DAYS, 172), 0.05, 0.9)
    storm = wet & (rng.random(len(DAYS)) < np.where(season(DAYS, 215) > 0.55, 0.07, 0.004))
    amount = np.where(wet, rng.gamma(0.75, 11 + 7 * season(DAYS, 190), len(DAYS)), 0) + np.where(
        storm, rng.gamma(3, 24, len(DAYS)), 0
    )
    height = np.array([0, 0, -0.2, -0.9, -0.1, -0.1, -1.1, -0.5, -2.6])
    rain = np.round(np.where(amount[t] > 0.2, amount[t] * rng.lognormal(-0.05, 0.32, len(d)), 0), 1)
    spread = np.where(wet, 5.2, 9.4)[t] + rng.normal(0, 1.1, len(d))
    centre = mean[t] + height[d] + rng.normal(0, 0.5, len(d))
    wind = np.clip(
        rng.gamma(4, 0.62, len(d)) + np.where(storm[t], 4.5, 0) + np.array([0, 0, 0.9, 0, 0, 1.2, 0.2, 0, 0.3])[d],
        0.3,
        None,
    )
    kind = np.select([rain >= 50, rain >= 10, rain > 0, (rain == 0) & (rng.random(len(d)) < 0.42)], [4, 3, 2, 1], 0)
    return {
        "district": GEOGRAPHY.names[d],
        "date": DAYS[t],
        "max_temperature": np.round(centre + np.abs(spread) / 2, 1),
        "min_temperature": np.round(centre - np.abs(spread) / 2, 1),
        "precipitation": rain,
        "humidity": np.clip(
            np.round(66 + 14 * wet[t] + 6 * season(DAYS, 190)[t] + rng.normal(0, 6, len(d))), 18, 100
        ).astype(int),
        "wind_speed": np.round(wind, 1),
        "weather": pick(("晴", "多云", "小雨", "中到大雨", "暴雨"), kind),
    }


def air_station(world: World) -> Frame:
    rng = world.rng("air_station")
    total = len(AIR_STATIONS)
    longitude, latitude = GEOGRAPHY.points(rng, AIR_DISTRICTS)
    return {
        "station_id": numbered("KQ", total, 3),
        "station_name": AIR_STATIONS,
        "district_code": GEOGRAPHY.codes[AIR_DISTRICTS],
        "station_level": pick(
            ("国控", "省控", "市控"), np.array([0, 0, 1, 0, 1, 0, 1, 2, 1, 2, 0, 2, 0, 1, 2, 0, 2, 1, 2, 1])
        ),
        "built_year": rng.integers(2006, 2019, total),
        "longitude": longitude,
        "latitude": latitude,
    }


def daily_weather(world: World, column: str) -> np.ndarray:
    """One value a district (rows) and day (columns)."""
    result: np.ndarray = world.get("weather_daily", column).reshape(len(DISTRICTS), len(DAYS))
    return result


def air_quality(world: World) -> Frame:
    rng = world.rng("air_quality")
    total = len(AIR_STATIONS)
    a, t = cross(total, len(DAYS))
    d = AIR_DISTRICTS[a]
    rain, wind = daily_weather(world, "precipitation")[d, t], daily_weather(world, "wind_speed")[d, t]
    heat = daily_weather(world, "max_temperature")[d, t]
    years = t / 365.25
    haze = np.zeros(len(DAYS))
    push = rng.normal(0, 0.3, len(DAYS))
    for i in range(1, len(DAYS)):
        haze[i] = 0.66 * haze[i - 1] + push[i]
    place = (0.82 + 0.2 * GEOGRAPHY.industry[d] - 0.12 * GEOGRAPHY.rural[d]) * rng.normal(1, 0.05, total)[a]
    clear = np.exp(-0.016 * np.minimum(rain, 40) - 0.06 * (wind - 2.5))
    pm25 = (
        37
        * place
        * np.exp(haze[t] + 0.48 * season(DAYS, 12)[t] - 0.05 * years)
        * clear
        * rng.lognormal(0, 0.12, len(a))
    )
    pm10 = pm25 * rng.normal(1.62, 0.1, len(a)) + 6
    ozone = np.clip(72 + 4.0 * (heat - 18) - 0.9 * np.minimum(rain, 40) + rng.normal(0, 16, len(a)), 12, None) * (
        1 + 0.006 * years
    )
    no2 = (
        31
        * place
        * np.exp(0.4 * haze[t] + 0.3 * season(DAYS, 5)[t] - 0.045 * years)
        * clear
        * rng.lognormal(0, 0.1, len(a))
    )
    so2 = (
        9.5
        * (0.6 + 0.5 * GEOGRAPHY.industry[d])
        * np.exp(0.2 * season(DAYS, 5)[t] - 0.08 * years)
        * rng.lognormal(0, 0.15, len(a))
    )
    co = np.round(
        0.72 * np.exp(0.4 * haze[t] + 0.2 * season(DAYS, 5)[t] - 0.03 * years) * rng.lognormal(0, 0.1, len(a)), 1
    )
    pm25, pm10, ozone, no2 = (np.round(x).astype(int) for x in (pm25, pm10, ozone, no2))
    parts = np.stack([
        np.interp(pm25, [0, 35, 75, 115, 150, 250, 500], [0, 50, 100, 150, 200, 300, 500]),
        np.interp(pm10, [0, 50, 150, 250, 350, 420, 600], [0, 50, 100, 150, 200, 300, 500]),
        np.interp(ozone, [0, 100, 160, 215, 265, 800], [0, 50, 100, 150, 200, 300]),
        np.interp(no2, [0, 40, 80, 180, 280, 565], [0, 50, 100, 150, 200, 300]),
    ])  # fmt: skip
    index = np.ceil(parts.max(axis=0)).astype(int)
    main = np.where(index <= 50, 4, parts.argmax(axis=0))
    broken = rng.random(len(a)) < 0.006
    return {
        "station_id": world.get("air_station", "station_id")[a],
        "date": DAYS[t],
        "aqi": blank_where(index, broken),
        "quality_level": blank_where(
            pick(
                ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染"),
                np.searchsorted([50, 100, 150, 200, 300], index),
            ),
            broken,
        ),
        "pm25": blank_where(pm25, broken),
        "pm10": blank_where(pm10, broken),
        "so2": np.maximum(np.round(so2), 2).astype(int),
        "no2": no2,
        "ozone": ozone,
        "co": co,
        "main_pollutant": blank_where(pick(("PM2.5", "PM10", "臭氧", "二氧化氮", "无"), main), broken),
    }


SPECS = (
    s.spec(
        "weather_daily", "气象日观测数据", weather_daily,
        [
            s.district_name(),
            s.day("date", "日期", "观测日期"),
            s.rate("max_temperature", "最高气温", "最高温度 最高温 气温", unit="℃"),
            s.rate("min_temperature", "最低气温", "最低温度 最低温", unit="℃"),
            s.amount("precipitation", "降水量", "降雨量 雨量 降雨 降水", unit="毫米"),
            s.rate("humidity", "相对湿度", "湿度", unit="%", type="INTEGER"),
            s.rate("wind_speed", "平均风速", "风速", unit="米/秒"),
            s.category("weather", "天气状况", "天气 天气现象"),
        ],
        by="weather", frequency="每日", key="district date", time="date", synonyms="天气 气象", entity="观测日", measure_word="天",
        grain="一个区县一天", description="各区县国家气象站逐日气温、降水、湿度和风速。", keywords="气象 气温 降水 暴雨",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "air_station", "空气质量监测站点", air_station,
        [
            s.key("station_id", "站点编号", "监测站编号"),
            s.title("station_name", "站点名称", "站点 监测站 监测点 空气站"),
            s.district_code(),
            s.category("station_level", "站点级别", "站点类型"),
            s.year("built_year", "建成年份", "建站年份"),
            s.position("longitude", "经度", unit="度"),
            s.position("latitude", "纬度", unit="度"),
        ],
        by="env", frequency="每年", key="station_id", synonyms="空气监测站 空气站点 空气自动站", entity="监测站", measure_word="个",
        grain="一个监测站", description="环境空气质量自动监测站的位置和级别。", keywords="空气 监测站",
        links=(("district_code", "district.district_code"),),
    ),
    s.spec(
        "air_quality", "空气质量日报", air_quality,
        [
            s.foreign("station_id", "站点编号"),
            s.day("date", "日期", "监测日期"),
            s.rate("aqi", "空气质量指数", "AQI 空气指数 空气质量", type="INTEGER", note="仪器故障日为空，约0.6%。"),
            s.category("quality_level", "空气质量等级", "空气等级 空气质量级别 污染等级"),
            s.rate("pm25", "PM2.5浓度", "PM2.5 PM25 细颗粒物", unit="μg/m³", type="INTEGER", note="仪器故障日为空，约0.6%。"),
            s.rate("pm10", "PM10浓度", "PM10 可吸入颗粒物", unit="μg/m³", type="INTEGER", note="仪器故障日为空，约0.6%。"),
            s.rate("so2", "二氧化硫浓度", "SO2 二氧化硫", unit="μg/m³", type="INTEGER"),
            s.rate("no2", "二氧化氮浓度", "NO2 二氧化氮", unit="μg/m³", type="INTEGER"),
            s.rate("ozone", "臭氧浓度", "O3 臭氧", unit="μg/m³", type="INTEGER"),
            s.rate("co", "一氧化碳浓度", "CO 一氧化碳", unit="mg/m³"),
            s.category("main_pollutant", "首要污染物", "主要污染物"),
        ],
        by="env", frequency="每日", key="station_id date", time="date", synonyms="空气质量 空气 大气 雾霾", entity="监测日", measure_word="天",
        grain="一个站点一天", description="各站点逐日空气质量指数和六项污染物浓度。", keywords="空气质量 AQI PM2.5 优良天数",
        links=(("station_id", "air_station.station_id"),),
        metrics=(
            s.metric("good_air_share", "优良天数比例", "100.0 * avg(CASE WHEN aqi <= 100 THEN 1 WHEN aqi > 100 THEN 0 END)", "优良率 空气优良率 优良天数占比 空气质量优良率", "%", "空气质量指数不超过100的站点日数占有效站点日数的比例。"),
        ),
    ),
)  # fmt: skip
