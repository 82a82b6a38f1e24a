"""Rivers and reservoirs."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import GEOGRAPHY
from corpus.demo.tables.air import daily_weather
from corpus.demo.world import DAYS, MONTHS, Frame, World, cross, dates, numbered, pick, season, words

RIVERS = ("澜江", "云溪", "青屏河", "锦川", "松岚溪", "望潮河", "东岭河", "安澜运河")
CLASSES = ("Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类")
RESERVOIRS = words(
    "青屏水库 白鹭水库 龙潭水库 松岚水库 石门水库 平湖水库 双泉水库 云岩水库 天池水库 红石水库 杉木水库 大堰水库"
)
RESERVOIR_DISTRICTS = np.array([3, 7, 7, 8, 8, 7, 3, 8, 8, 6, 8, 7])


def water_section(world: World) -> Frame:
    rng = world.rng("water_section")
    river = np.repeat(np.arange(len(RIVERS)), [6, 4, 4, 4, 3, 3, 3, 3])
    total = len(river)
    d = np.array([7, 1, 1, 2, 5, 5, 0, 0, 1, 1, 3, 3, 3, 0, 4, 4, 4, 1, 8, 8, 6, 2, 2, 2, 6, 6, 5, 7, 7, 1])
    order = np.concatenate([np.arange(n) for n in (6, 4, 4, 4, 3, 3, 3, 3)])
    place = np.array(["大桥", "入境", "老码头", "水厂", "汇合口", "出境"], dtype=object)[order]
    return {
        "section_id": numbered("DM", total, 3),
        "section_name": np.array(RIVERS, dtype=object)[river] + place,
        "river": pick(RIVERS, river),
        "district": GEOGRAPHY.names[d],
        "section_level": pick(("国考", "省考", "市考"), rng.integers(0, 3, total)),
        "target_class": pick(CLASSES, np.where(river == 4, 1, np.where(rng.random(total) < 0.75, 2, 3))),
    }


def water_quality(world: World) -> Frame:
    rng = world.rng("water_quality")
    total = world.size("water_section")
    i, m = cross(total, len(MONTHS))
    goal = np.array([CLASSES.index(c) for c in world.get("water_section", "target_class")])[i]
    years = m / 12
    burden = np.exp(
        rng.normal(-0.1, 0.16, total)[i] + rng.normal(0, 0.13, len(i)) - 0.022 * years + 0.08 * season(MONTHS, 30)[m]
    )
    oxygen = np.round(np.clip(9.2 - 0.9 * goal - 1.3 * season(MONTHS, 205)[m] + rng.normal(0, 0.5, len(i)), 1.5, 13), 2)
    manganate = np.round(np.array([1.7, 3.3, 5.2, 8.3])[goal] * burden, 1)
    ammonia = np.round(np.array([0.12, 0.4, 0.82, 1.3])[goal] * burden**1.4, 3)
    phosphorus = np.round(np.array([0.018, 0.075, 0.16, 0.26])[goal] * burden**1.2, 3)
    grade = np.max([
        np.searchsorted([2, 4, 6, 10, 15], manganate), np.searchsorted([0.15, 0.5, 1, 1.5, 2], ammonia),
        np.searchsorted([0.02, 0.1, 0.2, 0.3, 0.4], phosphorus), np.searchsorted([-7.5, -6, -5, -3, -2], -oxygen),
    ], axis=0)  # fmt: skip
    return {
        "section_id": world.get("water_section", "section_id")[i],
        "month": dates(MONTHS[m]),
        "ph": np.round(rng.normal(7.5, 0.25, len(i)), 2),
        "dissolved_oxygen": oxygen,
        "permanganate": manganate,
        "ammonia": ammonia,
        "phosphorus": phosphorus,
        "water_class": pick(CLASSES, grade),
        "is_qualified": grade <= goal,
    }


def reservoir(world: World) -> Frame:
    rng = world.rng("reservoir")
    total = len(RESERVOIRS)
    capacity = np.round(rng.lognormal(8.1, 0.9, total))
    return {
        "reservoir_id": numbered("SK", total, 3),
        "reservoir_name": RESERVOIRS,
        "district": GEOGRAPHY.names[RESERVOIR_DISTRICTS],
        "scale": pick(("大型", "中型", "小型"), np.select([capacity >= 10_000, capacity >= 1_000], [0, 1], 2)),
        "capacity": capacity,
        "flood_limit_level": np.round(rng.uniform(48, 310, total), 2),
        "built_year": rng.integers(1956, 2009, total),
    }


def reservoir_level(world: World) -> Frame:
    rng = world.rng("reservoir_level")
    total = len(RESERVOIRS)
    i, t = cross(total, len(DAYS))
    rain = daily_weather(world, "precipitation")[RESERVOIR_DISTRICTS]
    fill = np.zeros((total, len(DAYS)))
    fill[:, 0] = 0.55
    for k in range(1, len(DAYS)):  # rain fills, use and release empty
        now = fill[:, k - 1] + 0.0014 * rain[:, k] - 0.0022 - 0.03 * np.maximum(fill[:, k - 1] - 0.5, 0)
        fill[:, k] = np.clip(now, 0.12, 0.99)
    share = fill[i, t]
    limit = world.get("reservoir", "flood_limit_level")[i]
    return {
        "reservoir_id": world.get("reservoir", "reservoir_id")[i],
        "date": DAYS[t],
        "water_level": np.round(limit + (share - 0.86) * 24, 2),
        "storage": np.round(world.get("reservoir", "capacity")[i] * share, 1),
        "outflow": np.round(np.maximum(share - 0.5, 0.02) * 60 * rng.lognormal(0, 0.3, len(i)), 1),
        "is_over_limit": share > 0.86,
    }


SPECS = (
    s.spec(
        "water_section", "地表水监测断面", water_section,
        [
            s.key("section_id", "断面编号"),
            s.title("section_name", "断面名称", "断面 监测断面"),
            s.category("river", "所在河流", "河流 水系 流域"),
            s.district_name(),
            s.category("section_level", "断面级别", "考核级别"),
            s.category("target_class", "水质目标", "目标水质 考核目标"),
        ],
        by="env", frequency="每年", key="section_id", synonyms="水质断面 监测断面 地表水断面", entity="断面", measure_word="个", grain="一个断面",
        description="地表水水质监测断面的位置、所在河流和水质目标。", keywords="水质 断面 河流",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "water_quality", "地表水水质月报", water_quality,
        [
            s.foreign("section_id", "断面编号"),
            s.month("month", "月份", "监测月份"),
            s.rate("ph", "pH值", "PH 酸碱度"),
            s.rate("dissolved_oxygen", "溶解氧", "DO", unit="mg/L"),
            s.rate("permanganate", "高锰酸盐指数", "CODMn", unit="mg/L"),
            s.rate("ammonia", "氨氮", "NH3-N 氨氮浓度", unit="mg/L"),
            s.rate("phosphorus", "总磷", "TP 总磷浓度", unit="mg/L"),
            s.category("water_class", "水质类别", "水质 水质等级"),
            s.flag("is_qualified", "是否达标", "水质达标 达标", codes={"true": "达标", "false": "不达标"}),
        ],
        by="env", frequency="每月", key="section_id month", time="month", synonyms="水质 地表水 河流水质 水环境", grain="一个断面一个月",
        description="各断面每月水质监测结果和达标情况。", keywords="水质 氨氮 总磷 达标率",
        links=(("section_id", "water_section.section_id"),),
        metrics=(
            s.metric("water_qualified_rate", "水质达标率", "100.0 * avg(CASE WHEN is_qualified THEN 1 ELSE 0 END)", "断面达标率 水质达标比例", "%", "达到水质目标的断面月数占监测断面月数的比例。"),
            s.metric("good_water_share", "水质优良比例", "100.0 * avg(CASE WHEN water_class IN ('Ⅰ类', 'Ⅱ类', 'Ⅲ类') THEN 1 ELSE 0 END)", "水质优良率 优良水体比例", "%", "水质为Ⅰ至Ⅲ类的比例。"),
        ),
    ),
    s.spec(
        "reservoir", "水库基本信息", reservoir,
        [
            s.key("reservoir_id", "水库编号"),
            s.title("reservoir_name", "水库名称", "水库"),
            s.district_name(),
            s.category("scale", "水库规模", "工程规模"),
            s.level_of("capacity", "总库容", "库容", unit="万立方米", scale=10000),
            s.rate("flood_limit_level", "汛限水位", "汛期限制水位", unit="米"),
            s.year("built_year", "建成年份"),
        ],
        by="water", frequency="每年", key="reservoir_id", synonyms="水库 水库名录", entity="水库", measure_word="座", grain="一座水库",
        description="水库的位置、规模、总库容和汛限水位。", keywords="水库 库容 防汛",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "reservoir_level", "水库水情日报", reservoir_level,
        [
            s.foreign("reservoir_id", "水库编号"),
            s.day("date", "日期", "观测日期"),
            s.rate("water_level", "库水位", "水位", unit="米"),
            s.level_of("storage", "蓄水量", "库存水量", unit="万立方米", scale=10000),
            s.rate("outflow", "出库流量", "下泄流量", unit="立方米/秒"),
            s.flag("is_over_limit", "是否超汛限", "超汛限", codes={"true": "超汛限", "false": "未超汛限"}),
        ],
        by="water", frequency="每日", key="reservoir_id date", time="date", synonyms="水情 水库水位 水库蓄水", entity="观测日", measure_word="天",
        grain="一座水库一天", description="各水库逐日水位、蓄水量和出库流量。", keywords="水情 水位 蓄水",
        links=(("reservoir_id", "reservoir.reservoir_id"),),
    ),
)  # fmt: skip
