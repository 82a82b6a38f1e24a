"""What accepted requests open: the agreed items, for the stated purpose, from delivery until the last day. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tools.requests.model import ShareRequest
from tools.requests.states import Action, State
from tools.rights.grants import Grant

# From the agreeing reply on; a suspension, an end or a withdrawal closes it at once.
OPENS = frozenset({State.ACCEPTED, State.DELIVERED, State.IN_USE, State.CORRECTING})


def grant_of(request: ShareRequest) -> Grant | None:
    """The grant that a request stands for now; None when it opens nothing.

    It starts when the request says, and not before the reply.
    """
    reply = request.last(Action.ACCEPT)
    ends = request.agreed_ends
    if request.state not in OPENS or reply is None or ends is None:
        return None
    return Grant(
        id=f"grant-{request.number}",
        department=request.department,
        dataset=request.dataset.id,
        items=tuple(request.agreed_items),
        purpose=request.purpose,
        request=request.number,
        starts=max(request.starts or reply.day, reply.day),
        ends=ends,
    )


def grants_of(requests: Iterable[ShareRequest]) -> tuple[Grant, ...]:
    """The grants that these requests stand for, whatever the day."""
    return tuple(grant for grant in map(grant_of, requests) if grant is not None)
