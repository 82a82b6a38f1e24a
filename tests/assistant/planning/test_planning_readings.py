"""Questions and what they mean: the rows that the best reading returns, and what it admits not to have read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import MODEL, connect, planner

from assistant.planning.describe import describe
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.plan import Compare, Difference, Having, Measure, Plan, SetPlan


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def people(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con)


@pytest.fixture(scope="module")
def literal(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con, strict=True)


def rows(con: duckdb.DuckDBPyConnection, planned: EmbeddedPlanner, question: str) -> list[tuple[Any, ...]]:
    sql = planned.plan(question).sql
    assert sql is not None, question
    return sorted(con.execute(sql).fetchall(), key=str)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # filters
        ("员工数大于5的商店有哪些", [("大山书店",), ("清风茶店",)]),
        ("员工数最多4人的商店有哪些", [("小河书店",), ("明月花店",)]),
        ("注册资金不低于100万元的商店有哪些", [("大山书店",), ("清风茶店",)]),
        ("营业面积在100到180之间的商店有哪些", [("清风茶店",)]),
        ("不是书店的商店有哪些", [("明月花店",), ("清风茶店",)]),
        ("2020年之后开业的商店有哪些", [("小河书店",)]),
        ("员工数大于9或者营业面积小于50的商店有哪些", [("大山书店",), ("明月花店",)]),
        ("员工数高于平均值的商店有哪些", [("大山书店",), ("清风茶店",)]),
        ("没有检查记录的商店有哪些", [("明月花店",)]),
        # rankings
        ("员工数最多的2家商店", [("大山书店",), ("清风茶店",)]),
        ("员工数后2名的商店", [("小河书店",), ("明月花店",)]),
        ("哪种类型的商店最多", [("书店",)]),
        ("商店最少的类型是哪个", [("花店",)]),
        ("按员工数从高到低给出前2家商店的名称", [("大山书店",), ("清风茶店",)]),
        # aggregates and groups
        ("商店的员工数一共是多少", [(24,)]),
        ("员工数最多是多少", [(10,)]),
        ("每种类型的商店有多少家", [("书店", 2), ("花店", 1), ("茶店", 1)]),
        ("不同类型的商店平均有多少员工", [("书店", 7.0), ("花店", 2.0), ("茶店", 8.0)]),
        ("哪些类型的商店不少于2家", [("书店",)]),
        ("哪些类型的商店平均员工数大于7", [("茶店",)]),
        # formulas, pairs, sets
        ("大山书店的员工数比小河书店多多少", [(6,)]),
        ("大山书店的营业面积是明月花店的多少倍", [(5,)]),
        ("营业面积除以员工数大于20的商店有哪些", [("小河书店",)]),
        ("员工数最多的1家或者营业面积最小的1家商店有哪些", [("大山书店",), ("明月花店",)]),
        ("员工数最少的2家商店，但不是营业面积小于50的商店", [("小河书店",)]),
        # what is shown
        ("给出每家商店的商店类型和营业面积", [("书店", 100), ("书店", 200), ("花店", 40), ("茶店", 160)]),
        ("开业时间最早的商店，给出商店类型", [("茶店",)]),
    ],
)
def test_literal_readings(
    con: duckdb.DuckDBPyConnection, literal: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    found = rows(con, literal, question)
    assert [r[-len(expected[0]) :] for r in found] == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("各区有多少家商店", {("东城区", 2), ("西城区", 2)}),
        ("2025年各区销售额", {("东城区", 37.0), ("西城区", 19.0)}),
        ("2025年1月的客流量是多少", {(210,)}),
        ("去年每个月的销售额", {("2025-01", 21.0), ("2025-02", 35.0)}),
        ("书店有几家，花店有几家", {("书店", 2), ("花店", 1)}),
        ("东城区比西城区多多少员工", {(14, 10, 4)}),
        ("2025年2月销售额比2025年1月多多少", {(35.0, 21.0, 14.0)}),
        ("第二高的商店员工数是多少", {("清风茶店", 8)}),
        ("2025年哪个区的销售额最高", {("东城区", 37.0)}),
        ("2025年没有检查记录的商店有多少家", {(2,)}),
        ("不合格的检查有多少次", {(2,)}),
        ("书店占比", {(2, 4, 50.0)}),
    ],
)
def test_readings_for_people(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: set[tuple[Any, ...]]
) -> None:
    assert set(rows(con, people, question)) == expected


def test_a_ranking_within_groups_ranks_each(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    found = rows(con, people, "各区员工数最多的商店")
    assert [r[:2] for r in found] == [("东城区", "大山书店"), ("西城区", "清风茶店")]


def test_words_that_nothing_explains_are_admitted(people: EmbeddedPlanner) -> None:
    reading = people.plan("魑魅魍魉的商店有多少家").candidates[0].reading
    assert "魑魅魍魉" in reading.unused


def test_a_function_word_without_effect_is_admitted(people: EmbeddedPlanner) -> None:
    reading = people.plan("人均员工数最多的商店").candidates[0].reading
    assert "人均" in reading.unused


def test_a_total_over_all_time_says_so(people: EmbeddedPlanner) -> None:
    reading = people.plan("销售额一共是多少").candidates[0].reading
    assert any("2024" in note and "2025" in note for note in reading.assumptions)


def test_shapes_of_the_logical_form(literal: EmbeddedPlanner) -> None:
    having = literal.plan("哪些类型的商店不少于2家").candidates[0].reading.query
    assert isinstance(having, Plan) and having.having == (Having(Measure("count", table="shop"), ">=", 2.0),)
    pair = literal.plan("大山书店的员工数比小河书店多多少").candidates[0].reading.query
    assert isinstance(pair, Difference) and pair.op == "-"
    both = literal.plan("员工数最多的1家或者营业面积最小的1家商店有哪些").candidates[0].reading.query
    assert isinstance(both, SetPlan) and both.op == "union"
    money = literal.plan("注册资金超过100万元的商店有哪些").candidates[0].reading.query
    assert isinstance(money, Plan) and isinstance(money.where, Compare) and money.where.value == 100


@pytest.mark.parametrize(
    "question",
    ["各区有多少家商店", "员工数最多的2家商店", "东城区比西城区多多少员工", "没有检查记录的商店有哪些", "书店占比"],
)
def test_every_reading_can_be_said_in_chinese(people: EmbeddedPlanner, question: str) -> None:
    text = describe(people.plan(question).candidates[0].reading.query, MODEL)
    assert text and not any(w in text for w in ("Plan(", "None", "shop"))


@pytest.mark.parametrize(
    "question", ["", "？？", "，", "的的的", "大于大于5", "最高最高", "比比多多少", "除了", "每每", "5", "前", "排名"]
)
def test_odd_input_never_fails(people: EmbeddedPlanner, question: str) -> None:
    people.plan(question)
