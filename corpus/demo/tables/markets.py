"""Farm markets, what things cost there, and whether food is what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses
from corpus.demo.tables.business import alive_on, working_days
from corpus.demo.world import DAYS, Frame, World, blank, blank_where, choose, cross, draw, numbered, pick, season

# product, kind, price of a kilogram, day of the year when dear, swing, growth a year
PRODUCE = (
    ("大白菜", "蔬菜", 2.8, 40, 0.28, 0.02), ("青菜", "蔬菜", 5.2, 225, 0.32, 0.02), ("黄瓜", "蔬菜", 6.4, 25, 0.38, 0.02), ("西红柿", "蔬菜", 7.0, 30, 0.34, 0.02),
    ("土豆", "蔬菜", 4.1, 110, 0.14, 0.02), ("茄子", "蔬菜", 6.8, 35, 0.36, 0.02), ("猪肉", "畜禽肉", 30.5, 20, 0.06, -0.01), ("牛肉", "畜禽肉", 78.0, 20, 0.04, -0.02),
    ("羊肉", "畜禽肉", 76.0, 10, 0.07, -0.01), ("鸡肉", "畜禽肉", 22.0, 20, 0.04, 0.01), ("鸡蛋", "蛋类", 10.4, 250, 0.12, 0.00), ("鲫鱼", "水产品", 23.5, 130, 0.1, 0.01),
    ("草鱼", "水产品", 18.6, 150, 0.1, 0.01), ("带鱼", "水产品", 44.0, 200, 0.09, 0.01), ("苹果", "水果", 12.8, 170, 0.13, 0.01), ("香蕉", "水果", 8.2, 60, 0.12, 0.01),
    ("西瓜", "水果", 6.0, 20, 0.45, 0.02), ("大米", "粮油", 6.2, 200, 0.01, 0.01), ("面粉", "粮油", 5.4, 200, 0.01, 0.015), ("花生油", "粮油", 29.0, 200, 0.02, 0.005),
)  # fmt: skip
MARKETS = 24
FOODS = (
    "蔬菜制品",
    "肉制品",
    "乳制品",
    "水产制品",
    "粮食加工品",
    "食用油",
    "糕点",
    "饮料",
    "酒类",
    "调味品",
    "餐饮食品",
    "食用农产品",
)
FOOD_RISK = np.array([1.1, 0.9, 0.15, 1.5, 0.5, 0.6, 1.6, 0.7, 0.9, 0.8, 2.6, 2.2])
FAULTS = ("农药残留超标", "微生物超标", "食品添加剂超范围", "兽药残留超标", "质量指标不符", "标签不符")
SITES = ("超市", "农贸市场", "餐饮单位", "生产企业", "网络平台", "学校食堂")


def farm_market(world: World) -> Frame:
    rng = world.rng("farm_market")
    d = np.r_[np.arange(len(DISTRICTS)), draw(rng, len(DISTRICTS), MARKETS - len(DISTRICTS), GEOGRAPHY.weights)]
    street = GEOGRAPHY.some_streets(rng, d)
    names: list[str] = []
    for i in range(MARKETS):
        place = str(GEOGRAPHY.streets[street[i]]).removesuffix("街道").removesuffix("镇").removesuffix("乡")
        name = f"{place}农贸市场"
        names.append(name if name not in names else f"{place}第二农贸市场")
    return {
        "market_id": numbered("SC", MARKETS, 3),
        "market_name": np.array(names, dtype=object),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "stall_count": rng.integers(60, 420, MARKETS),
        "star": pick(("五星", "四星", "三星", "未评定"), draw(rng, 4, MARKETS, (2, 6, 10, 6))),
        "opened_year": rng.integers(1992, 2021, MARKETS),
    }


def produce_price(world: World) -> Frame:
    rng = world.rng("produce_price")
    weeks = np.arange(np.datetime64("2019-01-04"), DAYS[-1] + 1, 7)
    w, i, p = cross(len(weeks), MARKETS, len(PRODUCE))
    # Vegetables jump, grain hardly moves; both come back to what they cost.
    restless = 0.004 + 0.09 * np.array([x[4] for x in PRODUCE])
    wander = rng.normal(0, 1, (len(weeks), len(PRODUCE))) * restless
    for k in range(1, len(weeks)):
        wander[k] += 0.9 * wander[k - 1]
    years = (weeks - weeks[0]).astype(int) / 365.25
    pork = np.interp(
        years, [0, 0.6, 1.1, 1.9, 2.4, 3.0, 3.8, 5.4, 7.5], [0.9, 1.0, 1.75, 1.6, 0.95, 0.82, 1.05, 0.9, 0.82]
    )  # the hog cycle
    wave = np.stack([1 + x[4] * season(weeks, x[3]) for x in PRODUCE], axis=1)
    path = (
        np.array([x[2] for x in PRODUCE])
        * (1 + np.array([x[5] for x in PRODUCE])) ** years[:, None]
        * wave
        * np.exp(np.clip(wander, -0.4, 0.5))
    )
    path[:, 6] *= pork
    which = {name: k for k, name in enumerate(GEOGRAPHY.names)}
    d = np.array([which[x] for x in world.get("farm_market", "district")])
    dear = (1 + 0.09 * (GEOGRAPHY.wealth[d] - 1)) * rng.normal(1, 0.02, MARKETS)
    price = np.round(np.maximum(path[w, p] * dear[i] * rng.lognormal(0, 0.03, len(w)), 0.5), 2)
    return {
        "market_id": world.get("farm_market", "market_id")[i],
        "date": weeks[w],
        "product": pick(tuple(x[0] for x in PRODUCE), p),
        "product_type": pick(tuple(x[1] for x in PRODUCE), p),
        "price": blank(rng, price, 0.004),
    }


def food_inspection(world: World) -> Frame:
    rng = world.rng("food_inspection")
    total = 59_940
    day = working_days(rng, DAYS, total, 0.05)
    trades = np.isin(world.get("enterprise", "industry"), ["批发和零售业", "制造业", "住宿和餐饮业"])
    chosen = alive_on(rng, world, day, np.flatnonzero(trades))
    food = draw(rng, len(FOODS), total, (7, 8, 7, 6, 8, 6, 8, 7, 6, 7, 12, 18))
    years = (day - DAYS[0]).astype(int) / 365.25
    bad = rng.random(total) < 0.019 * FOOD_RISK[food] * (1 - 0.05 * years)
    frame: dict[str, Any] = {
        "sample_id": numbered("CJ", total, 7),
        "sampled_date": day,
        "district": world.get("enterprise", "district")[chosen],
        "food_type": pick(FOODS, food),
        "site_type": choose(rng, SITES, total, (27, 24, 22, 10, 9, 8)),
        "enterprise_id": world.get("enterprise", "enterprise_id")[chosen],
        "result": pick(("1", "0"), bad.astype(int)),
        "fault": blank_where(choose(rng, FAULTS, total, (28, 25, 16, 13, 12, 6)), ~bad),
    }
    # A batch was reported twice: the same rows stand there again.
    twice = np.sort(np.r_[np.arange(total), rng.choice(total, 60, replace=False)])
    return {name: pa.array(values).take(pa.array(twice)) for name, values in frame.items()}


_DISTRICT = ("district", "district.district_name")

SPECS = (
    s.spec(
        "farm_market", "农贸市场信息", farm_market,
        [
            s.key("market_id", "市场编号"),
            s.title("market_name", "农贸市场名称", "农贸市场 市场名称 菜市场"),
            s.district_name(),
            s.text("address", "市场地址", "地址"),
            s.stock("stall_count", "摊位数", "摊位", unit="个"),
            s.category("star", "星级", "文明星级 市场星级"),
            s.year("opened_year", "开业年份"),
        ],
        by="agri", frequency="每年", key="market_id", synonyms="农贸市场 菜市场 菜场", entity="农贸市场", measure_word="个", grain="一个市场", description="列入价格监测的农贸市场。",
        keywords="农贸市场 菜市场", links=(_DISTRICT,),
    ),
    s.spec(
        "produce_price", "农产品零售价格周报", produce_price,
        [
            s.foreign("market_id", "市场编号"),
            s.day("date", "采价日期", "日期"),
            s.category("product", "农产品名称", "品种 菜品 商品名称 农产品"),
            s.category("product_type", "农产品类别", "品类 商品类别"),
            s.rate("price", "零售价格", "价格 菜价 单价 售价", unit="元/千克", note="个别品种缺货时为空，约0.4%。"),
        ],
        by="agri", frequency="每周", key="market_id date product", time="date", synonyms="菜价 农产品价格 物价 食品价格", entity="采价", measure_word="条", grain="一个市场一周一个品种",
        description="农贸市场每周五采集的20种农产品零售价格。", keywords="菜价 猪肉 鸡蛋 物价", links=(("market_id", "farm_market.market_id"),),
    ),
    s.spec(
        "food_inspection", "食品安全监督抽检", food_inspection,
        [
            s.text("sample_id", "抽样单号", "抽检编号", note="极少数单号重复上报。"),
            s.day("sampled_date", "抽样日期", "抽检日期 抽检时间"),
            s.district_name(),
            s.category("food_type", "食品类别", "食品类型 食品种类 食品"),
            s.category("site_type", "抽样场所", "场所类型 抽样地点"),
            s.foreign("enterprise_id", "被抽样企业编号", "企业编号"),
            s.category("result", "抽检结果", "检验结果 检测结果", codes={"1": "合格", "0": "不合格"}),
            s.category("fault", "不合格项目", "不合格原因", note="合格的为空。"),
        ],
        by="market", frequency="每周", time="sampled_date", synonyms="食品抽检 食品安全 抽检 食品检查", entity="抽检", measure_word="批次", grain="一批次抽样",
        description="食品安全监督抽检的批次、类别和结果。", note="有60条记录重复上报，抽样单号相同。", keywords="食品 抽检 合格率",
        links=(_DISTRICT, ("enterprise_id", "enterprise.enterprise_id")),
        metrics=(
            s.metric("food_pass_rate", "抽检合格率", "100.0 * avg(CASE WHEN result = '1' THEN 1 ELSE 0 END)", "食品合格率 食品抽检合格率 合格率", "%", "合格批次占抽检批次的比例。"),
        ),
    ),
)  # fmt: skip
