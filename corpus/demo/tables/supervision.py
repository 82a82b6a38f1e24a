"""What departments allow, check, punish and think of enterprises."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.departments import department
from corpus.demo.tables.business import INDUSTRIES, alive_on, working_days
from corpus.demo.world import DAYS, LAST_DAY, Frame, World, blank_where, choose, draw, numbered, pick

# permit, department, share, industries that ask for it (empty: any)
PERMITS = (
    ("食品经营许可", "market", 30, (0, 6)), ("食品生产许可", "market", 4, (1,)), ("公共场所卫生许可", "health", 9, (6, 7)),
    ("建筑业企业资质", "housing", 8, (4,)), ("建筑施工许可", "housing", 6, (4, 9)), ("道路运输经营许可", "transport", 10, (8,)),
    ("排污许可", "env", 7, (1,)), ("危险化学品经营许可", "emergency", 3, (0, 1)), ("人力资源服务许可", "hrss", 5, (2,)),
    ("出版物经营许可", "culture", 4, (0, 10)), ("医疗器械经营许可", "market", 7, (0, 14)), ("户外广告设置许可", "urban", 5, (2, 10)),
    ("取水许可", "water", 2, (1, 11)), ("民办职业培训学校设立", "hrss", 2, (13,)),
)  # fmt: skip
CHECKERS = ("market", "env", "emergency", "hrss", "housing", "health", "urban", "transport", "fire", "tax")
CHECK_SHARES = (38, 11, 12, 9, 6, 7, 5, 4, 5, 3)
MATTERS = {
    "market": ("登记事项检查", "公示信息检查", "食品安全检查", "产品质量监督检查", "价格行为检查"),
    "env": ("排污情况检查", "危险废物管理检查"), "emergency": ("安全生产检查", "危险化学品检查"),
    "hrss": ("劳动用工检查", "工资支付检查"), "housing": ("建筑工地质量检查", "物业服务检查"),
    "health": ("公共场所卫生检查", "职业卫生检查"), "urban": ("市容环境检查", "燃气经营检查"),
    "transport": ("道路运输检查", "驾驶培训检查"), "fire": ("消防安全检查", "消防设施检查"), "tax": ("发票使用检查", "纳税申报检查"),
}  # fmt: skip
RESULTS = {"1": "未发现问题", "2": "发现问题已责令改正", "3": "发现问题待后续处理", "4": "通过登记住所无法联系"}
PENALTIES = ("警告", "罚款", "没收违法所得", "责令停产停业", "吊销许可证")
VIOLATIONS = {
    "market": ("虚假宣传", "经营不合格商品", "未按规定公示年报", "食品标签不合格", "价格欺诈"),
    "env": ("超标排放污染物", "未批先建"), "emergency": ("未落实安全生产责任", "违规储存危险化学品"), "hrss": ("拖欠劳动报酬", "未签订劳动合同"),
    "housing": ("违法分包", "未按图施工"), "health": ("无证行医", "卫生不达标"), "urban": ("擅自占道经营", "违规倾倒建筑垃圾"),
    "transport": ("超限超载运输", "未取得许可从事运输"), "fire": ("占用消防通道", "消防设施不合格"), "tax": ("虚开发票", "未按期申报"),
}  # fmt: skip
GRADES = {"A": "信用优秀", "B": "信用良好", "C": "信用一般", "D": "信用较差"}


def permit(world: World) -> Frame:
    rng = world.rng("permit")
    total = 120_000
    codes = world.get("enterprise", "industry")
    kind = draw(rng, len(PERMITS), total, [p[2] for p in PERMITS])
    accepted = working_days(rng, DAYS, total, 0.05)
    chosen = np.empty(total, int)
    for k, (_, _, _, wanted) in enumerate(PERMITS):
        rows = np.flatnonzero(kind == k)
        pool = np.flatnonzero(np.isin(codes, [INDUSTRIES[i] for i in wanted]))
        chosen[rows] = alive_on(rng, world, accepted[rows], pool)
    faster = 1 - 0.07 * (accepted - DAYS[0]).astype(int) / 365.25
    days = np.maximum(
        np.round(
            rng.gamma(4, 1.6, total) * faster * np.array([0.8 + 0.1 * (k % 5) for k in range(len(PERMITS))])[kind]
        ),
        1,
    )
    decided = np.busday_offset(accepted, days.astype(int), roll="forward")
    waiting = decided > np.datetime64(LAST_DAY)
    result = draw(rng, 3, total, (96, 2.6, 1.4))
    valid = decided + np.where(kind % 3 == 0, 5 * 365, 3 * 365).astype("timedelta64[D]")
    offices = np.array([department(p[1]).name for p in PERMITS], dtype=object)
    return {
        "permit_id": numbered("XK", total, 7),
        "enterprise_id": world.get("enterprise", "enterprise_id")[chosen],
        "permit_type": pick(tuple(p[0] for p in PERMITS), kind),
        "department": offices[kind],
        "accepted_date": accepted,
        "decided_date": blank_where(decided, waiting),
        "handling_days": blank_where(days.astype(int), waiting),
        "result": blank_where(pick(("1", "2", "3"), result), waiting),
        "valid_until": blank_where(valid, waiting | (result != 0)),
        "channel": choose(rng, ("网上办理", "窗口办理", "自助终端"), total, (66, 29, 5)),
    }


def inspection(world: World) -> Frame:
    rng = world.rng("inspection")
    total = 150_000
    days = working_days(rng, DAYS, total, 0.04)
    chosen = alive_on(rng, world, days)
    office = draw(rng, len(CHECKERS), total, CHECK_SHARES)
    matters = [(o, m) for o, key in enumerate(CHECKERS) for m in MATTERS[key]]
    first = np.searchsorted([o for o, _ in matters], np.arange(len(CHECKERS)))
    size = np.array([len(MATTERS[key]) for key in CHECKERS])
    matter = first[office] + (rng.random(total) * size[office]).astype(int)
    gone = world.get("enterprise", "status")[chosen] == "2"
    result = np.where(rng.random(total) < np.where(gone, 0.3, 0.02), 3, draw(rng, 3, total, (86, 11, 3)))
    return {
        "inspection_id": numbered("JC", total, 7),
        "enterprise_id": world.get("enterprise", "enterprise_id")[chosen],
        "department": np.array([department(k).name for k in CHECKERS], dtype=object)[office],
        "inspection_date": days,
        "inspection_type": choose(rng, ("双随机抽查", "专项检查", "投诉举报核查"), total, (62, 26, 12)),
        "matter": pick(tuple(m for _, m in matters), matter),
        "result": pick(tuple(RESULTS), result),
    }


def penalty(world: World) -> Frame:
    rng = world.rng("penalty")
    total = 30_000
    days = working_days(rng, DAYS, total, 0.04)
    chosen = alive_on(rng, world, days)
    office = draw(rng, len(CHECKERS), total, CHECK_SHARES)
    reasons = [(o, v) for o, key in enumerate(CHECKERS) for v in VIOLATIONS[key]]
    first = np.searchsorted([o for o, _ in reasons], np.arange(len(CHECKERS)))
    size = np.array([len(VIOLATIONS[key]) for key in CHECKERS])
    reason = first[office] + (rng.random(total) * size[office]).astype(int)
    kind = draw(rng, len(PENALTIES), total, (21, 66, 8, 3.5, 1.5))
    fine = np.where(np.isin(kind, [1, 2]), np.maximum(np.round(rng.lognormal(9.1, 1.15, total) / 100) * 100, 200), 0)
    published = days + rng.integers(2, 8, total) + np.where(rng.random(total) < 0.03, rng.integers(30, 160, total), 0)
    return {
        "penalty_id": numbered("CF", total, 6),
        "enterprise_id": world.get("enterprise", "enterprise_id")[chosen],
        "department": np.array([department(k).name for k in CHECKERS], dtype=object)[office],
        "decided_date": days,
        "violation": pick(tuple(v for _, v in reasons), reason),
        "penalty_type": pick(PENALTIES, kind),
        "fine_amount": fine.astype(float),
        "published_date": blank_where(published, np.asarray(published > np.datetime64(LAST_DAY))),
    }


def credit_rating(world: World) -> Frame:
    rng = world.rng("credit_rating")
    founded = world.get("enterprise", "established_date").astype("datetime64[Y]").astype(int) + 1970
    closed = world.get("enterprise", "closed_date").astype("datetime64[Y]")
    last = np.where(np.isnat(closed), 2100, closed.astype(int) + 1970)
    nature = rng.normal(84, 7.5, len(founded))
    parts = []
    for rated in (2023, 2024, 2025):
        here = np.flatnonzero((founded < rated) & (last > rated))
        parts.append((here, np.full(len(here), rated)))
    i, y = (np.concatenate(p) for p in zip(*parts, strict=True))
    score = np.round(np.clip(nature[i] + 0.5 * (y - 2023) + rng.normal(0, 3, len(i)), 30, 100), 1)
    return {
        "enterprise_id": world.get("enterprise", "enterprise_id")[i],
        "year": y,
        "score": score,
        "grade": pick(tuple(GRADES), np.select([score >= 85, score >= 72, score >= 60], [0, 1, 2], 3)),
    }


def statistical_return(world: World) -> Frame:
    rng = world.rng("statistical_return")
    people = world.get("enterprise", "employee_count")
    founded = world.get("enterprise", "established_date").astype("datetime64[Y]").astype(int) + 1970
    alive = world.get("enterprise", "status") == "1"
    big = np.flatnonzero((people >= 30) & alive)
    i = np.repeat(big, 4)
    y = np.tile(np.arange(2022, 2026), len(big))
    keep = founded[i] < y
    i, y = i[keep], y[keep]
    output = people[i] * rng.lognormal(4.5, 0.5, len(i)) * (1 + 0.05 * (y - 2022))
    return {
        "enterprise_id": world.get("enterprise", "enterprise_id")[i],
        "year": y,
        "operating_revenue": np.round(output, 1),
        "operating_cost": np.round(output * rng.normal(0.83, 0.06, len(i)), 1),
        "wages": np.round(people[i] * rng.normal(9.6, 1.6, len(i)), 1),
        "energy_consumption": np.round(output * rng.lognormal(-2.6, 0.7, len(i)), 1),
    }


_TO_ENTERPRISE = ("enterprise_id", "enterprise.enterprise_id")
_TO_DEPARTMENT = ("department", "department.department_name")

SPECS = (
    s.spec(
        "permit", "行政许可信息", permit,
        [
            s.key("permit_id", "许可编号", "许可证编号"),
            s.foreign("enterprise_id", "企业编号"),
            s.category("permit_type", "许可事项", "许可类型 许可名称 许可证类型"),
            s.foreign("department", "许可机关", "许可部门 审批部门"),
            s.day("accepted_date", "受理日期", "申请日期"),
            s.day("decided_date", "许可决定日期", "发证日期 决定日期", note="未办结的为空。"),
            s.rate("handling_days", "办理工作日", "办理天数 审批时间 审批天数 许可办理时间", unit="工作日", type="INTEGER", note="未办结的为空。"),
            s.category("result", "许可结果", "审批结果", codes={"1": "准予许可", "2": "不予许可", "3": "申请人撤回"}, note="未办结的为空。"),
            s.day("valid_until", "有效期至", "到期日期 有效期", note="未准予许可的为空。"),
            s.category("channel", "办理渠道", "办理方式"),
        ],
        by="service", frequency="每日", key="permit_id", time="accepted_date", synonyms="行政许可 许可证 审批 许可", entity="许可", measure_word="件",
        grain="一件许可申请", description="企业申请的行政许可、办理时间和结果。", keywords="行政许可 审批 双公示", links=(_TO_ENTERPRISE, _TO_DEPARTMENT),
    ),
    s.spec(
        "inspection", "执法检查结果", inspection,
        [
            s.key("inspection_id", "检查编号"),
            s.foreign("enterprise_id", "企业编号"),
            s.foreign("department", "检查机关", "检查部门"),
            s.day("inspection_date", "检查日期", "检查时间 抽查日期"),
            s.category("inspection_type", "检查方式", "检查类型 抽查类型"),
            s.category("matter", "检查事项", "检查内容"),
            s.category("result", "检查结果", "抽查结果", codes=RESULTS),
        ],
        by="market", frequency="每周", key="inspection_id", time="inspection_date", synonyms="执法检查 监督检查", entity="检查", measure_word="次",
        grain="一次检查", description="各部门对企业的双随机抽查、专项检查和投诉核查结果。", keywords="双随机 监督检查", links=(_TO_ENTERPRISE, _TO_DEPARTMENT),
        metrics=(
            s.metric("problem_rate", "检查问题发现率", "100.0 * avg(CASE WHEN result <> '1' THEN 1 ELSE 0 END)", "问题发现率", "%", "结果不是未发现问题的检查占全部检查的比例。"),
        ),
    ),
    s.spec(
        "penalty", "行政处罚信息", penalty,
        [
            s.key("penalty_id", "处罚编号", "处罚决定书编号"),
            s.foreign("enterprise_id", "企业编号"),
            s.foreign("department", "处罚机关", "处罚部门"),
            s.day("decided_date", "处罚决定日期", "处罚日期 处罚时间"),
            s.category("violation", "违法行为类型", "违法行为 处罚事由 违法类型"),
            s.category("penalty_type", "处罚种类", "处罚类别 处罚类型"),
            s.amount("fine_amount", "罚没金额", "罚款金额 罚款 处罚金额 罚金", unit="元"),
            s.day("published_date", "公示日期", note="约3%的处罚迟报一至五个月；尚未公示的为空。"),
        ],
        by="market", frequency="每周", key="penalty_id", time="decided_date", synonyms="行政处罚 处罚 罚单", entity="处罚", measure_word="件", grain="一件处罚决定",
        description="各部门对企业作出的行政处罚。", keywords="行政处罚 罚款 双公示", links=(_TO_ENTERPRISE, _TO_DEPARTMENT),
        note="约3%的记录迟报一至五个月。",
    ),
    s.spec(
        "credit_rating", "企业公共信用评价", credit_rating,
        [
            s.foreign("enterprise_id", "企业编号"),
            s.year("year", "年份", "评价年度 评价年份"),
            s.rate("score", "信用得分", "信用分 信用评分 评价得分", unit="分"),
            s.category("grade", "信用等级", "信用评级 评价等级", codes=GRADES),
        ],
        by="ndrc", access=s.RESTRICTED, frequency="每年", key="enterprise_id year", time="year", synonyms="信用评价 企业信用 公共信用", grain="一家企业一年",
        description="存续企业2023年以来的公共信用综合评价得分和等级。", keywords="信用 评价 红黑名单",
        sharing_condition="用于行政管理和公共服务中的信用核查，须列明核查对象。", opening_condition="企业可查询自身评价；机构利用须经被查询企业授权。",
        links=(_TO_ENTERPRISE,),
    ),
    s.spec(
        "statistical_return", "规模以上企业统计调查基表", statistical_return,
        [
            s.foreign("enterprise_id", "企业编号"),
            s.year("year", "年份", "报告年度"),
            s.amount("operating_revenue", "营业收入", "营收", unit="万元", scale=10000),
            s.amount("operating_cost", "营业成本", "成本", unit="万元", scale=10000),
            s.amount("wages", "应付职工薪酬", "工资总额 薪酬", unit="万元", scale=10000),
            s.amount("energy_consumption", "综合能源消费量", "能耗 能源消费", unit="吨标准煤"),
        ],
        by="stats", access=s.SECRET, level=s.IMPORTANT, frequency="每年", key="enterprise_id year", time="year", synonyms="统计调查 规上企业报表", entity="报表",
        measure_word="份", grain="一家企业一年", description="统计调查中取得的单个企业财务和能耗资料。", keywords="统计 规上企业 基层表",
        sharing_basis="《中华人民共和国统计法》", links=(_TO_ENTERPRISE,),
    ),
)  # fmt: skip
