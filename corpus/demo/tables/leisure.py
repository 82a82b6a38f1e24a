"""Libraries, museums and sights, and who comes."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses
from corpus.demo.world import MONTHS, Frame, World, blank_where, cross, dates, draw, numbered, pick, words

VENUES = ("图书馆", "博物馆", "文化馆", "美术馆")
MUSEUMS = words("丝绸 航运 瓷器 民俗 革命历史 自然 茶文化 城市规划 海洋 科技 中医药 古桥 非遗 纺织 铁路")
GRADES = {"5A": "国家5A级", "4A": "国家4A级", "3A": "国家3A级", "2A": "国家2A级"}
SIGHTS = words(
    "云湖 青屏山 澜江夜游 松岚雪谷 望潮古堤 锦川古镇 东岭矿山公园 安澜运河 白鹭湿地 龙泉瀑布 天池 云岩石窟 雾溪竹海 石门峡 荷塘月色 桑园蚕乡 "
    "海塘观潮 银沙海滩 云澜塔 文昌古街 梅园 茶园问茶 双泉温泉 红石峡谷 平湖秋月 古渡水乡 杉木林海 高岭梯田 翠微寺 书院旧址 丝巷非遗街区 航海博物园 "
    "岚山花海 稻香田园 西河漂流 长洲岛 大堰水利风景区 北坞古村 上坪草甸 竹源大峡谷 黄坑溶洞 钢城工业遗址"
)
SIGHT_DISTRICTS = np.array(
    [
        0,
        3,
        1,
        8,
        2,
        4,
        6,
        7,
        7,
        7,
        8,
        8,
        8,
        8,
        7,
        4,
        2,
        2,
        1,
        0,
        0,
        3,
        3,
        6,
        7,
        7,
        8,
        8,
        3,
        0,
        4,
        5,
        8,
        7,
        7,
        7,
        7,
        8,
        8,
        8,
        6,
        6,
    ]
)
MONTHLY = np.array([0.62, 1.12, 0.86, 1.26, 1.3, 0.86, 1.2, 1.22, 0.84, 1.62, 0.72, 0.5])


def _open_doors() -> np.ndarray:
    """Which share of its visitors a place could have in each month: the epidemic's closures, then the rebound."""
    result: np.ndarray = np.interp(
        np.arange(len(MONTHS)), [0, 12, 13, 15, 19, 23, 35, 38, 40, 46, 48, 52, 66, 89], [1, 1, 0.06, 0.2, 0.7, 0.85, 0.8, 0.4, 0.62, 0.6, 0.85, 1.22, 1.3, 1.42]
    )  # fmt: skip
    return result


def cultural_venue(world: World) -> Frame:
    rng = world.rng("cultural_venue")
    names: list[str] = []
    kinds: list[int] = []
    where: list[int] = []
    for code, ending in enumerate(("图书馆", "博物馆", "文化馆", "美术馆")):
        own = [i for i in range(len(DISTRICTS)) if code < 3 or GEOGRAPHY.wealth[i] > 0.9]
        names += [f"云澜市{ending}", *(f"{GEOGRAPHY.names[i]}{ending}" for i in own)]
        kinds += [code] * (1 + len(own))
        where += [code % 3, *own]
    names += [f"云澜{topic}博物馆" for topic in MUSEUMS]
    kinds += [1] * len(MUSEUMS)
    where += [(i * 4) % len(DISTRICTS) for i in range(len(MUSEUMS))]
    kind, d = np.array(kinds), np.array(where)
    total = len(names)
    street = GEOGRAPHY.some_streets(rng, d)
    return {
        "venue_id": numbered("WH", total, 3),
        "venue_name": np.array(names, dtype=object),
        "venue_type": pick(VENUES, kind),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "building_area": np.round(rng.lognormal(9.0, 0.5, total) * np.array([1.2, 1.1, 0.6, 0.7])[kind]).astype(int),
        "collection_count": np.round(rng.lognormal(0, 0.5, total) * np.array([420_000, 9_800, 0, 1_500])[kind]).astype(
            int
        ),
        "is_free": rng.random(total) < np.array([1, 0.86, 1, 0.9])[kind],
    }


def venue_visit(world: World) -> Frame:
    rng = world.rng("venue_visit")
    area, kind = world.get("cultural_venue", "building_area"), world.get("cultural_venue", "venue_type")
    v, m = cross(len(area), len(MONTHS))
    library = kind[v] == "图书馆"
    swing = np.where(library, np.array([1, 0.9, 1, 1, 0.95, 1, 1.3, 1.3, 0.95, 1, 0.95, 1])[m % 12], MONTHLY[m % 12])
    visits = np.round(area[v] * 1.9 * swing * _open_doors()[m] * rng.lognormal(0, 0.12, len(v))).astype(int)
    return {
        "venue_id": world.get("cultural_venue", "venue_id")[v],
        "month": dates(MONTHS[m]),
        "visit_count": visits,
        "activity_count": rng.poisson(np.where(library, 16, 9) * _open_doors()[m]),
        "minor_count": rng.binomial(visits, np.clip(0.22 + 0.12 * np.isin(m % 12, [6, 7]), 0, 1)),
        "loan_count": blank_where(np.round(visits * rng.normal(0.62, 0.04, len(v))).astype(int), ~library),
    }


