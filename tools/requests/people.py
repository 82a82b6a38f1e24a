"""In what capacity a person meets a request: decided from who they are and from the catalogue, never from a form."""

from __future__ import annotations

from enum import StrEnum

from tools.principal import Principal
from tools.requests.model import ShareRequest
from tools.requests.states import State


class Capacity(StrEnum):
    REQUESTER = "requester"
    PROVIDER = "provider"
    STEWARD = "steward"

    @property
    def label(self) -> str:
        return {"requester": "申请部门", "provider": "提供部门", "steward": "共享主管部门"}[self.value]


OFFICE_ROLES = frozenset({"official", "steward"})  # who acts for a department


def department_of(principal: Principal) -> str:
    """The department that this person acts for; empty when for none."""
    return principal.department.strip() if principal.role in OFFICE_ROLES else ""


def capacities(principal: Principal, request: ShareRequest) -> frozenset[Capacity]:
    """Every capacity in which `principal` meets `request`; empty: it is none of their business."""
    own = department_of(principal)
    found = set()
    if own and own == request.department.strip():
        found.add(Capacity.REQUESTER)
    if own and own == request.dataset.provider.strip():
        found.add(Capacity.PROVIDER)
    if principal.role == "steward":
        found.add(Capacity.STEWARD)
    return frozenset(found)


def may_see(principal: Principal, request: ShareRequest) -> bool:
    """A draft is its department's own; from submission on the provider and the steward see it too."""
    found = capacities(principal, request)
    if Capacity.REQUESTER in found:
        return True
    submitted = any(event.before is State.DRAFT and event.after is State.SUBMITTED for event in request.history)
    return bool(found) and submitted


def shown_to(principal: Principal, request: ShareRequest) -> ShareRequest:
    """The request as `principal` may see it: how its department came to its words is that department's own."""
    if Capacity.REQUESTER in capacities(principal, request):
        return request
    history = [
        event.model_copy(update={"details": {"changes": {name: [] for name in event.details["changes"]}}})
        if "changes" in event.details
        else event
        for event in request.history
    ]
    return request.model_copy(update={"history": history, "question": "", "conversation": ""})
