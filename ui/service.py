"""What the faces need of an assistant. `assistant.Assistant` is one; a test may script another."""

from __future__ import annotations

from collections.abc import Iterator
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


class Service(Protocol):
    """Asking, and what was asked before. A principal is the name of a demo user or of an authenticated one."""

    def ask(self, question: str, principal: str = "citizen", conversation: str | None = None) -> Outcome: ...

    def stream(
        self, question: str, principal: str = "citizen", conversation: str | None = None
    ) -> Iterator[StepEvent | Outcome]: ...

    def conversations(self, principal: str = "citizen") -> list[Any]: ...

    def history(self, conversation: str, principal: str = "citizen") -> list[Outcome]: ...

    def delete_conversation(self, id: str, principal: str = "citizen") -> Any: ...

    def rename_conversation(self, id: str, title: str, principal: str = "citizen") -> Any: ...

    def examples(self) -> list[str]: ...


class Searcher(Protocol):
    """Retrieval alone, as `retrieval.index.Index` offers it."""

    def datasets(self, query: str, top: int = 10) -> list[DatasetHit]: ...

    def articles(self, query: str, top: int = 10) -> list[ArticleHit]: ...


class Catalogue(Protocol):
    """Catalogue entries by id, as `corpus.store.CatalogStore` offers them."""

    def dataset(self, key: str) -> Dataset | None: ...
