"""能不申请就不申请: what already meets the need, before anything is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.requesting import phrases
from assistant.requesting.entries import Search, needs_request
from corpus.catalog import Dataset
from tools.requests.model import ShareRequest
from tools.requests.states import State

OFFERED = 2
ENOUGH = 0.6  # confidence of the search
_LIKE = 0.45  # score of an entry that may do instead
RUNNING = frozenset({State.ACCEPTED, State.DELIVERED, State.IN_USE, State.CORRECTING})
WAITING = frozenset({State.SUBMITTED, State.SUPPLEMENT, State.DISPUTED})


def open_instead(
    entry: Dataset, wanted: str, purpose: str, datasets: Mapping[str, Dataset], search: Search
) -> list[Dataset]:
    """Open entries on the same matter that may do for a purpose that needs no individuals; none for other purposes."""
    if not needs_request(entry) or not phrases.PURPOSEFUL.search(purpose):
        return []
    import re

    if not re.search(phrases.STUDYING, purpose) or re.search(phrases.CHECKING, purpose):
        return []
    found: dict[str, Dataset] = {}
    for words in (f"{wanted} 统计", f"{entry.title} 统计"):
        result = search(words, 8)
        if result.confidence < ENOUGH:
            continue
        for hit in result.hits:
            other = datasets.get(hit.id)
            if other is not None and other.id != entry.id and not needs_request(other) and hit.score >= _LIKE:
                found.setdefault(other.id, other)
    return list(found.values())[:OFFERED]


def held(requests: Sequence[ShareRequest], today: date) -> ShareRequest | None:
    """The accepted request that gives this department the data now."""
    return next((r for r in requests if r.state in RUNNING and (r.agreed_ends is None or r.agreed_ends >= today)), None)


def pending(requests: Sequence[ShareRequest], purpose: str) -> ShareRequest | None:
    """The request for the same purpose that waits for an answer."""
    return next((r for r in requests if r.state in WAITING and (not purpose or r.purpose == purpose)), None)
