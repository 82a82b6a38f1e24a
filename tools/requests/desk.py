"""The door to share requests: whoever comes through it is judged here, by who they are, and every change is recorded.

Nothing below may be called around it. What a person sees and does goes by version: who acts says which version they saw.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from corpus.catalog import Dataset
from tools.audit import AuditLog
from tools.principal import Principal
from tools.requests import rows
from tools.requests.acts import details_of
from tools.requests.check import CheckContext, CheckResult, Policies
from tools.requests.checks import run_checks
from tools.requests.deadlines import SOON, Deadline, deadline
from tools.requests.editing import differences, given, with_changes
from tools.requests.grants import OPENS, grants_of
from tools.requests.ledger import DemandLine, LedgerLine, demand_list, lines_of
from tools.requests.model import CatalogueEntry, Content, Event, ShareRequest, Trace
from tools.requests.people import department_of, may_see, shown_to
from tools.requests.problems import Conflict, Invalid, NotAllowed, NotFound, NotNow
from tools.requests.rules import RuleBook
from tools.requests.states import CLOSED, Action, State
from tools.requests.transitions import check_note, move_for
from tools.requests.wanted import Wanted
from tools.requests.workdays import Workdays
from tools.rights.grants import Grant
from tools.state import reading, writing


@dataclass(frozen=True)
class Surroundings:
    """What the desk works with. `dataset` finds an entry of the catalogue as it is now."""

    engine: Engine
    audit: AuditLog
    dataset: Callable[[str], Dataset | None]
    policies: Policies
    book: RuleBook
    calendar: Workdays
    today: Callable[[], date]


class RequestDesk:
    """Share requests of one deployment. Safe for several threads and processes."""

    def __init__(self, around: Surroundings, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called after every change, so that what is derived from the requests can follow."""
        self.around = around
        self._changed = changed
        self._granted: tuple[str, tuple[Grant, ...]] | None = None

    # — reading —

    def get(self, number: str, principal: Principal) -> ShareRequest:
        """The request as this person may see it. NotFound when there is none, or none that they may see."""
        return shown_to(principal, self._whole(number, principal))

    def _whole(self, number: str, principal: Principal) -> ShareRequest:
        """The request with all that is kept of it, to be changed by somebody who may see it."""
        with reading(self.around.engine) as connection:
            found = rows.read(connection, number.strip().upper())
        if found is None or not may_see(principal, found):
            raise _absent(number)
        return found

    def visible(self, principal: Principal, wanted: Wanted | None = None) -> list[ShareRequest]:
        """The requests that this person may see, the newest first."""
        if not department_of(principal) and principal.role != "steward":
            return []
        with reading(self.around.engine) as connection:
            found = rows.read_all(connection, wanted)
        return [shown_to(principal, request) for request in found if may_see(principal, request)]

    def grants(self) -> tuple[Grant, ...]:
        """What all accepted requests open, whatever the day. For deciding rights; nobody is shown it."""
        with reading(self.around.engine) as connection:
            stamp = rows.stamp(connection)
            known = self._granted  # taken once: another thread may put another in its place
            if known is None or known[0] != stamp:
                known = stamp, grants_of(rows.read_all(connection, Wanted(states=OPENS)))
                self._granted = known
        return known[1]

    def ledger(self, principal: Principal) -> list[LedgerLine]:
        """The ledger lines of the requests that this person may see, the newest first."""
        around = self.around
        return lines_of(self.visible(principal), around.book, around.calendar, around.today())

    def whole_ledger(self) -> tuple[list[LedgerLine], list[tuple[str, str, date]]]:
        """Every line, and (wanted, department, day) of every demand. For the warehouse, where rights decide again."""
        around = self.around
        with reading(around.engine) as connection:
            lines = lines_of(rows.read_all(connection), around.book, around.calendar, around.today())
            return lines, [(d.wanted, d.department, d.day) for d in rows.demands(connection)]

    def demands(self, principal: Principal) -> list[DemandLine]:
        """Data that is asked for and not there: all for a steward, else what the person's own department asked for."""
        own = department_of(principal)
        with reading(self.around.engine) as connection:
            found = list(rows.demands(connection))
        seen = [d for d in found if principal.role == "steward" or (own and d.department == own)]
        return demand_list((d.wanted, d.department, d.day) for d in seen)

    def check(self, number: str, principal: Principal) -> list[CheckResult]:
        """Every check on the request as it stands."""
        return self.checks_of(self.get(number, principal))

    def checks_of(self, request: ShareRequest) -> list[CheckResult]:
        """Every check on a request, which need not be filed: what a conversation shows beside its draft."""
        mine = Wanted(department=request.department, dataset=request.dataset.id)
        with reading(self.around.engine) as connection:
            others = rows.read_all(connection, mine)
        return run_checks(request, self._context(request, others))

    def deadline(self, request: ShareRequest) -> Deadline | None:
        """What is due next."""
        return deadline(request, self.around.book, self.around.calendar, self.around.today())

    def due(self, principal: Principal, soon: int = SOON) -> list[tuple[ShareRequest, Deadline]]:
        """What is overdue, and what is due within `soon` working days; the most overdue first."""
        found = []
        for request in self.visible(principal):
            limit = self.deadline(request)
            if limit is not None and (limit.overdue or limit.left <= self._remind_from(request, limit, soon)):
                found.append((request, limit))
        return sorted(found, key=lambda entry: (-entry[1].overdue, entry[1].day, entry[0].number))

    def _remind_from(self, request: ShareRequest, limit: Deadline, soon: int) -> int:
        """How many working days ahead: the end of use is told as early as the local rule says."""
        rule = self.around.book.rule_for(request.dataset.region, self.around.today())
        early = rule.remind_end.days if limit.kind == "end" and rule.remind_end else 0
        return max(soon, early)

    # — writing —

    def blank(self, principal: Principal, dataset_id: str) -> ShareRequest:
        """An unfiled draft for an entry: who asks and what the catalogue says, all else blank. Writes nothing."""
        department = department_of(principal)
        if not department:
            raise NotAllowed("共享申请由政府部门的工作人员提出；您的账号没有所属部门，不能申请。")
        dataset = self.around.dataset(dataset_id)
        if dataset is None:
            raise Invalid(f"目录里没有编号为 {dataset_id} 的数据，可能已经撤下。请用 zhengwen search datasets 另找。")
        if dataset.publisher.strip() == department:
            raise Invalid(f"“{dataset.title}”就是本部门（{department}）的数据，不用申请。")
        now = datetime.now(UTC)
        return ShareRequest(
            number="",
            department=department,
            officer=principal.id,
            officer_name=principal.name,
            dataset=CatalogueEntry.of(dataset),
            created=now,
            updated=now,
            sources={name: Trace(kind="officer", ref=principal.id) for name in ("officer_name",) if principal.name}
            | {"dataset": Trace(kind="catalogue", ref=dataset.code or dataset.id)},
        )

    def create(
        self,
        principal: Principal,
        dataset_id: str,
        content: Content | Mapping[str, Any] | None = None,
        *,
        question: str = "",
        conversation: str = "",
    ) -> ShareRequest:
        """File a draft. Department, officer and everything of the catalogue come from the principal and the catalogue.

        `content`: what is known so far; a mapping is judged like an edit.
        """
        draft = self.blank(principal, dataset_id)
        stated = given(content) if isinstance(content, Content) else dict(content or {})
        draft = with_changes(draft, stated, principal.id)
        draft = draft.model_copy(update={"question": question[:2000], "conversation": conversation})
        with writing(self.around.engine) as connection:
            number = rows.next_number(connection, self.around.today())
            event = self._event(draft, principal, Action.CREATE, State.DRAFT, "", {})
            filed = draft.model_copy(update={"number": number, "history": [event]})
            rows.add(connection, filed, event)
            self._record(filed, event)
        self._changed()
        return filed

    def edit(self, number: str, principal: Principal, version: int, changes: Mapping[str, Any]) -> ShareRequest:
        """Change fields of a draft, and take the catalogue entry over as it is now. No changes: only the latter.

        Conflict when somebody changed it since `version`; Invalid names each field that is not acceptable.
        """
        request = self._whole(number, principal)
        move_for(request, Action.EDIT, principal)
        self._same_version(request, version, dict(changes), principal)
        edited = with_changes(request, changes, principal.id)
        dataset = self.around.dataset(request.dataset.id)
        if dataset is not None:
            edited = edited.model_copy(update={"dataset": CatalogueEntry.of(dataset)})
        differing = differences(request, edited)
        if not differing:
            return request
        return self._save(request, edited, principal, Action.EDIT, request.state, "", {"changes": differing}, changes)

    def act(
        self, number: str, principal: Principal, version: int, action: Action, note: str = "", **details: Any
    ) -> ShareRequest:
        """Do one act of a person. `version` is the one they saw and meant.

        NotAllowed, NotNow, Invalid or Conflict say why not. The same act sent twice by the same person is done once.
        """
        if action in (Action.CREATE, Action.EDIT):
            raise ValueError(action)
        request = self._whole(number, principal)
        if _repeated(request, principal, version, action, note):
            return shown_to(principal, request)
        self._same_version(request, version, {}, principal)
        move = move_for(request, action, principal)
        note = check_note(move, note)
        around = self.around
        kept = details_of(request, action, details, around.book, around.calendar, around.today())
        if action in (Action.SUBMIT, Action.SUPPLY):
            self._must_pass(request, action)
        after = move.after or request.state
        return self._save(request, request, principal, action, after, note, kept, {})

    def demand(self, principal: Principal, wanted: str, purpose: str = "") -> None:
        """Note that somebody of a department asked for data that the catalogue does not have."""
        wanted = " ".join(wanted.split())[:400]
        department = department_of(principal)
        if not wanted or not department:
            return
        at = datetime.now(UTC)
        record = {
            "id": uuid4().hex,
            "at": at.replace(tzinfo=None),
            "day": self.around.today(),
            "department": department,
            "officer": principal.id,
            "wanted": wanted,
            "purpose": " ".join(purpose.split())[:400],
        }
        with writing(self.around.engine) as connection:
            rows.add_demand(connection, record)
            self.around.audit.append("demand", principal.id, {"wanted": wanted, "department": department})
        self._changed()

    def exported(self, principal: Principal, requests: Iterable[ShareRequest], kind: str) -> None:
        """Record that this person took these requests out as files of a kind."""
        numbers = [request.number for request in requests]
        self.around.audit.append("export", principal.id, {"requests": numbers, "format": kind})

    # — inside —

    def _context(self, request: ShareRequest, others: Iterable[ShareRequest]) -> CheckContext:
        around = self.around
        dataset = around.dataset(request.dataset.id)
        return CheckContext(dataset, around.policies, around.book, around.today(), list(others))

    def _must_pass(self, request: ShareRequest, action: Action) -> None:
        failed = [result for result in self.checks_of(request) if result.blocking and not result.ok]
        if failed:
            told = "；".join(f"{n}. {r.rule}（{r.article}）：{r.note}" for n, r in enumerate(failed, 1))
            raise Invalid(
                f"还不能{action.label}，草稿没有变动。{told}。",
                {field: result.note for result in failed for field in result.fields},
            )

    def _same_version(self, request: ShareRequest, seen: int, yours: dict[str, Any], principal: Principal) -> None:
        if request.version != seen:
            shown = shown_to(principal, request)
            raise Conflict(shown, [e for e in shown.history if e.version > seen], yours)

    def _save(
        self,
        before: ShareRequest,
        content: ShareRequest,
        principal: Principal,
        action: Action,
        after: State,
        note: str,
        details: dict[str, Any],
        yours: Mapping[str, Any],
    ) -> ShareRequest:
        event = self._event(before, principal, action, after, note, details)
        changed = content.model_copy(
            update={
                "version": before.version + 1,
                "state": after,
                "updated": event.at,
                "history": [*before.history, event],
            }
        )
        submission = _submission(changed)
        try:
            with writing(self.around.engine) as connection:
                done = rows.change(connection, before.version, changed, event, submission)
                if done:
                    # Before the commit: what the log cannot take is not done.
                    self._record(changed, event)
        except IntegrityError as error:
            with reading(self.around.engine) as connection:
                twin = rows.open_twin(connection, submission or "", before.number)
            raise NotNow(
                f"本部门为同一目的申请同一数据的 {twin or '另一件申请'} 还在办理，不能重复提交。请等候答复，或者先撤回那一件。"
            ) from error
        if not done:
            self._same_version(self._whole(before.number, principal), before.version, dict(yours), principal)
        self._changed()
        return shown_to(principal, changed)

    def _event(
        self,
        request: ShareRequest,
        principal: Principal,
        action: Action,
        after: State,
        note: str,
        details: dict[str, Any],
    ) -> Event:
        created = action is Action.CREATE
        return Event(
            position=len(request.history) + 1,
            at=datetime.now(UTC),
            day=self.around.today(),
            actor=principal.id,
            actor_name=principal.name,
            department=principal.department,
            action=action,
            before=request.state,
            after=after,
            version=1 if created else request.version + 1,
            note=note,
            details=details,
        )

    def _record(self, request: ShareRequest, event: Event) -> None:
        self.around.audit.append(
            "request",
            event.actor,
            {
                "request": request.number,
                "version": request.version,
                "action": event.action.value,
                "before": event.before.value,
                "after": event.after.value,
                "department": event.department,
                "dataset": request.dataset.id,
                "note": event.note[:500],
                "fields": sorted(event.details.get("changes", {})),
                "content": hashlib.sha256(request.model_dump_json(exclude={"history"}).encode()).hexdigest(),
            },
        )


def _repeated(request: ShareRequest, principal: Principal, seen: int, action: Action, note: str) -> bool:
    """Whether this very act, from this version by this person, is the last thing that happened."""
    last = request.history[-1]
    return (
        request.version == seen + 1
        and last.action is action
        and last.actor == principal.id
        and last.version == request.version
        and last.note == note.strip()
    )


def _submission(request: ShareRequest) -> str | None:
    """What two requests have in common that ask the same; None while nobody waits for an answer."""
    if request.state in CLOSED or request.state is State.DRAFT:
        return None
    purpose = re.sub(r"[\W_]+", "", request.purpose)
    return hashlib.sha256(f"{request.department}\n{request.dataset.id}\n{purpose}".encode()).hexdigest()


def _absent(number: str) -> NotFound:
    return NotFound(f"没有编号为 {number} 的共享申请，或者您无权查看。用 zhengwen request list 可以看到自己的申请。")
