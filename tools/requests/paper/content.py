"""What the papers say: a request as the plain words that a template puts in their places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from corpus.catalog import SharingClass
from tools.requests.check import CheckResult
from tools.requests.model import LABELS, Basis, ShareRequest, is_blank
from tools.requests.states import Action, State

BLANK = "（待填）"
NONE = "无"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # what no XML may hold


def paper_content(request: ShareRequest, checks: Iterable[CheckResult], today: date) -> dict[str, Any]:
    """Every word that a template may use, by name; what is not stated is `（待填）`."""
    entry = request.dataset
    reply = request.last(Action.ACCEPT, Action.REFUSE)
    submitted = request.last(Action.SUBMIT)
    content = {
        "编号": request.number or "（未编号）",
        "状态": request.state.label,
        "草稿提示": "草稿，尚未提交" if request.state is State.DRAFT else "",
        "日期": _day(submitted.day if submitted else today),
        "申请部门": request.department,
        "经办人": _said(request.officer_name),
        "联系方式": _said(request.contact),
        "负责人": _said(request.agency_head),
        "目录名称": entry.title,
        "目录代码": entry.code or "目录未编代码",
        "提供部门": entry.provider or "目录未注明",
        "共享属性": entry.sharing_label,
        "共享条件": entry.condition or ("目录未注明" if entry.sharing is SharingClass.CONDITIONAL else NONE),
        "数据分级": entry.level or "目录未注明",
        "目录更新频率": entry.update_frequency or "目录未注明",
        "数据项": [
            {"序号": str(n), "名称": item.name, "用途": _said(item.use)} for n, item in enumerate(request.items, 1)
        ]
        or [{"序号": "", "名称": BLANK, "用途": BLANK}],
        "数据项名称": "、".join(item.name for item in request.items) or BLANK,
        "不申请的数据项": [{"名称": item.name, "理由": item.reason or NONE} for item in request.left_out],
        "使用依据": [_basis(basis) for basis in request.basis],
        "使用依据名称": "、".join(basis.label for basis in request.basis) or BLANK,
        "使用目的": _said(request.purpose),
        "使用场景": _said(request.scenario),
        "使用范围": _said(request.use_scope),
        "共享方式": _said(request.method),
        "使用起始日": _day(request.starts),
        "使用截止日": _day(request.ends),
        "更新频率": request.frequency or NONE,
        "安全保护措施": _said(request.security),
        "使用后的处置": _said(request.disposal),
        "个人信息": "、".join(request.personal_items) or "不涉及",
        "个人信息保护影响评估": _said(request.personal_impact) if request.personal_items else "不涉及",
        "答复": _reply(reply) if reply else "",
        "核对": [{"事项": r.rule, "依据": r.article, "结果": r.mark, "说明": r.note or NONE} for r in checks],
        "来源": [
            {"内容": LABELS[name], "来源": trace.label}
            for name, trace in request.sources.items()
            if name in LABELS and (name == "dataset" or not is_blank(getattr(request, name, None)))
        ],
    }
    return {name: _clean(value) for name, value in content.items()}


def _said(text: str) -> str:
    return BLANK if is_blank(text) else text.strip()


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else BLANK


def _basis(basis: Basis) -> dict[str, str]:
    return {"名称": basis.label, "原文": basis.quote or (basis.duty if basis.document else "")}


def _reply(event: Any) -> str:
    words = "同意共享" if event.action is Action.ACCEPT else "不同意共享"
    parts = [f"{_day(event.day)}答复：{words}"]
    if event.details.get("items"):
        parts.append(f"数据项：{'、'.join(event.details['items'])}")
    if event.details.get("ends"):
        parts.append(f"使用至{event.details['ends']}")
    return "；".join([*parts, event.note] if event.note else parts)


def _clean(value: Any) -> Any:
    """The same without characters that no document may hold."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "　"))
    if isinstance(value, list):
        return [{name: _clean(part) for name, part in row.items()} for row in value]
    return value
