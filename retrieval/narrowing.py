"""What meets a question's conditions, what does not say, and what comes near without meeting them, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.conditions import Condition
from retrieval.shelf import Candidate

# How much an entry counts for each condition that it does not speak of, and for each that it does not meet.
UNSAID, UNMET = 0.8, 0.5


@dataclass(frozen=True)
class Placed:
    """A candidate with the score that it is ranked by."""

    candidate: Candidate
    score: float


def place(found: Sequence[Candidate], conditions: Sequence[Condition]) -> list[Placed]:
    """Candidates by score, lowered for conditions that they do not meet; of equal ones those found first come first."""
    placed = []
    for candidate in found:
        met = [condition.met_by(candidate.record.tags, candidate.record.day) for condition in conditions]
        factor = UNSAID ** met.count(None) * UNMET ** met.count(False)
        placed.append(Placed(candidate, candidate.score * factor))
    return sorted(placed, key=lambda p: -p.score)


def relaxing_notes(relaxed: Sequence[Condition], best: Candidate | None) -> list[str]:
    """For people: the conditions that were dropped because nothing meets them; those that entries are silent on are told apart."""
    silent: list[str] = []
    unmet: list[str] = []
    for condition in reversed(relaxed):
        unsaid = best is not None and condition.met_by(best.record.tags, best.record.day) is None
        (silent if unsaid else unmet).append(condition.label)
    notes = []
    if unmet:
        notes.append(f"没有同时满足「{'、'.join(unmet)}」的数据集，已放宽这个条件。")
    if silent:
        notes.append(f"没有数据集登记为「{'、'.join(silent)}」；列出的条目没有写明这一项，请打开条目核对。")
    return notes
