"""Metro, buses, vehicles and accidents."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import roads
from corpus.demo.tables.air import daily_weather
from corpus.demo.world import (
    DAYS,
    MONTHS,
    Frame,
    World,
    blank,
    choose,
    cross,
    dates,
    draw,
    month_of,
    numbered,
    pick,
    season,
)

METRO = (
    ("1号线", "2012-09-28", 33.4, 27, 410_000, 0), ("2号线", "2015-12-26", 38.9, 30, 365_000, 1), ("3号线", "2018-06-30", 29.7, 23, 268_000, 2),
    ("4号线", "2020-12-28", 41.2, 28, 214_000, 4), ("5号线", "2022-06-28", 36.5, 25, 176_000, 5), ("机场线", "2023-09-26", 44.8, 9, 52_000, 5),
)  # fmt: skip
METRO_WAYS = ("安澜广场—新港北", "青屏山—滨江新城", "火车东站—下沙", "锦溪—科学城", "蓝湾—东岭", "云湖公园—云澜机场")
BUSES = 110
ENERGY = ("燃油", "纯电动", "插电混动", "其他")
CAUSES = (
    "未按规定让行",
    "超速行驶",
    "疲劳驾驶",
    "酒后驾驶",
    "违法变道",
    "违反交通信号",
    "未保持安全距离",
    "行人非机动车过错",
    "其他",
)
SEVERITY = {"1": "轻微事故", "2": "一般事故", "3": "较大事故"}


def _travel(rng: np.random.Generator) -> np.ndarray:
    """How much the city moves on each day: working days, holidays, the spring of 2020."""
    month, day = month_of(DAYS), (DAYS - DAYS.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    holiday = ((month == 10) & (day <= 7)) | ((month == 5) & (day <= 5)) | ((month == 2) & (day >= 4) & (day <= 11))
    work = np.where(np.is_busday(DAYS), 1.0, 0.78) * np.where(holiday, 0.72, 1.0)
    pause = np.interp(
        DAYS.astype(int), np.array(["2020-01-20", "2020-02-01", "2020-03-05", "2020-09-01", "2022-03-20", "2022-04-05", "2022-06-10", "2022-12-05", "2022-12-22", "2023-02-10"], "datetime64[D]").astype(int),
        [1, 0.12, 0.25, 0.92, 0.95, 0.6, 0.9, 0.85, 0.4, 1.0],
    )  # fmt: skip
    result: np.ndarray = work * pause * (1 + 0.03 * season(DAYS, 290)) * rng.lognormal(0, 0.025, len(DAYS))
    return result


def metro_line(world: World) -> Frame:
    return {
        "line_id": numbered("DT", len(METRO), 2),
        "line_name": [f"地铁{x[0]}" for x in METRO],
        "route": METRO_WAYS,
        "opened_date": np.array([x[1] for x in METRO], "datetime64[D]"),
        "length": [x[2] for x in METRO],
        "station_count": [x[3] for x in METRO],
    }


def metro_ridership(world: World) -> Frame:
    rng = world.rng("metro_ridership")
    travel = _travel(rng)
    line, t = cross(len(METRO), len(DAYS))
    opened = world.get("metro_line", "opened_date").astype("datetime64[D]")[line]
    age = (DAYS[t] - opened).astype(int) / 365.25
    keep = age >= 0
    line, t, age = line[keep], t[keep], age[keep]
    full = np.array([x[4] for x in METRO])[line] * (0.55 + 0.45 * (1 - np.exp(-age / 1.4))) * (1 + 0.018 * age)
    riders = np.round(full * travel[t] * rng.normal(1, 0.02, len(t))).astype(int)
    return {
        "line_id": world.get("metro_line", "line_id")[line],
        "date": DAYS[t],
        "passenger_count": riders,
        "train_count": np.round(
            np.array([330, 318, 296, 284, 262, 142])[line] * np.where(np.is_busday(DAYS[t]), 1, 0.9)
        ).astype(int),
        "on_time_rate": np.round(np.clip(99.92 - rng.gamma(0.7, 0.09, len(t)), 96, 100), 2),
    }


def bus_line(world: World) -> Frame:
    rng = world.rng("bus_line")
    d = draw(rng, len(DISTRICTS), BUSES, GEOGRAPHY.weights)
    kind = draw(rng, 4, BUSES, (68, 12, 10, 10))
    number = np.sort(rng.choice(np.arange(1, 399), BUSES, replace=False))
    length = np.round(rng.lognormal(2.85, 0.3, BUSES) * np.array([1, 1.5, 0.45, 1.1])[kind], 1)
    return {
        "line_id": numbered("GJ", BUSES, 4),
        "line_name": np.array(
            [("K{}路", "快线{}路", "微公交{}路", "夜班{}路")[k].format(n) for k, n in zip(kind, number, strict=True)],
            dtype=object,
        ),
        "line_type": pick(("常规线", "快速公交", "微循环", "夜间线"), kind),
        "district": GEOGRAPHY.names[d],
        "length": length,
        "stop_count": np.maximum(np.round(length * rng.normal(1.45, 0.2, BUSES)), 5).astype(int),
        "vehicle_count": np.maximum(np.round(length * rng.normal(0.7, 0.2, BUSES)), 2).astype(int),
        "fare": pick((1.0, 2.0, 3.0), np.select([kind == 2, kind == 1], [0, 2], 1)),
    }


def bus_ridership(world: World) -> Frame:
    rng = world.rng("bus_ridership")
    travel = _travel(rng)
    size = rng.lognormal(8.35, 0.55, BUSES) * np.where(world.get("bus_line", "line_type") == "夜间线", 0.2, 1)
    line, t = cross(BUSES, len(DAYS))
    # Riders leave for the metro; rain keeps some at home.
    drift = np.exp(-0.052 * t / 365.25)
    rain = daily_weather(world, "precipitation").mean(axis=0)[t]
    riders = np.round(
        size[line] * drift * travel[t] * (1 - 0.0025 * np.minimum(rain, 60)) * rng.lognormal(0, 0.07, len(t))
    ).astype(int)
    return {
        "line_id": world.get("bus_line", "line_id")[line],
        "date": DAYS[t],
        "passenger_count": blank(rng, riders, 0.002),
        "trip_count": np.maximum(
            np.round(world.get("bus_line", "vehicle_count")[line] * np.where(np.is_busday(DAYS[t]), 9.6, 8.6)), 4
        ).astype(int),
    }


def vehicle_registration(world: World) -> Frame:
    rng = world.rng("vehicle_registration")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), len(ENERGY))
    years = m / 12
    clean = 1 / (1 + np.exp(-(years - 4.3) / 1.05))  # the share of new energy among new cars
    share = np.choose(k, [0.96 - 0.70 * clean, 0.02 + 0.42 * clean, 0.01 + 0.27 * clean, np.full(len(m), 0.01)])
    total = (
        17_800
        * GEOGRAPHY.economy[d]
        * np.where(MONTHS[m].astype(int) % 12 == 11, 1.3, 1)
        * np.where(MONTHS[m].astype(int) % 12 == 1, 0.6, 1)
    )
    new = rng.poisson(total * share)
    start = np.array([1_390_000, 21_000, 9_000, 38_000])[k] * GEOGRAPHY.economy[d]
    leaving = np.round(new * np.array([0.74, 0.06, 0.05, 0.6])[k])
    grid = (new - leaving).reshape(len(MONTHS), len(DISTRICTS), len(ENERGY)).cumsum(axis=0).ravel()
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "energy_type": pick(ENERGY, k),
        "is_new_energy": (k == 1) | (k == 2),
        "new_count": new,
        "stock_count": np.round(start + grid).astype(int),
    }


def traffic_accident(world: World) -> Frame:
    rng = world.rng("traffic_accident")
    total = 40_000
    rain = daily_weather(world, "precipitation")
    years = np.arange(len(DAYS)) / 365.25
    risk = (
        GEOGRAPHY.weights[:, None]
        * (1 + 0.012 * np.minimum(rain, 60))
        * (1 - 0.035 * years)
        * (1 + 0.1 * season(DAYS, 330))
    )
    d, t = np.divmod(draw(rng, risk.size, total, risk.ravel()), len(DAYS))
    order = np.argsort(t, kind="stable")
    d, t = d[order], t[order]
    hour = choose(
        rng,
        np.arange(24),
        total,
        (2, 1.4, 1, 0.8, 0.8, 1.3, 2.8, 6, 7.5, 6, 5, 5, 4.8, 5, 5.4, 5.5, 6, 8, 7.2, 5.5, 4.6, 4, 3.4, 2.8),
    ).to_numpy()
    cause = draw(rng, len(CAUSES), total, (19, 10, 5, 4.5, 15, 12, 18, 10, 6.5))
    severe = draw(rng, 3, total, (78, 21.6, 0.4))
    hurt = np.where(severe == 0, 0, rng.poisson(np.array([0, 1.15, 3.4])[severe]))
    return {
        "accident_id": numbered("SG", total, 7),
        "occurred_at": (
            DAYS[t].astype("datetime64[s]") + (hour * 3600 + rng.integers(0, 60, total) * 60).astype("timedelta64[s]")
        ).astype("datetime64[us]"),
        "district": GEOGRAPHY.names[d],
        "road": roads(rng, total),
        "cause": pick(CAUSES, cause),
        "severity": pick(tuple(SEVERITY), severe),
        "weather": world.get("weather_daily", "weather")[d * len(DAYS) + t],
        "injured_count": hurt,
        "death_count": rng.binomial(1, np.array([0, 0.045, 0.75])[severe]),
        "loss_amount": np.round(rng.lognormal(7.6, 0.9, total) * np.array([1, 2.6, 9])[severe]),
    }


_DISTRICT = (("district", "district.district_name"),)

SPECS = (
    s.spec(
        "metro_line", "地铁线路信息", metro_line,
        [
            s.key("line_id", "线路编号"),
            s.title("line_name", "地铁线路名称", "地铁线路 线路 线路名称"),
            s.text("route", "起讫站点", "起终点"),
            s.day("opened_date", "开通日期", "开通时间 运营日期"),
            s.level_of("length", "运营里程", "线路长度 里程", unit="公里"),
            s.stock("station_count", "车站数", "站点数 地铁站数量", unit="座"),
        ],
        by="transport", frequency="每年", key="line_id", synonyms="地铁 轨道交通 地铁线路", entity="地铁线路", measure_word="条", grain="一条线路",
        description="轨道交通线路的起讫站、里程、车站数和开通日期。", keywords="地铁 轨道交通",
    ),
    s.spec(
        "metro_ridership", "地铁客流日报", metro_ridership,
        [
            s.foreign("line_id", "线路编号"),
            s.day("date", "日期", "运营日期"),
            s.number("passenger_count", "地铁客运量", "客流量 客运量 乘客数 地铁客流 客流", unit="人次"),
            s.number("train_count", "开行列次", "列次", unit="列次"),
            s.rate("on_time_rate", "列车正点率", "正点率 准点率", unit="%"),
        ],
        by="transport", frequency="每日", key="line_id date", time="date", synonyms="地铁客流 轨道客流", grain="一条线路一天", description="各地铁线路逐日客运量、开行列次和正点率。",
        keywords="地铁 客流 正点率", links=(("line_id", "metro_line.line_id"),),
    ),
    s.spec(
        "bus_line", "公交线路信息", bus_line,
        [
            s.key("line_id", "线路编号"),
            s.title("line_name", "公交线路名称", "公交线路 线路 线路名称"),
            s.category("line_type", "公交线路类型", "线路类型"),
            s.district_name(),
            s.level_of("length", "线路长度", "里程", unit="公里"),
            s.stock("stop_count", "公交站点数", "站点数 停靠站数", unit="个"),
            s.stock("vehicle_count", "配车数", "公交车数量 车辆数", unit="辆"),
            s.rate("fare", "公交票价", "票价", unit="元"),
        ],
        by="transport", frequency="每季度", key="line_id", synonyms="公交 公交线路 公共汽车", entity="公交线路", measure_word="条", grain="一条线路",
        description="公交线路的类型、长度、站点、配车和票价。", keywords="公交 线路 票价", links=_DISTRICT,
    ),
    s.spec(
        "bus_ridership", "公交客流日报", bus_ridership,
        [
            s.foreign("line_id", "线路编号"),
            s.day("date", "日期", "运营日期"),
            s.number("passenger_count", "公交客运量", "客流量 客运量 乘客数 公交客流 客流", unit="人次", note="刷卡数据缺失的为空，约0.2%。"),
            s.number("trip_count", "发车班次", "班次", unit="班次"),
        ],
        by="transport", frequency="每日", key="line_id date", time="date", synonyms="公交客流", grain="一条线路一天", description="各公交线路逐日客运量和发车班次。",
        keywords="公交 客流", links=(("line_id", "bus_line.line_id"),),
    ),
    s.spec(
        "vehicle_registration", "机动车登记统计", vehicle_registration,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("energy_type", "能源类型", "动力类型 燃料类型"),
            s.flag("is_new_energy", "是否新能源", "新能源", codes={"true": "新能源", "false": "非新能源"}, called={"true": "新能源汽车 新能源车 电动车"}, description="纯电动和插电混动为新能源。"),
            s.number("new_count", "新注册车辆数", "新增车辆 上牌量 新车上牌 新注册机动车", unit="辆"),
            s.stock("stock_count", "机动车保有量", "汽车保有量 保有量 车辆保有量", unit="辆"),
        ],
        by="police", frequency="每月", key="month district energy_type", time="month", synonyms="机动车 汽车 车辆", grain="一个区县一个月一种能源类型",
        description="每月新注册车辆和机动车保有量，按能源类型分。", keywords="机动车 新能源 保有量", theme="交通运输", links=_DISTRICT,
    ),
    s.spec(
        "traffic_accident", "道路交通事故", traffic_accident,
        [
            s.key("accident_id", "事故编号"),
            s.moment("occurred_at", "事故时间", "发生时间 事故日期"),
            s.district_name(),
            s.text("road", "发生道路", "道路 路段"),
            s.category("cause", "事故原因", "原因"),
            s.category("severity", "事故等级", "严重程度", codes=SEVERITY),
            s.category("weather", "天气状况", "天气"),
            s.number("injured_count", "事故受伤人数", "受伤人数 伤者 受伤", unit="人"),
            s.number("death_count", "事故死亡人数", "死亡人数 死亡", unit="人"),
            s.amount("loss_amount", "直接财产损失", "财产损失 经济损失", unit="元"),
        ],
        by="police", frequency="每周", key="accident_id", time="occurred_at", synonyms="交通事故 车祸 事故", entity="交通事故", measure_word="起", grain="一起事故",
        description="道路交通事故的时间、路段、原因、伤亡和损失，不含当事人信息。", keywords="交通事故 伤亡", theme="交通运输", links=_DISTRICT,
    ),
)  # fmt: skip
