"""Datasets that hold what a question names: 「第三中学」 stands in no title, but in the rows of the list of schools.

The values come from the database of one scope, so nobody is led to what they may not see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.shelf import Candidate
from retrieval.text import HAN, normalise

if TYPE_CHECKING:
    from retrieval.values import ValueIndex

_SHORTEST = 3  # characters: shorter values (小学, 一级) stand everywhere
_NAME = re.compile(rf"[{HAN}a-z].*[{HAN}a-z0-9)）]", re.I)
_WORTH = 0.6  # of what is missing to a full score, for a question all of whose things are held
_FEW = 3  # tables: a value that stands in more says nothing about any of them


@dataclass(frozen=True)
class Held:
    """A value that a dataset holds, and the part of the question that names it."""

    dataset: str
    said: str


def holdings(question: str, values: ValueIndex, datasets: Mapping[str, str]) -> list[Held]:
    """The values that `question` names, longest first and not overlapping, with the datasets that hold them.

    `datasets`: table → id of its dataset.
    """
    found: list[Held] = []
    taken = [False] * len(question)
    for length in range(min(values.longest, len(question)), _SHORTEST - 1, -1):
        for start in range(len(question) - length + 1):
            said = question[start : start + length]
            if any(taken[start : start + length]) or not _NAME.fullmatch(said):
                continue
            tables = {hit.table for hit in values.find(said)}
            if tables:
                taken[start : start + length] = [True] * length
            if len(tables) <= _FEW:
                found += [Held(datasets[table], said) for table in sorted(tables) if table in datasets]
    return found


def credited(found: Sequence[Candidate], held: Sequence[Held]) -> list[Candidate]:
    """Candidates anew by score, those first that hold what the others lack: a word is not missing where it stands in the rows."""
    said: dict[str, set[str]] = {}
    for each in held:
        said.setdefault(each.dataset, set()).add(normalise(each.said))
    ranked = [_credited(candidate, said.get(candidate.record.id, set())) for candidate in found]
    return sorted(ranked, key=lambda c: -c.score)


def _credited(candidate: Candidate, said: set[str]) -> Candidate:
    lost = candidate.features.lost
    kept = tuple((word, share) for word, share in lost if not any(word in value for value in said))
    gained = sum(share for _, share in lost) - sum(share for _, share in kept)
    if gained <= 0:
        return candidate
    score = candidate.score + _WORTH * gained * (1.0 - candidate.score)
    return replace(candidate, score=score, features=replace(candidate.features, lost=kept))
