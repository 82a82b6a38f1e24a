"""What the faces need of an assistant. `assistant.Assistant` is one; a test may script another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from assistant.events import StepEvent
from assistant.outcome import Outcome
from assistant.settings import Settings
from corpus.catalog import Dataset
from retrieval.hits import ArticleHit, DatasetHit
from tools.accounts.accounts import Accounts
from tools.principal import Principal


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


class Place(Protocol):
    """The workspace's own description of itself."""

    def manifest(self) -> dict[str, Any]: ...


class Parts(Protocol):
    """The parts of an assistant that the faces read besides asking."""

    @property
    def workspace(self) -> Place: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def index(self) -> Searcher: ...
    @property
    def datasets(self) -> Mapping[str, Dataset]: ...


class Service(Protocol):
    """Asking, and what was asked before. A principal is a user's name, or the authenticated user."""

    @property
    def services(self) -> Parts: ...

    @property
    def accounts(self) -> Accounts | None: ...

    def ask(
        self, question: str, *, principal: str | Principal = "citizen", conversation: str | None = None
    ) -> Outcome: ...

    def stream(
        self, question: str, *, principal: str | Principal = "citizen", conversation: str | None = None
    ) -> Iterator[StepEvent | Outcome]: ...

    def conversations(self, principal: str | Principal = "citizen") -> Sequence[Conversation]: ...

    def history(self, conversation: str, principal: str | Principal = "citizen") -> list[Outcome]: ...

    def rename_conversation(self, conversation: str, title: str, principal: str | Principal = "citizen") -> bool: ...

    def delete_conversation(self, conversation: str, principal: str | Principal = "citizen") -> bool: ...

    def examples(self) -> list[str]: ...
