"""12345: half a million tickets, one row each."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.departments import department
from corpus.demo.tables.air import daily_weather
from corpus.demo.world import DAYS, LAST_DAY, Frame, World, blank_where, choose, draw, numbered, pick, season

TICKETS = 500_000
# topic, what it is about, who answers, share, kind of season: day of the peak and strength
TOPICS = (
    ("噪声扰民", "施工噪声", "urban", 6.2, 230, 0.3), ("噪声扰民", "社会生活噪声", "police", 7.0, 215, 0.35),
    ("物业管理", "物业服务质量", "housing", 7.4, 180, 0.1), ("物业管理", "维修资金使用", "housing", 2.6, 100, 0.05),
    ("道路交通", "违法停车", "police", 8.6, 120, 0.05), ("道路交通", "公交线路站点", "transport", 3.9, 250, 0.1),
    ("道路交通", "道路破损", "urban", 3.6, 190, 0.3), ("供水排水", "积水内涝", "water", 1.4, 200, 0.5),
    ("供水排水", "停水水压", "water", 2.8, 205, 0.4), ("供电供气", "停电报修", "ndrc", 2.9, 210, 0.5),
    ("供电供气", "燃气安全", "urban", 1.6, 10, 0.4), ("环境卫生", "垃圾清运", "urban", 4.8, 200, 0.25),
    ("环境卫生", "油烟异味", "env", 3.7, 200, 0.25), ("环境卫生", "河道污染", "env", 1.7, 180, 0.3),
    ("教育", "入学政策咨询", "edu", 4.1, 165, 0.75), ("教育", "校外培训", "edu", 1.9, 200, 0.45),
    ("医疗卫生", "就医服务", "health", 3.3, 20, 0.3), ("医疗卫生", "医保报销", "insurance", 3.8, 10, 0.35),
    ("劳动社保", "拖欠工资", "hrss", 4.7, 5, 0.65), ("劳动社保", "社保缴纳", "hrss", 4.4, 60, 0.15),
    ("消费维权", "商品质量", "market", 6.5, 320, 0.25), ("消费维权", "预付卡退费", "market", 3.6, 60, 0.1),
    ("住房保障", "公积金提取", "fund", 2.4, 90, 0.1), ("住房保障", "房屋质量", "housing", 2.0, 190, 0.2),
    ("民政救助", "低保救助", "civil", 1.6, 15, 0.3), ("民政救助", "养老服务", "civil", 1.5, 280, 0.1),
    ("农业农村", "土地承包", "agri", 1.3, 100, 0.15), ("政务服务", "办事流程咨询", "service", 3.9, 75, 0.1),
    ("文化旅游", "旅游投诉", "culture", 1.4, 220, 0.6), ("公共安全", "消防隐患", "fire", 1.8, 20, 0.25),
)  # fmt: skip
CHANNELS = {"01": "电话", "02": "微信小程序", "03": "网站", "04": "手机应用", "05": "领导信箱"}
KINDS = {"1": "咨询", "2": "投诉", "3": "求助", "4": "建议", "5": "举报"}
STATES = {"1": "已办结", "2": "办理中", "3": "已退回"}
SCORES = ("非常满意", "满意", "基本满意", "不满意")


def hotline_ticket(world: World) -> Frame:
    rng = world.rng("hotline_ticket")
    rain = daily_weather(world, "precipitation").mean(axis=0)
    years = np.arange(len(DAYS)) / 365.25
    weekend = np.where(np.is_busday(DAYS), 1.0, 0.72)
    calm = weekend * (1 + 0.085 * years) * rng.lognormal(0, 0.05, len(DAYS))
    # Storms call: standing water, power and broken roads are reported on the day and the next.
    wet = np.maximum(rain, np.r_[0, rain[:-1]] * 0.5)
    shares = np.array([t[3] for t in TOPICS])
    volume = np.stack([
        calm * shares[i] * (1 + t[5] * season(DAYS, t[4])) * (1 + {"积水内涝": 0.28, "停电报修": 0.05, "道路破损": 0.03}.get(t[1], 0.0) * wet)
        for i, t in enumerate(TOPICS)
    ], axis=1)  # fmt: skip
    cell = np.sort(draw(rng, volume.size, TICKETS, volume.ravel()))
    t, topic = np.divmod(cell, len(TOPICS))
    minute = np.clip(rng.normal(13.2, 4.0, TICKETS), 0, 23.98) * 3600
    created = DAYS[t].astype("datetime64[s]") + minute.astype(int).astype("timedelta64[s]")
    created.sort()  # still within the day: days are in order
    d = draw(rng, len(DISTRICTS), TICKETS, GEOGRAPHY.weights * GEOGRAPHY.wealth**0.3)
    kind = draw(rng, len(KINDS), TICKETS, (38, 36, 16, 5, 5))
    answered_at_once = (kind == 0) & (rng.random(TICKETS) < 0.62)
    effort = (
        np.array([1.0, 1.25, 0.9, 1.6, 1.4])[kind]
        * (1 - 0.045 * years[t])
        * rng.uniform(0.75, 1.35, len(TOPICS))[topic]
    )
    hours = np.where(answered_at_once, rng.gamma(1.2, 0.5, TICKETS), rng.gamma(1.5, 34, TICKETS) * effort)
    limit = np.where(kind == 0, 2, np.where(kind == 3, 10, 5)).astype(int)
    finished = created + (hours * 3600).astype(int).astype("timedelta64[s]")
    open_still = (finished >= np.datetime64(LAST_DAY) + 1) | (rng.random(TICKETS) < 0.0006)
    rejected = ~open_still & (rng.random(TICKETS) < 0.013)
    asked = ~open_still & ~rejected & (rng.random(TICKETS) < 0.66)
    slow = np.clip(hours / 24 / limit, 0, 2)
    mood = rng.normal(0.05 * years[t], 1, TICKETS) - 0.65 * slow - np.array([0, 0.35, 0.1, 0.1, 0.2])[kind]
    offices = np.array([department(x[2]).name for x in TOPICS], dtype=object)
    return {
        "ticket_id": numbered("GD", TICKETS, 8, 10_000_001),
        "created_at": created.astype("datetime64[us]"),
        "district": GEOGRAPHY.names[d],
        "ticket_type": pick(tuple(KINDS), kind),
        "category": np.array([x[0] for x in TOPICS], dtype=object)[topic],
        "subcategory": np.array([x[1] for x in TOPICS], dtype=object)[topic],
        "channel": choose(rng, tuple(CHANNELS), TICKETS, (64, 17, 8, 8, 3)),
        "department": offices[topic],
        "status": pick(tuple(STATES), np.select([open_still, rejected], [1, 2], 0)),
        "finished_at": blank_where(finished.astype("datetime64[us]"), open_still),
        "limit_days": limit,
        "handling_hours": blank_where(np.round(hours, 1), open_still),
        "is_on_time": blank_where(hours <= limit * 24, open_still),
        "satisfaction": blank_where(
            pick(SCORES, np.select([mood > 0.1, mood > -0.9, mood > -1.6], [0, 1, 2], 3)), ~asked
        ),
    }


SPECS = (
    s.spec(
        "hotline_ticket", "12345热线工单", hotline_ticket,
        [
            s.key("ticket_id", "工单编号", "工单号"),
            s.moment("created_at", "受理时间", "来电时间 受理日期 投诉时间"),
            s.district_name(),
            s.category("ticket_type", "诉求类型", "工单类型", codes=KINDS, called={"2": "投诉工单", "1": "咨询工单"}),
            s.category("category", "诉求类别", "问题类别 投诉类别 类别 问题分类"),
            s.category("subcategory", "诉求小类", "问题小类 具体问题 小类"),
            s.category("channel", "来源渠道", "渠道 受理渠道", codes=CHANNELS),
            s.foreign("department", "承办部门", "办理部门 责任部门 承办单位"),
            s.category("status", "办理状态", "工单状态", codes=STATES),
            s.moment("finished_at", "办结时间", "办结日期", note="办理中的工单为空。"),
            s.rate("limit_days", "办理时限", "时限", unit="天", type="INTEGER"),
            s.rate("handling_hours", "办理时长", "办结时长 处理时长 办理用时", unit="小时", note="办理中的工单为空。"),
            s.flag("is_on_time", "是否按时办结", "按时办结", codes={"true": "按时办结", "false": "超时办结"}, note="办理中的工单为空。"),
            s.category("satisfaction", "满意度评价", "满意度 评价", note="只有回访到的工单有评价，约六成半。"),
        ],
        by="service", frequency="每日", key="ticket_id", time="created_at", synonyms="12345 热线 工单 市民热线 市民诉求 便民热线 来电 诉求", entity="工单",
        measure_word="件", grain="一件工单", description="12345政务服务便民热线工单，不含来电人信息。", keywords="12345 工单 投诉 诉求 满意率",
        note="受理时间精确到秒；未办结和未回访的工单有空值。",
        links=(("district", "district.district_name"), ("department", "department.department_name")),
        metrics=(
            s.metric("satisfied_rate", "满意率", "100.0 * count(*) FILTER (WHERE satisfaction IN ('非常满意', '满意', '基本满意')) / nullif(count(satisfaction), 0)", "群众满意率 回访满意率 热线满意率", "%", "评价为基本满意及以上的工单占有评价工单的比例。"),
            s.metric("on_time_rate", "按时办结率", "100.0 * avg(CASE WHEN is_on_time THEN 1 WHEN NOT is_on_time THEN 0 END)", "及时办结率 按期办结率 办结及时率", "%", "在时限内办结的工单占已办结工单的比例。"),
        ),
    ),
)  # fmt: skip
