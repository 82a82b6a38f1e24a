"""A share request as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tools.principal import Principal
from tools.requests.check import CheckResult
from tools.requests.deadlines import Deadline
from tools.requests.model import EDITABLE, LABELS, ShareRequest, is_blank
from tools.requests.transitions import moves_open_to

_MARKS = {"通过": "✓", "不通过": "✗", "提醒": "！"}


def request_lines(
    request: ShareRequest, checks: list[CheckResult], due: Deadline | None, principal: Principal
) -> Iterator[str]:
    """Everything about a request that a person who may see it is shown."""
    entry = request.dataset
    yield f"申请 {request.number}（第{request.version}版）：{request.state.label}"
    if due is not None:
        yield f"{due.text}，由{due.who.label}办理（{due.article}）{due.note and '：' + due.note}"
    yield f"申请部门：{request.department}"
    yield f"数据目录：{entry.title}（{entry.code or entry.id}），提供部门：{entry.provider or '目录未注明'}"
    condition = f"，条件：{entry.condition.rstrip('。')}" if entry.condition else ""
    yield f"共享属性：{entry.sharing_label}{condition}；数据分级：{entry.level or '目录未注明'}（以目录为准，不能修改）"
    missing = request.missing()
    for name in EDITABLE:
        value = getattr(request, name)
        if name == "personal_impact" and not request.personal_items and is_blank(value):
            continue
        source = request.sources.get(name)
        told = f"　〔{source.label}〕" if source and not is_blank(value) else ""
        yield f"{LABELS[name]}：{_shown(value, '（待填）' if name in missing else '（未填）')}{told}"
    yield ""
    yield from check_lines(checks)
    yield ""
    for event in request.history:
        note = f"：{event.note}" if event.note else ""
        yield f"{event.day}  {event.actor_name or event.actor}  {event.action.label}（{event.after.label}）{note}"
    offered = [f"{m.action.value} {m.action.label}" for m in moves_open_to(request, principal)]
    if offered:
        yield f"您现在可以办理：{'；'.join(offered)}"


def check_lines(checks: Iterable[CheckResult]) -> Iterator[str]:
    for result in checks:
        note = f"：{result.note}" if result.note else ""
        yield f"{_MARKS[result.mark]} {result.rule}（{result.article}）{note}"
        for quote in result.quotes:
            yield f"    依据原文：{quote}"


def _shown(value: Any, blank: str) -> str:
    if is_blank(value):
        return blank
    if isinstance(value, list):
        return "；".join(_row(row) for row in value)
    return str(value)


def _row(row: Any) -> str:
    if hasattr(row, "label"):  # a basis
        return str(row.label)
    second = getattr(row, "use", "") or getattr(row, "reason", "")
    return f"{row.name}（{second}）" if second else str(row.name)
