"""What the faces need of an assistant. `assistant.Assistant` is one; a test may script another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from assistant.events import StepEvent
from assistant.outcome import Outcome
from corpus.catalog import Dataset
from retrieval.hits import ArticleHit, DatasetHit


class Conversation(Protocol):
    """One line of the list of conversations."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def updated(self) -> Any: ...


class Searcher(Protocol):
    """Retrieval alone, as `retrieval.index.Index` offers it."""

    def datasets(self, query: str, top: int = 10) -> list[DatasetHit]: ...

    def articles(self, query: str, top: int = 10) -> list[ArticleHit]: ...


class Owner(Protocol):
    """What the owner has set."""

    @property
    def city(self) -> str: ...


class Place(Protocol):
    """The workspace's own description of itself."""

    def manifest(self) -> dict[str, Any]: ...


class Parts(Protocol):
    """The parts of an assistant that the faces read besides asking."""

    @property
    def workspace(self) -> Place: ...
    @property
    def settings(self) -> Owner: ...
    @property
    def index(self) -> Searcher: ...
    @property
    def datasets(self) -> Mapping[str, Dataset]: ...


class Service(Protocol):
    """Asking, and what was asked before. A principal is the name of a demo user or of an authenticated one."""

    @property
    def services(self) -> Parts: ...

    def ask(self, question: str, *, principal: str = "citizen", conversation: str | None = None) -> Outcome: ...

    def stream(
        self, question: str, *, principal: str = "citizen", conversation: str | None = None
    ) -> Iterator[StepEvent | Outcome]: ...

    def conversations(self, principal: str = "citizen") -> Sequence[Conversation]: ...

    def history(self, conversation: str, principal: str = "citizen") -> list[Outcome]: ...

    def rename_conversation(self, conversation: str, title: str, principal: str = "citizen") -> bool: ...

    def delete_conversation(self, conversation: str, principal: str = "citizen") -> bool: ...

    def examples(self) -> list[str]: ...
