"""Questions and what they mean: each pair of `fixtures/` read, its logical form compared, its rows run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from notation import Form
from pair_files import Pair, cell, pairs, same_rows
from schemas import asked

from assistant.planning.describe import describe
from assistant.planning.judging.ambiguity import choices
from assistant.planning.judging.demands import unmet_demands
from assistant.planning.plan import Plan
from tools.principal import TableScope
from tools.query.gate import inspect
from tools.query.statement import Statement
from tools.query.worker import WorkerPool
from tools.scope_db import scope_of

PAIRS = pairs()


@pytest.mark.parametrize("pair", PAIRS, ids=[p.id for p in PAIRS])
def test_pair(pair: Pair) -> None:
    on = asked(pair.schema, literal=pair.literal)
    planning = on.planner.plan(pair.question)
    best = planning.candidates[0] if planning.candidates else None
    missed = (
        unmet_demands(pair.question, best.reading.query, on.model, best.sql, planning.mentions)
        if best is not None and not pair.literal
        else []
    )
    if pair.withheld:
        assert best is None or best.reading.unused or missed or choices(planning, on.model)
        return
    assert best is not None, f"not read: {planning.unknown}"
    query, unused = best.reading.query, set(best.reading.unused)
    written = on.notation.write(query)
    if pair.form and isinstance(query, Plan):
        assert Form.read(pair.form).means(Form.read(written)), written
    elif pair.form:
        assert pair.form == written
    if pair.rows is not None:
        found = [tuple(cell(v) for v in row) for row in on.con.execute(best.sql).fetchall()]
        assert same_rows(found, pair.rows, ordered=pair.ordered), found
    if not pair.literal:
        assert unused == set(pair.unread)
        assert pair.unread or missed == []
        for part in pair.told:
            assert any(part in said for said in best.reading.assumptions), best.reading.assumptions
        assert [c.question for c in choices(planning, on.model)] == pair.offered


def test_every_pair_says_something_and_is_there_once() -> None:
    assert all(p.form or p.rows is not None or p.withheld or p.unread for p in PAIRS)
    assert max(Counter((p.schema, p.literal, p.question) for p in PAIRS).values()) == 1
    assert len(PAIRS) >= 250


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(1)
    yield workers
    workers.close()


@pytest.mark.parametrize("schema", ["clinic", "islands", "shops", "water"])
def test_whatever_is_read_passes_the_gate_and_can_be_said(pool: WorkerPool, schema: str) -> None:
    """All readings of all questions of a schema, the second best too: one SELECT over known tables, and Chinese words."""
    for literal in (False, True):
        on = asked(schema, literal=literal)
        scope = scope_of({t.name: TableScope(columns=[c.name for c in t.columns]) for t in on.model.tables}, "1")
        for question in dict.fromkeys(p.question for p in PAIRS if (p.schema, p.literal) == (schema, literal)):
            for candidate in on.planner.plan(question).candidates[:3]:
                if not literal:
                    assert inspect(Statement(candidate.sql, pool.parse), scope) == [], candidate.sql
                said = describe(candidate.reading.query, on.model)
                assert said and "None" not in said and "Plan(" not in said
