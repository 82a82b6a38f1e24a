"""Work, social insurance, medical insurance funds and the housing fund."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.tables.business import alive_on, working_days
from corpus.demo.world import (
    DAYS,
    LAST_DAY,
    MONTHS,
    QUARTERS,
    Frame,
    World,
    blank,
    cross,
    dates,
    draw,
    numbered,
    pick,
)

INSURANCES = ("企业职工基本养老保险", "城乡居民基本养老保险", "失业保险", "工伤保险")
POSITIONS = (
    ("普工", "制造生产", 5200), ("数控操作工", "制造生产", 7200), ("机械工程师", "技术研发", 11500), ("软件工程师", "技术研发", 15500), ("数据分析师", "技术研发", 13800),
    ("电气工程师", "技术研发", 11200), ("销售代表", "市场销售", 7600), ("客户经理", "市场销售", 8800), ("会计", "财务行政", 6900), ("行政文员", "财务行政", 5300),
    ("人事专员", "财务行政", 6200), ("仓库管理员", "物流仓储", 5400), ("货车司机", "物流仓储", 8300), ("快递员", "物流仓储", 7400), ("厨师", "生活服务", 6800),
    ("服务员", "生活服务", 4600), ("保洁员", "生活服务", 3900), ("护理员", "生活服务", 5600), ("建筑工", "建筑施工", 7900), ("施工员", "建筑施工", 8700),
)  # fmt: skip
POSITION_SHARES = (15, 7, 5, 7, 3, 4, 11, 6, 4, 5, 3, 5, 4, 5, 3, 5, 3, 2, 2, 1)
EDUCATION = {"0": "不限", "1": "初中及以下", "2": "高中或中专", "3": "大专", "4": "本科", "5": "研究生"}


def social_insurance(world: World) -> Frame:
    rng = world.rng("social_insurance")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), len(INSURANCES))
    people = np.array([x.population for x in DISTRICTS])[d]
    rural = GEOGRAPHY.rural[d]
    cover = np.choose(k, [0.46 - 0.26 * rural, 0.06 + 0.34 * rural, 0.40 - 0.26 * rural, 0.44 - 0.25 * rural])
    growth = np.array([0.034, -0.012, 0.030, 0.036])[k] + GEOGRAPHY.growth[d] * 0.6
    insured = np.round(people * cover * (1 + growth) ** (m / 12) * rng.normal(1, 0.002, len(m))).astype(int)
    drawing = (
        insured * np.array([0.29, 0.44, 0.013, 0.0045])[k] * (1 + np.array([0.012, 0.02, 0.03, 0.0])[k]) ** (m / 12)
    )
    drawing = np.round(drawing * rng.normal(1, 0.004, len(m))).astype(int)
    month = MONTHS[m].astype(int) % 12
    income = (
        insured
        * np.array([0.0945, 0.0052, 0.0062, 0.0028])[k]
        * (1 + 0.045) ** (m / 12)
        * np.where(month == 0, 1.08, 1)
        * rng.normal(1, 0.02, len(m))
    )
    paid = drawing * np.array([0.295, 0.021, 0.155, 0.42])[k] * (1 + 0.04) ** (m / 12) * rng.normal(1, 0.02, len(m))
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "insurance_type": pick(INSURANCES, k),
        "insured_count": insured,
        "beneficiary_count": drawing,
        "fund_income": np.round(income, 1),
        "fund_expenditure": np.round(paid, 1),
    }


def medical_fund(world: World) -> Frame:
    rng = world.rng("medical_fund")
    m, k = cross(len(MONTHS), 2)
    years = m / 12
    insured = np.round(np.array([2_630_000, 3_480_000])[k] * (1 + np.array([0.036, -0.008])[k]) ** years).astype(int)
    income = np.array([98_500, 32_400])[k] * (1 + np.array([0.066, 0.07])[k]) ** years * rng.normal(1, 0.03, len(m))
    covid = np.where(np.isin(MONTHS[m], np.array(["2020-02", "2020-03"], "datetime64[M]")), 0.66, 1)
    spent = (
        np.array([81_000, 30_900])[k] * (1 + np.array([0.074, 0.078])[k]) ** years * covid * rng.normal(1, 0.03, len(m))
    )
    surplus = np.round(income, 1) - np.round(spent, 1)
    balance = np.empty(len(m))
    for kind, start in ((0, 2_460_000.0), (1, 415_000.0)):
        balance[k == kind] = start + np.cumsum(surplus[k == kind])
    return {
        "month": dates(MONTHS[m]),
        "insurance_type": pick(("职工基本医疗保险", "城乡居民基本医疗保险"), k),
        "insured_count": insured,
        "fund_income": np.round(income, 1),
        "fund_expenditure": np.round(spent, 1),
        "fund_balance": np.round(balance, 1),
        "remote_settlements": np.round(
            np.array([4100, 2900])[k] * 1.42**years * covid * rng.normal(1, 0.05, len(m))
        ).astype(int),
    }


def housing_fund(world: World) -> Frame:
    rng = world.rng("housing_fund")
    m, d = cross(len(MONTHS), len(DISTRICTS))
    years = m / 12
    payers = np.round(1_420_000 * GEOGRAPHY.economy[d] * (1 + 0.038) ** years * rng.normal(1, 0.003, len(m))).astype(
        int
    )
    paid_in = payers * 0.152 * (1 + 0.046) ** years * rng.normal(1, 0.015, len(m))
    market = np.interp(years, [0, 2.4, 4, 7.5], [1, 1.22, 0.86, 0.8])
    month = MONTHS[m].astype(int) % 12
    loans = rng.poisson(
        1720
        * GEOGRAPHY.economy[d]
        * market
        * np.array([0.85, 0.6, 1.15, 1.1, 1.1, 1.05, 1, 0.95, 1.1, 1, 1.05, 1.05])[month]
    )
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "contributor_count": payers,
        "deposit_amount": np.round(paid_in, 1),
        "withdrawal_amount": np.round(paid_in * rng.normal(0.68, 0.04, len(m)), 1),
        "loan_count": loans,
        "loan_amount": np.round(loans * 52.5 * (1 + 0.03) ** years * rng.normal(1, 0.03, len(m)), 1),
    }


def employment(world: World) -> Frame:
    rng = world.rng("employment")
    q, d = cross(len(QUARTERS), len(DISTRICTS))
    people = np.array([x.population for x in DISTRICTS])[d]
    season = np.array([0.9, 1.12, 1.08, 0.9])[q % 4]
    covid = np.where(q == 4, 0.55, 1)
    rate = np.round(
        2.85
        + 0.9 * (q == 4)
        + 0.5 * np.isin(q, [5, 13])
        + 0.5 * GEOGRAPHY.rural[d]
        - 0.02 * q / 4
        + rng.normal(0, 0.09, len(q)),
        2,
    )
    return {
        "quarter": dates(QUARTERS[q]),
        "district": GEOGRAPHY.names[d],
        "new_jobs": np.round(
            people * 0.0052 * season * covid * GEOGRAPHY.wealth[d] * rng.normal(1, 0.05, len(q))
        ).astype(int),
        "reemployed": np.round(people * 0.0014 * season * covid * rng.normal(1, 0.06, len(q))).astype(int),
        "registered_unemployed": np.round(people * 0.52 * rate / 100).astype(int),
        "unemployment_rate": rate,
        "trained_count": np.round(people * 0.0027 * rng.normal(1, 0.1, len(q))).astype(int),
    }


def job_posting(world: World) -> Frame:
    rng = world.rng("job_posting")
    total = 60_000
    posted = working_days(rng, DAYS[np.datetime64("2022-01-01") <= DAYS], total, 0.06)
    i = alive_on(rng, world, posted)
    job = draw(rng, len(POSITIONS), total, POSITION_SHARES)
    years = (posted - DAYS[0]).astype(int) / 365.25
    pay = np.array([p[2] for p in POSITIONS])[job] * (1 + 0.035 * years) * rng.lognormal(-0.1, 0.16, total)
    low = np.round(pay * 0.85 / 100) * 100
    technical = np.isin(job, [2, 3, 4, 5])
    wanted = np.where(technical, draw(rng, 6, total, (4, 0, 3, 26, 58, 9)), draw(rng, 6, total, (42, 14, 24, 15, 5, 0)))
    return {
        "job_id": numbered("ZP", total, 6),
        "enterprise_id": world.get("enterprise", "enterprise_id")[i],
        "posted_date": posted,
        "position": pick(tuple(p[0] for p in POSITIONS), job),
        "position_type": pick(tuple(p[1] for p in POSITIONS), job),
        "district": world.get("enterprise", "district")[i],
        "education": pick(tuple(EDUCATION), wanted),
        "headcount": 1 + rng.poisson(np.where(job == 0, 9, 1.6), total),
        "salary_min": blank(rng, low, 0.04),
        "salary_max": blank(rng, np.round(low * rng.uniform(1.2, 1.7, total) / 100) * 100, 0.04),
        "is_open": (np.datetime64(LAST_DAY) - posted).astype(int) < rng.integers(15, 90, total),
    }


_DISTRICT = (("district", "district.district_name"),)

SPECS = (
    s.spec(
        "social_insurance", "社会保险参保与基金", social_insurance,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("insurance_type", "险种", "社保险种 保险类型", called={"企业职工基本养老保险": "职工养老保险 养老保险", "城乡居民基本养老保险": "居民养老保险 养老保险"}),
            s.stock("insured_count", "参保人数", "社保参保人数 参保", unit="人"),
            s.stock("beneficiary_count", "享受待遇人数", "领取待遇人数 待遇领取人数", unit="人"),
            s.amount("fund_income", "社保基金收入", "基金收入", unit="万元", scale=10000),
            s.amount("fund_expenditure", "社保基金支出", "基金支出", unit="万元", scale=10000),
        ],
        by="hrss", frequency="每月", key="month district insurance_type", time="month", synonyms="社保 社会保险", grain="一个区县一个月一个险种",
        description="养老、失业、工伤保险每月参保人数、待遇人数和基金收支。", keywords="社保 参保 养老保险 失业保险 工伤保险", theme="社会保障", links=_DISTRICT,
    ),
    s.spec(
        "medical_fund", "基本医疗保险基金收支", medical_fund,
        [
            s.month("month", "月份", "统计月份"),
            s.category("insurance_type", "医保类型", "医保险种 险种", called={"职工基本医疗保险": "职工医保", "城乡居民基本医疗保险": "居民医保 城乡居民医保"}),
            s.stock("insured_count", "医保参保人数", "参保人数", unit="人"),
            s.amount("fund_income", "医保基金收入", "基金收入", unit="万元", scale=10000),
            s.amount("fund_expenditure", "医保基金支出", "基金支出", unit="万元", scale=10000),
            s.level_of("fund_balance", "医保基金累计结余", "累计结余 医保结余 基金结余", unit="万元", scale=10000),
            s.number("remote_settlements", "异地就医结算人次", "异地就医 异地结算", unit="人次"),
        ],
        by="insurance", frequency="每月", key="month insurance_type", time="month", synonyms="医保 医疗保险 医保基金", grain="一个月一种医保",
        description="职工和城乡居民基本医疗保险每月参保、基金收支和结余。", keywords="医保 基金 异地就医",
    ),
    s.spec(
        "housing_fund", "住房公积金归集与贷款", housing_fund,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.stock("contributor_count", "公积金缴存人数", "缴存人数 实缴人数 缴存职工", unit="人"),
            s.amount("deposit_amount", "公积金缴存额", "缴存额 归集额", unit="万元", scale=10000),
            s.amount("withdrawal_amount", "公积金提取额", "提取额", unit="万元", scale=10000),
            s.number("loan_count", "公积金贷款笔数", "贷款笔数", unit="笔"),
            s.amount("loan_amount", "公积金贷款金额", "贷款发放额 贷款金额 贷款额", unit="万元", scale=10000),
        ],
        by="fund", frequency="每月", key="month district", time="month", synonyms="公积金 住房公积金", grain="一个区县一个月",
        description="住房公积金每月缴存、提取和贷款。", keywords="公积金 缴存 提取 贷款", links=_DISTRICT,
    ),
    s.spec(
        "employment", "就业失业季度统计", employment,
        [
            s.quarter("quarter", "季度", "统计季度"),
            s.district_name(),
            s.number("new_jobs", "城镇新增就业", "新增就业 新增就业人数 城镇新增就业人数", unit="人"),
            s.number("reemployed", "失业人员再就业", "再就业 再就业人数", unit="人"),
            s.stock("registered_unemployed", "登记失业人数", "失业人数", unit="人"),
            s.rate("unemployment_rate", "登记失业率", "失业率", unit="%"),
            s.number("trained_count", "职业技能培训人数", "培训人数 职业培训人数", unit="人次"),
        ],
        by="hrss", frequency="每季度", key="quarter district", time="quarter", synonyms="就业 失业", grain="一个区县一个季度",
        description="每季度城镇新增就业、再就业、登记失业和职业培训。", keywords="就业 失业率 培训", links=_DISTRICT,
    ),
    s.spec(
        "job_posting", "招聘岗位信息", job_posting,
        [
            s.key("job_id", "岗位编号"),
            s.foreign("enterprise_id", "企业编号"),
            s.day("posted_date", "发布日期", "招聘日期 发布时间"),
            s.category("position", "岗位名称", "职位 岗位 职位名称"),
            s.category("position_type", "岗位类别", "职位类别 职业类别"),
            s.district_name(),
            s.category("education", "学历要求", "学历", codes=EDUCATION),
            s.number("headcount", "招聘人数", "需求人数 招工人数", unit="人"),
            s.rate("salary_min", "最低月薪", "起薪 最低工资", unit="元/月", note="约4%面议，为空。"),
            s.rate("salary_max", "最高月薪", "最高工资", unit="元/月", note="约4%面议，为空。"),
            s.flag("is_open", "是否在招", "在招", codes={"true": "在招", "false": "已结束"}),
        ],
        by="hrss", frequency="每日", key="job_id", time="posted_date", synonyms="招聘 岗位 职位 求职 招工", entity="岗位", measure_word="个", grain="一条招聘信息",
        description="公共就业服务平台发布的企业招聘岗位、人数、学历要求和月薪。", keywords="招聘 岗位 薪资",
        links=(("enterprise_id", "enterprise.enterprise_id"), *_DISTRICT),
        metrics=(
            s.metric("average_salary", "平均月薪", "avg((salary_min + salary_max) / 2)", "月薪 薪资 工资 平均工资 薪酬 招聘月薪", "元/月", "最低月薪与最高月薪的中间值的平均，面议的不计。"),
        ),
    ),
)  # fmt: skip
