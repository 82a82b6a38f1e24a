"""Who may do what to a request in which state, in one table, each act with its article."""

from __future__ import annotations

from dataclasses import dataclass

from tools.principal import Principal
from tools.requests.model import ShareRequest
from tools.requests.people import Capacity, capacities
from tools.requests.problems import Invalid, NotAllowed, NotNow
from tools.requests.states import Action, State

ACT = "政务数据共享条例"
REQUESTER, PROVIDER, STEWARD = Capacity.REQUESTER, Capacity.PROVIDER, Capacity.STEWARD


@dataclass(frozen=True)
class Move:
    """`after` None: the state stays. `note`: what has to be written with it; empty: nothing."""

    action: Action
    before: tuple[State, ...]
    after: State | None
    who: tuple[Capacity, ...]
    article: str = ""
    note: str = ""


_USED = (State.DELIVERED, State.IN_USE)

MOVES: tuple[Move, ...] = (
    Move(Action.EDIT, (State.DRAFT, State.SUPPLEMENT), None, (REQUESTER,), "第二十条"),
    Move(Action.SUBMIT, (State.DRAFT,), State.SUBMITTED, (REQUESTER,), "第二十条第二款"),
    Move(
        Action.WITHDRAW,
        (State.DRAFT, State.SUBMITTED, State.SUPPLEMENT, State.DISPUTED),
        State.WITHDRAWN,
        (REQUESTER,),
    ),
    Move(
        Action.ASK_SUPPLEMENT,
        (State.SUBMITTED,),
        State.SUPPLEMENT,
        (PROVIDER,),
        "第二十一条第二款",
        "需要补正的全部内容",
    ),
    Move(Action.SUPPLY, (State.SUPPLEMENT,), State.SUBMITTED, (REQUESTER,), "第二十一条第二款"),
    Move(Action.ASK_EXTENSION, (State.SUBMITTED,), None, (PROVIDER,), "第二十一条第一款", "延期的原因"),
    Move(Action.GRANT_EXTENSION, (State.SUBMITTED,), None, (STEWARD,), "第二十一条第一款"),
    Move(Action.DECLINE_EXTENSION, (State.SUBMITTED,), None, (STEWARD,), "第二十一条第一款", "不同意延期的理由"),
    Move(Action.ACCEPT, (State.SUBMITTED,), State.ACCEPTED, (PROVIDER,), "第二十条第三款"),
    Move(Action.REFUSE, (State.SUBMITTED,), State.REFUSED, (PROVIDER,), "第二十一条第二款", "不同意的理由"),
    Move(Action.DISPUTE, (State.REFUSED,), State.DISPUTED, (REQUESTER,), "第二十八条", "争议的内容"),
    Move(Action.REOPEN, (State.DISPUTED,), State.SUBMITTED, (STEWARD,), "第二十八条", "处理意见"),
    Move(Action.UPHOLD, (State.DISPUTED,), State.REFUSED, (STEWARD,), "第二十八条", "处理意见"),
    Move(Action.DELIVER, (State.ACCEPTED,), State.DELIVERED, (PROVIDER,), "第二十二条"),
    Move(Action.START_USE, (State.DELIVERED,), State.IN_USE, (REQUESTER,), "第二十六条"),
    Move(Action.ASK_CORRECTION, _USED, State.CORRECTING, (REQUESTER,), "第二十六条", "不准确或者不完整之处"),
    Move(Action.CORRECT, (State.CORRECTING,), State.IN_USE, (PROVIDER,), "第二十六条", "核实和更正的结果"),
    Move(
        Action.SUSPEND,
        (*_USED, State.CORRECTING),
        State.SUSPENDED,
        (PROVIDER, STEWARD),
        "第二十七条第二款",
        "超出范围、用途或者提供给第三方的情形，以及整改期限",
    ),
    Move(Action.RESUME, (State.SUSPENDED,), State.IN_USE, (PROVIDER, STEWARD), "第二十七条第二款", "整改的情况"),
    Move(
        Action.END,
        (State.ACCEPTED, *_USED, State.CORRECTING, State.SUSPENDED),
        State.ENDED,
        (REQUESTER,),
        "第二十七条第一款",
        "数据处置的情况",
    ),
    # Who provides may end sharing only after a suspension that brought no rectification.
    Move(Action.END, (State.SUSPENDED,), State.ENDED, (PROVIDER, STEWARD), "第二十七条第二款", "终止共享的理由"),
)


def move_for(request: ShareRequest, action: Action, principal: Principal) -> Move:
    """The move that `action` is here and now. NotAllowed or NotNow say why there is none."""
    mine = capacities(principal, request)
    rows = [move for move in MOVES if move.action is action]
    if not any(set(move.who) & mine for move in rows):
        who = "或者".join(dict.fromkeys(c.label for move in rows for c in move.who))
        raise NotAllowed(f"“{action.label}”只能由{who}的人员办理，您不能对申请 {request.number} 这样做。")
    fitting = [move for move in rows if request.state in move.before]
    if not fitting:
        states = "、".join(dict.fromkeys(s.label for move in rows for s in move.before))
        raise NotNow(
            f"申请 {request.number} 现在是“{request.state.label}”，不能“{action.label}”；这一步只在“{states}”时可以办理。"
        )
    for move in fitting:
        if set(move.who) & mine:
            return move
    who = "或者".join(dict.fromkeys(c.label for move in fitting for c in move.who))
    raise NotAllowed(f"申请 {request.number} 现在是“{request.state.label}”，“{action.label}”只能由{who}的人员办理。")


def check_note(move: Move, note: str) -> str:
    """The note, trimmed. Invalid when one has to be given and is not."""
    note = note.strip()
    if move.note and len(note) < 2:
        article = f"（{ACT} {move.article}）" if move.article else ""
        raise Invalid(f"“{move.action.label}”须写明{move.note}{article}。", {"note": f"须写明{move.note}"})
    if len(note) > 4000:
        raise Invalid("说明太长，最多4000字。", {"note": "太长"})
    return note


def moves_open_to(request: ShareRequest, principal: Principal) -> list[Move]:
    """What this person may do to this request now, in the order of the table: what a page shows as buttons."""
    mine = capacities(principal, request)
    found: dict[Action, Move] = {}
    for move in MOVES:
        if request.state in move.before and set(move.who) & mine and _still_open(request, move.action):
            found.setdefault(move.action, move)
    return list(found.values())


def _still_open(request: ShareRequest, action: Action) -> bool:
    """Acts that can happen once, or only in answer to another."""
    if action is Action.ASK_SUPPLEMENT:
        return request.last(Action.ASK_SUPPLEMENT) is None
    if action is Action.ASK_EXTENSION:
        return request.last(Action.ASK_EXTENSION) is None
    if action in (Action.GRANT_EXTENSION, Action.DECLINE_EXTENSION):
        return extension_asked(request)
    return True


def extension_asked(request: ShareRequest) -> bool:
    """Whether a request for more time waits for the steward."""
    last = request.last(Action.ASK_EXTENSION, Action.GRANT_EXTENSION, Action.DECLINE_EXTENSION)
    return last is not None and last.action is Action.ASK_EXTENSION
