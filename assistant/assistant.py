"""The composition root: a workspace becomes an assistant that can be asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.conversations import Conversations, ConversationSummary
from assistant.events import StepEvent
from assistant.examples import example_questions
from assistant.model.chat import connect
from assistant.opening import open_catalogue, open_index, open_semantics, read_datasets
from assistant.outcome import Outcome
from assistant.record import entry_of
from assistant.services import Services
from assistant.settings import Settings, load_settings
from assistant.turn import Turn, run_turn
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from retrieval.index import Index
from tools.audit import AuditLog
from tools.principal import Principal
from tools.query.tool import QueryTool
from tools.requests.ledger_stamp import keep_ledger
from tools.rights import DEMO_USERS

if TYPE_CHECKING:
    from tools.accounts.accounts import Accounts

PUBLIC = "citizen"  # whoever has not signed in, in every workspace


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
        # Before the semantic model and the data's version are read, both of which it may change.
        keep_ledger(workspace, settings.today or date.today(), url=settings.state, place=settings.city)
        store = open_catalogue(workspace)
        datasets = read_datasets(store, workspace)
        semantics = open_semantics(workspace)
        services = Services(
            workspace=workspace,
            settings=settings,
            store=store,
            semantics=semantics,
            index=open_index(workspace, store, settings),
            query=QueryTool(workspace, semantics),
            audit=AuditLog(workspace.audit_path),
            conversations=Conversations(workspace.state_path),
            datasets=datasets,
            data_version=workspace.data_version,
            model=model,
        )
        services.audit.hold()
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

    @property
    def demo(self) -> bool:
        """Whether this is a demo workspace, the only kind in which demo users exist."""
        return self.workspace.manifest().get("kind") == "demo"

    @cached_property
    def accounts(self) -> Accounts:
        """The people with an account. Opened when first asked for: the demo and a single question need none."""
        from tools.accounts.opening import open_accounts

        settings = self.services.settings
        return open_accounts(self.workspace, settings, self.services.audit, settings.state)

    def prepare(self) -> None:
        """Build what a first question would otherwise wait for: the public scope's database and values, Chroma."""
        self.services.planner_for(DEMO_USERS["citizen"])
        self.services.index.warm()
        if self.services.model is not None:
            from assistant.graph import prepare_model

            prepare_model(self.services.model)

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
                self._record("turn", item, asker)  # first of all: what the log cannot take is not answered
                while not self.services.conversations.add(item):  # another person's since the turn began
                    item = item.model_copy(update={"conversation": uuid.uuid4().hex})
            yield item

    def again(self, turn_id: str) -> tuple[Outcome, Outcome] | None:
        """A stored outcome, and what the same question in the same place comes to now; None when there is none.

        The second look is recorded in the log and joins no conversation.
        """
        before = self.services.conversations.outcome(turn_id)
        if before is None:
            return None
        asker = self.principal(before.principal)
        history = self.services.conversations.before(turn_id)
        turn = Turn(uuid.uuid4().hex, before.question, asker, before.conversation, history=history, replay=True)
        after = next(item for item in run_turn(turn, self.services) if not isinstance(item, StepEvent))
        self._record("replay", after, asker)
        return before, after

    def principal(self, who: str | Principal) -> Principal:
        """The public, a demo user of a demo workspace, or a person with an account; UnknownUser when there is none."""
        if isinstance(who, Principal):
            return who
        if who == PUBLIC or (self.demo and who in DEMO_USERS):
            return DEMO_USERS[who]
        user = self.accounts.users.get(who)
        if user is not None and user.active:
            return user.principal
        if self.demo:
            raise UnknownUser(f"没有名为“{who}”的用户。可用的有：{'、'.join(DEMO_USERS)}。")
        raise UnknownUser(f"没有名为“{who}”的用户，或者账号已停用。用 zhengwen users list 可以看到全部账号。")

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
        if "accounts" in vars(self):
            self.accounts.close()
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

    def _record(self, kind: str, outcome: Outcome, asker: Principal) -> None:
        self.services.audit.append(kind, outcome.principal, entry_of(outcome, asker))
