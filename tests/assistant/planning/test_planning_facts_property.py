"""Whatever rows there are: numbers of two facts under one dimension equal what plain Python adds up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.planning.compiling.compile import CannotCompile, compile_query
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.plan import Col, Compare, Condition, Having, Measure, Order, Plan, Ratio, conjunction
from corpus.semantics import Column, Relation, Role, SemanticModel, Table

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def _table(name: str, key: str, *columns: str) -> Table:
    made = [
        Column(
            name=c, label=f"{name}的{c}", type="BIGINT" if c in ("size", "amount") else "VARCHAR", role=Role.CATEGORY
        )
        for c in columns
    ]
    return Table(name=name, label=name, columns=made, primary_key=key.split())


# Places hold things; sales and checks are two facts of a thing; tags are many to many with things.
MODEL = SemanticModel(
    tables=[
        _table("place", "code", "code", "name"),
        _table("thing", "id", "id", "name", "place", "size"),
        _table("sale", "", "thing", "kind", "amount"),
        _table("check", "", "thing", "kind", "amount"),
        _table("tag", "thing label", "thing", "label"),
    ],
    relations=[
        Relation(left="thing", left_columns=["place"], right="place", right_columns=["code"]),
        *(
            Relation(left=fact, left_columns=["thing"], right="thing", right_columns=["id"])
            for fact in ("sale", "check", "tag")
        ),
    ],
)
GRAPH = JoinGraph(MODEL)

_AMOUNT = st.integers(0, 5)
_KIND = st.sampled_from(["x", "y"])


@st.composite
def rows(draw: Callable[[Any], Any]) -> Rows:
    """Some places (two may bear one name) with things, and facts of some of the things."""
    places = [{"code": str(i), "name": draw(st.sampled_from(["甲", "乙"]))} for i in range(draw(st.integers(1, 3)))]
    things = [
        {
            "id": f"t{i}",
            "name": draw(st.sampled_from(["子", "丑"])),
            "place": draw(st.sampled_from(places))["code"],
            "size": draw(_AMOUNT),
        }
        for i in range(draw(st.integers(1, 4)))
    ]
    ids = st.sampled_from([t["id"] for t in things])
    fact = st.fixed_dictionaries({"thing": ids, "kind": _KIND, "amount": _AMOUNT})
    tags = draw(st.sets(st.tuples(ids, st.sampled_from(["p", "q"])), max_size=6))
    return {
        "place": places,
        "thing": things,
        "sale": draw(st.lists(fact, max_size=6)),
        "check": draw(st.lists(fact, max_size=6)),
        "tag": [{"thing": t, "label": label} for t, label in sorted(tags)],
    }


@dataclass(frozen=True)
class Asked:
    """A measure, and what Python makes of the rows it goes over."""

    measure: Measure
    of: Callable[[list[Row]], Any]


def _sum(column: str) -> Callable[[list[Row]], Any]:
    return lambda found: sum(r[column] for r in found) if found else None


def _mean(found: list[Row]) -> Any:
    return sum(r["amount"] for r in found) / len(found) if found else None


ASKED = (
    Asked(Measure("sum", Col("sale", "amount"), table="sale"), _sum("amount")),
    Asked(Measure("count", table="sale"), len),
    Asked(Measure("avg", Col("sale", "amount"), table="sale"), _mean),
    Asked(Measure("sum", Col("check", "amount"), table="check"), _sum("amount")),
    Asked(Measure("count", table="check"), len),
    Asked(
        Measure("max", Col("check", "amount"), table="check"),
        lambda found: max((r["amount"] for r in found), default=None),
    ),
    Asked(Measure("sum", Col("thing", "size"), table="thing"), _sum("size")),
    Asked(Measure("count", table="thing"), len),
)
TESTS: tuple[Condition, ...] = (
    Compare(Col("place", "name"), "=", "甲"),
    Compare(Col("thing", "name"), "=", "子"),
    Compare(Col("sale", "kind"), "=", "x"),
    Compare(Col("check", "amount"), ">", 1),
    Compare(Col("tag", "label"), "=", "p"),
)
KEYS = {
    "none": ((), ()),
    "thing": ((Col("thing", "name"),), (Col("thing", "id"),)),
    "place": ((Col("place", "name"),), (Col("place", "code"),)),
}

asked = st.lists(st.sampled_from(ASKED), min_size=1, max_size=3, unique=True)
tested = st.lists(st.sampled_from(TESTS), max_size=2, unique=True)


def _made() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for table in MODEL.tables:
        con.execute(f'CREATE TABLE "{table.name}" ({", ".join(f"{c.name} {c.type}" for c in table.columns)})')
    return con


CON = _made()


def run(data: Rows, plan: Plan) -> list[tuple[Any, ...]]:
    sql = compile_query(plan, MODEL, GRAPH).sql(dialect="duckdb")
    for table in MODEL.tables:
        values = [tuple(row[c.name] for c in table.columns) for row in data[table.name]]
        CON.execute(f'DELETE FROM "{table.name}"')
        if values:
            marks = ", ".join(["(" + ", ".join("?" * len(table.columns)) + ")"] * len(values))
            CON.execute(f'INSERT INTO "{table.name}" VALUES {marks}', [v for row in values for v in row])
    return CON.execute(sql).fetchall()


# -- the same in Python -------------------------------------------------------------------------------------------


def wide(data: Rows, table: str) -> list[Row]:
    """Rows with the columns of what they belong to: {"sale.amount", "thing.name", "place.name", …}."""
    places = {p["code"]: p for p in data["place"]}
    things = {t["id"]: t for t in data["thing"]}
    found = []
    for row in data[table]:
        thing = row if table == "thing" else things[row["thing"]]
        parts = {table: row, "thing": thing, "place": places[thing["place"]]}
        found.append({f"{t}.{c}": v for t, r in parts.items() for c, v in r.items()})
    return found


def holds(test: Condition, row: Row) -> bool:
    assert isinstance(test, Compare) and isinstance(test.left, Col) and test.value is not None
    value = row[f"{test.left.table}.{test.left.name}"]
    return bool(value == test.value if test.op == "=" else value > test.value)


def rows_of(data: Rows, table: str, tests: list[Condition], facts: set[str]) -> list[Row]:
    """A fact's rows: its own and its dimensions' tests row by row; of another fact asked for, none; else membership."""
    found = wide(data, table)
    for test in tests:
        assert isinstance(test, Compare) and isinstance(test.left, Col)
        where = test.left.table
        if where in (table, "thing", "place"):
            found = [r for r in found if holds(test, r)]
        elif where not in facts:
            inside = {r["thing.id"] for r in wide(data, where) if holds(test, r)}
            found = [r for r in found if r["thing.id"] in inside]
    return found


def expected(data: Rows, many: list[Asked], key: str, tests: list[Condition], having: Having | None) -> list[Any]:
    facts = {a.measure.table for a in many} | ({having.measure.table} if having else set())
    groups: dict[Any, dict[str, list[Row]]] = {}
    for table in facts:
        for row in rows_of(data, table, tests, facts):
            mark = (row["thing.id"], row["thing.name"]) if key == "thing" else (row["place.code"], row["place.name"])
            groups.setdefault(mark if key != "none" else ("", ""), {}).setdefault(table, []).append(row)
    if key == "none":
        groups.setdefault(("", ""), {})
    found = []
    for (_, name), of in groups.items():
        own = {t: [{k.removeprefix(f"{t}."): v for k, v in r.items()} for r in rs] for t, rs in of.items()}
        if having is not None and not len(own.get(having.measure.table, ())) > having.value:
            continue
        found.append(((name,) if key != "none" else ()) + tuple(a.of(own.get(a.measure.table, [])) for a in many))
    return found


def alike(left: list[Any], right: list[Any]) -> bool:
    def plain(found: list[Any]) -> list[str]:
        return sorted(str(tuple(round(float(v), 6) if isinstance(v, int | float) else v for v in r)) for r in found)

    return plain(left) == plain(right)


# -- properties ---------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(rows(), asked, st.sampled_from(sorted(KEYS)), tested)
def test_numbers_of_several_facts_are_each_their_own(
    data: Rows, many: list[Asked], key: str, tests: list[Condition]
) -> None:
    keys, group = KEYS[key]
    plan = Plan(
        many[0].measure.table,
        keys=keys,
        group=group,
        values=tuple(a.measure for a in many),
        where=conjunction(tests),
    )
    assert alike(run(data, plan), expected(data, many, key, tests, None))


@settings(max_examples=40, deadline=None)
@given(rows(), asked, st.sampled_from(["thing", "place"]), st.sampled_from(["sale", "check"]), st.integers(0, 2))
def test_a_bound_on_one_fact_and_numbers_of_others(
    data: Rows, many: list[Asked], key: str, bound: str, least: int
) -> None:
    keys, group = KEYS[key]
    having = Having(Measure("count", table=bound), ">", float(least))
    plan = Plan(many[0].measure.table, keys=keys, group=group, values=tuple(a.measure for a in many), having=(having,))
    assert alike(run(data, plan), expected(data, many, key, [], having))


@settings(max_examples=25, deadline=None)
@given(rows())
def test_the_order_may_be_that_of_another_fact(data: Rows) -> None:
    keys, group = KEYS["thing"]
    by = Measure("count", table="check")
    plan = Plan("sale", keys=keys, values=(ASKED[0].measure,), group=group, order=(Order(by, True),), limit=1)
    found = run(data, plan)
    counts = {t["id"]: sum(r["thing"] == t["id"] for r in data["check"]) for t in data["thing"]}
    sold = {t["id"]: [r["amount"] for r in data["sale"] if r["thing"] == t["id"]] for t in data["thing"]}
    best = [(t["name"], sum(sold[t["id"]]) if sold[t["id"]] else None) for t in data["thing"]]
    most = max(counts.values())
    firsts = [b for b, t in zip(best, data["thing"], strict=True) if counts[t["id"]] == most]
    assert (found[0] in firsts) if data["sale"] or data["check"] else not found


@settings(max_examples=25, deadline=None)
@given(rows())
def test_groups_that_overlap_count_things_once_and_sum_nothing(data: Rows) -> None:
    label = (Col("tag", "label"),)
    found = run(data, Plan("thing", keys=label, values=(ASKED[7].measure,)))
    labels = {r["label"] for r in data["tag"]}
    assert sorted(found) == sorted((one, sum(r["label"] == one for r in data["tag"])) for one in labels)
    for value in (ASKED[6].measure, Ratio(ASKED[7].measure)):
        with pytest.raises(CannotCompile):
            compile_query(Plan("thing", keys=label, values=(value,)), MODEL, GRAPH)
