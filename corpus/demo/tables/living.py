"""Homes, parks, energy, fires, and what the whole produces."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses
from corpus.demo.tables.air import daily_weather
from corpus.demo.world import (
    DAYS,
    MONTHS,
    QUARTERS,
    Frame,
    World,
    blank,
    blank_where,
    choose,
    cross,
    dates,
    draw,
    numbered,
    pick,
    season,
    words,
)

HOUSE_PRICE = np.array([31200, 26800, 22400, 16900, 15600, 21500, 11800, 8900, 7600])
PARK_TYPES = ("综合公园", "社区公园", "专类公园", "口袋公园", "郊野公园")
PARK_WORDS = words(
    "云湖 澜江 滨江 望潮 青屏 锦溪 松岚 荷塘 柳浪 梅园 枫林 竹海 翠谷 月亮湾 金沙 白鹭 听雨 观澜 星河 丹霞 龙泉 桃源 映山 知春 文昌 清波"
)
SECTORS = ("工业", "商业服务业", "居民生活", "农业")
PLACES = ("居民住宅", "商业场所", "厂房仓库", "机动车", "电动自行车", "餐饮场所", "山林草地", "其他")
FIRE_CAUSES = ("电气故障", "用火不慎", "遗留火种", "违规充电", "生产作业", "自燃", "玩火", "原因不明")
INDUSTRY = ("第一产业", "第二产业", "第三产业")


def house_price(world: World) -> Frame:
    rng = world.rng("house_price")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), 2)
    years = m / 12
    path = np.interp(years, [0, 1.2, 2.5, 3.3, 5.0, 6.2, 7.5], [1.0, 1.05, 1.23, 1.19, 1.03, 0.93, 0.915])
    new = np.interp(years, [0, 2.5, 5.0, 7.5], [0.98, 1.13, 1.10, 1.07])
    lean = 1 + (GEOGRAPHY.wealth[d] - 1) * 0.012 * years
    price = HOUSE_PRICE[d] * np.where(k == 0, new, path) * lean * rng.normal(1, 0.011, len(m))
    month = MONTHS[m].astype(int) % 12
    busy = np.array([0.9, 0.52, 1.3, 1.12, 1.0, 1.1, 0.95, 0.92, 1.08, 1.02, 1.05, 1.15])[month]
    trend = np.where(
        k == 0,
        np.interp(years, [0, 2.3, 4, 7.5], [1, 1.25, 0.72, 0.46]),
        np.interp(years, [0, 2.3, 3.6, 7.5], [1, 1.3, 0.78, 1.12]),
    )
    base = np.where(
        k == 0,
        4300 * GEOGRAPHY.weights[d] * (1 + 8 * np.maximum(GEOGRAPHY.growth[d], 0)),
        4500 * GEOGRAPHY.weights[d] * GEOGRAPHY.wealth[d],
    )
    deals = rng.poisson(base * busy * trend)
    stock = base * np.where(k == 0, 0, 9.5 * np.interp(years, [0, 3, 7.5], [1, 1.6, 2.8]))
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "house_type": pick(("新建商品房", "二手房"), k),
        "average_price": np.round(price).astype(int),
        "deal_count": deals,
        "deal_area": np.round(deals * np.where(k == 0, 112, 93) * rng.normal(1, 0.02, len(m))).astype(int),
        "listing_count": blank_where(np.round(stock * rng.normal(1, 0.02, len(m))).astype(int), k == 0),
    }


def park(world: World) -> Frame:
    rng = world.rng("park")
    total = 168
    d = draw(rng, len(DISTRICTS), total, GEOGRAPHY.weights)
    kind = draw(rng, 5, total, (18, 36, 12, 26, 8))
    street = GEOGRAPHY.some_streets(rng, d)
    names, taken = [], set()
    for i in range(total):
        word = PARK_WORDS[int(rng.integers(len(PARK_WORDS)))]
        ending = ("公园", "社区公园", ("植物园", "湿地公园", "儿童公园", "体育公园")[i % 4], "口袋公园", "郊野公园")[
            kind[i]
        ]
        place = str(GEOGRAPHY.streets[street[i]]).removesuffix("街道")
        name = word + ending
        if name in taken:
            name = f"{place}{name}"
        taken.add(name)
        names.append(name)
    return {
        "park_id": numbered("GY", total, 4),
        "park_name": np.array(names, dtype=object),
        "park_type": pick(PARK_TYPES, kind),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "area": np.round(rng.lognormal(0, 0.6, total) * np.array([22, 3.2, 30, 0.5, 140])[kind], 2),
        "green_area": np.round(rng.lognormal(0, 0.6, total) * np.array([16, 2.2, 20, 0.32, 112])[kind] * 0.6, 2),
        "opened_year": blank(rng, rng.integers(1958, 2026, total), 0.04),
        "is_free": rng.random(total) < np.where(kind == 2, 0.6, 0.99),
        "open_hours": choose(rng, ("全天开放", "06:00-22:00", "08:00-17:30"), total, (62, 30, 8)),
    }


def energy_use(world: World) -> Frame:
    rng = world.rng("energy_use")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), len(SECTORS))
    heat = daily_weather(world, "max_temperature").mean(axis=0)
    month_id = DAYS.astype("datetime64[M]").astype(int) - MONTHS[0].astype(int)
    cooling = np.bincount(month_id, np.maximum(heat - 27, 0))[m] / 200
    heating = np.bincount(month_id, np.maximum(11 - heat, 0))[m] / 150
    size = np.choose(
        k,
        [
            GEOGRAPHY.economy[d] * GEOGRAPHY.industry[d],
            GEOGRAPHY.economy[d] * GEOGRAPHY.wealth[d],
            GEOGRAPHY.weights[d],
            GEOGRAPHY.weights[d] * GEOGRAPHY.rural[d],
        ],
    )
    swing = 1 + np.array([0.06, 0.42, 0.62, 0.15])[k] * cooling + np.array([0.03, 0.2, 0.32, 0.02])[k] * heating
    rest = np.where((MONTHS[m].astype(int) % 12 == 1) & (k == 0), 0.72, 1)
    growth = (1 + np.array([0.031, 0.055, 0.058, 0.02])[k]) ** (m / 12)
    noise = rng.normal(1, 0.025, (3, len(m)))
    late = (MONTHS[m] == MONTHS[-1]) & (d == len(DISTRICTS) - 1)
    frame = {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "sector": pick(SECTORS, k),
        "electricity": np.round(
            np.array([186_000, 62_000, 58_000, 5_600])[k] * size * swing * rest * growth * noise[0], 1
        ),
        "natural_gas": np.round(
            np.array([9_800, 3_100, 3_600, 40])[k] * size * (1 + 0.5 * heating) * rest * growth * noise[1], 1
        ),
        "tap_water": np.round(
            np.array([1_650, 1_100, 2_250, 420])[k] * size * (1 + 0.2 * cooling) * rest * noise[2], 1
        ),
    }
    keep = ~late
    return {
        name: (values.filter(keep) if hasattr(values, "filter") else values[keep]) for name, values in frame.items()
    }


def fire_incident(world: World) -> Frame:
    rng = world.rng("fire_incident")
    total = 14_600
    dry = 1 + 0.35 * season(DAYS, 20) + 0.4 * (daily_weather(world, "precipitation").mean(axis=0) < 0.1)
    t = np.sort(draw(rng, len(DAYS), total, dry))
    d = draw(rng, len(DISTRICTS), total, GEOGRAPHY.weights * (1 + 0.2 * GEOGRAPHY.industry))
    place = draw(rng, len(PLACES), total, (34, 13, 8, 12, 11, 9, 6, 7))
    cause = np.where(
        place == 4, draw(rng, 8, total, (30, 2, 2, 55, 0, 8, 0, 3)), draw(rng, 8, total, (38, 24, 11, 5, 5, 7, 3, 7))
    )
    heavy = np.array([1, 1.6, 5.5, 1.3, 0.25, 1.1, 0.8, 0.5])[place]
    return {
        "incident_id": numbered("HZ", total, 6),
        "occurred_at": (
            DAYS[t].astype("datetime64[s]") + rng.integers(0, 86_400, total).astype("timedelta64[s]")
        ).astype("datetime64[us]"),
        "district": GEOGRAPHY.names[d],
        "place_type": pick(PLACES, place),
        "cause": pick(FIRE_CAUSES, cause),
        "response_minutes": np.round(np.clip(rng.gamma(7, 0.95, total) * (1 + 0.55 * GEOGRAPHY.rural[d]), 1.5, 48), 1),
        "injured_count": rng.binomial(2, np.minimum(0.006 * heavy, 0.05)),
        "death_count": rng.binomial(1, np.minimum(0.0022 * heavy, 0.02)),
        "loss_amount": blank(rng, np.round(rng.lognormal(-0.4, 1.25, total) * heavy, 2), 0.015),
    }


def gdp_quarter(world: World) -> Frame:
    rng = world.rng("gdp_quarter")
    q, d, k = cross(len(QUARTERS), len(DISTRICTS), 3)
    share = np.choose(
        k, [0.005 + 0.16 * GEOGRAPHY.rural[d] ** 2, 0.2 + 0.2 * GEOGRAPHY.industry[d] ** 0.8, np.zeros(len(q))]
    )
    rest = 1 - (0.005 + 0.16 * GEOGRAPHY.rural[d] ** 2) - (0.2 + 0.2 * GEOGRAPHY.industry[d] ** 0.8)
    share = np.where(k == 2, rest, share)
    swing = np.choose(
        k,
        [
            np.array([0.55, 0.85, 1.2, 1.4])[q % 4],
            np.array([0.9, 1.0, 1.01, 1.09])[q % 4],
            np.array([0.95, 0.98, 1.01, 1.06])[q % 4],
        ],
    )
    real = (
        np.array([2.9, 5.6, 6.1])[k]
        + 30 * GEOGRAPHY.growth[d]
        - 0.12 * q / 4
        + np.select([q == 4, q == 8, q == 13], [-11.5, 10.5, -4.2], 0.0) * np.array([0.3, 1, 1])[k]
    )
    real = np.round(real + rng.normal(0, 0.5, len(q)), 1)
    level = np.interp(q / 4, [0, 1, 2, 7.5], [1, 1.01, 1.1, 1.42]) * np.where(q == 4, 0.9, 1)
    return {
        "quarter": dates(QUARTERS[q]),
        "district_code": GEOGRAPHY.codes[d],
        "industry_class": pick(INDUSTRY, k),
        "gdp": np.round(1_820 * GEOGRAPHY.economy[d] * share * swing * level * rng.normal(1, 0.01, len(q)), 2),
        "growth_rate": real,
    }


_DISTRICT = (("district", "district.district_name"),)

SPECS = (
    s.spec(
        "house_price", "住宅成交价格月报", house_price,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("house_type", "住宅类型", "房屋类型 房源类型", called={"新建商品房": "新房 一手房 新建住宅 商品房 新建商品住宅", "二手房": "二手住宅 存量房"}),
            s.rate("average_price", "成交均价", "房价 均价 价格 每平米价格 住宅价格", unit="元/平方米", type="INTEGER"),
            s.number("deal_count", "成交套数", "成交量 成交数 销量", unit="套"),
            s.number("deal_area", "成交面积", "销售面积", unit="平方米"),
            s.stock("listing_count", "挂牌套数", "挂牌量 挂牌数", unit="套", note="只有二手房有挂牌数，新建商品房为空。"),
        ],
        by="housing", frequency="每月", key="month district house_type", time="month", synonyms="房价 住宅价格 房地产 楼市", grain="一个区县一个月一种住宅",
        description="新建商品房和二手房每月成交均价、套数和面积。", keywords="房价 二手房 新房 成交", links=_DISTRICT,
    ),
    s.spec(
        "park", "公园名录", park,
        [
            s.key("park_id", "公园编号"),
            s.title("park_name", "公园名称", "公园"),
            s.category("park_type", "公园类型", "公园类别"),
            s.district_name(),
            s.text("address", "公园地址", "地址"),
            s.level_of("area", "公园面积", "面积 占地面积", unit="公顷", scale=10000, description="1公顷等于10000平方米。"),
            s.level_of("green_area", "绿化面积", "绿地面积", unit="公顷", scale=10000),
            s.year("opened_year", "开放年份", "建成年份", note="约4%为空。"),
            s.flag("is_free", "是否免费", "免费 免费开放", codes={"true": "免费", "false": "收费"}),
            s.text("open_hours", "开放时间", "开园时间"),
        ],
        by="urban", frequency="每年", key="park_id", synonyms="公园 绿地 公园绿地", entity="公园", measure_word="个", grain="一个公园", description="城市公园的类型、位置、面积和开放时间。",
        keywords="公园 绿地 免费", links=_DISTRICT,
    ),
    s.spec(
        "energy_use", "能源与供水用量", energy_use,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("sector", "用能领域", "用电类别 行业类别"),
            s.amount("electricity", "用电量", "用电 电量 耗电量 全社会用电量", unit="万千瓦时", scale=10000),
            s.amount("natural_gas", "天然气用量", "用气 用气量 天然气", unit="万立方米", scale=10000),
            s.amount("tap_water", "自来水用量", "用水 用水量 供水量", unit="万立方米", scale=10000),
        ],
        by="ndrc", frequency="每月", key="month district sector", time="month", synonyms="能源 能耗", grain="一个区县一个月一个领域",
        description="每月用电、用气、用水量，按区县和领域分。", note="松岚县2026年6月数据迟报，暂缺。", keywords="用电量 用气量 用水量", links=_DISTRICT,
    ),
    s.spec(
        "fire_incident", "火灾接处警记录", fire_incident,
        [
            s.key("incident_id", "火灾编号", "警情编号"),
            s.moment("occurred_at", "发生时间", "接警时间 火灾时间"),
            s.district_name(),
            s.category("place_type", "起火场所", "场所类型 火灾场所"),
            s.category("cause", "起火原因", "火灾原因 原因"),
            s.rate("response_minutes", "到场用时", "响应时间 出警时间 到场时间", unit="分钟"),
            s.number("injured_count", "火灾受伤人数", "受伤人数", unit="人"),
            s.number("death_count", "火灾死亡人数", "死亡人数", unit="人"),
            s.amount("loss_amount", "火灾损失", "财产损失 直接损失", unit="万元", scale=10000, note="约1.5%尚未核定，为空。"),
        ],
        by="fire", frequency="每月", key="incident_id", time="occurred_at", synonyms="火灾 火警 消防 起火", entity="火灾", measure_word="起", grain="一起火灾",
        description="火灾的时间、场所、原因、到场用时和损失。", keywords="火灾 消防", links=_DISTRICT,
    ),
    s.spec(
        "gdp_quarter", "地区生产总值季度核算", gdp_quarter,
        [
            s.quarter("quarter", "季度", "统计季度"),
            s.district_code(),
            s.category("industry_class", "产业分类", "产业 三次产业"),
            s.amount("gdp", "地区生产总值", "GDP 生产总值 增加值 经济总量", unit="亿元", scale=100000000),
            s.rate("growth_rate", "可比价增速", "增速 GDP增速 经济增速", unit="%", description="与上年同季相比，按可比价计算。"),
        ],
        by="stats", frequency="每季度", key="quarter district_code industry_class", time="quarter", synonyms="GDP 生产总值 经济 国民经济", grain="一个区县一个季度一个产业",
        description="各区县分产业地区生产总值和可比价增速。", keywords="GDP 经济 产业", links=(("district_code", "district.district_code"),),
    ),
)  # fmt: skip
