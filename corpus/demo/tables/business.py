"""Enterprises and their owners."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.identity import addresses, credit_codes, person_names
from corpus.demo.world import DAYS, LAST_DAY, Frame, World, blank, draw, month_of, numbered, pick, words

ENTERPRISES = 60_000
INDUSTRIES = words(
    "批发和零售业 制造业 租赁和商务服务业 科学研究和技术服务业 建筑业 信息传输、软件和信息技术服务业 住宿和餐饮业 "
    "居民服务业 交通运输、仓储和邮政业 房地产业 文化、体育和娱乐业 农、林、牧、渔业 金融业 教育 卫生和社会工作"
)
INDUSTRY_SHARES = np.array([29, 15, 11.5, 8.5, 8, 7.5, 4.6, 3.4, 3.2, 2.6, 2.2, 2.0, 0.9, 0.8, 0.8])
# How much of an industry sits in a district: industry follows `industry`, services follow `wealth`, farming the villages.
TRADE_WORDS = (
    "商贸 贸易 百货 供应链 电子商务", "机械制造 精密仪器 新材料 食品 纺织 电气 汽车零部件 医疗器械", "企业管理 人力资源 广告 商务服务 会展",
    "检测技术 工程设计 生物科技 环保科技 新能源科技", "建设工程 装饰工程 市政工程 建筑劳务", "网络科技 软件 信息技术 数据服务 智能科技",
    "餐饮管理 酒店管理 食品餐饮", "家政服务 美容美发 汽车维修", "物流 运输 货运代理 快递", "房地产开发 物业管理 房产经纪",
    "文化传媒 体育发展 影视文化", "农业开发 生态农业 渔业 园艺", "融资担保 投资管理 小额贷款", "教育咨询 职业培训", "健康管理 医疗投资 养老服务",
)  # fmt: skip
FIRST = words(
    "华 恒 盛 瑞 鑫 宏 中 天 金 永 嘉 凯 锦 云 澜 东 新 安 德 博 卓 优 智 信 泰 联 汇 兴 万 海 星 辰 启 元 百 众 诚 远 和 利"
)
SECOND = words(
    "达 源 泰 丰 通 润 宇 隆 翔 腾 科 创 诺 邦 正 阳 景 成 顺 祥 禾 悦 图 峰 业 光 力 益 合 美 康 航 尚 宁 贝 博 讯 易 晟 亿"
)
FORMS = ("有限责任公司", "个人独资企业", "合伙企业", "股份有限公司", "国有企业", "外商投资企业")
FORM_SHARES = np.array([83, 6, 4, 3.2, 1.6, 2.2])
STATUS = {"1": "存续", "2": "吊销", "3": "注销", "4": "迁出"}


def enterprise(world: World) -> Frame:
    rng = world.rng("enterprise")
    total = ENTERPRISES
    founded = np.sort(_founded(rng, total))
    industry = draw(rng, len(INDUSTRIES), total, INDUSTRY_SHARES)
    d = _districts(rng, industry)
    form = draw(rng, len(FORMS), total, FORM_SHARES)
    heavy = np.array([0.6, 1.7, 0.7, 1.0, 1.9, 1.0, 0.5, 0.4, 1.2, 4.0, 0.7, 0.8, 9.0, 0.5, 1.5])[industry]
    capital = np.round(rng.lognormal(5.1, 1.15, total) * heavy * np.array([1, 0.25, 1.2, 9, 12, 6])[form], 0)
    capital = np.maximum(np.round(capital, -1), 1.0)
    age = (np.datetime64(LAST_DAY) - founded).astype(int) / 365.25
    gone = rng.random(total) < 1 - np.exp(-0.042 * np.clip(age - 0.6, 0, None))
    status = np.where(gone, np.where(rng.random(total) < 0.8, 2, np.where(rng.random(total) < 0.7, 1, 3)), 0)
    closed = founded + (rng.random(total) * (np.datetime64(LAST_DAY) - founded).astype(int)).astype("timedelta64[D]")
    street = GEOGRAPHY.some_streets(rng, d)
    people = np.maximum(
        np.round(
            rng.lognormal(1.95, 1.0, total) * np.where(industry == 1, 2.2, 1.0) * np.minimum(capital / 300, 3) ** 0.3
        ),
        1,
    )
    return {
        "enterprise_id": numbered("QY", total, 6),
        "credit_code": credit_codes(GEOGRAPHY.regions[d]),
        "enterprise_name": _names(rng, industry, form, d),
        "enterprise_type": pick(FORMS, form),
        "industry": pick(INDUSTRIES, industry),
        "district": GEOGRAPHY.names[d],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "legal_representative": person_names(rng, total),
        "registered_capital": blank(rng, capital, 0.008),
        "established_date": founded,
        "status": pick(tuple(STATUS), status),
        "closed_date": np.where(status == 0, np.datetime64("NaT"), closed),
        "employee_count": people.astype(int),
        "is_small": people < 100,
    }


def _founded(rng: np.random.Generator, total: int) -> np.ndarray:
    """More foundings in later years, a dip in 2020 and 2022, fewer at the weekend."""
    days = np.arange(np.datetime64("1998-01-05"), np.datetime64(LAST_DAY) + 1)
    years = (days - days[0]).astype(int) / 365.25
    dip = np.select(
        [
            (days >= np.datetime64("2020-02")) & (days < np.datetime64("2020-05")),
            (days >= np.datetime64("2022-03")) & (days < np.datetime64("2022-07")),
        ],
        [0.35, 0.7],
        1.0,
    )
    weekend = np.where(np.is_busday(days), 1, 0.12)
    chosen: np.ndarray = days[draw(rng, len(days), total, np.exp(0.105 * years) * dip * weekend)]
    return chosen


def _districts(rng: np.random.Generator, industry: np.ndarray) -> np.ndarray:
    d = np.empty(len(industry), int)
    for kind in range(len(INDUSTRIES)):
        lean = {
            1: GEOGRAPHY.industry,
            11: 0.05 + GEOGRAPHY.rural**2,
            12: GEOGRAPHY.wealth**3,
            5: GEOGRAPHY.wealth**2.4,
        }.get(kind, GEOGRAPHY.wealth)
        rows = np.flatnonzero(industry == kind)
        d[rows] = draw(rng, len(DISTRICTS), len(rows), GEOGRAPHY.weights * lean)
    return d


def _names(rng: np.random.Generator, industry: np.ndarray, form: np.ndarray, d: np.ndarray) -> np.ndarray:
    """云澜恒达精密仪器有限公司; a name taken already gets another pair of characters."""
    trades = [words(text) for text in TRADE_WORDS]
    endings = ("有限公司", "经营部", "合伙企业（有限合伙）", "股份有限公司", "集团有限公司", "（中国）有限公司")
    taken: set[str] = set()
    names = np.empty(len(industry), dtype=object)
    dice = rng.random((len(industry), 2))
    for i in range(len(industry)):
        options = trades[industry[i]]
        place = "云澜" if dice[i, 1] < 0.7 else f"云澜市{GEOGRAPHY.names[d[i]]}"
        tail = options[int(dice[i, 0] * len(options))] + endings[form[i]]
        name = ""
        while not name or name in taken:
            a, b, c = rng.integers(0, 40, 3)
            name = f"{place}{FIRST[a]}{SECOND[b]}{tail}" if a != c else f"{place}{FIRST[a]}{SECOND[b]}{SECOND[c]}{tail}"
            if name in taken:
                name = f"{place}{FIRST[a]}{SECOND[b]}{FIRST[c]}{tail}"
        taken.add(name)
        names[i] = name
    return names


def working_days(rng: np.random.Generator, days: np.ndarray, count: int, growth: float) -> np.ndarray:
    """Days on which offices worked, in order; `growth` more of them each year, fewer around the Spring Festival."""
    busy = np.is_busday(days) * (1 + growth) ** ((days - days[0]).astype(int) / 365.25)
    rest = (month_of(days) == 2) * 0.35
    chosen: np.ndarray = np.sort(days[draw(rng, len(days), count, busy * (1 - rest))])
    return chosen


def alive_on(rng: np.random.Generator, world: World, days: np.ndarray, pool: np.ndarray | None = None) -> np.ndarray:
    """For every day the index of an enterprise (of the pool) that existed then."""
    candidates = np.arange(world.size("enterprise")) if pool is None else pool
    founded = world.get("enterprise", "established_date")[candidates]
    closed = world.get("enterprise", "closed_date")[candidates]
    closed = np.where(np.isnat(closed), np.datetime64("2100-01-01"), closed)
    oldest = int(np.argmin(np.where(closed > np.datetime64(LAST_DAY), founded, np.datetime64(LAST_DAY))))
    chosen = np.full(len(days), oldest)
    open_rows = np.arange(len(days))
    for _ in range(60):  # the few that find nobody by then take the oldest that still exists
        guess = rng.integers(0, len(candidates), len(open_rows))
        fits = (founded[guess] <= days[open_rows]) & (closed[guess] >= days[open_rows])
        chosen[open_rows[fits]] = guess[fits]
        open_rows = open_rows[~fits]
        if not len(open_rows):
            break
    result: np.ndarray = candidates[chosen]
    return result


def enterprise_shareholder(world: World) -> Frame:
    rng = world.rng("enterprise_shareholder")
    total = world.size("enterprise")
    count = 1 + draw(rng, 5, total, (44, 34, 13, 6, 3))
    i = np.repeat(np.arange(total), count)
    part = rng.gamma(1.4, 1, len(i)) + 0.05
    share = np.round(part / np.bincount(i, part)[i] * 100, 2)
    company = rng.random(len(i)) < 0.11
    names: Any = world.tables["enterprise"].column("enterprise_name").to_numpy()
    people = person_names(rng, len(i)).to_numpy(zero_copy_only=False)
    owner = np.where(company, names[rng.integers(0, total, len(i))], people)
    capital = world.get("enterprise", "registered_capital")[i]
    start = world.get("enterprise", "established_date")[i].astype("datetime64[D]")
    return {
        "shareholder_id": numbered("GD", len(i), 7),
        "enterprise_id": world.get("enterprise", "enterprise_id")[i],
        "shareholder_name": owner,
        "shareholder_type": pick(("1", "2"), company.astype(int)),
        "share_ratio": share,
        "subscribed_capital": blank(rng, np.round(np.nan_to_num(capital, nan=100.0) * share / 100, 2), 0.01),
        "subscribed_date": start,
    }


def new_market_entity(world: World) -> Frame:
    """Registrations by month, individual households (个体工商户) included."""
    rng = world.rng("new_market_entity")
    months = np.unique(DAYS.astype("datetime64[M]"))
    kinds = ("企业", "个体工商户", "农民专业合作社")
    m, d, k = (axis.ravel() for axis in np.indices((len(months), len(DISTRICTS), len(kinds))))
    base = np.array([4_300, 9_800, 26])[k] * np.where(
        k == 2, (GEOGRAPHY.rural / GEOGRAPHY.rural.sum())[d], GEOGRAPHY.economy[d]
    )
    month = months.astype(int) % 12
    swing = np.array([0.82, 0.62, 1.22, 1.14, 1.1, 1.08, 1.04, 1.0, 1.04, 0.94, 1.0, 0.98])[month][m]
    covid = np.where(np.isin(months, np.array(["2020-02", "2020-03"], "datetime64[M]")), 0.4, 1)[m]
    new = rng.poisson(base * swing * covid * (1 + 0.05 * m / 12))
    return {
        "month": months[m].astype("datetime64[D]"),
        "district": GEOGRAPHY.names[d],
        "entity_type": pick(kinds, k),
        "new_count": new,
        "cancelled_count": rng.poisson(base * 0.52 * (1 + 0.07 * m / 12)),
        "new_capital": np.round(new * np.array([610, 11, 150])[k] * rng.lognormal(0, 0.1, len(m)), 1),
    }


SPECS = (
    s.spec(
        "enterprise", "企业登记信息", enterprise,
        [
            s.key("enterprise_id", "企业编号"),
            s.text("credit_code", "统一社会信用代码", "信用代码 社会信用代码"),
            s.title("enterprise_name", "企业名称", "企业 公司 公司名称"),
            s.category("enterprise_type", "企业类型", "公司类型"),
            s.category("industry", "行业门类", "行业 所属行业 产业"),
            s.district_name(),
            s.text("address", "住所", "注册地址 企业地址"),
            s.text("legal_representative", "法定代表人", "法人 法人代表", description="依法公示的登记信息。"),
            s.amount("registered_capital", "注册资本", "注册资金 注册资本金", unit="万元", scale=10000, note="约0.8%未填报，为空。"),
            s.day("established_date", "成立日期", "注册日期 成立时间 注册时间 成立"),
            s.category("status", "登记状态", "经营状态 企业状态", codes=STATUS, called={"1": "在营 开业 正常经营"}),
            s.day("closed_date", "注销吊销日期", "注销日期 吊销日期", note="存续企业为空。"),
            s.stock("employee_count", "从业人数", "员工数 职工人数 员工人数", unit="人"),
            s.flag("is_small", "是否小微企业", "小微企业 小微", codes={"true": "小微企业", "false": "非小微企业"}),
        ],
        by="market", frequency="每日", key="enterprise_id", time="established_date", synonyms="企业 公司 市场主体 经营主体 工商登记", entity="企业", measure_word="家",
        grain="一家企业", description="在本市登记的企业名称、行业、注册资本、成立日期和状态。", keywords="企业 工商登记 统一社会信用代码",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "new_market_entity", "新设经营主体月度统计", new_market_entity,
        [
            s.month("month", "月份", "统计月份"),
            s.district_name(),
            s.category("entity_type", "经营主体类型", "主体类型"),
            s.number("new_count", "新设数", "新设户数 新增经营主体 新增市场主体 新设经营主体 新登记数", unit="户"),
            s.number("cancelled_count", "注销数", "注销户数", unit="户"),
            s.amount("new_capital", "新增注册资本", "新设主体注册资本", unit="万元", scale=10000),
        ],
        by="market", frequency="每月", key="month district entity_type", time="month", synonyms="新设市场主体 新增经营主体", grain="一个区县一个月一种主体",
        description="每月新设、注销的企业、个体工商户和农民专业合作社户数。", keywords="市场主体 个体工商户 新设",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "enterprise_shareholder", "企业股东出资信息", enterprise_shareholder,
        [
            s.key("shareholder_id", "出资编号"),
            s.foreign("enterprise_id", "企业编号"),
            s.person("shareholder_name", "股东名称", "股东 出资人"),
            s.category("shareholder_type", "股东类型", codes={"1": "自然人", "2": "法人"}),
            s.rate("share_ratio", "持股比例", "出资比例 股份占比", unit="%"),
            s.amount("subscribed_capital", "认缴出资额", "出资额 认缴额", unit="万元", scale=10000, note="约1%未填报，为空。"),
            s.day("subscribed_date", "认缴日期", "出资日期"),
        ],
        by="market", access=s.RESTRICTED, frequency="每日", key="shareholder_id", time="subscribed_date", synonyms="股东 出资 股权", entity="出资", measure_word="笔",
        grain="一个股东对一家企业的出资", description="企业股东、持股比例和认缴出资额。", keywords="股东 股权 出资",
        sharing_condition="用于行政审批、执法检查和信用核查，须说明核查对象范围。", opening_condition="仅向签订利用协议的机构提供去标识后的数据。",
        links=(("enterprise_id", "enterprise.enterprise_id"),),
    ),
)  # fmt: skip
