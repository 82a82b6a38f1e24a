"""台账: one line for every request that was submitted, and the figures over them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tools.requests.acts import NO_GROUND
from tools.requests.deadlines import deadline
from tools.requests.model import Event, ShareRequest
from tools.requests.rules import RuleBook
from tools.requests.states import Action, State
from tools.requests.workdays import Workdays


@dataclass(frozen=True)
class LedgerLine:
    """Days are working days. `late`: by how many the reply was over its limit, or is by now; 0 when it is not."""

    number: str
    department: str
    officer: str
    dataset: str
    dataset_title: str
    provider: str
    sharing: str
    purpose: str
    state: str
    submitted: date
    due: date | None
    replied: date | None
    reply: str  # 同意, 不同意, 未答复, 已撤回
    replied_by: str
    reply_days: int | None
    late: int
    extended: int
    supplemented: bool
    ground: str  # kind of reason of a refusal
    reason: str
    delivered: date | None
    ends: date | None


@dataclass(frozen=True)
class DemandLine:
    """Data that was asked for and is not in the catalogue: how often, by how many departments, last when."""

    wanted: str
    times: int
    departments: int
    first: date
    last: date


@dataclass(frozen=True)
class Figures:
    """What a steward reports on. Averages are None when there is nothing to average."""

    submitted: int
    replied: int
    agreed: int
    refused: int
    waiting: int
    average_days: float | None
    late: int
    on_time_rate: float | None  # percent of those replied
    most_wanted: list[tuple[str, int]]
    refused_by: list[tuple[str, int]]
    by_provider: list[tuple[str, int, float | None, int]]  # provider, replied, average days, late


def line_of(request: ShareRequest, book: RuleBook, calendar: Workdays, today: date) -> LedgerLine | None:
    """The line of one request; None for a draft and for what was withdrawn as one."""
    submitted = next((e for e in request.history if e.action is Action.SUBMIT), None)
    received = request.last(Action.SUBMIT, Action.REOPEN)  # what the reply answers: a reopened request is answered anew
    if submitted is None or received is None:
        return None
    reply = request.last(Action.ACCEPT, Action.REFUSE)
    if reply is not None and reply.position < received.position:
        reply = None
    delivered = request.last(Action.DELIVER)
    due, late = _reply_limit(request, reply, book, calendar, today)
    refused = reply is not None and reply.action is Action.REFUSE
    return LedgerLine(
        number=request.number,
        department=request.department,
        officer=request.officer_name or request.officer,
        dataset=request.dataset.id,
        dataset_title=request.dataset.title,
        provider=request.dataset.provider,
        sharing=request.dataset.sharing_label,
        purpose=request.purpose,
        state=request.state.label,
        submitted=submitted.day,
        due=due,
        replied=reply.day if reply else None,
        reply=_answer(request, reply),
        replied_by=(reply.actor_name or reply.actor) if reply else "",
        reply_days=calendar.between(received.day, reply.day) if reply else None,
        late=late,
        extended=sum(int(e.details["days"]) for e in request.history if e.action is Action.GRANT_EXTENSION),
        supplemented=request.last(Action.ASK_SUPPLEMENT) is not None,
        ground=str(reply.details.get("ground", NO_GROUND)) if reply and refused else "",
        reason=reply.note if reply and refused else "",
        delivered=delivered.day if delivered else None,
        ends=request.agreed_ends,
    )


def lines_of(requests: Iterable[ShareRequest], book: RuleBook, calendar: Workdays, today: date) -> list[LedgerLine]:
    """The lines of these requests, in their order, without those that were never submitted."""
    return [line for r in requests if (line := line_of(r, book, calendar, today)) is not None]


def _reply_limit(
    request: ShareRequest, reply: Event | None, book: RuleBook, calendar: Workdays, today: date
) -> tuple[date | None, int]:
    """The day on which the reply was or is due, and by how many working days it came late."""
    events = request.history
    if reply is not None:
        events = [e for e in events if e.position < reply.position]
    elif request.state is State.WITHDRAWN:
        events = events[:-1]
        today = request.history[-1].day
    asked = request.model_copy(update={"history": events, "state": State.SUBMITTED})
    found = deadline(asked, book, calendar, reply.day if reply else today)
    return (found.day, found.overdue) if found else (None, 0)


def _answer(request: ShareRequest, reply: Event | None) -> str:
    if reply is not None:
        return "同意" if reply.action is Action.ACCEPT else "不同意"
    return "已撤回" if request.state is State.WITHDRAWN else "未答复"


def figures_of(lines: Iterable[LedgerLine], most: int = 10) -> Figures:
    """The figures over these lines."""
    found = list(lines)
    replied = [line for line in found if line.replied is not None]
    in_time = [line for line in replied if not line.late]
    providers: dict[str, list[LedgerLine]] = {}
    for line in replied:
        providers.setdefault(line.provider, []).append(line)
    return Figures(
        submitted=len(found),
        replied=len(replied),
        agreed=sum(line.reply == "同意" for line in replied),
        refused=sum(line.reply == "不同意" for line in replied),
        waiting=sum(line.reply == "未答复" for line in found),
        average_days=_average(replied),
        late=sum(line.late > 0 for line in found),
        on_time_rate=round(100 * len(in_time) / len(replied), 1) if replied else None,
        most_wanted=Counter(line.dataset_title for line in found).most_common(most),
        refused_by=Counter(line.ground for line in replied if line.ground).most_common(),
        by_provider=[
            (name, len(own), _average(own), sum(line.late > 0 for line in own))
            for name, own in sorted(providers.items(), key=lambda entry: (-len(entry[1]), entry[0]))
        ],
    )


def _average(lines: list[LedgerLine]) -> float | None:
    days = [line.reply_days for line in lines if line.reply_days is not None]
    return round(sum(days) / len(days), 1) if days else None


def demand_list(asked: Iterable[tuple[str, str, date]]) -> list[DemandLine]:
    """(wanted, department, day) of each asking, put together by what was wanted; the most wanted first."""
    groups: dict[str, list[tuple[str, str, date]]] = {}
    for entry in asked:
        groups.setdefault(re.sub(r"[\W_]+", "", entry[0]).casefold(), []).append(entry)
    lines = [
        DemandLine(
            wanted=Counter(wanted for wanted, _, _ in entries).most_common(1)[0][0],
            times=len(entries),
            departments=len({department for _, department, _ in entries}),
            first=min(day for _, _, day in entries),
            last=max(day for _, _, day in entries),
        )
        for entries in groups.values()
    ]
    return sorted(lines, key=lambda line: (-line.departments, -line.times, line.wanted))
