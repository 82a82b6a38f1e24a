"""The data platform about itself: requests, calls, checks and use; and the counters of the service hall."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.departments import DEPARTMENTS
from corpus.demo.world import (
    DAYS,
    LAST_DAY,
    MONTHS,
    Frame,
    World,
    blank_where,
    choose,
    cross,
    dates,
    draw,
    numbered,
    pick,
)

CLASSES = {"unconditional": "无条件共享", "conditional": "有条件共享", "not_shared": "不予共享"}
STATES = {"1": "已同意", "2": "已拒绝", "3": "待答复", "4": "补正中", "5": "已撤回"}
PURPOSES = ("行政审批", "监督检查", "公共服务", "社会救助", "统计分析", "应急处置", "信用管理")
DIMENSIONS = ("完整性", "规范性", "准确性", "一致性", "及时性")
ITEM_WORDS = ("办理", "变更", "注销", "补办", "核准", "备案")
ITEM_TOPICS = {
    "edu": ("教师资格认定", "民办学校设立"), "police": ("居民身份证", "机动车登记", "出入境证件"), "civil": ("社会组织登记", "老年人优待证", "婚姻登记"),
    "hrss": ("社会保险登记", "职业资格证书", "劳动能力鉴定"), "land": ("不动产登记", "建设用地规划许可"), "housing": ("商品房预售许可", "公租房申请"),
    "urban": ("占道许可", "户外广告"), "transport": ("道路运输证", "驾驶员从业资格"), "water": ("取水许可", "排水许可"), "agri": ("兽药经营许可", "农机登记"),
    "culture": ("演出许可", "旅行社许可"), "health": ("医师执业注册", "公共场所卫生许可", "生育登记"), "market": ("营业执照", "食品经营许可", "特种设备登记"),
    "insurance": ("医保参保登记", "异地就医备案"), "fund": ("公积金提取", "公积金贷款"), "env": ("排污许可", "环境影响评价审批"), "veterans": ("优待证", "军人抚恤"),
    "fire": ("消防验收", "公众聚集场所检查"), "tax": ("税务登记", "发票领用"), "emergency": ("安全生产许可", "危险化学品许可"),
}  # fmt: skip


def share_request(world: World) -> Frame:
    rng = world.rng("share_request")
    total = 3_600
    ids, names, providers, classes = (np.array(x, dtype=object) for x in zip(*world.catalogue, strict=True))
    days = DAYS[np.datetime64("2021-01-04") <= DAYS]
    busy = np.is_busday(days) * (1 + 0.22 * (days - days[0]).astype(int) / 365.25)
    sent = np.sort(days[draw(rng, len(days), total, busy)])
    which = draw(
        rng, len(ids), total, np.where(classes == "conditional", 9.0, np.where(classes == "not_shared", 1.2, 1.0))
    )
    office = np.array([d.name for d in DEPARTMENTS], dtype=object)
    asker = rng.integers(0, len(office), total)
    asker = np.where(office[asker] == providers[which], (asker + 1) % len(office), asker)
    kind = classes[which]
    years = (sent - days[0]).astype(int) / 365.25
    slow = rng.lognormal(0, 0.22, len(ids))[which]
    wait = (
        np.round(
            np.where(
                kind == "unconditional",
                rng.gamma(1.3, 0.8, total),
                rng.gamma(4.2, 1.85, total) * slow * (1 - 0.07 * years),
            )
        ).astype(int)
        + 1
    )
    replied = np.busday_offset(sent, wait, roll="forward")
    verdict = np.where(
        kind == "not_shared", 1, np.where(rng.random(total) < np.where(kind == "conditional", 0.13, 0.01), 1, 0)
    )
    state = np.where(rng.random(total) < 0.022, 4, verdict)
    pending = replied > np.datetime64(LAST_DAY)
    state = np.where(pending, np.where(rng.random(total) < 0.2, 3, 2), state)
    no_reply = np.isin(state, [2, 3, 4])
    handed = np.busday_offset(replied, 2 + rng.poisson(6, total), roll="forward")
    return {
        "request_id": numbered("SQ", total, 6),
        "dataset_id": ids[which],
        "dataset_title": names[which],
        "requester": office[asker],
        "provider": providers[which],
        "sharing_class": kind,
        "purpose": choose(rng, PURPOSES, total, (26, 20, 17, 12, 11, 5, 9)),
        "submitted_date": sent,
        "state": pick(tuple(STATES), state),
        "replied_date": blank_where(replied, no_reply),
        "reply_days": blank_where(wait, no_reply),
        "is_on_time": blank_where(wait <= 10, no_reply),
        "delivered_date": blank_where(handed, (state != 0) | (handed > np.datetime64(LAST_DAY))),
    }


def api_call(world: World) -> Frame:
    rng = world.rng("api_call")
    ids = np.array([c[0] for c in world.catalogue], dtype=object)
    chosen = np.sort(rng.choice(len(ids), 36, replace=False))
    days = DAYS[np.datetime64("2024-01-01") <= DAYS]
    i, t = cross(len(chosen), len(days))
    size = rng.lognormal(6.3, 1.1, len(chosen))[i] * (1 + 0.35 * t / 365.25) * np.where(np.is_busday(days), 1, 0.35)[t]
    calls = rng.poisson(size * rng.lognormal(0, 0.15, len(i)))
    trouble = np.where(rng.random(len(i)) < 0.004, 0.3, 0.004)
    return {
        "dataset_id": ids[chosen][i],
        "date": days[t],
        "call_count": calls,
        "failure_count": rng.binomial(calls, trouble),
        "average_ms": np.round(rng.lognormal(4.5, 0.35, len(i)) * np.where(trouble > 0.1, 6, 1), 1),
        "caller_count": np.minimum(1 + rng.poisson(np.sqrt(calls) / 4), calls + 1),
    }


def quality_check(world: World) -> Frame:
    rng = world.rng("quality_check")
    ids = np.array([c[0] for c in world.catalogue], dtype=object)
    providers = np.array([c[2] for c in world.catalogue], dtype=object)
    months = MONTHS[np.datetime64("2023-01") <= MONTHS]
    m, i, k = cross(len(months), len(ids), len(DIMENSIONS))
    base = rng.normal(90, 4.5, (len(ids), len(DIMENSIONS)))[i, k] - np.where(k == 4, 4.5, 0)
    score = np.round(np.clip(base + 0.09 * m + rng.normal(0, 1.6, len(m)), 40, 100), 1)
    problems = rng.poisson(np.maximum(100 - score, 0) * 1.4)
    return {
        "check_id": numbered("ZL", len(m), 6),
        "month": dates(months[m]),
        "dataset_id": ids[i],
        "department": providers[i],
        "dimension": pick(DIMENSIONS, k),
        "score": score,
        "problem_count": problems,
        "fixed_count": rng.binomial(problems, 0.82),
    }


def dataset_usage(world: World) -> Frame:
    rng = world.rng("dataset_usage")
    opened = [c for c in world.catalogue if c[3] == "unconditional"]
    ids = np.array([c[0] for c in opened], dtype=object)
    months = MONTHS[np.datetime64("2022-01") <= MONTHS]
    i, m = cross(len(ids), len(months))
    views = rng.poisson(rng.lognormal(6.6, 0.9, len(ids))[i] * (1 + 0.2 * m / 12) * rng.lognormal(0, 0.2, len(i)))
    return {
        "dataset_id": ids[i],
        "month": dates(months[m]),
        "view_count": views,
        "download_count": rng.binomial(views, rng.uniform(0.04, 0.2, len(ids))[i]),
        "rating": blank_where(np.round(np.clip(rng.normal(4.2, 0.35, len(i)), 1, 5), 1), rng.random(len(i)) < 0.12),
    }


def service_case(world: World) -> Frame:
    rng = world.rng("service_case")
    office = {d.key: d.name for d in DEPARTMENTS}
    items = [
        (office[key], topic + word)
        for key, topics in ITEM_TOPICS.items()
        for topic in topics
        for word in ITEM_WORDS[: 2 + len(topic) % 3]
    ]
    months = MONTHS[np.datetime64("2021-01") <= MONTHS]
    i, m = cross(len(items), len(months))
    years = m / 12
    size = rng.lognormal(5.3, 1.2, len(items))[i] * np.where(months[m].astype(int) % 12 == 1, 0.72, 1)
    cases = rng.poisson(size * (1 + 0.03 * years) * rng.lognormal(0, 0.1, len(i)))
    online = np.clip(rng.normal(0.42, 0.14, len(items))[i] + 0.075 * years, 0.05, 0.98)
    return {
        "month": dates(months[m]),
        "department": np.array([x[0] for x in items], dtype=object)[i],
        "item_name": np.array([x[1] for x in items], dtype=object)[i],
        "case_count": cases,
        "online_count": rng.binomial(cases, online),
        "average_days": np.round(
            np.maximum(rng.gamma(4, 0.9, len(items))[i] * (1 - 0.06 * years) * rng.lognormal(0, 0.1, len(i)), 0.1), 1
        ),
        "complaint_count": rng.binomial(cases, 0.0009),
    }


_TO_DEPARTMENT = ("department", "department.department_name")

SPECS = (
    s.spec(
        "service_case", "政务服务办件统计", service_case,
        [
            s.month("month", "月份", "统计月份"),
            s.foreign("department", "承办部门", "部门 办理部门"),
            s.category("item_name", "事项名称", "政务服务事项 办事事项 事项"),
            s.number("case_count", "办件量", "办件数 办件", unit="件"),
            s.number("online_count", "网办件数", "网上办理件数 网办量", unit="件"),
            s.rate("average_days", "平均办理时长", "办理时间 办理天数", unit="工作日"),
            s.number("complaint_count", "差评数", "投诉数", unit="件"),
        ],
        by="service", frequency="每月", key="month department item_name", time="month", synonyms="办件 政务服务 办事", grain="一个事项一个月", description="政务服务事项每月办件量、网办量和平均时长。",
        keywords="办件 网办率", links=(_TO_DEPARTMENT,),
        metrics=(
            s.metric("online_rate", "网办率", "100.0 * sum(online_count) / nullif(sum(case_count), 0)", "网上办理率 全程网办率", "%", "网办件数占办件量的比例。"),
        ),
    ),
    s.spec(
        "share_request", "数据共享申请记录", share_request,
        [
            s.key("request_id", "申请编号"),
            s.foreign("dataset_id", "数据集编号", "目录编号"),
            s.title("dataset_title", "申请数据名称", "数据集名称 数据名称"),
            s.foreign("requester", "申请部门", "需求部门 申请单位"),
            s.foreign("provider", "提供部门", "数据提供部门 提供单位"),
            s.category("sharing_class", "共享属性", "共享类型", codes=CLASSES),
            s.category("purpose", "使用用途", "用途 使用目的"),
            s.day("submitted_date", "申请日期", "提交日期 申请时间"),
            s.category("state", "申请状态", "状态 办理状态", codes=STATES),
            s.day("replied_date", "答复日期", "答复时间", note="未答复的为空。"),
            s.rate("reply_days", "答复工作日", "答复时长 答复天数 多少个工作日答复 答复用时 几个工作日答复", unit="工作日", type="INTEGER", note="未答复的为空。"),
            s.flag("is_on_time", "是否按期答复", "按期答复", codes={"true": "按期答复", "false": "超期答复"}, note="十个工作日内答复为按期；未答复的为空。"),
            s.day("delivered_date", "提供日期", "交付日期", note="未同意或尚未提供的为空。"),
        ],
        by="data", frequency="每日", key="request_id", time="submitted_date", synonyms="共享申请 数据申请 数据共享", entity="共享申请", measure_word="件", grain="一件申请",
        description="部门之间数据共享申请、答复和提供的日期与状态。", keywords="共享申请 答复 工作日",
        links=(("requester", "department.department_name"), ("provider", "department.department_name")),
        metrics=(
            s.metric("approval_rate", "申请同意率", "100.0 * count(*) FILTER (WHERE state = '1') / nullif(count(*) FILTER (WHERE state IN ('1', '2')), 0)", "同意率 通过率 批准率", "%", "已同意的申请占已作出决定的申请的比例。"),
            s.metric("reply_on_time_rate", "按期答复率", "100.0 * avg(CASE WHEN is_on_time THEN 1 WHEN NOT is_on_time THEN 0 END)", "答复及时率 按时答复率", "%", "十个工作日内答复的申请占已答复申请的比例。"),
        ),
    ),
    s.spec(
        "api_call", "数据接口调用日统计", api_call,
        [
            s.foreign("dataset_id", "数据集编号", "目录编号"),
            s.day("date", "日期", "调用日期"),
            s.number("call_count", "接口调用次数", "调用次数 调用量 接口调用量 API调用次数", unit="次"),
            s.number("failure_count", "接口失败次数", "失败次数", unit="次"),
            s.rate("average_ms", "接口平均响应时间", "响应时间 平均响应时间", unit="毫秒"),
            s.stock("caller_count", "接口调用方数", "调用方数", unit="个"),
        ],
        by="data", frequency="每日", key="dataset_id date", time="date", synonyms="接口调用 API 接口", grain="一个数据集一天", description="共享开放接口逐日调用、失败和响应时间。", keywords="接口 API 调用",
        metrics=(
            s.metric("api_success_rate", "接口成功率", "100.0 * (1 - sum(failure_count) * 1.0 / nullif(sum(call_count), 0))", "调用成功率", "%", "成功调用占全部调用的比例。"),
        ),
    ),
    s.spec(
        "quality_check", "数据质量检查结果", quality_check,
        [
            s.key("check_id", "检查编号"),
            s.month("month", "检查月份", "月份"),
            s.foreign("dataset_id", "数据集编号", "目录编号"),
            s.foreign("department", "责任部门", "部门 提供部门"),
            s.category("dimension", "质量维度", "检查维度 质量指标"),
            s.rate("score", "质量得分", "质量评分 数据质量得分 得分", unit="分"),
            s.number("problem_count", "质量问题数", "问题数 数据问题数", unit="个"),
            s.number("fixed_count", "已整改问题数", "整改数 已整改数", unit="个"),
        ],
        by="data", access=s.SHARED, opening_condition="列入开放负面清单通用条目：程序类", frequency="每月", key="check_id", time="month", synonyms="数据质量 质量检查 质量评价", entity="质量检查", measure_word="次", grain="一个数据集一个月一个维度",
        description="数据集每月按五个维度的质量得分和问题整改。", keywords="数据质量 完整性 及时性", links=(_TO_DEPARTMENT,),
        metrics=(
            s.metric("fix_rate", "问题整改率", "100.0 * sum(fixed_count) / nullif(sum(problem_count), 0)", "整改率 质量问题整改率", "%", "已整改问题数占质量问题数的比例。"),
        ),
    ),
    s.spec(
        "dataset_usage", "开放数据使用统计", dataset_usage,
        [
            s.foreign("dataset_id", "数据集编号", "目录编号"),
            s.month("month", "月份", "统计月份"),
            s.number("view_count", "浏览量", "浏览次数 访问量 访问次数", unit="次"),
            s.number("download_count", "下载量", "下载次数 下载数", unit="次"),
            s.rate("rating", "用户评分", "评分", unit="分", note="当月无人评分的为空，约12%。"),
        ],
        by="data", frequency="每月", key="dataset_id month", time="month", synonyms="数据下载 数据浏览 开放平台访问", grain="一个数据集一个月", description="开放数据集每月浏览、下载和评分。", keywords="下载 浏览 开放平台",
    ),
)  # fmt: skip
