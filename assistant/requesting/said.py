"""What one turn says for a share request: typed, each part in the person's own words. Empty where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.requesting.periods import Period

TextField = Literal[
    "scenario", "use_scope", "method", "frequency", "security", "disposal", "personal_impact", "contact", "agency_head"
]
Fixed = Literal["sharing", "level", "condition", "provider", "department", "officer", "decision"]


@dataclass(frozen=True)
class Heard:
    """A field's words. `more`: they are added to what stands there already."""

    field: TextField
    value: str
    quote: str
    more: bool = False


@dataclass(frozen=True)
class Cited:
    """A basis that is named: a text with its article, or a duty; `vague`: 「工作需要」, which is none."""

    title: str = ""
    locators: tuple[str, ...] = ()
    duty: str = ""
    vague: bool = False
    quote: str = ""


@dataclass(frozen=True)
class ItemWish:
    """A wish about data items: these alone, these too, these not, or all of them; `words` is what names them."""

    kind: Literal["only", "add", "drop", "all"]
    words: str
    quote: str


@dataclass(frozen=True)
class Said:
    heard: tuple[Heard, ...] = ()
    period: Period | None = None
    cited: tuple[Cited, ...] = ()
    items: tuple[ItemWish, ...] = ()
    fixed: tuple[Fixed, ...] = ()  # what the words would change and cannot
    wanted: str = ""  # the words that name the data
    undo: bool = False
    skip: bool = False
    cancel: bool = False
    anyway: bool = False  # 仍要起草: although it need not be applied for
    rest: tuple[str, ...] = field(default=())  # clauses that nothing above explains

    @property
    def purpose(self) -> str:
        return next((h.value for h in self.heard if h.field == "scenario"), "")

    @property
    def edits(self) -> bool:
        """Whether something is said that fills or changes a draft."""
        return bool(self.heard or self.period or self.cited or self.items or self.fixed or self.undo or self.skip)

    @property
    def named(self) -> set[str]:
        """The fields that are spoken of."""
        names: set[str] = {h.field for h in self.heard}
        if self.period:
            names.add("period")
        if self.cited:
            names.add("basis")
        return names
