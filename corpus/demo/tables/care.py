"""Marriages, and homes for the old."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses, landlines
from corpus.demo.world import MONTHS, Frame, World, blank, blank_where, cross, dates, draw, numbered, pick, words

# by month: February has the 14th, May the 20th, October the holidays
MARRIAGE_SEASON = np.array([1.12, 1.12, 0.86, 0.88, 1.3, 0.84, 0.82, 1.0, 1.06, 1.16, 0.96, 0.88])
HOME_TYPES = ("公办养老院", "民办养老院", "社区养老服务中心", "护理院")
STARS = {"5": "五级", "4": "四级", "3": "三级", "2": "二级", "1": "一级", "0": "未评定"}
FIRST = words("福寿 康乐 夕阳红 金秋 长青 颐年 松鹤 安康 和悦 银龄 怡养 瑞福 温馨 仁爱 椿萱 康泰 寿山 静安 逸景 孝亲")


def marriage_registration(world: World) -> Frame:
    rng = world.rng("marriage_registration")
    m, d = cross(len(MONTHS), len(DISTRICTS))
    people = np.array([x.population for x in DISTRICTS])[d]
    month, year = MONTHS[m].astype(int) % 12, m // 12
    trend = np.array([1, 0.88, 0.83, 0.74, 0.83, 0.66, 0.72, 0.74])[year]
    covid = np.where(np.isin(MONTHS[m], np.array(["2020-02", "2020-03"], "datetime64[M]")), 0.35, 1)
    married = rng.poisson(people * 0.00057 * trend * MARRIAGE_SEASON[month] * covid)
    # The law's cooling-off month began in January 2021.
    calm = np.where(year < 2, 1.0, 0.62)
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "marriage_count": married,
        "divorce_count": rng.poisson(people * 0.00025 * calm * covid * rng.normal(1, 0.04, len(m))),
        "remarriage_count": rng.binomial(married, 0.19),
        "cross_region_count": blank_where(
            rng.binomial(married, np.minimum(0.02 + 0.035 * np.maximum(year - 3, 0), 0.2)), year < 4
        ),
    }


def eldercare_institution(world: World) -> Frame:
    rng = world.rng("eldercare_institution")
    total = 186
    d = draw(rng, len(DISTRICTS), total, GEOGRAPHY.weights * (1 + 0.4 * GEOGRAPHY.rural))
    kind = draw(rng, 4, total, (26, 40, 24, 10))
    street = GEOGRAPHY.some_streets(rng, d)
    beds = np.maximum(
        np.round(rng.lognormal(4.75, 0.6, total) * np.array([1.25, 1.1, 0.35, 1.0])[kind] / 2) * 2, 14
    ).astype(int)
    used = np.round(beds * np.clip(rng.normal(np.array([0.66, 0.52, 0.42, 0.78])[kind], 0.14), 0.08, 1)).astype(int)
    place = [str(x).removesuffix("街道").removesuffix("镇").removesuffix("乡") for x in GEOGRAPHY.streets[street]]
    ending = ("养老院", "颐养院", "养老服务中心", "护理院")
    names, taken = [], set()
    for i in range(total):
        word = FIRST[int(rng.integers(len(FIRST)))]
        name = f"{GEOGRAPHY.names[d[i]]}{place[i] if kind[i] in (0, 2) else word}{ending[kind[i]]}"
        if name in taken:
            name = f"{GEOGRAPHY.names[d[i]]}{place[i]}{word}{ending[kind[i]]}"
        taken.add(name)
        names.append(name)
    star = draw(rng, 6, total, (6, 12, 24, 22, 12, 24))
    price = (
        np.round(
            (
                1900
                + 650 * GEOGRAPHY.wealth[d]
                + np.array([0, 700, 100, 2300])[kind]
                + 380 * np.maximum(4 - star, 0) * 0.5
            )
            * rng.lognormal(0, 0.15, total)
            / 50
        )
        * 50
    )
    return {
        "institution_id": numbered("YL", total, 4),
        "institution_name": np.array(names, dtype=object),
        "institution_type": pick(HOME_TYPES, kind),
        "star": pick(tuple(STARS), star),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "bed_count": beds,
        "resident_count": used,
        "nursing_bed_count": np.round(beds * np.array([0.4, 0.45, 0.25, 0.95])[kind]).astype(int),
        "monthly_fee": blank(rng, price, 0.05),
        "is_medical": rng.random(total) < np.array([0.55, 0.4, 0.3, 1.0])[kind],
        "opened_year": rng.integers(1994, 2026, total),
        "phone": landlines(rng, total),
    }


SPECS = (
    s.spec(
        "marriage_registration", "婚姻登记月度统计", marriage_registration,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.number("marriage_count", "结婚登记数", "结婚 结婚对数 结婚登记 结婚数", unit="对"),
            s.number("divorce_count", "离婚登记数", "离婚 离婚对数 离婚登记 离婚数", unit="对"),
            s.number("remarriage_count", "再婚登记数", "再婚 再婚数", unit="对"),
            s.number("cross_region_count", "跨区域结婚登记数", "跨省通办 跨区域通办 异地结婚登记", unit="对", note="2023年起统计，此前为空。"),
        ],
        by="civil", frequency="每月", key="month district", time="month", synonyms="婚姻 婚姻登记 结婚离婚", grain="一个区县一个月",
        description="每月结婚、离婚和跨区域登记对数。", keywords="婚姻 结婚 离婚", links=(("district", "district.district_name"),),
    ),
    s.spec(
        "eldercare_institution", "养老机构信息", eldercare_institution,
        [
            s.key("institution_id", "机构编号"),
            s.title("institution_name", "养老机构名称", "养老院名称 养老院 机构名称"),
            s.category("institution_type", "养老机构类型", "机构类型"),
            s.category("star", "评定等级", "养老院星级 星级 等级", codes=STARS),
            s.district_name(),
            s.text("address", "机构地址", "地址"),
            s.stock("bed_count", "养老床位数", "床位数 床位", unit="张"),
            s.stock("resident_count", "在院老人数", "入住人数 入住老人 在院老人", unit="人"),
            s.stock("nursing_bed_count", "护理型床位数", "护理床位", unit="张"),
            s.rate("monthly_fee", "月均收费", "收费 收费标准 价格 月收费", unit="元/月", note="约5%未公示，为空。"),
            s.flag("is_medical", "是否医养结合", "医养结合", codes={"true": "医养结合", "false": "非医养结合"}),
            s.year("opened_year", "开办年份", "成立年份"),
            s.text("phone", "咨询电话", "联系电话"),
        ],
        by="civil", frequency="每季度", key="institution_id", synonyms="养老院 养老机构 敬老院", entity="养老机构", measure_word="家", grain="一家机构",
        description="养老机构的类型、等级、床位、入住和收费。", keywords="养老 床位 医养结合", links=(("district", "district.district_name"),),
        metrics=(
            s.metric("occupancy", "养老床位入住率", "100.0 * sum(resident_count) / sum(bed_count)", "入住率 床位入住率", "%", "在院老人数占养老床位数的比例。"),
        ),
    ),
)  # fmt: skip
