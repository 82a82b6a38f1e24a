"""What the pages of share requests show, worked out from the desk for one person. Pure once the desk has been asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from assistant.requesting.asking import QUESTIONS, Choice, choices, next_missing
from tools.principal import Principal
from tools.requests.check import CheckResult
from tools.requests.checks import completeness
from tools.requests.deadlines import Deadline
from tools.requests.desk import RequestDesk
from tools.requests.model import LABELS, ShareRequest
from tools.requests.people import Capacity, capacities
from tools.requests.states import Action, State
from tools.requests.transitions import Move, moves_open_to

# The order of the form. `period` stands for the first and the last day.
FORM = (
    *("purpose", "scenario", "items", "basis", "use_scope", "method", "period", "frequency"),
    *("security", "disposal", "personal_impact", "officer_name", "contact", "agency_head"),
)
TITLES = {**LABELS, "period": "使用时限"}


@dataclass(frozen=True)
class Line:
    """One field of the form. `field`: its name there; `missing`: it must be stated and is blank."""

    name: str
    label: str
    text: str
    missing: bool
    source: str = ""


@dataclass(frozen=True)
class RequestView:
    """One request as one person sees it. `asks`: the field to fill in next, with choices."""

    request: ShareRequest
    lines: list[Line]
    checks: list[CheckResult]
    score: int
    deadline: Deadline | None
    moves: list[Move]
    may_edit: bool
    capacities: frozenset[Capacity]
    asks: str = ""
    question: str = ""
    choices: list[Choice] = field(default_factory=list)
    may_undo: bool = False

    @property
    def blanks(self) -> int:
        return sum(line.missing for line in self.lines)


def request_view(
    desk: RequestDesk, request: ShareRequest, principal: Principal, at: str = "", *, asks: bool = True
) -> RequestView:
    """`at`: the field that the person goes to; else the first that is missing. Not `asks`: no field is asked for."""
    moves = moves_open_to(request, principal)
    may_edit = any(move.action is Action.EDIT for move in moves)
    missing = request.missing()
    wanted = at if at in (*missing, *FORM) else next_missing(request)
    wanted = wanted if may_edit and asks else ""
    field_name = "period" if wanted in ("starts", "ends") else wanted
    return RequestView(
        request=request,
        lines=[_line(name, request, missing) for name in FORM],
        checks=desk.checks_of(request),
        score=completeness(request),
        deadline=desk.deadline(request),
        moves=[move for move in moves if move.action is not Action.EDIT],
        may_edit=may_edit,
        capacities=capacities(principal, request),
        asks=field_name,
        question=QUESTIONS.get(wanted, f"请填写{TITLES.get(wanted, '')}。") if wanted else "",
        choices=_choices(wanted, request, desk.around.today()),
        may_undo=may_edit and undoable(request),
    )


def _choices(asks: str, request: ShareRequest, today: date) -> list[Choice]:
    if asks == "period":
        return choices("ends", request, today)
    return choices(asks, request, today) if asks else []


def _line(name: str, request: ShareRequest, missing: list[str]) -> Line:
    parts = ("starts", "ends") if name == "period" else (name,)
    sources = [request.sources[p].label for p in parts if p in request.sources]
    return Line(
        name, TITLES[name], _text(name, request), any(p in missing for p in parts), "；".join(dict.fromkeys(sources))
    )


def _text(name: str, request: ShareRequest) -> str:
    if name == "items":
        return "、".join(item.name for item in request.items)
    if name == "basis":
        return "；".join(basis.label for basis in request.basis)
    if name == "period":
        if not (request.starts or request.ends):
            return ""
        return f"{request.starts or '（起始日待填）'} 至 {request.ends or '（截止日待填）'}"
    return str(getattr(request, name) or "")


def undoable(request: ShareRequest) -> bool:
    """Whether the last thing that happened is a change of content, which can be taken back."""
    last = request.history[-1] if request.history else None
    return last is not None and last.action is Action.EDIT and bool(set(last.details.get("changes", {})) - {"dataset"})


def undo_changes(request: ShareRequest) -> dict[str, object]:
    """The changes that bring back what stood before the last change of content."""
    changed = request.history[-1].details.get("changes", {})
    return {name: before for name, (before, _) in changed.items() if name != "dataset"}


@dataclass(frozen=True)
class Listed:
    """One request in a list. `mine`: it is for this person's department to do the next step."""

    request: ShareRequest
    deadline: Deadline | None
    score: int
    mine: bool
    own: bool  # asked for by the person's own department


def listed(desk: RequestDesk, principal: Principal) -> list[Listed]:
    """All that this person may see: what is to be done first, the overdue before the rest."""
    found = []
    for request in desk.visible(principal):
        deadline, mine = desk.deadline(request), capacities(principal, request)
        found.append(
            Listed(
                request, deadline, completeness(request), _to_do(request, deadline, mine), Capacity.REQUESTER in mine
            )
        )
    return sorted(found, key=lambda one: (-(one.deadline.overdue if one.deadline else 0), not one.mine))


def _to_do(request: ShareRequest, deadline: Deadline | None, mine: frozenset[Capacity]) -> bool:
    """Whether the next step is this person's to do."""
    if request.state is State.DELIVERED:
        return Capacity.REQUESTER in mine
    if request.state is State.DISPUTED:
        return Capacity.STEWARD in mine
    return deadline is not None and deadline.kind != "end" and deadline.who in mine
