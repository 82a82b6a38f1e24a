"""Whose number is asked for: streets are not ranked by their district, stocks are not added up over the years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table
from retrieval.values import ValueIndex


def _number(name: str, label: str, additivity: Additivity, unit: str) -> Column:
    return Column(name=name, label=label, type="DOUBLE", role=Role.MEASURE, additivity=additivity, unit=unit)


MODEL = SemanticModel(
    tables=[
        Table(
            name="district",
            label="区",
            entity="区",
            primary_key=["code"],
            measure_word="个",
            columns=[
                Column(name="code", label="区代码", role=Role.KEY),
                Column(name="name", label="区名", role=Role.NAME),
                _number("area", "土地面积", Additivity.SUM, "平方公里").model_copy(update={"synonyms": ["面积"]}),
                _number("streets", "街道数", Additivity.SUM, "个"),
            ],
        ),
        Table(
            name="street",
            label="街道",
            entity="街道",
            primary_key=["id"],
            measure_word="个",
            columns=[
                Column(name="id", label="街道编号", role=Role.KEY),
                Column(name="name", label="街道名", role=Role.NAME),
                Column(name="code", label="区代码", role=Role.FOREIGN),
                Column(name="kind", label="类别", role=Role.CATEGORY),
            ],
        ),
        Table(
            name="people",
            label="人口统计",
            time_column="year",
            primary_key=["code", "year"],
            columns=[
                Column(name="code", label="区代码", role=Role.FOREIGN),
                Column(name="year", label="年份", type="BIGINT", role=Role.TIME, grain="year"),
                _number("living", "常住人口", Additivity.SNAPSHOT, "人"),
                _number("registered", "户籍人口", Additivity.SNAPSHOT, "人"),
            ],
        ),
    ],
    relations=[
        Relation(left="street", left_columns=["code"], right="district", right_columns=["code"]),
        Relation(left="people", left_columns=["code"], right="district", right_columns=["code"]),
    ],
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE district AS SELECT * FROM (VALUES ('1', '东区', 10.0, 2), ('2', '西区', 30.0, 1)) t(code, name, area, streets)"
        )
        connection.execute(
            "CREATE TABLE street AS SELECT * FROM (VALUES ('a', '河街', '1', '街道'), ('b', '山街', '1', '街道'), ('c', '湖镇', '2', '镇'))"
            " t(id, name, code, kind)"
        )
        connection.execute(
            "CREATE TABLE people AS SELECT * FROM (VALUES ('1', 2024, 90.0, 70.0), ('1', 2025, 100.0, 60.0), ('2', 2024, 40.0, 50.0),"
            " ('2', 2025, 30.0, 50.0)) t(code, year, living, registered)"
        )
        yield connection


@pytest.fixture(scope="module")
def planned(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return EmbeddedPlanner(MODEL, ValueIndex.build(con, MODEL), date(2026, 7, 1))


def test_streets_are_not_ranked_by_what_their_district_is(planned: EmbeddedPlanner) -> None:
    assert planned.plan("哪个街道面积最大").sql is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪个区面积最大", [("西区", 30.0)]),
        ("哪个区街道数最多", [("东区", 2)]),
        ("各区户籍人口与常住人口之差", [("西区", 20.0), ("东区", -40.0)]),
        ("2024年各区户籍人口与常住人口之差", [("西区", 10.0), ("东区", -20.0)]),
    ],
)
def test_numbers_of_their_own_things(
    con: duckdb.DuckDBPyConnection, planned: EmbeddedPlanner, question: str, expected: list[tuple[object, ...]]
) -> None:
    sql = planned.plan(question).sql
    assert sql is not None
    assert con.execute(sql).fetchall() == expected


def test_the_year_of_a_difference_of_stocks_is_told(planned: EmbeddedPlanner) -> None:
    notes = planned.plan("各区户籍人口与常住人口之差").candidates[0].reading.assumptions
    assert any("2025年" in note for note in notes)
