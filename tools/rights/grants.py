"""Grants: single data items that an accepted share request opens to a department, for a purpose and until a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tools.principal import Principal


@dataclass(frozen=True)
class Grant:
    """`items` of dataset `dataset` (an id) for `department` (its name), from `starts` to `ends`, both days included.

    An item is named as in the catalogue, or by its column. `request` is the id of the share request it rests on.
    """

    id: str
    department: str
    dataset: str
    items: tuple[str, ...]
    purpose: str
    request: str
    starts: date
    ends: date

    def in_force(self, today: date) -> bool:
        return self.starts <= today <= self.ends


def grants_for(principal: Principal, grants: Iterable[Grant], today: date) -> tuple[Grant, ...]:
    """Those that open something to this person's department today. A person without a department has none."""
    department = principal.department.strip()
    if not department:
        return ()
    return tuple(grant for grant in grants if grant.department.strip() == department and grant.in_force(today))
