"""Follow-ups become questions that stand alone: 「那去年呢」「换成各区」「前五名」 edit the question before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.planning.mentions import Mention
from assistant.planning.names import Candidate

if TYPE_CHECKING:
    from assistant.services import Services
    from assistant.turn import Turn

_LEAD = re.compile(
    r"^(?:那么?|那如果|如果|换成|改成|改为|只看|只要|再看看?|再按|还有|然后|其中的?|它们?的?|这些|上面的?|刚才的?)+|^(?:按|分)(?=.{1,6}$)"
)
_TAIL = re.compile(r"(?:呢|怎么样|如何|吧|的话)?[？?。!！]*$")
_TRAILING = re.compile(r"[？?。!！]+$")


def self_contained(text: str, turn: Turn, services: Services) -> tuple[str, str]:
    """The question with what it leaves out taken from the last data question; and a note that says so."""
    last = next((o for o in reversed(turn.history) if o.route == "data" and o.kind == "answer"), None)
    if last is None:
        return text, ""
    led = bool(_LEAD.match(text)) or text.rstrip("？?。").endswith("呢")
    core = _TAIL.sub("", _LEAD.sub("", text)).strip("，, ")
    if not core or (not led and len(core) > 12):
        return text, ""
    planner = services.planner_for(turn.principal).planner
    new = planner.plan(core)
    if not _is_fragment(new.mentions, led):
        return text, ""
    before = _last_question(last.question, last.warnings)
    old = planner.plan(before)
    merged = _merge(before, list(old.mentions), core, list(new.mentions))
    if merged == before:
        return text, ""
    return merged, f"按上一个问题理解为：“{merged}”"


def _last_question(question: str, warnings: list[str]) -> str:
    """The last question as it was understood, should it have been a follow-up itself."""
    for warning in warnings:
        found = re.match(r"^按上一个问题理解为：“(.+)”$", warning)
        if found:
            return found[1]
    return question


def _columns(mention: Mention, kind: str) -> set[tuple[str, str]]:
    return {(c.table, c.column) for c in mention.candidates if c.kind == kind}


def _is_fragment(mentions: tuple[Mention, ...], led: bool) -> bool:
    """Whether the words only change something: a time, a value, a grouping, a ranking."""
    content = [
        m
        for m in mentions
        if m.candidates
        or m.time
        or m.number
        or not m.known
        or m.kind in ("top", "bottom", "super", "order", "agg", "share", "growth", "trend", "period")
    ]
    if not content or len(content) > 4:
        return False
    if any(not m.known for m in content):
        return False
    grouping = any(m.kind in ("each", "by", "period") for m in mentions)
    whole = any(_starts_anew(m.candidates) for m in content)
    asks = any(m.kind in ("howmany", "which", "list") for m in mentions)
    if asks and not led:
        return False
    return led or grouping or not whole


def _starts_anew(candidates: tuple[Candidate, ...]) -> bool:
    return any(
        c.kind in ("table", "metric") or (c.kind == "column" and c.score >= 0.9) for c in candidates
    ) and not any(c.kind == "value" for c in candidates)


def _merge(before: str, old: list[Mention], core: str, new: list[Mention]) -> str:
    """The old question with its times, values and groupings replaced by the new ones; new kinds are added."""
    text = _TRAILING.sub("", before)
    edits: list[tuple[int, int, str]] = []
    lead, tail = "", ""
    taken: set[int] = set()

    def replace(index: int, by: str) -> None:
        taken.add(index)
        edits.append((old[index].start, old[index].end, by))

    position = 0
    while position < len(new):
        mention = new[position]
        if mention.time:
            index = next((i for i, m in enumerate(old) if m.time and i not in taken), None)
            if index is None:
                lead += mention.text
            else:
                replace(index, mention.text)
        elif values := _columns(mention, "value"):
            index = next((i for i, m in enumerate(old) if i not in taken and _columns(m, "value") & values), None)
            each = _each_of(old, values)
            if index is not None:
                replace(index, mention.text)
            elif each is not None and each not in taken:
                taken.update({each, each - 1})
                edits.append((old[each - 1].start, old[each].end, mention.text))
            else:
                lead += mention.text
        elif mention.kind in ("each", "by") and position + 1 < len(new):
            phrase = "各" + new[position + 1].text
            index = next(
                (i for i, m in enumerate(old) if m.kind in ("each", "by") and i not in taken and i + 1 < len(old)), None
            )
            if index is not None:
                taken.update({index, index + 1})
                edits.append((old[index].start, old[index + 1].end, phrase))
            else:
                lead += phrase
            position += 1
        elif mention.candidates and _same_kind(old, mention) is not None:
            replace(_same_kind(old, mention) or 0, mention.text)
        elif (
            mention.kind not in ("filler", "comma", "of", "is", "unit")
            or mention.number
            or (mention.kind == "unit" and tail)
        ):
            tail += mention.text
        position += 1
    for start, end, by in sorted(edits, reverse=True):
        text = text[:start] + by + text[end:]
    joined = lead + text
    return f"{joined}，{tail}" if tail else joined


def _each_of(old: list[Mention], values: set[tuple[str, str]]) -> int | None:
    """Where the old question groups by the column (or table) that the new value belongs to."""
    for index in range(1, len(old)):
        if old[index - 1].kind in ("each", "by") and (
            _columns(old[index], "column") & values
            or {t for t, _ in values} & {c.table for c in old[index].candidates if c.kind == "table"}
        ):
            return index
    return None


def _same_kind(old: list[Mention], mention: Mention) -> int | None:
    """A measure or metric of the old question that a new one of the same table takes the place of."""
    mine = {c.table for c in mention.candidates if c.kind in ("column", "metric") and c.score >= 0.9}
    for index, other in enumerate(old):
        theirs = {c.table for c in other.candidates if c.kind in ("column", "metric") and c.score >= 0.9}
        if mine & theirs and not _columns(other, "value"):
            return index
    return None
