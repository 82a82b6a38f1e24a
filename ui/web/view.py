"""Outcome → what the page shows, as plain data. No markup here, and no Gradio."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.outcome import Answer, Chart, Citation, Clarify, DatasetCard, Draft, Outcome, Refuse, ResultTable
from corpus.catalog import Dataset
from ui.web import wording

Tone = Literal["good", "info", "warn", "bad", "plain"]
DatasetLookup = Callable[[str], Dataset | None]
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Badge:
    text: str
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """A reference to source `n` inside the answer's text."""

    n: int


@dataclass(frozen=True)
class Source:
    """One numbered entry of the evidence panel."""

    n: int
    kind: str
    title: str
    badges: list[Badge] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    quote: str = ""


@dataclass(frozen=True)
class Field:
    """One line of a share-request draft; a missing value is a visible blank."""

    label: str
    value: str
    missing: bool


@dataclass(frozen=True)
class Action:
    """A button that asks `question`, shown as `label`."""

    label: str
    question: str


@dataclass(frozen=True)
class Card:
    """One found dataset."""

    id: str
    title: str
    publisher: str
    summary: str
    badges: list[Badge]


@dataclass(frozen=True)
class TurnView:
    id: str
    conversation: str
    kind: str
    question: str
    text: list[str | Mark]
    plain: str
    badges: list[Badge]
    explanation: str = ""
    warnings: list[str] = field(default_factory=list)
    table: ResultTable | None = None
    chart: Chart | None = None
    cards: list[Card] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    sql: str = ""
    options: list[Action] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    checks: list[tuple[bool, str, str]] = field(default_factory=list)  # ok, rule and article, note
    timings: list[tuple[str, float]] = field(default_factory=list)  # step, ms
    versions: list[tuple[str, str]] = field(default_factory=list)


def no_lookup(_id: str) -> Dataset | None:
    """For callers without a catalogue at hand."""
    return None


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
        "sources": [_source(c, cards, lookup) for c in outcome.citations],
        "suggestions": outcome.suggestions,
        "timings": [(wording.STEPS.get(step, step), ms) for step, ms in outcome.timings_ms.items()],
        "versions": _versions(outcome.versions, {c.locator for c in outcome.citations}),
    }
    if isinstance(outcome, Answer):
        shown |= {
            "explanation": outcome.explanation,
            "table": outcome.table,
            "chart": outcome.chart,
            "sql": outcome.sql.text if outcome.sql else "",
            "cards": [_card(card, lookup) for card in outcome.datasets] if outcome.route == "find_dataset" else [],
        }
    elif isinstance(outcome, Clarify):
        shown["options"] = [Action(option.label, option.value) for option in outcome.options]
    elif isinstance(outcome, Refuse):
        shown["actions"] = [_request_action(key, outcome.citations, lookup) for key in outcome.may_request]
    else:
        shown |= {"fields": _fields(outcome), "checks": _checks(outcome)}
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


def _source(citation: Citation, cards: dict[str, DatasetCard], lookup: DatasetLookup) -> Source:
    badges: list[Badge] = []
    facts: list[tuple[str, str]] = []
    if citation.kind == "dataset":
        dataset, card = lookup(citation.id), cards.get(citation.id)
        sharing = (dataset.sharing.value if dataset and dataset.sharing else None) or (card.sharing if card else None)
        opening = (dataset.opening.value if dataset and dataset.opening else None) or (card.opening if card else None)
        badges = class_badges(sharing, opening)
        publisher = dataset.publisher if dataset else card.publisher if card else ""
        facts = [
            ("提供部门", publisher),
            ("更新时间", dataset.updated.isoformat() if dataset and dataset.updated else ""),
            ("更新频率", dataset.update_frequency if dataset else ""),
            ("目录编号", citation.id),
        ]
    elif citation.kind in ("article", "document"):
        if citation.in_force is not None:
            badges = [Badge("现行有效", "good") if citation.in_force else Badge("已失效", "bad")]
        facts = [("条款", citation.locator)]
    else:
        facts = [("数据版本", citation.locator)]
    if citation.kind == "dataset" and citation.locator:
        facts.append(("位置", citation.locator))
    if citation.url:
        facts.append(("网址", citation.url))  # shown as text: links from data are not rendered
    return Source(
        n=citation.n,
        kind=wording.CITATION_KINDS[citation.kind],
        title=citation.title,
        badges=badges,
        facts=[(label, value) for label, value in facts if value],
        quote=citation.quote,
    )


def class_badges(sharing: str | None, opening: str | None) -> list[Badge]:
    """Badges for the sharing and the opening class; nothing for a class the source does not state."""
    tones: dict[str, Tone] = {"unconditional": "good", "open": "good", "conditional": "warn"}
    badges = []
    if sharing:
        badges.append(Badge(wording.SHARING.get(sharing, sharing), tones.get(sharing, "bad")))
    if opening:
        badges.append(Badge(wording.OPENING.get(opening, opening), tones.get(opening, "bad")))
    return badges


def _card(card: DatasetCard, lookup: DatasetLookup) -> Card:
    dataset = lookup(card.id)
    badges = class_badges(card.sharing, card.opening)
    if dataset and dataset.updated:
        badges.append(Badge(f"更新于 {dataset.updated.isoformat()}"))
    return Card(card.id, card.title, card.publisher, card.summary, badges)


def _request_action(key: str, citations: list[Citation], lookup: DatasetLookup) -> Action:
    dataset = lookup(key)
    cited = next((c.title for c in citations if c.kind == "dataset" and c.id == key), "")
    title = dataset.title if dataset else cited or key
    return Action(f"生成共享申请草稿：{title}", f"申请共享《{title}》（目录编号 {key}）")


def _fields(draft: Draft) -> list[Field]:
    names = [*draft.request, *(name for name in draft.missing if name not in draft.request)]
    return [
        Field(wording.REQUEST_FIELDS.get(name, name), value, missing=name in draft.missing or not value)
        for name in names
        for value in [_value_text(draft.request.get(name))]
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
    return [(names.get(key, key), value) for key, value in versions.items() if value and value not in shown]
