"""Outcome → view: which parts a turn shows, in which words. Pure."""

from __future__ import annotations

import re
from typing import Any

from assistant.outcome import Answer, Citation, Clarify, Draft, Outcome, Refuse
from ui.web import wording
from ui.web.sources import DatasetLookup, card_view, no_lookup, source_view
from ui.web.view import Action, Badge, Condition, Field, Mark, Tone, TurnView

_MARK = re.compile(r"\[(\d{1,3})\]")


def turn_view(outcome: Outcome, lookup: DatasetLookup = no_lookup) -> TurnView:
    """Everything the page shows for one outcome. `lookup` finds a catalogue entry by id, to complete its card."""
    cards = {card.id: card for card in outcome.datasets} if isinstance(outcome, Answer) else {}
    shown: dict[str, Any] = {
        "id": outcome.id,
        "conversation": outcome.conversation,
        "kind": outcome.kind,
        "question": outcome.question,
        "text": split_marks(outcome.text, {c.n for c in outcome.citations}),
        "plain": outcome.text,
        "badges": _badges(outcome),
        "warnings": outcome.warnings,
        "sources": [source_view(c, cards, lookup) for c in outcome.citations],
        "suggestions": outcome.suggestions,
        "timings": [(wording.STEPS.get(step, step), ms) for step, ms in outcome.timings_ms.items()],
        "versions": _versions(outcome.versions, {c.locator for c in outcome.citations}),
    }
    if isinstance(outcome, Answer):
        shown |= {
            "explanation": outcome.explanation,
            "conditions": [Condition(slot.label, slot.value.strip()) for slot in outcome.state],
            "undo": wording.UNDO if any(w.startswith(wording.FOLLOWED) for w in outcome.warnings) else "",
            "table": outcome.table,
            "chart": outcome.chart,
            "sql": outcome.sql.text if outcome.sql else "",
            "cards": [card_view(card, lookup) for card in outcome.datasets] if _lists_datasets(outcome) else [],
        }
    elif isinstance(outcome, Clarify):
        shown["options"] = [Action(option.label, option.value) for option in outcome.options]
    elif isinstance(outcome, Refuse):
        shown["actions"] = [_request_action(key, outcome.citations, lookup) for key in outcome.may_request]
        if shown["actions"]:  # a suggestion to request the same would stand under the button that does it
            shown["suggestions"] = [text for text in outcome.suggestions if "申请" not in text]
    else:
        shown |= {"fields": _fields(outcome), "checks": _checks(outcome)}
        shown |= {"number": outcome.number, "score": outcome.completeness}
        shown["options"] = [Action(option.label, option.value) for option in outcome.options]
        shown["cards"] = [card_view(card, lookup) for card in outcome.offers]
    return TurnView(**shown)


def split_marks(text: str, known: set[int]) -> list[str | Mark]:
    """The text with 「[n]」 turned into marks where source n exists; any other bracket stays text."""
    parts: list[str | Mark] = []
    at = 0
    for match in _MARK.finditer(text):
        if int(match[1]) not in known:
            continue
        if match.start() > at:
            parts.append(text[at : match.start()])
        parts.append(Mark(int(match[1])))
        at = match.end()
    if at < len(text):
        parts.append(text[at:])
    return parts


def _badges(outcome: Outcome) -> list[Badge]:
    badges = [Badge(wording.ROUTES[outcome.route])]
    if isinstance(outcome, Answer):
        if outcome.sql is not None or outcome.label != "rules":
            tone: Tone = {"verified": "good", "rules": "info", "model": "warn"}[outcome.label]  # type: ignore[assignment]
            badges.append(Badge(wording.LABELS[outcome.label], tone, wording.LABEL_NOTES[outcome.label]))
        if wording.STATUSES[outcome.status]:
            badges.append(Badge(wording.STATUSES[outcome.status], "warn"))
    elif isinstance(outcome, Refuse):
        badges = [Badge(wording.REASONS[outcome.reason], "bad")]
    elif isinstance(outcome, Clarify):
        badges.append(Badge("请您确认", "info"))
    else:
        badges.append(Badge("草稿", "info"))
    return badges


def _lists_datasets(answer: Answer) -> bool:
    """Whether the datasets are the answer, or the nearest there is; else they are sources, shown as such."""
    return answer.route == "find_dataset" or answer.status == "no_information"


def _request_action(key: str, citations: list[Citation], lookup: DatasetLookup) -> Action:
    dataset = lookup(key)
    cited = next((c.title for c in citations if c.kind == "dataset" and c.id == key), "")
    title = dataset.title if dataset else cited or key
    return Action(f"生成共享申请草稿：{title}", f"申请共享《{title}》（目录编号 {key}）")


def _fields(draft: Draft) -> list[Field]:
    names = [*draft.request, *(name for name in draft.missing if name not in draft.request)]
    return [
        Field(wording.REQUEST_FIELDS.get(name, name), value, missing=name in draft.missing)
        for name in names
        for value in [_value_text(draft.request.get(name))]
        if value or name in draft.missing
    ]


def _value_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_value_text(item) for item in value)
    if isinstance(value, dict):
        return "；".join(f"{wording.REQUEST_FIELDS.get(k, k)}：{_value_text(v)}" for k, v in value.items())
    return str(value)


def _checks(draft: Draft) -> list[tuple[bool, str, str]]:
    return [(c.ok, f"{c.rule}（{c.article}）" if c.article else c.rule, c.note) for c in draft.checks]


def _versions(versions: dict[str, str], shown: set[str]) -> list[tuple[str, str]]:
    """The versions that no source names already."""
    names = {
        "data": "数据版本",
        "catalog": "目录版本",
        "index": "索引版本",
        "updated": "数据时间",
        "data_time": "数据时间",
    }
    return [
        (names.get(key, key), value)
        for key, value in versions.items()
        if value and not any(value in text for text in shown)
    ]
