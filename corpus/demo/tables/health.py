"""Hospitals, their patients by month, infectious diseases as statistics and as cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses, landlines
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
    numbered,
    pick,
    season,
    year_of,
)

KINDS = ("综合医院", "中医医院", "专科医院", "妇幼保健院", "社区卫生服务中心", "乡镇卫生院")
COUNTS = (46, 14, 38, 10, 98, 54)
GRADES = {"33": "三级甲等", "32": "三级乙等", "23": "二级甲等", "22": "二级乙等", "10": "一级", "00": "未定级"}
CALLED = {"33": "三甲", "32": "三乙", "23": "二甲", "22": "二乙", "10": "一级医院"}
BEDS = np.array([880, 460, 250, 140, 34, 12])  # by grade
SPECIALTIES = (
    "口腔医院",
    "眼科医院",
    "骨科医院",
    "儿童医院",
    "精神卫生中心",
    "肿瘤医院",
    "康复医院",
    "皮肤病医院",
    "胸科医院",
)
DISEASES = (
    "流行性感冒",
    "手足口病",
    "感染性腹泻",
    "病毒性肝炎",
    "肺结核",
    "水痘",
    "流行性腮腺炎",
    "登革热",
    "百日咳",
    "猩红热",
)
DISEASE_RATE = np.array([42.0, 9.5, 11.0, 5.2, 3.6, 4.4, 1.3, 0.10, 0.8, 0.5])  # cases per 100,000 people a month
DISEASE_PEAK = np.array([15, 165, 210, 90, 80, 135, 150, 250, 200, 140])
DISEASE_SWING = np.array([0.95, 0.85, 0.5, 0.1, 0.15, 0.5, 0.5, 0.98, 0.6, 0.5])


def hospital(world: World) -> Frame:
    rng = world.rng("hospital")
    kind = np.repeat(np.arange(len(KINDS)), COUNTS)
    total = len(kind)
    town = GEOGRAPHY.weights * np.where(GEOGRAPHY.rural > 0.3, GEOGRAPHY.rural, 0)
    d = draw(rng, len(DISTRICTS), total, GEOGRAPHY.weights * GEOGRAPHY.wealth)
    d[kind == 5] = draw(rng, len(DISTRICTS), COUNTS[5], town)
    d[kind == 3] = np.arange(COUNTS[3]) % len(DISTRICTS)
    chances = np.array([
        [0.22, 0.15, 0.30, 0.20, 0.08, 0.05], [0.14, 0.14, 0.36, 0.22, 0.07, 0.07], [0.10, 0.10, 0.20, 0.25, 0.15, 0.2],
        [0.10, 0.10, 0.50, 0.20, 0.10, 0.0], [0, 0, 0, 0, 0.82, 0.18], [0, 0, 0, 0.04, 0.78, 0.18],
    ])  # fmt: skip
    edges = np.cumsum(chances, axis=1)[kind]
    grade = np.minimum((rng.random(total)[:, None] > edges).sum(axis=1), 5)
    beds = np.maximum(np.round(BEDS[grade] * rng.lognormal(0, 0.3, total)), 4).astype(int)
    street = GEOGRAPHY.some_streets(rng, d)
    private = rng.random(total) < np.array([0.32, 0.2, 0.62, 0.0, 0.12, 0.0])[kind]
    return {
        "hospital_id": numbered("YY", total, 4),
        "hospital_name": _names(kind, d, street, private),
        "hospital_type": pick(KINDS, kind),
        "grade": pick(tuple(GRADES), grade),
        "ownership": pick(("公立", "民营"), private.astype(int)),
        "district_code": GEOGRAPHY.codes[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "bed_count": beds,
        "doctor_count": np.maximum(np.round(beds * rng.normal(0.58, 0.08, total)), 4).astype(int),
        "nurse_count": np.maximum(np.round(beds * rng.normal(0.76, 0.1, total)), 5).astype(int),
        "is_insured": rng.random(total) < np.where(private, 0.82, 1.0),
        "phone": blank(rng, landlines(rng, total), 0.03),
    }


def _names(kind: np.ndarray, d: np.ndarray, street: np.ndarray, private: np.ndarray) -> np.ndarray:
    numbers = ("第一", "第二", "第三", "第四", "第五", "第六", "第七", "第八", "第九")
    private_words = ("仁和", "康宁", "同济堂", "博爱", "安泰", "明德", "济民", "百合", "和睦", "长青", "瑞安", "惠民")
    names: list[str] = []
    taken: dict[str, int] = {}
    for i in range(len(kind)):
        where = GEOGRAPHY.names[d[i]]
        place = GEOGRAPHY.streets[street[i]]
        bare = place.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        ending = (
            "人民医院",
            "中医医院",
            SPECIALTIES[i % len(SPECIALTIES)],
            "妇幼保健院",
            "社区卫生服务中心",
            "卫生院",
        )[kind[i]]
        if kind[i] == 4:
            stem = f"{where}{bare}"
        elif kind[i] == 5:
            stem = f"{where}{bare if place.endswith('街道') else place}"
        elif private[i]:
            stem = f"云澜{private_words[i % len(private_words)]}"
            ending = "医院" if kind[i] == 0 else ending
        elif kind[i] == 0 and i < 12:
            stem, ending = f"云澜市{numbers[i % 9]}", "人民医院" if i < 9 else "附属医院"
        else:
            stem = str(where)
        count = taken[stem + ending] = taken.get(stem + ending, 0) + 1
        names.append(stem + ("" if count == 1 else numbers[(count - 1) % 9]) + ending)
    return np.array(names, dtype=object)


def hospital_visit(world: World) -> Frame:
    rng = world.rng("hospital_visit")
    beds, grade = world.get("hospital", "bed_count"), world.get("hospital", "grade")
    top = np.array([list(GRADES).index(g) for g in grade])
    h, m = cross(len(beds), len(MONTHS))
    month = MONTHS[m]
    years = (month - MONTHS[0]).astype(int) / 12
    covid = np.where(np.isin(month, np.array(["2020-02", "2020-03", "2022-12"], "datetime64[M]")), 0.62, 1.0)
    holiday = np.where(np.isin(month.astype("datetime64[M]").astype(int) % 12, [0, 1]), 0.93, 1.0)
    winter = 1 + 0.08 * season(month, 15)
    noise = rng.normal(1, 0.05, len(h))
    base = beds[h] * np.array([64, 60, 56, 54, 120, 210])[top[h]] * rng.lognormal(0, 0.25, len(beds))[h]
    outpatient = np.round(base * (1 + 0.028 * years) * covid * holiday * winter * noise).astype(int)
    use = np.clip(np.array([93, 88, 82, 74, 48, 35])[top[h]] * covid**0.7 * holiday + rng.normal(0, 4, len(h)), 8, 118)
    stay = np.round(np.array([7.6, 8.0, 8.4, 8.8, 9.5, 7.0])[top[h]] - 0.16 * years + rng.normal(0, 0.3, len(h)), 1)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month.astype(int) % 12]
    occupied = np.round(beds[h] * days * use / 100).astype(int)
    cost = np.array([386, 342, 268, 231, 128, 74])[top[h]] * (1 + 0.034 * years) * rng.normal(1, 0.04, len(h))
    late = (month == MONTHS[-1]) & (rng.random(len(beds)) < 0.04)[h]
    keep = ~late
    frame = {
        "hospital_id": world.get("hospital", "hospital_id")[h],
        "month": dates(month),
        "outpatient_visits": outpatient,
        "emergency_visits": np.round(
            outpatient * np.array([0.11, 0.1, 0.09, 0.07, 0.01, 0.03])[top[h]] * winter
        ).astype(int),
        "discharges": np.round(occupied / stay).astype(int),
        "occupied_bed_days": occupied,
        "open_bed_days": beds[h] * days,
        "average_stay": stay,
        "outpatient_cost": np.round(cost, 2),
    }
    return {name: values[keep] for name, values in frame.items()}


def infectious_disease(world: World) -> Frame:
    rng = world.rng("infectious_disease")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), len(DISEASES))
    people = np.array([x.population for x in DISTRICTS])[d]
    wave = np.stack([1 + DISEASE_SWING[i] * season(MONTHS, DISEASE_PEAK[i]) for i in range(len(DISEASES))], axis=1)
    strength = rng.lognormal(0, 0.35, (8, len(DISEASES)))[year_of(MONTHS)[m] - 2019, k]
    masks = np.where(
        (MONTHS[m] >= np.datetime64("2020-02")) & (MONTHS[m] < np.datetime64("2022-12")) & (k < 3), 0.35, 1.0
    )
    expected = people / 100_000 * DISEASE_RATE[k] * wave[m, k] * strength * masks
    cases = rng.poisson(expected * rng.lognormal(0, 0.15, len(m)))
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "disease": pick(DISEASES, k),
        "disease_class": pick(("乙类", "丙类"), np.isin(k, [0, 1, 2, 5, 6]).astype(int)),
        "cases": cases,
        "deaths": rng.binomial(cases, np.array([1e-5, 1e-5, 0, 4e-4, 1.5e-3, 0, 0, 0, 0, 0])[k]),
    }


def infectious_case(world: World) -> Frame:
    rng = world.rng("infectious_case")
    total = 12_000
    who = rng.integers(0, world.size("resident"), total)
    days = DAYS[np.sort(rng.integers(0, len(DAYS), total))]
    reported = days + rng.geometric(0.55, total) - 1
    columns: dict[str, Any] = {
        c: world.tables["resident"].column(c).take(who) for c in ("resident_id", "name", "phone", "address")
    }
    return {
        "case_id": numbered("CRB", total, 7),
        **columns,
        "disease": choose(rng, DISEASES, total, DISEASE_RATE),
        "hospital_id": world.get("hospital", "hospital_id")[rng.integers(0, world.size("hospital"), total)],
        "onset_date": days,
        "report_date": np.minimum(reported, DAYS[-1]),
        "case_status": choose(rng, ("1", "2", "3"), total, (90, 9.5, 0.5)),
    }


SPECS = (
    s.spec(
        "hospital", "医疗机构基本信息", hospital,
        [
            s.key("hospital_id", "机构编号", "医院编号"),
            s.title("hospital_name", "医院名称", "医院 医疗机构 机构名称 医疗机构名称"),
            s.category("hospital_type", "机构类别", "医院类型 医院类别 机构类型 医疗机构类别"),
            s.category("grade", "医院等级", "等级 等次 级别", codes=GRADES, called=CALLED),
            s.category("ownership", "经济类型", "公立民营 所有制", called={"公立": "公办", "民营": "私立 民办"}),
            s.district_code(),
            s.text("address", "机构地址", "地址 医院地址"),
            s.stock("bed_count", "床位数", "床位 病床 病床数 编制床位", unit="张"),
            s.stock("doctor_count", "执业医师数", "医生 医生数 医师 医师数", unit="人"),
            s.stock("nurse_count", "注册护士数", "护士 护士数", unit="人"),
            s.flag("is_insured", "是否医保定点", "医保定点 定点医院 定点医疗机构", codes={"true": "医保定点", "false": "非医保定点"}),
            s.text("phone", "咨询电话", "医院电话 联系电话", note="约3%为空。"),
        ],
        by="health", frequency="每季度", key="hospital_id", synonyms="医院 医疗机构 卫生机构", entity="医疗机构", measure_word="家",
        grain="一家医疗机构", description="全市医院、社区卫生服务中心和乡镇卫生院名录。", keywords="医院 床位 医生 护士",
        links=(("district_code", "district.district_code"),),
    ),
    s.spec(
        "hospital_visit", "医疗服务月度统计", hospital_visit,
        [
            s.foreign("hospital_id", "机构编号"),
            s.month("month", "月份", "统计月份"),
            s.number("outpatient_visits", "门诊人次", "门诊量 门诊数 门诊 看病人次 就诊人次 诊疗人次", unit="人次"),
            s.number("emergency_visits", "急诊人次", "急诊量 急诊数 急诊", unit="人次"),
            s.number("discharges", "出院人数", "住院人数 出院人次 住院人次", unit="人"),
            s.number("occupied_bed_days", "实际占用床日数", "占用床日", unit="床日"),
            s.number("open_bed_days", "实际开放床日数", "开放床日", unit="床日"),
            s.rate("average_stay", "平均住院日", "平均住院天数 住院天数", unit="天"),
            s.rate("outpatient_cost", "次均门诊费用", "门诊费用 看病费用 次均费用", unit="元"),
        ],
        by="health", frequency="每月", key="hospital_id month", time="month", synonyms="就诊 门诊 住院 诊疗 医疗服务", grain="一家机构一个月",
        description="各医疗机构每月门急诊、住院工作量和费用。", note="2026年6月约4%的机构尚未上报。", keywords="门诊量 住院 病床使用率",
        links=(("hospital_id", "hospital.hospital_id"),),
        metrics=(
            s.metric("bed_use_rate", "病床使用率", "100.0 * sum(occupied_bed_days) / sum(open_bed_days)", "床位使用率 病床利用率", "%", "实际占用床日数占实际开放床日数的比例。"),
        ),
    ),
    s.spec(
        "infectious_disease", "传染病疫情月度统计", infectious_disease,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("disease", "病种", "疾病 传染病名称 疾病名称"),
            s.category("disease_class", "传染病类别", "甲乙丙类"),
            s.number("cases", "发病数", "病例数 病例 发病人数 感染人数", unit="例"),
            s.number("deaths", "病亡数", "传染病死亡数", unit="例"),
        ],
        by="health", frequency="每月", key="month district disease", time="month", synonyms="传染病 疫情 法定传染病", grain="一个区县一个月一个病种",
        description="法定传染病每月发病和死亡数，按区县和病种分。", keywords="传染病 流感 手足口病",
        links=(("district", "district.district_name"),),
    ),
)  # fmt: skip

CASE_SPECS = (
    s.spec(
        "infectious_case", "传染病个案报告", infectious_case,
        [
            s.key("case_id", "个案编号"),
            s.foreign("resident_id", "居民编号"),
            s.person("name", "患者姓名", "姓名"),
            s.phone("phone", "联系电话", "手机号"),
            s.address("address", "现住址", "住址"),
            s.category("disease", "病种", "疾病"),
            s.foreign("hospital_id", "报告机构编号", "报告医院"),
            s.day("onset_date", "发病日期"),
            s.day("report_date", "报告日期"),
            s.category("case_status", "转归状态", codes={"1": "治愈", "2": "治疗中", "3": "死亡"}),
        ],
        by="health", access=s.SECRET, level=s.IMPORTANT, frequency="实时", key="case_id", time="report_date", synonyms="传染病病例 个案", entity="个案",
        measure_word="例", grain="一个病例", description="法定传染病报告卡个案，含患者身份和住址。",
        sharing_basis="《中华人民共和国传染病防治法》《中华人民共和国个人信息保护法》第二十八条", keywords="传染病 报告卡 个案",
        links=(("resident_id", "resident.resident_id"), ("hospital_id", "hospital.hospital_id")),
    ),
)  # fmt: skip
