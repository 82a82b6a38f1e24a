"""Keeping a draft: filed in the store for who acts for a department; only shown for who does not, and in a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.outcome import Draft
from assistant.services import Services
from assistant.turn import Turn
from corpus.catalog import Dataset
from tools.requests.check import CheckResult
from tools.requests.editing import with_changes
from tools.requests.model import CatalogueEntry, Content, ShareRequest, Trace
from tools.requests.people import department_of
from tools.requests.problems import RequestError
from tools.requests.states import State
from tools.requests.wanted import Wanted


@dataclass(frozen=True)
class Kept:
    """`request` without a number is not filed yet. `known`: this conversation has filed it before."""

    request: ShareRequest
    known: bool = False


class Keeper:
    """The drafts of one turn's person."""

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn, self._services = turn, services
        self.department = department_of(turn.principal)
        self.files = bool(self.department) and not turn.replay

    def others(self, entry: Dataset) -> list[ShareRequest]:
        """The department's requests for an entry, the newest first."""
        if not self.department:
            return []
        wanted = Wanted(department=self.department, dataset=entry.id)
        return self._services.desk.visible(self._turn.principal, wanted)

    def open(self, entry: Dataset) -> Kept:
        """The draft that this conversation has for an entry, or a blank one."""
        if self.files:
            for request in self.others(entry):
                if request.state is State.DRAFT and request.conversation == self._turn.conversation:
                    return Kept(request, known=True)
            return Kept(self._services.desk.blank(self._turn.principal, entry.id))
        return Kept(self._shown(entry))

    def reopen(self, draft: Draft) -> Kept | str:
        """The draft of an earlier turn as it stands now; or a sentence that says why it cannot be gone on with."""
        if not draft.number or not self.files:
            entry = self._services.datasets.get(draft.dataset)
            if entry is None:
                return "这份数据的目录已经撤下，草稿不能继续填写。请另找现行的目录。"
            content = Content.model_validate(draft.content)
            blank = self._shown(entry)
            fields = {name: getattr(content, name) for name in Content.model_fields}
            return Kept(blank.model_copy(update=fields))
        try:
            request = self._services.desk.get(draft.number, self._turn.principal)
        except RequestError as problem:
            return str(problem)
        if request.state not in (State.DRAFT, State.SUPPLEMENT):
            return f"申请 {request.number} 现在是“{request.state.label}”，内容不能再改。要申请别的数据，请重新说明。"
        return Kept(request, known=True)

    def save(self, kept: Kept, changes: Mapping[str, Any]) -> ShareRequest:
        """The request with the changes, filed where it can be."""
        request, desk = kept.request, self._services.desk
        if not self.files:
            return with_changes(request, changes, self._turn.principal.id) if changes else request
        if request.number:
            return desk.edit(request.number, self._turn.principal, request.version, changes) if changes else request
        return desk.create(
            self._turn.principal,
            request.dataset.id,
            changes,
            question=self._turn.question,
            conversation=self._turn.conversation,
        )

    def checks(self, request: ShareRequest) -> list[CheckResult]:
        return self._services.desk.checks_of(request)

    def demand(self, wanted: str, purpose: str) -> None:
        """Note data that the catalogue does not have."""
        if self.files:
            self._services.desk.demand(self._turn.principal, wanted, purpose)

    def _shown(self, entry: Dataset) -> ShareRequest:
        """A draft that is filed nowhere."""
        principal, now = self._turn.principal, datetime.now(UTC)
        return ShareRequest(
            number="",
            department=self.department,
            officer=principal.id,
            officer_name=principal.name if self.department else "",
            dataset=CatalogueEntry.of(entry),
            created=now,
            updated=now,
            sources={"dataset": Trace(kind="catalogue", ref=entry.code or entry.id)},
        )
