"""Personal records. Everybody in them is invented; the classes are those such records have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses, identity_numbers, numbers_to_text, person_names, phones
from corpus.demo.world import DAYS, TODAY, Frame, World, blank, blank_where, choose, draw, join, numbered, pick, year_of

RESIDENTS = 100_000
GENDERS = {"1": "男", "2": "女"}
EDUCATION = {"10": "研究生", "20": "大学本科", "30": "大学专科", "40": "高中或中专", "70": "初中", "80": "小学及以下"}
REASONS = {"01": "重病", "02": "重残", "03": "失业", "04": "老弱", "05": "单亲", "99": "其他"}


def resident(world: World) -> Frame:
    rng = world.rng("resident")
    total = RESIDENTS
    d = draw(rng, len(DISTRICTS), total, GEOGRAPHY.weights)
    born = _births(rng, d)
    female = rng.random(total) < 0.494
    street = GEOGRAPHY.some_streets(rng, d)
    age = (np.datetime64(TODAY) - born).astype(int) / 365.25
    local = rng.random(total) < np.clip(
        0.86 - 8 * np.maximum(GEOGRAPHY.growth[d], 0) - 0.16 * ((age > 18) & (age < 45)), 0.3, 0.98
    )
    home = np.where(
        local, GEOGRAPHY.regions[d], 990_000 + rng.integers(20, 60, total) * 100 + rng.integers(1, 9, total)
    )
    learned = np.where(
        age > 62, draw(rng, 6, total, (0.4, 4, 5, 18, 38, 34.6)), draw(rng, 6, total, (5, 24, 22, 22, 21, 6))
    )
    return {
        "resident_id": numbered("RK", total, 7),
        "name": person_names(rng, total),
        "gender": pick(tuple(GENDERS), female.astype(int)),
        "identity_number": identity_numbers(home, born, female),
        "birth_date": born,
        "phone": blank_where(blank(rng, phones(rng, total), 0.03), age < 12),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "household_type": pick(("1", "2"), (~local).astype(int)),
        "education": blank_where(pick(tuple(EDUCATION), learned), age < 18),
    }


def _births(rng: np.random.Generator, d: np.ndarray) -> np.ndarray:
    """Birthdays with the waves of the real pyramid, older in the villages."""
    years = np.arange(1926, 2026)
    wave = np.interp(
        years,
        [1926, 1940, 1952, 1960, 1964, 1972, 1978, 1988, 1998, 2010, 2017, 2025],
        [0.02, 0.22, 0.62, 0.55, 1.1, 1.2, 0.95, 1.32, 0.85, 0.72, 0.8, 0.42],
    )
    old = draw(rng, len(years), len(d), wave * np.where(years < 1966, 1.5, 1))
    young = draw(rng, len(years), len(d), wave)
    year = years[np.where(rng.random(len(d)) < GEOGRAPHY.rural[d], old, young)]
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    born: np.ndarray = first + rng.integers(0, 365, len(d)).astype("timedelta64[D]")
    return born


def _person(world: World, who: np.ndarray, *columns: str) -> dict[str, Any]:
    """Columns of the given residents, as the other registers copied them."""
    return {c: world.tables["resident"].column(c).take(pa.array(who)) for c in columns}


def _ages(world: World) -> np.ndarray:
    return (np.datetime64(TODAY) - world.get("resident", "birth_date").astype("datetime64[D]")).astype(int) / 365.25


def identity_card(world: World) -> Frame:
    rng = world.rng("identity_card")
    age = _ages(world)
    local = world.get("resident", "household_type") == "1"
    who = np.sort(rng.choice(np.flatnonzero((age >= 18) & local), 42_000, replace=False))
    issued = DAYS[-1] - rng.integers(1, 3500, len(who)).astype("timedelta64[D]")
    at = year_of(issued) - year_of(world.get("resident", "birth_date")[who])
    term = np.select([at < 16, at < 26, at < 46], [5, 10, 20], 0)
    return {
        "card_id": numbered("ZJ", len(who), 7),
        **_person(world, who, "resident_id", "name", "identity_number"),
        "issue_date": issued,
        "valid_until": blank_where(issued + (term * 365.25).astype(int).astype("timedelta64[D]"), term == 0),
        "issue_type": choose(rng, ("1", "2", "3"), len(who), (12, 66, 22)),
    }


def low_income_household(world: World) -> Frame:
    rng = world.rng("low_income_household")
    age, district = _ages(world), world.get("resident", "district")
    poor = dict(zip(GEOGRAPHY.names, 1 / GEOGRAPHY.wealth**1.6, strict=True))
    weight = np.array([poor[x] for x in district]) * (age > 22) * (world.get("resident", "household_type") == "1")
    who = np.unique(draw(rng, len(weight), 7_400, weight))
    total = len(who)
    members = 1 + draw(rng, 5, total, (44, 28, 17, 8, 3))
    income = np.round(rng.gamma(6, 75, total))
    approved = DAYS[rng.integers(0, len(DAYS), total)]
    ended = rng.random(total) < 0.23
    return {
        "household_id": numbered("DB", total, 6),
        **_person(world, who, "resident_id", "name", "identity_number", "phone", "address", "district"),
        "member_count": members,
        "income_per_person": income,
        "monthly_allowance": np.round(np.maximum(1120 - income, 130) * members / 10) * 10,
        "reason": choose(rng, tuple(REASONS), total, (36, 22, 10, 19, 6, 7)),
        "approved_date": approved,
        "status": pick(("1", "2"), ended.astype(int)),
    }


def elderly_allowance(world: World) -> Frame:
    rng = world.rng("elderly_allowance")
    age = _ages(world)
    entitled = np.flatnonzero((age >= 80) & (world.get("resident", "household_type") == "1"))
    who = entitled[rng.random(len(entitled)) < 0.94]
    group = np.searchsorted([90, 100], age[who], side="right")
    turned = world.get("resident", "birth_date")[who].astype("datetime64[M]") + 80 * 12
    start = np.maximum(turned.astype("datetime64[D]"), np.datetime64("2015-01-01"))
    total = len(who)
    return {
        "recipient_id": numbered("GL", total, 6),
        **_person(world, who, "resident_id", "name", "identity_number", "phone", "district"),
        "age_group": pick(("80-89岁", "90-99岁", "100岁及以上"), group),
        "monthly_amount": np.array([100.0, 300.0, 800.0])[group],
        "bank_account": join("990188", numbers_to_text(rng.integers(10**12, 10**13, total))),
        "start_month": np.minimum(start.astype("datetime64[M]").astype("datetime64[D]"), np.datetime64("2026-06-01")),
    }


def medical_claim(world: World) -> Frame:
    rng = world.rng("medical_claim")
    total = 80_000
    age = _ages(world)
    who = draw(rng, len(age), total, 0.5 + (age / 42) ** 2)
    beds = world.get("hospital", "bed_count")
    where = draw(rng, len(beds), total, beds**0.8)
    day = DAYS[np.sort(rng.integers(len(DAYS) - 1277, len(DAYS), total))]
    inside = rng.random(total) < 0.14
    cost = np.round(np.where(inside, rng.lognormal(9.15, 0.7, total), rng.lognormal(5.4, 0.8, total)), 2)
    share = np.clip(rng.normal(np.where(inside, 0.68, 0.52), 0.09), 0.05, 0.95)
    paid = np.round(cost * share, 2)
    return {
        "claim_id": numbered("YB", total, 7),
        "resident_id": world.get("resident", "resident_id")[who],
        "hospital_id": world.get("hospital", "hospital_id")[where],
        "visit_date": day,
        "visit_type": pick(("1", "2"), inside.astype(int)),
        "disease_group": choose(
            rng,
            ("循环系统疾病", "呼吸系统疾病", "消化系统疾病", "内分泌和代谢疾病", "肿瘤", "损伤和中毒", "其他"),
            total,
            (21, 22, 15, 14, 7, 6, 15),
        ),
        "total_cost": cost,
        "fund_paid": paid,
        "self_paid": np.round(cost - paid, 2),
    }


_RESIDENT = ("resident_id", "resident.resident_id")
_DISTRICT = ("district", "district.district_name")

SPECS = (
    s.spec(
        "resident", "人口基础信息", resident,
        [
            s.key("resident_id", "居民编号", "人员编号"),
            s.person("name", "姓名", "居民姓名 名字"),
            s.category("gender", "性别", codes=GENDERS),
            s.identity("identity_number", "公民身份号码", "身份证号 身份证号码 身份证"),
            s.day("birth_date", "出生日期", "生日 出生年月"),
            s.phone("phone", "联系电话", "手机号 电话", note="儿童和约3%的成人为空。"),
            s.district_name(),
            s.address("address", "现住址", "住址 居住地址 家庭住址"),
            s.category("household_type", "户籍类型", "户籍", codes={"1": "本市户籍", "2": "非本市户籍"}),
            s.category("education", "受教育程度", "学历 文化程度", codes=EDUCATION, note="未成年人为空。"),
        ],
        by="police", access=s.INTERNAL, level=s.IMPORTANT, frequency="实时", key="resident_id", synonyms="居民 人口信息 户籍信息 常住人口登记", entity="居民",
        measure_word="人", grain="一个居民", description="居民姓名、身份号码、出生日期、电话和住址（抽样）。", keywords="人口库 户籍 居民", theme="公共安全",
        sharing_condition="依法履行职责确需核验个人身份的，按最小必要原则以核验接口方式提供，并遵守《中华人民共和国个人信息保护法》。", links=(_DISTRICT,),
    ),
    s.spec(
        "identity_card", "居民身份证制证信息", identity_card,
        [
            s.key("card_id", "制证编号"),
            s.foreign("resident_id", "居民编号"),
            s.person("name", "姓名"),
            s.identity("identity_number", "公民身份号码", "身份证号 身份证号码"),
            s.day("issue_date", "签发日期", "制证日期 办证日期"),
            s.day("valid_until", "有效期限", "有效期至", note="长期有效的为空。"),
            s.category("issue_type", "办理类型", codes={"1": "首次申领", "2": "期满换领", "3": "丢失补领"}),
        ],
        by="police", access=s.SECRET, level=s.IMPORTANT, frequency="实时", key="card_id", time="issue_date", synonyms="身份证 制证 身份证办理", entity="制证记录",
        measure_word="条", grain="一次制证", description="居民身份证签发、换领和补领记录。", keywords="身份证 制证", theme="公共安全",
        sharing_basis="《中华人民共和国居民身份证法》第六条、《中华人民共和国个人信息保护法》", links=(_RESIDENT,),
    ),
    s.spec(
        "low_income_household", "最低生活保障家庭", low_income_household,
        [
            s.key("household_id", "低保证号", "低保编号"),
            s.foreign("resident_id", "户主居民编号"),
            s.person("name", "户主姓名", "姓名"),
            s.identity("identity_number", "户主身份号码", "身份证号"),
            s.phone("phone", "联系电话", "手机号"),
            s.address("address", "家庭住址", "住址"),
            s.district_name(),
            s.number("member_count", "保障人数", "低保人数 家庭人数 保障人口", unit="人"),
            s.rate("income_per_person", "家庭人均月收入", "人均月收入", unit="元"),
            s.amount("monthly_allowance", "月保障金额", "低保金 月低保金 补助金额 救助金", unit="元"),
            s.category("reason", "致困原因", "致贫原因 困难原因", codes=REASONS),
            s.day("approved_date", "批准日期", "审批日期"),
            s.category("status", "保障状态", codes={"1": "在保", "2": "已退出"}),
        ],
        by="civil", access=s.INTERNAL, level=s.IMPORTANT, frequency="每月", key="household_id", time="approved_date", synonyms="低保 低保家庭 低保户 最低生活保障 困难家庭", entity="低保家庭",
        measure_word="户", grain="一户家庭", description="最低生活保障家庭户主、人数、收入和保障金额。", keywords="低保 社会救助", theme="民政服务",
        sharing_condition="用于社会救助、医疗救助、教育资助资格核验，须提供核验事项依据。", links=(_RESIDENT, _DISTRICT),
    ),
    s.spec(
        "elderly_allowance", "高龄津贴发放对象", elderly_allowance,
        [
            s.key("recipient_id", "发放编号"),
            s.foreign("resident_id", "居民编号"),
            s.person("name", "老人姓名", "姓名"),
            s.identity("identity_number", "公民身份号码", "身份证号"),
            s.phone("phone", "联系电话", "手机号"),
            s.district_name(),
            s.category("age_group", "年龄段", "年龄"),
            s.amount("monthly_amount", "月津贴标准", "津贴金额 津贴标准 高龄津贴", unit="元"),
            s.account("bank_account", "银行账号", "银行卡号 账号"),
            s.month("start_month", "起发月份", "开始发放月份"),
        ],
        by="civil", access=s.INTERNAL, level=s.IMPORTANT, frequency="每月", key="recipient_id", time="start_month", synonyms="高龄津贴 高龄老人 老年津贴 尊老金", entity="津贴对象",
        measure_word="人", grain="一位老人", description="80岁及以上户籍老人的津贴标准和发放账户。", keywords="高龄津贴 老人", theme="民政服务",
        sharing_condition="用于生存状况核验和待遇资格比对，不得用于其他目的。", links=(_RESIDENT, _DISTRICT),
    ),
    s.spec(
        "medical_claim", "医保结算明细", medical_claim,
        [
            s.key("claim_id", "结算编号"),
            s.foreign("resident_id", "居民编号"),
            s.foreign("hospital_id", "机构编号"),
            s.day("visit_date", "就诊日期", "结算日期"),
            s.category("visit_type", "就诊类型", "就医类型", codes={"1": "门诊", "2": "住院"}),
            s.category("disease_group", "疾病分类", "病种分类", sensitivity="other"),
            s.amount("total_cost", "医疗总费用", "总费用 医疗费用", unit="元"),
            s.amount("fund_paid", "统筹基金支付", "基金支付 报销金额", unit="元"),
            s.amount("self_paid", "个人负担", "自付金额 自费", unit="元"),
        ],
        by="insurance", access=s.INTERNAL, level=s.IMPORTANT, frequency="每日", key="claim_id", time="visit_date", synonyms="医保报销明细 医保结算", entity="结算",
        measure_word="笔", grain="一次结算", description="参保人就诊的费用、基金支付和个人负担。", keywords="医保 结算 报销", theme="医疗卫生",
        sharing_condition="用于医疗救助和基金监管，逐次申请，限定人员范围和期限。", links=(_RESIDENT, ("hospital_id", "hospital.hospital_id")),
    ),
)  # fmt: skip
