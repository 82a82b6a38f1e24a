"""What the page shows of a turn, as plain data: no markup, no Gradio."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.outcome import Chart, ResultTable

Tone = Literal["good", "info", "warn", "bad", "plain"]


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
    locator: str = ""  # the article, for a policy text
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
class Condition:
    """One slot of what was understood; asking `removal` takes it out. Empty: it cannot go."""

    label: str
    removal: str


@dataclass(frozen=True)
class Card:
    """One found dataset."""

    id: str
    title: str
    publisher: str
    summary: str
    badges: list[Badge]
    facts: list[tuple[str, str]]
    items: list[tuple[str, str, str]]  # name, type, meaning of each data item


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
    conditions: list[Condition] = field(default_factory=list)
    undo: str = ""  # asking it goes back to the question before; empty where this one changed none
    options: list[Action] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    number: str = ""  # of a share request
    score: int = 0  # 0..100: how much of what it must state is stated
    fields: list[Field] = field(default_factory=list)
    checks: list[tuple[bool, str, str]] = field(default_factory=list)  # ok, rule and article, note
    timings: list[tuple[str, float]] = field(default_factory=list)  # step, ms
    versions: list[tuple[str, str]] = field(default_factory=list)