def scenic_spot(world: World) -> Frame:
    rng = world.rng("scenic_spot")
    total = len(SIGHTS)
    grade = np.r_[0, 0, 1, 0, draw(rng, 4, total - 4, (0, 38, 48, 14))]
    price = np.array([80, 60, 30, 0])[grade] + rng.integers(-3, 5, total) * 10
    free = (rng.random(total) < 0.42) | (price <= 0)
    return {
        "spot_id": numbered("JQ", total, 3),
        "spot_name": np.array(
            [f"{x}景区" if not x.endswith(("景区", "公园", "街区", "园")) else x for x in SIGHTS], dtype=object
        ),
        "grade": pick(tuple(GRADES), grade),
        "district": GEOGRAPHY.names[SIGHT_DISTRICTS],
        "ticket_price": np.where(free, 0, price).astype(float),
        "daily_capacity": np.round(
            rng.lognormal(0, 0.35, total) * np.array([52_000, 21_000, 9_000, 4_200])[grade], -2
        ).astype(int),
        "rated_year": rng.integers(2003, 2025, total),
    }


def scenic_visit(world: World) -> Frame:
    rng = world.rng("scenic_visit")
    capacity, price = world.get("scenic_spot", "daily_capacity"), world.get("scenic_spot", "ticket_price")
    i, m = cross(len(capacity), len(MONTHS))
    visitors = np.round(capacity[i] * 6.4 * MONTHLY[m % 12] * _open_doors()[m] * rng.lognormal(0, 0.1, len(i))).astype(
        int
    )
    return {
        "spot_id": world.get("scenic_spot", "spot_id")[i],
        "month": dates(MONTHS[m]),
        "visitor_count": visitors,
        "ticket_income": np.round(visitors * price[i] * 0.71 / 10_000, 1),
        "complaint_count": rng.poisson(visitors / 42_000 + 0.2),
    }


_DISTRICT = (("district", "district.district_name"),)

SPECS = (
    s.spec(
        "cultural_venue", "公共文化场馆信息", cultural_venue,
        [
            s.key("venue_id", "场馆编号"),
            s.title("venue_name", "场馆名称", "场馆 图书馆名称 博物馆名称"),
            s.category("venue_type", "场馆类型", "场馆类别"),
            s.district_name(),
            s.text("address", "场馆地址", "地址"),
            s.stock("building_area", "建筑面积", "面积", unit="平方米"),
            s.stock("collection_count", "馆藏数量", "藏品数 藏书量 馆藏", unit="件（册）"),
            s.flag("is_free", "是否免费", "免费 免费开放", codes={"true": "免费", "false": "收费"}),
        ],
        by="culture", frequency="每年", key="venue_id", synonyms="文化场馆 公共文化场馆", entity="场馆", measure_word="个", grain="一个场馆",
        description="公共图书馆、博物馆、文化馆和美术馆名录。", keywords="图书馆 博物馆 文化馆 美术馆 场馆", links=_DISTRICT,
    ),
    s.spec(
        "venue_visit", "文化场馆服务月报", venue_visit,
        [
            s.foreign("venue_id", "场馆编号"),
            s.month("month", "月份", "统计月份"),
            s.number("visit_count", "进馆人次", "参观人次 到馆人次 参观人数", unit="人次"),
            s.number("activity_count", "活动场次", "活动数", unit="场"),
            s.number("minor_count", "未成年人进馆人次", "未成年人参观", unit="人次"),
            s.number("loan_count", "图书外借册次", "借书量 外借册数 借阅量 图书借阅", unit="册次", note="只有图书馆有，其他场馆为空。"),
        ],
        by="culture", frequency="每月", key="venue_id month", time="month", synonyms="场馆参观", grain="一个场馆一个月", description="各文化场馆每月进馆人次、活动和图书外借。",
        keywords="进馆 借阅 活动", links=(("venue_id", "cultural_venue.venue_id"),),
    ),
    s.spec(
        "scenic_spot", "A级旅游景区名录", scenic_spot,
        [
            s.key("spot_id", "景区编号"),
            s.title("spot_name", "景区名称", "景区 景点"),
            s.category("grade", "景区等级", "A级 等级 级别", codes=GRADES, called={"5A": "5A 5A级 五A", "4A": "4A 4A级 四A", "3A": "3A 3A级", "2A": "2A 2A级"}),
            s.district_name(),
            s.rate("ticket_price", "门票价格", "门票 票价", unit="元"),
            s.stock("daily_capacity", "日最大承载量", "承载量 最大承载量", unit="人次"),
            s.year("rated_year", "评定年份"),
        ],
        by="culture", frequency="每年", key="spot_id", synonyms="景区 景点 旅游景区", entity="景区", measure_word="个", grain="一个景区", description="A级旅游景区的等级、门票和承载量。",
        keywords="景区 旅游 门票", links=_DISTRICT,
    ),
    s.spec(
        "scenic_visit", "景区接待月报", scenic_visit,
        [
            s.foreign("spot_id", "景区编号"),
            s.month("month", "月份", "统计月份"),
            s.number("visitor_count", "接待游客人次", "游客数 游客量 接待人次 游客人数 游客", unit="人次"),
            s.amount("ticket_income", "门票收入", "旅游收入", unit="万元", scale=10000),
            s.number("complaint_count", "游客投诉数", "投诉数", unit="件"),
        ],
        by="culture", frequency="每月", key="spot_id month", time="month", synonyms="旅游 游客 景区客流", grain="一个景区一个月", description="各景区每月接待游客、门票收入和投诉。",
        keywords="旅游 游客 门票收入", links=(("spot_id", "scenic_spot.spot_id"),),
    ),
)  # fmt: skip
