"""Plans compiled and run on DuckDB: sums over joins are right, traps are avoided or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import MODEL, connect

from assistant.planning.compiling.compile import CannotCompile, compile_query
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.plan import (
    Among,
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Difference,
    Growth,
    Having,
    Measure,
    Member,
    Order,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
)

GRAPH = JoinGraph(MODEL)
DISTRICT, NAME, KIND = Col("district", "name"), Col("shop", "name"), Col("shop", "kind")
SHOPS = Measure("count", table="shop")
SALES = Measure("sum", Col("sale", "amount"), table="sale")
CHECKS = Measure("count", table="inspection")
STAFF = Measure("sum", Col("shop", "staff"), table="shop")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


def run(con: duckdb.DuckDBPyConnection, query: Query, *, literal: bool = False) -> list[tuple[Any, ...]]:
    return con.execute(compile_query(query, MODEL, GRAPH, literal=literal).sql(dialect="duckdb")).fetchall()


def test_two_facts_are_summed_apart(con: duckdb.DuckDBPyConnection) -> None:
    """A chasm: sales and inspections of one shop would multiply each other."""
    rows = run(con, Plan("sale", keys=(NAME,), values=(SALES, CHECKS)))
    assert sorted(rows, key=str)[:1] == [("大山书店", 35.0, 3)] and ("明月花店", 3.0, 0) in rows


def test_a_measure_of_the_one_side_is_not_repeated_by_the_many_side(con: duckdb.DuckDBPyConnection) -> None:
    """A fan: staff of shops, asked for from the sales, counts every shop once."""
    assert run(con, Plan("sale", values=(STAFF,))) == [(24,)]
    tested = Plan("shop", values=(STAFF,), where=Compare(Col("sale", "amount"), ">", 3))
    assert run(con, tested) == [(22,)]


def test_counts_by_a_repeated_key_count_rows_once(con: duckdb.DuckDBPyConnection) -> None:
    rows = run(con, Plan("shop", keys=(Col("inspection", "result"),), values=(SHOPS,)))
    assert sorted(rows) == [("1", 2), ("2", 2)]


def test_a_sum_by_a_repeated_key_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(CannotCompile):
        run(con, Plan("shop", keys=(Col("inspection", "result"),), values=(STAFF,)))


def test_a_time_is_tested_on_each_facts_own_time(con: duckdb.DuckDBPyConnection) -> None:
    in_2025 = Compare(Col("sale", "month"), ">=", "2025-01-01")
    rows = run(con, Plan("sale", values=(SALES, CHECKS), where=in_2025))
    assert rows == [(56.0, 4)]


def test_unrelated_tables_are_refused() -> None:
    with pytest.raises((CannotCompile, KeyError)):
        compile_query(Plan("shop", keys=(Col("nowhere", "x"),)), MODEL, GRAPH)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (Plan("shop", keys=(DISTRICT,), values=(SHOPS,)), [("东城区", 2), ("西城区", 2)]),
        (Plan("shop", keys=(KIND,), having=(Having(SHOPS, ">", 1),)), [("书店",)]),
        (Plan("shop", keys=(NAME,), order=(Order(Col("shop", "staff"), True),), limit=1, offset=1), [("清风茶店",)]),
        (
            Plan(
                "shop",
                keys=(DISTRICT, NAME),
                order=(Order(Col("shop", "staff"), True),),
                limit=1,
                limit_per=(DISTRICT,),
            ),
            [("东城区", "大山书店"), ("西城区", "清风茶店")],
        ),
        (
            Plan(
                "shop",
                keys=(NAME,),
                where=CompareToAggregate(Col("shop", "staff"), ">", Measure("avg", Col("shop", "staff"), table="shop")),
            ),
            [("大山书店",), ("清风茶店",)],
        ),
        (
            Plan("shop", keys=(NAME,), where=Member(Col("shop", "id"), Col("inspection", "id"), negated=True)),
            [("明月花店",)],
        ),
        (
            Plan(
                "shop",
                keys=(NAME,),
                where=Among(KIND, Plan("shop", keys=(KIND,), order=(Order(SHOPS, True),), limit=1)),
            ),
            [("大山书店",), ("小河书店",)],
        ),
        (Plan("shop", values=(Ratio(STAFF, SHOPS),)), [(6.0,)]),
        (Plan("shop", values=(Ratio(STAFF, SHOPS, scale=1000),)), [(6000.0,)]),
        (
            Plan(
                "shop",
                keys=(NAME,),
                where=Compare(Arithmetic("/", Col("shop", "floor"), Col("shop", "staff")), ">", 22),
            ),
            [("小河书店",)],
        ),
        (
            SetPlan(
                "except",
                Plan("shop", keys=(NAME,), where=Compare(KIND, "=", "书店")),
                Plan("shop", keys=(NAME,), where=Compare(Col("shop", "staff"), ">", 5)),
            ),
            [("小河书店",)],
        ),
        (
            Difference(
                Plan("shop", values=(STAFF,), where=Compare(KIND, "=", "书店")),
                Plan("shop", values=(STAFF,), where=Compare(KIND, "=", "茶店")),
            ),
            [(6,)],
        ),
    ],
)
def test_shapes(con: duckdb.DuckDBPyConnection, query: Query, rows: list[tuple[Any, ...]]) -> None:
    assert sorted(run(con, query)) == rows


def test_growth_compares_with_the_period_before(con: duckdb.DuckDBPyConnection) -> None:
    month = TimeBucket(Col("sale", "month"), "month")
    growth = Growth(SALES, "month", label="环比增长(%)")
    rows = run(con, Plan("sale", keys=(month,), values=(SALES, growth), order=(Order(month, False),)))
    assert rows[1][0] == "2025-01" and rows[1][2] == pytest.approx(100 * (21 - 5) / 5)


def test_literal_division_of_whole_numbers_stays_whole(con: duckdb.DuckDBPyConnection) -> None:
    plan = Plan(
        "shop", keys=(Arithmetic("/", Col("shop", "floor"), Col("shop", "staff")),), where=Compare(KIND, "=", "书店")
    )
    assert sorted(run(con, plan, literal=True)) == [(20,), (25,)]
    many = Plan("shop", keys=(Arithmetic("/", Col("shop", "staff"), Col("shop", "floor")),))
    assert {r for (r,) in run(con, many, literal=True)} == {0}
