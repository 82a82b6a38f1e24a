"""Where a question fits several things as well: which readings an asker must choose between, pure in its inputs.

Three cases: readings that score alike; a number that two tables call the same; a noun (机构) that only ends several names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.planning.embedded import Candidate, Planning
from assistant.planning.linking.mentions import Mention
from assistant.planning.plan import Col, Plan
from corpus.semantics import Role, SemanticModel

CLOSE = 0.12  # two readings this close in score are not told apart
SAME_NAME = 0.5  # … where both tables call a number exactly so
PART_OF_NAME = 1.5  # … where the word is a part of both names, and both count in one unit
_SURE = 0.95


@dataclass(frozen=True)
class Choice:
    """One way to read a question: the table it is read from, or the noun put in for the word that was open."""

    candidate: Candidate | None
    table: str
    question: str  # which asks for this reading alone


def choices(planning: Planning, model: SemanticModel) -> list[Choice]:
    """Two to four readings to choose between; empty where one is plainly meant."""
    nouns = _open_nouns(planning, model)
    if nouns:
        return nouns
    rival = _rival(planning, model)
    if rival is None:
        return []
    return [
        Choice(c, c.root, f"在“{model.table(c.root).label}”中，{planning.question}")
        for c in (planning.candidates[0], rival)
    ]


def _rival(planning: Planning, model: SemanticModel) -> Candidate | None:
    """A second reading that is as good and stands on another table of another name."""
    if not planning.candidates:
        return None
    first = planning.candidates[0]
    for second in planning.candidates[1:4]:
        if second.root == first.root or model.table(second.root).label == model.table(first.root).label:
            continue
        if _is_its_own(first, second, model):
            continue
        gap = first.reading.score - second.reading.score
        if gap <= CLOSE and second is planning.candidates[1]:
            return second
        if gap > PART_OF_NAME or not _explains_as_much(first, second):
            continue
        if _same_support(planning.mentions, first, second, model) and any(
            _namesakes(m, first.root, second.root, gap, model) for m in planning.mentions
        ):
            return second
    return None


def _is_its_own(first: Candidate, second: Candidate, model: SemanticModel) -> bool:
    """面积最小的区: a thing's own number comes before those of all that lies in it."""
    mine, theirs = first.reading.query, second.reading.query
    if not isinstance(mine, Plan) or not isinstance(theirs, Plan) or mine.grouped or not theirs.grouped:
        return False
    keys = [k for k in mine.keys if isinstance(k, Col)]
    named = bool(keys) and model.table(keys[0].table).column(keys[0].name).role == Role.NAME
    return named and keys[0].table == first.root and keys[0] in theirs.keys


def _explains_as_much(first: Candidate, second: Candidate) -> bool:
    return set(second.reading.unused) <= set(first.reading.unused) and sorted(second.reading.explained) == sorted(
        first.reading.explained
    )


def _same_support(mentions: Sequence[Mention], first: Candidate, second: Candidate, model: SemanticModel) -> bool:
    """Whether no word speaks for one of the two tables alone; a place speaks for all that lies in it."""

    def support(root: str) -> set[int]:
        above = {root} | {r.right for r in model.relations if r.left == root}
        return {
            i
            for i, m in enumerate(mentions)
            if any(c.table == root or (c.kind == "value" and c.table in above) for c in m.candidates)
        }

    return support(first.root) == support(second.root)


def _namesakes(mention: Mention, first: str, second: str, gap: float, model: SemanticModel) -> bool:
    """Whether both tables have a number that the word means."""
    for a in mention.candidates:
        for b in mention.candidates:
            if (a.kind, b.kind, a.table, b.table) != ("column", "column", first, second):
                continue
            mine, theirs = model.table(first).column(a.column), model.table(second).column(b.column)
            if mine.role != Role.MEASURE or theirs.role != Role.MEASURE:
                continue
            if a.score >= _SURE and b.score >= _SURE and gap <= SAME_NAME:
                return True
            part = mention.text != mine.label and mention.text in theirs.label and mention.text in mine.label
            if part and mine.unit == theirs.unit:
                return True
    return False


def _open_nouns(planning: Planning, model: SemanticModel) -> list[Choice]:
    """哪个机构: a noun that ends the names of several things and is the whole name of none."""
    for mention in planning.mentions:
        text = mention.text
        if mention.word or mention.number or mention.time or len(text) < 2:
            continue
        if any(c.kind == "value" or c.score >= 0.9 for c in mention.candidates):
            continue
        tables = [t for t in model.tables if t.entity.endswith(text) and t.entity != text]
        entities = list(dict.fromkeys(t.entity for t in tables))
        if not 2 <= len(entities) <= 4 or len(entities) < len(tables):
            continue
        return [
            Choice(None, t.name, planning.question[: mention.start] + t.entity + planning.question[mention.end :])
            for t in tables
        ]
    return []
