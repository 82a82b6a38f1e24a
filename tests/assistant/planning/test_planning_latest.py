"""Figures without a time in the question: the newest that are known, not the newest rows, which may still be empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Metric, Role, SemanticModel, Table
from retrieval.values import ValueIndex

MODEL = SemanticModel(
    tables=[
        Table(
            name="budget",
            label="部门预算",
            time_column="year",
            primary_key=["office", "year"],
            columns=[
                Column(name="office", label="部门", role=Role.CATEGORY),
                Column(name="year", label="年份", type="BIGINT", role=Role.TIME, grain="year"),
                Column(name="planned", label="预算金额", type="DOUBLE", role=Role.MEASURE, additivity=Additivity.SUM),
                Column(name="spent", label="决算金额", type="DOUBLE", role=Role.MEASURE, additivity=Additivity.SUM),
                Column(
                    name="staff", label="编制人数", type="BIGINT", role=Role.MEASURE, additivity=Additivity.SNAPSHOT
                ),
                Column(name="cars", label="公务车数", type="BIGINT", role=Role.MEASURE, additivity=Additivity.SNAPSHOT),
            ],
        )
    ],
    metrics=[
        Metric(name="rate", label="执行率", table="budget", expression="100.0 * sum(spent) / sum(planned)", unit="%")
    ],
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Two years that are over and one that goes on: nothing is spent yet, and nobody has counted the cars."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE budget AS SELECT * FROM (VALUES ('教育局', 2024, 100.0, 80.0, 10, 4), ('教育局', 2025, 100.0, 90.0, 12, 5),"
        " ('教育局', 2026, 200.0, NULL, 14, NULL), ('水务局', 2025, 50.0, 30.0, 6, 2), ('水务局', 2026, 60.0, NULL, 7, NULL))"
        " t(office, year, planned, spent, staff, cars)"
    )
    return connection


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("各部门的执行率", [("教育局", 90.0), ("水务局", 60.0)]),
        ("执行率最低的部门", [("水务局", 60.0)]),
        ("公务车数一共是多少", [(7,)]),
        ("编制人数一共是多少", [(21,)]),  # known for the new year
        ("2024年各部门的执行率", [("教育局", 80.0)]),  # a time that is asked for stays
    ],
)
def test_the_newest_known_figures_are_given(
    con: duckdb.DuckDBPyConnection, question: str, expected: list[tuple[object, ...]]
) -> None:
    planner = EmbeddedPlanner(MODEL, ValueIndex.build(con, MODEL), date(2026, 7, 1))
    sql = planner.plan(question).sql
    assert sql is not None
    assert con.execute(sql).fetchall() == expected


def test_the_year_that_was_taken_is_told(con: duckdb.DuckDBPyConnection) -> None:
    planner = EmbeddedPlanner(MODEL, ValueIndex.build(con, MODEL), date(2026, 7, 1))
    notes = planner.plan("各部门的执行率").candidates[0].reading.assumptions
    assert any("2025年" in note for note in notes)


def test_what_is_known_until_when_is_kept(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    ValueIndex.build(con, MODEL).save(tmp_path / "values.json")
    kept = ValueIndex.load(tmp_path / "values.json")
    assert kept.latest("budget", "year", ["spent"]) == 2025.0
    assert kept.latest("budget", "year", ["planned", "staff"]) == 2026.0
    assert kept.latest("budget", "year", ["planned", "cars"]) == 2025.0
