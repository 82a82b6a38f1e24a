"""What was said, put into a request: changes to its fields with where each came from, and what has to be told. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.requesting.citing import Verified
from assistant.requesting.needs import Selection, follow, select
from assistant.requesting.periods import Period, last_day, length_words
from assistant.requesting.phrases import CHECKING
from assistant.requesting.said import Cited, Fixed, Heard, Said
from corpus.catalog import DataItem
from tools.requests.model import LABELS, Basis, Content, ShareRequest, Trace

Verify = Callable[[Cited], list[Verified]]
LONGEST_MONTHS = 24

FIXED_NOTES: dict[Fixed, str] = {
    "sharing": "共享属性以数据目录为准（{sharing}），不能用话来改；认为定得不对的，可以向提供部门和共享主管部门提出",
    "level": "数据分级以数据目录为准（{level}），不能用话来改",
    "condition": "共享条件以数据目录为准，不能用话来改",
    "provider": "提供部门以数据目录为准（{provider}），不能用话来改",
    "department": "申请部门按登录身份填写，是{department}，不能替别的部门申请",
    "officer": "经办人就是登录的本人（{officer}），不能写成别人",
    "decision": "对话只起草，不能提交、审批或者改变状态：提交要由本人在表单上点击，答复由提供部门的人员作出",
}


@dataclass
class Filled:
    """`changes`: what to write into the request, `sources` included. `months`/`days`: a length that waits for its first day."""

    changes: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    verified: list[Verified] = field(default_factory=list)
    months: int = 0
    days: int = 0

    @property
    def changed(self) -> list[str]:
        """What was filled in or changed, in words."""
        names = [LABELS[n] for n in self.changes if n in LABELS and n not in ("left_out", "purpose")]
        if self.months or self.days:
            names.append(f"使用时限（{length_words(self.months, self.days)}）")
        return list(dict.fromkeys(names))


def fill(request: ShareRequest, said: Said, today: date, verify: Verify, *, months: int = 0, days: int = 0) -> Filled:
    """The changes that `said` asks for. `months`/`days`: a length that was said before its first day."""
    filled = Filled(months=months, days=days)
    for heard in said.heard:
        _text(request, heard, filled)
    if said.period:
        _period(request, said.period, today, filled)
    if said.cited:
        _basis(request, said, verify, filled)
    _items(request, said, filled)
    entry = request.dataset
    filled.notes += fixed_notes(
        said.fixed,
        request.department,
        request.officer_name or request.officer,
        sharing=entry.sharing_label,
        level=entry.level,
        provider=entry.provider,
    )
    return filled


def fixed_notes(
    fixed: Sequence[Fixed], department: str, officer: str, *, sharing: str = "", level: str = "", provider: str = ""
) -> list[str]:
    """What has to be told of things that no words can change."""
    facts = {
        "sharing": sharing or "见目录",
        "level": level or "目录未注明",
        "provider": provider or "见目录",
        "department": department or "未登录部门账号",
        "officer": officer,
    }
    return [FIXED_NOTES[name].format(**facts) for name in fixed]


def from_catalogue(request: ShareRequest, purpose: str) -> dict[str, Any]:
    """What the entry itself says of form and frequency, until the person says else."""
    entry = request.dataset
    changes: dict[str, Any] = {}
    # Who only has to know whether a statement is true is given no list (where the entry's condition speaks of that).
    checks = (
        "核验" in entry.condition and (not purpose or re.search(CHECKING, purpose))
    ) or "只返回" in entry.condition
    for name, value in (("method", "核验查询" if checks else entry.method), ("frequency", entry.update_frequency)):
        if value and not getattr(request, name):
            _set(changes, name, value, Trace(kind="catalogue", ref=entry.code or entry.id))
    return changes


def _set(changes: dict[str, Any], name: str, value: Any, trace: Trace) -> None:
    changes[name] = value
    changes.setdefault("sources", {})[name] = trace


def _text(request: ShareRequest, heard: Heard, filled: Filled) -> None:
    trace = Trace(kind="words", quote=heard.quote[:500])
    names = ("purpose", "scenario") if heard.field == "scenario" else (heard.field,)
    for name in names:
        before = filled.changes.get(name, getattr(request, name))
        value = f"{before}；{heard.value}" if heard.more and before and heard.value not in before else heard.value
        _set(filled.changes, name, value, trace)


def _period(request: ShareRequest, said: Period, today: date, filled: Filled) -> None:
    trace = Trace(kind="words", quote=said.quote)
    if said.endless:
        filled.notes.append("使用时限要有具体的起止日期，不能写长期；一般不超过2年，到期可以续期")
        return
    starts, ends = said.starts, said.ends
    months, days = (said.months, said.days) if said.lasts else (filled.months, filled.days)
    if ends is not None:
        months = days = 0
    first = starts or request.starts
    if said.lasts and starts is None and request.starts is None:
        filled.months, filled.days = said.months, said.days
        filled.notes.append(f"使用时限记为{length_words(said.months, said.days)}，定下起始日后算出截止日")
        if request.ends is not None:
            _set(filled.changes, "ends", None, trace)
        return
    if first is not None and ends is None and (months or days):
        ends = last_day(first, months, days)
    last = ends or request.ends
    if first is not None and last is not None and last < first:
        filled.notes.append(f"使用截止日（{last}）早于起始日（{first}），没有记下，请重新说明起止日期")
        return
    if ends is not None and ends < today:
        filled.notes.append(f"使用截止日（{ends}）已经过去，没有记下，请重新说明")
        return
    filled.months = filled.days = 0
    for name, value in (("starts", starts), ("ends", ends)):
        if value is not None:
            _set(filled.changes, name, value, trace)


def _basis(request: ShareRequest, said: Said, verify: Verify, filled: Filled) -> None:
    found: list[Basis] = []
    for cited in said.cited:
        for one in verify(cited):
            filled.verified.append(one)
            if one.note:
                filled.notes.append(one.note)
            if one.basis is not None:
                found.append(one.basis)
    if not found:
        return
    quotes = "，".join(dict.fromkeys(c.quote for c in said.cited))
    replaces = any(word in quotes for word in ("改成", "改为", "换成", "改")) or not request.basis
    known = [] if replaces else [b for b in request.basis if b.label not in {f.label for f in found}]
    quote = quotes[:500]
    read = any(b.quote for b in found)
    trace = Trace(kind="words", quote=quote)
    if read:
        trace = Trace(kind="article", ref="；".join(b.label for b in found if b.document), quote=quote)
    _set(filled.changes, "basis", [b.model_dump() for b in (*known, *found)], trace)


def _items(request: ShareRequest, said: Said, filled: Filled) -> None:
    """The items: chosen by purpose until the person has a wish of their own."""
    items = entry_items(request)
    if not items:
        return
    purpose = filled.changes.get("purpose", request.purpose)
    entry = Trace(kind="catalogue", ref=request.dataset.code or request.dataset.id)
    own = request.sources.get("items", entry)
    chosen = own.kind != "catalogue"
    now = Selection(tuple(request.items), tuple(request.left_out))
    if not chosen and ("purpose" in filled.changes or not (request.items or request.left_out)):
        now = select(items, purpose)
    elif chosen and "purpose" in filled.changes:
        uses = {w.name: w.use for w in now.wanted}
        old = request.purpose
        now = Selection(
            tuple(
                w.model_copy(update={"use": purpose[:500] if uses[w.name] in ("", old) else w.use}) for w in now.wanted
            ),
            now.left_out,
        )
    trace = own
    for wish in said.items:
        after = follow(items, now, wish, purpose)
        if after.lost:
            filled.notes.append(f"目录里没有这些数据项：{'、'.join(after.lost)}")
        if wish.kind == "all":
            filled.notes.append(
                "只能申请使用目的必要的数据项，与用途无关的敏感数据项没有列入；确需保留的，请逐项说“加上某项”并说明用途"
            )
        elif after != now:
            trace = Trace(kind="words", quote=wish.quote[:500])
        now = after
    if not now.wanted and said.items:
        filled.notes.append("数据项不能一项都不要，没有改动")
        return
    if list(now.wanted) != request.items or list(now.left_out) != request.left_out:
        _set(filled.changes, "items", [w.model_dump() for w in now.wanted], trace)
        _set(filled.changes, "left_out", [w.model_dump() for w in now.left_out], trace)


def entry_items(request: ShareRequest) -> list[DataItem]:
    return [
        DataItem(name=i.name, type=i.type, meaning=i.meaning, sensitivity=i.sensitivity) for i in request.dataset.items
    ]


def restored(content: Content) -> dict[str, Any]:
    """The changes that bring an earlier content back."""
    return {**content.model_dump(exclude={"sources"}), "sources": dict(content.sources)}
