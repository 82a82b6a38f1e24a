"""Superlatives before a period, and words for places that stand before nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import TODAY, connect, planner

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Column, Role, SemanticModel, Table
from retrieval.values import ValueIndex


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def people(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("销售额最多的一个月", [("2025-02", 35.0)]),
        ("去年销售额最少的那个月", [("2025-01", 21.0)]),
        ("客流量最多的月份是哪个月", [("2025-02", 350)]),
        ("检查最多的一年", [(2025, 4)]),
        ("检查最多的年份是哪年？", [(2025, 4)]),
        ("客流量最多的季度", [("2025-Q1", 560)]),
    ],
)
def test_the_best_period_is_found(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    sql = people.plan(question).sql
    assert sql is not None
    assert con.execute(sql).fetchall() == expected


def test_a_period_within_a_condition_is_no_ranking(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    """最多的2个月 takes two; a month that is named stays a condition."""
    sql = people.plan("2025年1月销售额最多的商店").sql
    assert sql is not None
    assert con.execute(sql).fetchall() == [("大山书店", 10.0)]


def test_a_doubled_character_may_be_said_once() -> None:
    """中医医院 is called 中医院; 中 before a noun at the beginning is no place."""
    model = SemanticModel(
        tables=[
            Table(
                name="hospital",
                label="医院",
                entity="医院",
                measure_word="家",
                primary_key=["id"],
                columns=[
                    Column(name="id", label="医院编号", role=Role.KEY),
                    Column(name="kind", label="医院类别", role=Role.CATEGORY),
                ],
            )
        ]
    )
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE hospital AS SELECT * FROM (VALUES ('1', '中医医院'), ('2', '综合医院'), ('3', '综合医院')) t(id, kind)"
        )
        index = ValueIndex.build(con, model)
        assert [hit.value for hit in index.find("中医院")] == ["中医医院"]
        planned = EmbeddedPlanner(model, index, TODAY)
        for question in ("中医院有几家", "全市中医院有多少家"):
            sql = planned.plan(question).sql
            assert sql is not None and con.execute(sql).fetchall() == [(1,)], question
