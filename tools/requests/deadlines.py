"""What is due when: worked out from what happened to a request, the rules of its place and the calendar. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.catalog import SharingClass
from tools.requests.model import Event, ShareRequest
from tools.requests.people import Capacity
from tools.requests.rules import Limit, Rule, RuleBook
from tools.requests.states import Action, State
from tools.requests.workdays import ESTIMATE, Reckoned, Workdays

Kind = Literal["reply", "supply", "deliver", "correct", "extension", "end"]
LABELS: dict[str, str] = {
    "reply": "答复期限",
    "supply": "补正期限",
    "deliver": "提供期限",
    "correct": "校核期限",
    "extension": "延期审批",
    "end": "使用时限",
}
SOON = 2  # working days before a limit from which people are reminded


@dataclass(frozen=True)
class Deadline:
    """期限. Due at the end of `day`. `overdue` is in working days, 0 when it is not; `left` may be negative."""

    kind: Kind
    day: date
    since: date
    days: int  # working days allowed; 0: a fixed date
    who: Capacity
    article: str
    note: str = ""
    estimated: bool = False
    left: int = 0
    overdue: int = 0

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def text(self) -> str:
        """One line for people."""
        guess = f"（{ESTIMATE}）" if self.estimated else ""
        if self.overdue:
            return f"{self.label}{self.day:%Y-%m-%d}{guess}，已超过{self.overdue}个工作日"
        return f"{self.label}{self.day:%Y-%m-%d}{guess}，还有{self.left}个工作日"


def deadline(request: ShareRequest, book: RuleBook, calendar: Workdays, today: date) -> Deadline | None:
    """What is due next in this request's state; None when nothing is."""
    found = _due(request, book, calendar)
    if found is None:
        return None
    left = calendar.between(today, found.day)
    late = calendar.between(found.day, today) if today > found.day else 0
    # A limit that has passed on days off only is still passed.
    over = max(1, late) if today > found.day else 0
    return Deadline(**{**found.__dict__, "left": max(left, 0), "overdue": over})


def _due(request: ShareRequest, book: RuleBook, calendar: Workdays) -> Deadline | None:
    received = received_on(request)
    if request.state in (State.DELIVERED, State.IN_USE):
        return _end(request, book, received or request.created.date())
    if received is None:
        return None
    rule = book.rule_for(request.dataset.region, received)
    if request.state is State.SUBMITTED:
        return _reply(request, rule, book, calendar, received)
    if request.state is State.SUPPLEMENT:
        return _supply(request, rule, book, calendar)
    if request.state is State.ACCEPTED:
        return _deliver(request, rule, calendar, received)
    if request.state is State.CORRECTING:
        asked = request.last(Action.ASK_CORRECTION)
        assert asked is not None
        limit = book.correct(rule)
        whose = book.owner(rule, "correct")
        return _limit("correct", asked.day, limit, whose, calendar, Capacity.PROVIDER)
    return None


def received_on(request: ShareRequest) -> date | None:
    """The day on which the provider received what it has to answer now: the last submission or reopening."""
    event = request.last(Action.SUBMIT, Action.REOPEN)
    return event.day if event else None


def reply_due(
    sharing: SharingClass | None,
    received: date,
    rule: Rule,
    calendar: Workdays,
    extension: int = 0,
) -> Reckoned:
    """The last day for the reply to a request received on `received`, with `extension` working days more."""
    return calendar.after(received, rule.reply.of(sharing).days + extension)


def _reply(request: ShareRequest, rule: Rule, book: RuleBook, calendar: Workdays, received: date) -> Deadline:
    sharing = request.dataset.sharing
    limit = rule.reply.of(sharing)
    extended = _extension(request, received)
    days = limit.days + extended
    paused = _paused(request, received, calendar) if book.supplement(rule).pauses else 0
    due = calendar.after(received, days + paused)
    article, note = rule.cite(limit), limit.note
    capping = book.rules.get(book.supplement(rule).within_rule)
    if paused and capping is not None:
        cap = reply_due(sharing, received, capping, calendar, extended)
        if cap.day < due.day:
            due, article = cap, capping.cite(capping.reply.of(sharing))
            note = "补正期间扣除后仍以条例的期限为限"
    if sharing is None:
        note = "目录没有注明共享属性，按有条件共享的期限计算"
    return Deadline("reply", due.day, received, days, Capacity.PROVIDER, article, note, due.estimated)


def _extension(request: ShareRequest, received: date) -> int:
    granted = [e for e in _since(request, received) if e.action is Action.GRANT_EXTENSION]
    return sum(int(e.details.get("days", 0)) for e in granted)


def _paused(request: ShareRequest, received: date, calendar: Workdays) -> int:
    """Working days between the asking for a supplement and its coming in, since the request was received."""
    total, asked = 0, None
    for event in _since(request, received):
        if event.action is Action.ASK_SUPPLEMENT:
            asked = event.day
        elif event.action is Action.SUPPLY and asked is not None:
            total += calendar.between(asked, event.day)
            asked = None
    return total


def _since(request: ShareRequest, received: date) -> list[Event]:
    """What happened since the provider received what it has to answer."""
    start = request.last(Action.SUBMIT, Action.REOPEN)
    return [e for e in request.history if start is None or e.position >= start.position]


def _supply(request: ShareRequest, rule: Rule, book: RuleBook, calendar: Workdays) -> Deadline | None:
    asked = request.last(Action.ASK_SUPPLEMENT)
    supplement = book.supplement(rule)
    if asked is None or supplement.supply_within is None:
        return None
    due = calendar.after(asked.day, supplement.supply_within)
    whose = book.owner(rule, "supplement")
    note = "逾期不补正的，可以重新提交"
    return Deadline(
        "supply",
        due.day,
        asked.day,
        supplement.supply_within,
        Capacity.REQUESTER,
        whose.cite(supplement),
        note,
        due.estimated,
    )


def _deliver(request: ShareRequest, rule: Rule, calendar: Workdays, received: date) -> Deadline | None:
    replied = request.last(Action.ACCEPT)
    if replied is None:
        return None
    limit = rule.deliver.of(request.dataset.sharing)
    since = received if limit.origin == "receipt" else replied.day
    return _limit("deliver", since, limit, rule, calendar, Capacity.PROVIDER)


def _limit(kind: Kind, since: date, limit: Limit, whose: Rule, calendar: Workdays, who: Capacity) -> Deadline:
    due = calendar.after(since, limit.days)
    return Deadline(kind, due.day, since, limit.days, who, whose.cite(limit), limit.note, due.estimated)


def _end(request: ShareRequest, book: RuleBook, since: date) -> Deadline | None:
    ends = request.agreed_ends
    if ends is None:
        return None
    article = f"《{book.national.title}》第二十七条第一款"
    note = "到期须按提供部门的要求处置数据；确需继续使用的，重新申请"
    return Deadline("end", ends, since, 0, Capacity.REQUESTER, article, note)
