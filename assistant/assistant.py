"""The composition root: a workspace becomes an assistant that can be asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.conversations import Conversations, ConversationSummary
from assistant.events import StepEvent
from assistant.examples import example_questions
from assistant.model.chat import connect
from assistant.outcome import Outcome
from assistant.services import Services
from assistant.settings import Settings, load_settings
from assistant.turn import Turn, run_turn
from corpus.semantics import load_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace, WorkspaceError
from retrieval.errors import IndexUnusable
from retrieval.index import Index
from tools.audit import AuditLog
from tools.principal import Principal
from tools.query.tool import QueryTool
from tools.rights import DEMO_USERS


class UnknownUser(Exception):
    """No such user; the message is a Chinese sentence."""


class Assistant:
    """Ask one workspace. Safe to use from several threads; `close` ends its query processes."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @classmethod
    def open(cls, root: Path | str, *, settings: Settings | None = None) -> Assistant:
        """Open a workspace. WorkspaceError says in Chinese what is missing or damaged and what to do."""
        workspace = Workspace.open(Path(root))
        settings = settings or load_settings(workspace)
        model = connect(settings)
        try:
            store = CatalogStore(workspace.catalog_path)
            datasets = {d.id: d for d in store.datasets()}
            semantics = load_semantics(workspace.semantics_path)
        except Exception as error:
            raise WorkspaceError(
                f"工作区 {root} 已损坏：目录或语义模型无法读取。请从备份恢复，或删除后重新生成。"
            ) from error
        services = Services(
            workspace=workspace,
            settings=settings,
            store=store,
            semantics=semantics,
            index=_index(workspace, store, settings),
            query=QueryTool(workspace, semantics),
            audit=AuditLog(workspace.audit_path),
            conversations=Conversations(workspace.state_path),
            datasets=datasets,
            data_version=workspace.data_version,
            model=model,
        )
        return cls(services)

    @property
    def workspace(self) -> Workspace:
        return self.services.workspace

    @property
    def store(self) -> CatalogStore:
        return self.services.store

    @property
    def index(self) -> Index:
        return self.services.index

    def prepare(self) -> None:
        """Build what a first question would otherwise wait for: the public scope's database and values, Chroma."""
        self.services.planner_for(DEMO_USERS["citizen"])
        self.services.index.warm()

    def ask(self, question: str, principal: str | Principal = "citizen", conversation: str | None = None) -> Outcome:
        """One turn; the outcome is stored and recorded before it is returned."""
        for item in self.stream(question, principal=principal, conversation=conversation):
            if not isinstance(item, StepEvent):
                return item
        raise RuntimeError("a turn ended without an outcome")

    def stream(
        self, question: str, principal: str | Principal = "citizen", conversation: str | None = None
    ) -> Iterator[StepEvent | Outcome]:
        """The steps of one turn as they happen, then its outcome."""
        asker = self.principal(principal)
        key = self._conversation(conversation, asker)
        turn = Turn(uuid.uuid4().hex, question, asker, key, history=self.services.conversations.history(key, asker.id))
        for item in run_turn(turn, self.services):
            if not isinstance(item, StepEvent):
                self.services.conversations.add(item)
                self._record(item, turn)
            yield item

    def principal(self, who: str | Principal) -> Principal:
        """The user called `who`; UnknownUser when there is none."""
        if isinstance(who, Principal):
            return who
        if who not in DEMO_USERS:
            raise UnknownUser(f"没有名为“{who}”的用户。可用的有：{'、'.join(DEMO_USERS)}。")
        return DEMO_USERS[who]

    def examples(self) -> list[str]:
        """Questions that this workspace can answer, to start with."""
        return example_questions(self.services)

    def conversations(self, principal: str | Principal = "citizen") -> list[ConversationSummary]:
        return self.services.conversations.of(self.principal(principal).id)

    def history(self, conversation: str, principal: str | Principal = "citizen") -> list[Outcome]:
        return self.services.conversations.history(conversation, self.principal(principal).id)

    def rename_conversation(self, conversation: str, title: str, principal: str | Principal = "citizen") -> bool:
        return self.services.conversations.rename(conversation, self.principal(principal).id, title)

    def delete_conversation(self, conversation: str, principal: str | Principal = "citizen") -> bool:
        return self.services.conversations.delete(conversation, self.principal(principal).id)

    def close(self) -> None:
        self.services.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _conversation(self, wanted: str | None, asker: Principal) -> str:
        """The conversation to go on with; another person's is never joined."""
        if wanted:
            owner = self.services.conversations.owner(wanted)
            if owner in (None, asker.id):
                return wanted
        return uuid.uuid4().hex

    def _record(self, outcome: Outcome, turn: Turn) -> None:
        sql = getattr(outcome, "sql", None)
        table = getattr(outcome, "table", None)
        self.services.audit.append(
            "turn",
            outcome.principal,
            {
                "id": outcome.id,
                "conversation": outcome.conversation,
                "question": outcome.question[:500],
                "route": outcome.route,
                "outcome": outcome.kind,
                "reason": getattr(outcome, "reason", None),
                "sql": sql.text if sql else None,
                "tables": sql.tables if sql else [],
                "rows": table.row_count if table else None,
                "ms": round(sum(turn.timings.values()), 1),
            },
        )


def _index(workspace: Workspace, store: CatalogStore, settings: Settings) -> Index:
    encoder = None
    if settings.encoder:
        from retrieval.sentence import SentenceEncoder

        encoder = SentenceEncoder(settings.encoder)
    try:
        index = Index.open(workspace.index_path, store, encoder=encoder)
        if index.is_current():
            return index
    except IndexUnusable:
        pass  # absent, damaged or of another version: it is made of the store alone, so it is made anew
    return Index.build(store, workspace.index_path, encoder=encoder)
