"""Taxes, other income of the city, and what its departments spend."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.departments import DEPARTMENTS
from corpus.demo.tables.business import INDUSTRIES
from corpus.demo.world import MONTHS, Frame, World, blank, blank_where, choose, cross, dates, pick, year_of

TAX_WEIGHTS = np.array([17, 30, 6, 4, 8, 6, 1.2, 0.8, 3, 13, 1.2, 0.3, 9, 0.2, 0.4])
QUARTER_START = np.array([1.34, 0.82, 0.84, 1.22, 1.12, 0.9, 1.18, 0.84, 0.86, 1.14, 0.86, 0.88])  # by month
SOURCES = (
    ("增值税", "税收收入", 34), ("企业所得税", "税收收入", 15), ("个人所得税", "税收收入", 6), ("城市维护建设税", "税收收入", 5), ("契税", "税收收入", 8),
    ("土地增值税", "税收收入", 6), ("房产税", "税收收入", 4), ("其他税收", "税收收入", 5), ("行政事业性收费", "非税收入", 4),
    ("罚没收入", "非税收入", 3), ("国有资源有偿使用收入", "非税收入", 10),
)  # fmt: skip
FUNCTIONS = {
    "edu": "教育支出", "sci": "科学技术支出", "police": "公共安全支出", "justice": "公共安全支出", "health": "卫生健康支出", "insurance": "卫生健康支出",
    "civil": "社会保障和就业支出", "hrss": "社会保障和就业支出", "veterans": "社会保障和就业支出", "env": "节能环保支出", "housing": "城乡社区支出",
    "urban": "城乡社区支出", "land": "自然资源海洋气象等支出", "weather": "自然资源海洋气象等支出", "transport": "交通运输支出", "water": "农林水支出",
    "agri": "农林水支出", "culture": "文化旅游体育与传媒支出", "sports": "文化旅游体育与传媒支出", "emergency": "灾害防治及应急管理支出",
    "fire": "灾害防治及应急管理支出", "fund": "住房保障支出", "miit": "资源勘探工业信息等支出", "commerce": "商业服务业等支出",
}  # fmt: skip
SIZE = {
    "edu": 26,
    "police": 15,
    "health": 12,
    "transport": 11,
    "housing": 9,
    "civil": 7,
    "hrss": 6,
    "urban": 7,
    "water": 6,
    "env": 4,
    "sci": 4,
    "agri": 4,
}
YEARS_ENTERPRISE = np.arange(2022, 2026)


def tax_revenue(world: World) -> Frame:
    rng = world.rng("tax_revenue")
    m, d, k = cross(len(MONTHS), len(DISTRICTS), len(INDUSTRIES))
    month = MONTHS[m].astype(int) % 12
    years = m / 12
    estate = np.where(k == 9, np.interp(years, [0, 2.4, 4.5, 7.5], [1.0, 1.2, 0.78, 0.6]), 1.0)
    shock = np.where(
        np.isin(MONTHS[m], np.array(["2020-02", "2020-03", "2020-04", "2022-04", "2022-05"], "datetime64[M]")), 0.72, 1
    )
    lean = np.where(k == 1, GEOGRAPHY.industry[d], 1) * np.where(k == 12, GEOGRAPHY.wealth[d] ** 2, 1)
    income = (
        920_000
        * TAX_WEIGHTS[k]
        / 100
        * GEOGRAPHY.economy[d]
        * lean
        * QUARTER_START[month]
        * estate
        * shock
        * (1 + 0.052 * years)
    )
    income = np.round(income * rng.lognormal(0, 0.09, len(m)), 1)
    back = np.where((k == 1) | (k == 0), 0.085, 0.03) * np.where(
        (MONTHS[m] >= np.datetime64("2022-04")) & (MONTHS[m] <= np.datetime64("2022-12")), 2.4, 1
    )
    return {
        "month": dates(MONTHS[m]),
        "district": GEOGRAPHY.names[d],
        "industry": pick(INDUSTRIES, k),
        "tax_amount": income,
        "refund_amount": np.round(income * back * rng.lognormal(0, 0.2, len(m)), 1),
    }


def enterprise_tax(world: World) -> Frame:
    rng = world.rng("enterprise_tax")
    founded = year_of(world.get("enterprise", "established_date"))
    closed = world.get("enterprise", "closed_date").astype("datetime64[Y]")
    last = np.where(np.isnat(closed), 2100, closed.astype(int) + 1970)
    people = world.get("enterprise", "employee_count")
    pays = rng.random(len(founded)) < 0.62  # the rest stays under the threshold
    i, y = cross(len(founded), len(YEARS_ENTERPRISE))
    keep = (founded[i] <= YEARS_ENTERPRISE[y]) & (last[i] >= YEARS_ENTERPRISE[y]) & pays[i]
    i, y = i[keep], y[keep]
    sales = people[i] * rng.lognormal(3.4, 0.9, len(i))
    added = np.round(sales * rng.uniform(0.012, 0.05, len(i)), 2)
    income = np.round(sales * np.maximum(rng.normal(0.05, 0.06, len(i)), 0) * 0.2, 2)
    return {
        "enterprise_id": world.get("enterprise", "enterprise_id")[i],
        "year": YEARS_ENTERPRISE[y],
        "vat_amount": added,
        "income_tax_amount": income,
        "other_tax_amount": np.round(added * rng.uniform(0.08, 0.3, len(i)), 2),
        "overdue_amount": np.where(rng.random(len(i)) < 0.035, np.round(added * rng.uniform(0.1, 0.8, len(i)), 2), 0.0),
        "taxpayer_grade": choose(rng, ("A", "B", "M", "C", "D"), len(i), (18, 55, 17, 7, 3)),
    }


def fiscal_revenue(world: World) -> Frame:
    rng = world.rng("fiscal_revenue")
    m, k = cross(len(MONTHS), len(SOURCES))
    share = np.array([x[2] for x in SOURCES])[k]
    swing = np.where(k < 8, QUARTER_START[MONTHS[m].astype(int) % 12], 1)
    estate = np.where(np.isin(k, [4, 5]), np.interp(m / 12, [0, 2.4, 4.5, 7.5], [1.0, 1.2, 0.8, 0.62]), 1)
    amount = 7.6 * share / 100 * swing * estate * (1 + 0.045 * m / 12) * rng.lognormal(0, 0.06, len(m))
    return {
        "month": dates(MONTHS[m]),
        "revenue_source": pick(tuple(x[0] for x in SOURCES), k),
        "revenue_type": pick(tuple(x[1] for x in SOURCES), k),
        "amount": np.round(amount * 10, 3),
    }


def department_budget(world: World) -> Frame:
    rng = world.rng("department_budget")
    years = np.arange(2019, 2027)
    names = np.array([d.name for d in DEPARTMENTS], dtype=object)
    base = np.array([SIZE.get(d.key, 1.6) for d in DEPARTMENTS]) * 14_000 * rng.lognormal(0, 0.2, len(DEPARTMENTS))
    function = np.array([FUNCTIONS.get(d.key, "一般公共服务支出") for d in DEPARTMENTS], dtype=object)
    d, y, k = cross(len(DEPARTMENTS), len(years), 3)
    split = np.array([0.46, 0.09, 0.45])[k]
    growth = np.array([0.03, -0.035, 0.042])[k]
    plan = base[d] * split * (1 + growth) ** (years[y] - 2019) * rng.lognormal(0, 0.07, len(d))
    done = plan * np.clip(rng.normal(np.array([0.985, 0.86, 0.93])[k], 0.035), 0.6, 1.08)
    running = years[y] == 2026
    return {
        "department": names[d],
        "year": years[y],
        "function": function[d],
        "expenditure_type": pick(("人员经费", "公用经费", "项目支出"), k),
        "budget_amount": np.round(plan, 1),
        "actual_amount": blank_where(np.round(done, 1), running),
        "procurement_amount": blank(rng, np.round(np.where(k == 0, 0, done * 0.38), 1), 0.01),
    }


SPECS = (
    s.spec(
        "tax_revenue", "分行业税收收入", tax_revenue,
        [
            s.month("month", "月份", "入库月份"),
            s.district_name(),
            s.category("industry", "行业门类", "行业 产业"),
            s.amount("tax_amount", "税收收入", "税收 税收额 税款 纳税额 税收总额", unit="万元", scale=10000),
            s.amount("refund_amount", "退税金额", "退税 退税额 留抵退税", unit="万元", scale=10000),
        ],
        by="tax", frequency="每月", key="month district industry", time="month", synonyms="税收 税收统计 分行业税收", grain="一个区县一个月一个行业",
        description="每月入库税收和退税，按区县和行业分。", keywords="税收 行业税收 退税", links=(("district", "district.district_name"),),
    ),
    s.spec(
        "enterprise_tax", "企业年度纳税信息", enterprise_tax,
        [
            s.foreign("enterprise_id", "企业编号"),
            s.year("year", "年份", "纳税年度"),
            s.amount("vat_amount", "增值税额", "增值税", unit="万元", scale=10000),
            s.amount("income_tax_amount", "企业所得税额", "所得税 企业所得税", unit="万元", scale=10000),
            s.amount("other_tax_amount", "其他税额", "其他税费", unit="万元", scale=10000),
            s.amount("overdue_amount", "欠税金额", "欠税", unit="万元", scale=10000),
            s.category("taxpayer_grade", "纳税信用级别", "纳税信用等级", codes={"A": "A级", "B": "B级", "M": "M级", "C": "C级", "D": "D级"}),
        ],
        by="tax", access=s.INTERNAL, level=s.IMPORTANT, frequency="每年", key="enterprise_id year", time="year", synonyms="企业纳税 企业税收", entity="纳税记录",
        measure_word="条", grain="一家企业一年", description="单个企业每年各税种税额、欠税和纳税信用级别。", keywords="企业 纳税 欠税",
        sharing_condition="依据《中华人民共和国税收征收管理法》第八条负有保密义务，仅限法律法规规定的情形，按一企一查方式核验。",
        links=(("enterprise_id", "enterprise.enterprise_id"),),
    ),
    s.spec(
        "fiscal_revenue", "一般公共预算收入", fiscal_revenue,
        [
            s.month("month", "月份", "统计月份"),
            s.category("revenue_source", "收入科目", "科目 税种 收入项目"),
            s.category("revenue_type", "收入类别", "收入性质"),
            s.amount("amount", "一般公共预算收入", "财政收入 公共预算收入 预算收入 收入金额 收入", unit="亿元", scale=100000000),
        ],
        by="finance", frequency="每月", key="month revenue_source", time="month", synonyms="公共预算", grain="一个月一个科目",
        description="全市一般公共预算收入，按月和科目分。", keywords="财政收入 税收收入 非税收入",
    ),
    s.spec(
        "department_budget", "部门预算与决算", department_budget,
        [
            s.foreign("department", "部门名称", "部门 单位"),
            s.year("year", "年份", "预算年度 年度"),
            s.category("function", "支出功能分类", "功能科目 支出科目"),
            s.category("expenditure_type", "支出类型", "经费类型 支出类别"),
            s.amount("budget_amount", "预算金额", "预算 预算数 年初预算", unit="万元", scale=10000),
            s.amount("actual_amount", "决算金额", "决算 实际支出 支出 支出金额 决算数", unit="万元", scale=10000, note="2026年尚未决算，为空。"),
            s.amount("procurement_amount", "政府采购金额", "采购金额 政府采购", unit="万元", scale=10000, note="约1%为空。"),
        ],
        by="finance", frequency="每年", key="department year expenditure_type", time="year", synonyms="部门预算 预算 决算 财政支出", grain="一个部门一年一类支出",
        description="市级部门每年预算、决算和政府采购金额。", keywords="预算 决算 三公经费", links=(("department", "department.department_name"),),
        metrics=(
            s.metric("budget_execution", "预算执行率", "100.0 * sum(actual_amount) / sum(budget_amount) FILTER (WHERE actual_amount IS NOT NULL)", "执行率 预算完成率", "%", "决算金额占预算金额的比例，未决算的年份不计。"),
        ),
    ),
)  # fmt: skip
