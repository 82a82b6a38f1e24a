"""What a check before submission looks at and says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from tools.requests.model import ShareRequest
from tools.requests.rules import RuleBook

ACT = "政务数据共享条例"


class Policies(Protocol):
    """Where articles are looked up."""

    def documents(self, title: str) -> list[PolicyDocument]:
        """The texts with this title, whatever their version; the one in force first."""

    def restated(self, title: str, locator: str) -> Article | None:
        """What a digest says about an article whose text is not here."""


@dataclass(frozen=True)
class CheckContext:
    """`dataset` is the entry as it stands in the catalogue now, None when it was withdrawn; `mine` are the other requests
    of the department."""

    dataset: Dataset | None
    policies: Policies
    book: RuleBook
    today: date
    mine: list[ShareRequest] = field(default_factory=list)


@dataclass(frozen=True)
class CheckResult:
    """`blocking`: a request that fails it is not submitted; else it is for people to weigh. `fields`: what to change."""

    name: str
    rule: str
    article: str
    ok: bool
    note: str = ""
    blocking: bool = True
    fields: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()  # the words of the articles that were found

    @property
    def mark(self) -> str:
        return "通过" if self.ok else "不通过" if self.blocking else "提醒"
