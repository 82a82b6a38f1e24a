"""What the results are grouped by, read over a small model of halls and their towns."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
import shop_city

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table
from retrieval.values import ValueIndex

HALLS = SemanticModel(
    tables=[
        Table(
            name="镇",
            label="镇",
            entity="镇",
            primary_key=["镇id"],
            columns=[
                Column(name="镇id", label="镇id", role=Role.KEY),
                Column(name="镇名", label="镇名", role=Role.NAME),
                Column(name="展馆数量", label="展馆数量", type="BIGINT", role=Role.MEASURE, additivity=Additivity.SUM),
            ],
        ),
        Table(
            name="展馆",
            label="展馆",
            entity="展馆",
            primary_key=["展馆id"],
            columns=[
                Column(name="展馆id", label="展馆id", role=Role.KEY),
                Column(name="名称", label="名称", role=Role.NAME),
                Column(name="所属镇id", label="所属镇id", role=Role.FOREIGN),
                Column(name="属性", label="属性", role=Role.CATEGORY),
                Column(name="坐落位置", label="坐落位置", role=Role.TEXT),
                Column(name="建成时间", label="建成时间", type="BIGINT", role=Role.TIME, grain="year"),
                Column(name="蓄电量", label="蓄电量", type="BIGINT", role=Role.MEASURE, additivity=Additivity.SUM),
                Column(name="参观人数", label="参观人数", type="BIGINT", role=Role.MEASURE, additivity=Additivity.SUM),
                Column(
                    name="100佳排名", label="100佳排名", type="BIGINT", role=Role.MEASURE, additivity=Additivity.AVERAGE
                ),
            ],
        ),
        Table(
            name="接待年报",
            label="接待年报",
            primary_key=["展馆id", "年份"],
            time_column="年份",
            columns=[
                Column(name="展馆id", label="展馆id", role=Role.FOREIGN),
                Column(name="年份", label="年份", type="BIGINT", role=Role.TIME, grain="year"),
                Column(
                    name="团队接待率",
                    label="团队接待率",
                    type="DOUBLE",
                    role=Role.MEASURE,
                    additivity=Additivity.AVERAGE,
                ),
            ],
        ),
    ],
    relations=[
        Relation(left="展馆", left_columns=["所属镇id"], right="镇", right_columns=["镇id"]),
        Relation(left="接待年报", left_columns=["展馆id"], right="展馆", right_columns=["展馆id"]),
    ],
)
ROWS = """
CREATE TABLE 镇 (镇id VARCHAR, 镇名 VARCHAR, 展馆数量 BIGINT);
INSERT INTO 镇 VALUES ('t1', '东镇', 9), ('t2', '西镇', 1);
CREATE TABLE 展馆 (展馆id VARCHAR, 名称 VARCHAR, 所属镇id VARCHAR, 属性 VARCHAR, 坐落位置 VARCHAR, 建成时间 BIGINT,
                   蓄电量 BIGINT, 参观人数 BIGINT, "100佳排名" BIGINT);
INSERT INTO 展馆 VALUES
  ('h1', '海馆', 't1', '公办', '湖边', 1990, 10, 100, 1), ('h2', '山馆', 't1', '公办', '湖边', 2010, 20, 300, 9),
  ('h3', '林馆', 't2', '民办', '山上', 2015, 90, 200, 2);
CREATE TABLE 接待年报 (展馆id VARCHAR, 年份 BIGINT, 团队接待率 DOUBLE);
INSERT INTO 接待年报 VALUES
  ('h1', 2020, 0.5), ('h1', 2021, 0.6), ('h2', 2020, 0.4), ('h2', 2021, 0.1), ('h3', 2020, 0.9), ('h3', 2021, 0.05);
"""


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(ROWS)
    return connection


def rows(con: duckdb.DuckDBPyConnection, question: str, *, strict: bool = True) -> list[tuple[Any, ...]]:
    planner = EmbeddedPlanner(HALLS, ValueIndex.build(con, HALLS), date(2026, 7, 1), strict=strict)
    sql = planner.plan(question).sql
    assert sql is not None, question
    return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # An aggregate spoken inside a name.
        ("哪个属性的展馆参观总人数最少？", [("民办",)]),
        ("公办展馆的参观平均人数是多少？", [(200,)]),
        # A number in a name, spoken.
        ("各属性的展馆平均一百佳排名是多少？", [("公办", 5), ("民办", 2)]),
        # A word for a kind or a place that is no column's name.
        ("展馆有哪些类型？", [("公办",), ("公办",), ("民办",)]),
        ("哪个地区的展馆参观人数总和最多？", [("湖边",)]),
        ("各类在2000年以后建成的展馆分别平均有多少参观人数？", [("公办", 300), ("民办", 200)]),
        # The town's number of halls is not the number of halls of a kind.
        ("哪种类型的展馆数量最多？", [("公办",)]),
        ("哪个镇的展馆数量最多？", [("东镇",)]),
        # The head of the noun says which number.
        ("哪个属性的展馆平均储电量最多？", [("民办",)]),
    ],
)
def test_kinds_and_numbers_are_found_by_meaning(
    con: duckdb.DuckDBPyConnection, question: str, expected: list[tuple[Any, ...]]
) -> None:
    assert sorted(rows(con, question)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # How many things a bound counts: the noun at the end of its description, the rows of each group, the times.
        ("哪些属性拥有至少2个100佳排名在前十的展馆？", [("公办",)]),
        ("哪些属性有超过1个1980年元旦之后建成的展馆？", [("公办",)]),
        ("哪些属性连两个展馆都没有？", [("民办",)]),
        ("有2个及以上展馆的是哪些类型？", [("公办",)]),
        ("哪些展馆的团队接待率至少有2年超过45%？", [("海馆",)]),
        # What 哪 asks for is not what is counted.
        ("哪些属性被少于2个展馆采用？", [("民办",)]),
        # Times that are asked for, and what is tested of all things together.
        ("哪些年的所有展馆的平均团队接待率超过50%？", [(2020,)]),
        # The one amount tested of a kind is that of all its rows.
        ("参观人数超过350的属性有哪些？", [("公办",)]),
        # No time is the most or the least: the verb's rows are counted.
        ("哪个属性的展馆建成的最少？", [("民办",)]),
        ("各属性的展馆一共和多少参观人数有关？", [("公办", 400), ("民办", 200)]),
    ],
)
def test_groups_are_tested_by_what_is_counted(
    con: duckdb.DuckDBPyConnection, question: str, expected: list[tuple[Any, ...]]
) -> None:
    assert sorted(rows(con, question)) == expected


def test_a_bound_that_describes_rows_picks_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "参观人数超过150的展馆中，参观人数平均最少的是哪个属性？") == [("民办",)]
    assert sorted(rows(con, "100佳排名小于5的展馆有哪些？")) == [("林馆",), ("海馆",)]


def test_people_get_the_kind_they_ask_for(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "哪种类型的展馆数量最多？", strict=False)[0][0] == "公办"
    assert rows(con, "参观总人数是多少？", strict=False)[0][0] == 600


def test_a_noun_that_is_described_by_a_bound_is_not_what_it_counts() -> None:
    with shop_city.connect() as city:
        sql = shop_city.planner(city).plan("检查2次以上的商店有哪些").sql
        assert sql is not None
        assert [row[0] for row in city.execute(sql).fetchall()] == ["大山书店"]
