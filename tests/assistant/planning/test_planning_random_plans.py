"""Plans put together at random: their SQL passes the gate and returns what the plan means, worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import clinic_town
import duckdb
import pytest
import sqlglot
from clinic_town import MODEL, ROWS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_by_hand import ByHand
from sqlglot import exp

from assistant.planning.compiling.compile import compile_query
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.describe import describe
from assistant.planning.plan import (
    Aggregate,
    Among,
    And,
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Difference,
    Expression,
    Having,
    Measure,
    Member,
    Not,
    Number,
    Or,
    Order,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
    Value,
    YearsSince,
)
from tools.principal import TableScope
from tools.query.gate import inspect
from tools.query.statement import Statement
from tools.query.worker import WorkerPool
from tools.scope_db import scope_of

GRAPH = JoinGraph(MODEL)
UP = {
    "hospital": ("tid", "town", "tid"),
    "people": ("tid", "town", "tid"),
    "doctor": ("hid", "hospital", "hid"),
    "visit": ("hid", "hospital", "hid"),
    "complaint": ("hid", "hospital", "hid"),
}
NAMES = {table: [c.split()[0] for c in columns.split(", ")] for table, (columns, _) in ROWS.items()}
HAND = ByHand({t: [dict(zip(NAMES[t], row, strict=True)) for row in ROWS[t][1]] for t in ROWS}, UP)

NUMBERS = {
    "town": ["land"],
    "people": ["residents", "births", "deaths"],
    "hospital": ["beds", "floor", "fee"],
    "doctor": ["salary"],
    "visit": ["visits", "income", "inpatients", "wait"],
    "complaint": ["hours"],
}
TEXTS = {
    "town": ["tname"],
    "people": [],
    "hospital": ["hname", "level", "nature"],
    "doctor": ["dname", "dept", "title"],
    "visit": [],
    "complaint": ["kind"],
}
TIMES = {"people": "year", "hospital": "founded", "doctor": "born", "visit": "month", "complaint": "day"}
FACTS = ("people", "hospital", "doctor", "visit", "complaint")
AGGREGATES: tuple[Aggregate, ...] = ("sum", "avg", "min", "max", "median", "count", "count_distinct")
UNTIMED = settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def above(table: str) -> list[str]:
    """A table and all that it belongs to."""
    return [table, *(above(UP[table][1]) if table in UP else [])]


def number_columns(root: str) -> st.SearchStrategy[Col]:
    return st.sampled_from([Col(t, c) for t in above(root) for c in NUMBERS[t]])


def text_columns(root: str) -> st.SearchStrategy[Col]:
    return st.sampled_from([Col(t, c) for t in above(root) for c in TEXTS[t]])


def stored(col: Col) -> st.SearchStrategy[Any]:
    """A value that stands in a column."""
    found = [row[col.table, col.name] for row in HAND.rows(col.table)]
    return st.sampled_from(sorted({v for v in found if v is not None}))


@st.composite
def simple_tests(draw: st.DrawFn, root: str, nested: bool = True) -> Condition:
    kinds = ["number", "text", "in", "contains", "time", "columns", "years", "null"]
    kind = draw(st.sampled_from([*kinds, "average"] if nested else kinds))  # by hand, a nested average costs much
    if kind == "number":
        col = draw(number_columns(root))
        return Compare(col, draw(st.sampled_from(["=", "!=", ">", ">=", "<", "<="])), draw(stored(col)))
    if kind == "text":
        col = draw(text_columns(root))
        return Compare(col, draw(st.sampled_from(["=", "!="])), draw(stored(col)))
    if kind == "in":
        col = draw(text_columns(root))
        return Compare(
            col,
            draw(st.sampled_from(["in", "not in"])),
            tuple(draw(st.lists(stored(col), min_size=1, max_size=3, unique=True))),
        )
    if kind == "contains":
        col = draw(text_columns(root))
        return Compare(
            col,
            draw(st.sampled_from(["contains", "not contains"])),
            draw(st.sampled_from(["医", "内", "%", "_", "\\", "'", "镇"])),
        )
    if kind == "columns":
        left, right = draw(number_columns(root)), draw(number_columns(root))
        return Compare(left, draw(st.sampled_from([">", "<", "="])), right=right)
    if kind == "average":
        col = draw(st.sampled_from([Col(root, c) for c in NUMBERS[root]]))
        measure = Measure(draw(st.sampled_from(["avg", "max", "min", "median"])), col, table=root)
        return CompareToAggregate(
            col, draw(st.sampled_from([">", ">=", "<"])), measure, draw(st.none() | simple_tests(root, nested=False))
        )
    table = draw(st.sampled_from([t for t in above(root) if t in TIMES]))
    col = Col(table, TIMES[table])
    if kind == "null":
        return Compare(draw(number_columns(root)), draw(st.sampled_from(["is null", "not null"])))
    if kind == "years":
        return Compare(YearsSince(col, 2026), draw(st.sampled_from([">", "<=", "="])), draw(st.integers(0, 60)))
    if table == "people":
        return Compare(col, draw(st.sampled_from(["=", ">=", "<"])), draw(st.integers(2023, 2026)))
    day = draw(st.dates(date(1960, 1, 1), date(2026, 12, 31)))
    return Compare(col, draw(st.sampled_from([">=", "<"])), day.isoformat())


def conditions(root: str) -> st.SearchStrategy[Condition]:
    several = st.lists(simple_tests(root), min_size=2, max_size=3).map(tuple)
    simple: st.SearchStrategy[Condition] = simple_tests(root)
    if root == "hospital":
        simple |= absences()
    return simple | several.map(And) | several.map(Or) | simple_tests(root).map(Not)


@st.composite
def absences(draw: st.DrawFn) -> Condition:
    other = draw(st.sampled_from(["doctor", "visit", "complaint"]))
    return Member(Col("hospital", "hid"), Col(other, "hid"), draw(st.booleans()), draw(st.none() | simple_tests(other)))


@st.composite
def keys(draw: st.DrawFn, root: str) -> Expression:
    bucket = draw(st.booleans())
    tables = [t for t in above(root) if t in TIMES and t != "people"]
    if bucket and tables:
        table = draw(st.sampled_from(tables))
        return TimeBucket(Col(table, TIMES[table]), draw(st.sampled_from(["year", "quarter", "month", "day"])))
    return draw(text_columns(root))


@st.composite
def measures(draw: st.DrawFn, root: str) -> Measure:
    where = draw(st.none() | simple_tests(root))
    if draw(st.booleans()):
        return Measure("count", table=root, where=where, label="n")
    aggregate = draw(st.sampled_from(AGGREGATES))
    own = [Col(root, c) for c in NUMBERS[root]]
    of: Expression = draw(st.sampled_from(own))
    if draw(st.integers(0, 4)) == 0:
        of = Arithmetic(draw(st.sampled_from(["+", "-", "*", "/"])), of, draw(st.sampled_from([*own, Number(2.0)])))
    return Measure(aggregate, of, table=root, where=where, label="m")


@st.composite
def values(draw: st.DrawFn, root: str) -> Value:
    over = draw(measures(root))
    kind = draw(st.sampled_from(["plain", "plain", "ratio"]))
    if kind == "plain":
        return over
    scale = draw(st.sampled_from([1.0, 1000.0]))
    return Ratio(over, draw(measures(root)), percent=draw(st.booleans()), scale=scale, label="r")


@st.composite
def grouped(draw: st.DrawFn) -> Plan:
    root = draw(st.sampled_from(FACTS))
    chosen = tuple(draw(st.lists(keys(root), max_size=2, unique=True)))
    if len({type(k) for k in chosen}) < len(chosen) and any(isinstance(k, TimeBucket) for k in chosen):
        chosen = chosen[:1]  # two units of time would bear one name
    found = tuple(replace(v, label=f"v{i}") for i, v in enumerate(draw(st.lists(values(root), min_size=1, max_size=3))))
    having: tuple[Having, ...] = ()
    if chosen and draw(st.booleans()):
        test = draw(st.sampled_from(["value", "mean", "against"]))
        measure = draw(measures(root))
        op = draw(st.sampled_from([">", ">=", "<", "<="]))
        inside = draw(st.none() | simple_tests(root))
        against = draw(measures(root)) if test == "against" else None
        having = (
            Having(measure, op, draw(st.integers(0, 500)), against, inside if against else None, mean=test == "mean"),
        )
    where = draw(st.none() | conditions(root))
    order = (Order(draw(st.sampled_from(found)), draw(st.booleans())),) if draw(st.booleans()) else ()
    limit = draw(st.none() | st.integers(1, 4)) if chosen else None
    offset = draw(st.integers(0, 2)) if limit else 0
    return Plan(root, keys=chosen, values=found, where=where, having=having, order=order, limit=limit, offset=offset)


@st.composite
def lists(draw: st.DrawFn) -> Plan:
    root = draw(st.sampled_from(FACTS))
    shown = tuple(draw(st.lists(text_columns(root) | number_columns(root), min_size=1, max_size=3, unique=True)))
    by = draw(number_columns(root))
    limit = draw(st.none() | st.integers(1, 5))
    offset = draw(st.integers(0, 2)) if limit else 0
    where = draw(st.none() | conditions(root))
    return Plan(root, keys=shown, where=where, order=(Order(by, draw(st.booleans())),), limit=limit, offset=offset)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with clinic_town.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(1)
    yield workers
    workers.close()


SCOPE = scope_of({t: TableScope(columns=NAMES[t]) for t in ROWS}, "1")


def run(con: duckdb.DuckDBPyConnection, query: Query) -> list[tuple[Any, ...]]:
    return con.execute(compile_query(query, MODEL, GRAPH).sql(dialect="duckdb")).fetchall()


def rounded(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(float(f"{float(v):.9g}") if isinstance(v, int | float) else v for v in row) for row in rows]


def agree(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """The same rows; where some are cut off, as many of them, none that is not there, and none better left out."""
    found, meant = rounded(run(con, plan)), rounded(HAND.result(plan))
    if plan.limit is None:
        assert Counter(found) == Counter(meant)
        return
    kept = meant[plan.offset : plan.offset + plan.limit]
    assert len(found) == len(kept) and not Counter(found) - Counter(meant)
    if plan.order and plan.order[0].by in plan.values:
        place = len(plan.keys) + plan.values.index(plan.order[0].by)  # type: ignore[arg-type]
        assert [row[place] for row in found] == [row[place] for row in kept]


@UNTIMED
@given(plan=grouped())
def test_groups_are_what_they_mean(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    agree(con, plan)


@UNTIMED
@given(plan=lists())
def test_lists_are_what_they_mean(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    agree(con, plan)


@UNTIMED
@given(data=st.data(), root=st.sampled_from(["doctor", "visit", "complaint", "hospital"]))
def test_the_best_of_each_group(con: duckdb.DuckDBPyConnection, data: st.DataObject, root: str) -> None:
    """As many as there are, at most so many, and none in the group is better than one that is kept."""
    group, by = data.draw(text_columns(root)), data.draw(st.sampled_from([Col(root, c) for c in NUMBERS[root]]))
    limit, descending = data.draw(st.integers(1, 2)), data.draw(st.booleans())
    plan = Plan(root, keys=(group, by), order=(Order(by, descending),), limit=limit, limit_per=(group,))
    meant: list[tuple[Any, ...]] = []
    every = HAND.result(replace(plan, limit=None, limit_per=()))
    for name in dict.fromkeys(row[0] for row in every):
        meant += [row for row in every if row[0] == name][:limit]
    assert Counter(rounded(run(con, plan))) == Counter(rounded(meant))


@UNTIMED
@given(data=st.data(), key=st.sampled_from([Col("hospital", "nature"), Col("town", "tname"), Col("hospital", "hname")]))
def test_facts_side_by_side_are_each_added_up_alone(
    con: duckdb.DuckDBPyConnection, data: st.DataObject, key: Col
) -> None:
    facts = data.draw(st.lists(st.sampled_from(["doctor", "visit", "complaint"]), min_size=2, max_size=3, unique=True))
    chosen = tuple(replace(data.draw(measures(t)), label=f"v{i}") for i, t in enumerate(facts))
    where = data.draw(
        st.none() | st.sampled_from([Compare(Col("hospital", "beds"), ">", 150), Compare(key, "!=", "公立")])
    )
    bound = data.draw(st.none() | st.integers(0, 3))
    having = () if bound is None else (Having(Measure("count", table=facts[-1]), ">", bound),)
    plan = Plan(facts[0], keys=(key,), values=chosen, where=where, having=having)
    alone = [
        {row[0]: row[1] for row in HAND.result(Plan(t, keys=(key,), values=(v,), where=where))}
        for t, v in zip(facts, chosen, strict=True)
    ]
    passed = {row[0] for row in HAND.result(Plan(facts[-1], keys=(key,), where=where, having=having))}
    names = {n for part in alone for n in part if not having or n in passed}
    empty = [0 if v.aggregate in ("count", "count_distinct") else None for v in chosen]  # no row of it is none of them
    meant = [(n, *(part.get(n, none) for part, none in zip(alone, empty, strict=True))) for n in names]
    assert Counter(rounded(run(con, plan))) == Counter(rounded(meant))


@UNTIMED
@given(data=st.data(), op=st.sampled_from(["union", "intersect", "except"]))
def test_sets_are_of_different_rows(con: duckdb.DuckDBPyConnection, data: st.DataObject, op: Any) -> None:
    left, right = (
        Plan("doctor", keys=(Col("doctor", "dname"),), where=data.draw(st.none() | conditions("doctor"))) for _ in "lr"
    )
    a, b = set(HAND.result(left)), set(HAND.result(right))
    meant = {"union": a | b, "intersect": a & b, "except": a - b}[op]
    assert sorted(run(con, SetPlan(op, left, right))) == sorted(meant)


@UNTIMED
@given(data=st.data(), op=st.sampled_from(["-", "+", "/", "%"]))
def test_two_numbers_are_set_against_each_other(con: duckdb.DuckDBPyConnection, data: st.DataObject, op: Any) -> None:
    measure = data.draw(measures("doctor"))
    left, right = (Plan("doctor", values=(measure,), where=data.draw(st.none() | conditions("doctor"))) for _ in "lr")
    a, b = HAND.result(left)[0][0], HAND.result(right)[0][0]
    meant: Any = None
    if a is not None and b is not None and (b or op in "-+"):
        meant = {"-": a - b, "+": a + b}[op] if op in "-+" else a / b if op == "/" else 100 * (a - b) / b
    found = run(con, Difference(left, right, op, names=("甲", "乙")))
    assert rounded(found) == rounded([(a, b, meant)])


@UNTIMED
@given(data=st.data())
def test_rows_of_the_groups_that_another_plan_picks(con: duckdb.DuckDBPyConnection, data: st.DataObject) -> None:
    column = Col("doctor", data.draw(st.sampled_from(["dept", "title"])))
    having = (Having(Measure("count", table="doctor"), ">", data.draw(st.integers(0, 4))),)
    groups = Plan("doctor", keys=(column,), where=data.draw(st.none() | conditions("doctor")), having=having)
    agree(con, Plan("doctor", keys=(Col("doctor", "dname"),), where=Among(column, groups)))


@UNTIMED
@given(plan=grouped() | lists())
def test_every_plan_parses_passes_the_gate_and_can_be_said(pool: WorkerPool, plan: Plan) -> None:
    sql = compile_query(plan, MODEL, GRAPH).sql(dialect="duckdb")
    assert isinstance(sqlglot.parse_one(sql, dialect="duckdb"), exp.Select)
    assert inspect(Statement(sql, pool.parse), SCOPE) == []
    said = describe(plan, MODEL)
    assert said.startswith("在“") and not any(w in said for w in ("None", "Col(", "Measure("))


@UNTIMED
@given(data=st.data(), fact=st.sampled_from(["doctor", "visit", "complaint"]))
def test_a_number_of_the_one_side_is_never_added_twice(
    con: duckdb.DuckDBPyConnection, data: st.DataObject, fact: str
) -> None:
    """Beds of hospitals that have such doctors: each hospital once."""
    total = Measure("sum", Col("hospital", "beds"), table="hospital")
    col = Col(fact, NUMBERS[fact][0])
    where = Compare(col, data.draw(st.sampled_from([">", "<=", "!=", "="])), data.draw(stored(col)))
    meant = [
        r
        for r in HAND.rows("hospital")
        if HAND.holds(Member(Col("hospital", "hid"), Col(fact, "hid"), False, where), r)
    ]
    assert run(con, Plan("hospital", values=(total,), where=where)) == [(HAND.value(total, meant),)]
