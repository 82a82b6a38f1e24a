"""Which requests to read: said without the database library."""

from __future__ import annotations

from dataclasses import dataclass

from tools.requests.states import State


@dataclass(frozen=True)
class Wanted:
    """Several conditions hold together; an empty one holds for all."""

    states: frozenset[State] = frozenset()
    department: str = ""
    provider: str = ""
    dataset: str = ""
