"""What people ask beyond the letter: each way of speaking on the small city of shops, against rows worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import connect, planner

from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.judging.ambiguity import choices
from assistant.planning.plan import Difference, Growth, Having, Member, Plan


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def people(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con)


def rows(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str) -> list[tuple[Any, ...]]:
    sql = people.plan(question).sql
    assert sql is not None, question
    return sorted(con.execute(sql).fetchall(), key=str)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # what cannot hold together makes alternatives
        ("书店和花店各有多少家", [("书店", 2), ("花店", 1)]),
        ("不是书店和花店的商店有多少家", [(1,)]),
        ("2024年和2025年的销售额各是多少", [(2024, 5.0), (2025, 56.0)]),
        # within groups, and shares of each group's own whole
        ("各城区员工数最多的商店", [("东城区", "大山书店", 10), ("西城区", "清风茶店", 8)]),
        ("各类商店分别有几家", [("书店", 2), ("花店", 1), ("茶店", 1)]),
        ("各城区书店的占比", [("东城区", 2, 2, 100.0), ("西城区", 0, 2, 0.0)]),
        # a measure word says what is counted or asked for
        ("检查不合格的商店有多少家", [(2,)]),
        ("最大的商店是哪家", [("大山书店", 200)]),
        ("员工数最多的商店是哪家，有多少人", [("大山书店", 10)]),
        # comparisons with what is itself to be found
        ("员工数比平均数多的商店有几家", [(2,)]),
        ("员工数比小河书店多的商店有哪些", [("大山书店", 10), ("清风茶店", 8)]),
        ("商店数量高于各城区平均数的城区", []),
        # presence and absence
        ("没有商店的城区有哪些", [("南城区",)]),
        ("没有检查过的商店有多少家", [(1,)]),
        # units
        ("注册资金超过200万元的商店有几家", [(1,)]),
        ("面积超过15000000平方米的城区有几个", [(2,)]),
    ],
)
def test_what_people_ask(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    found = rows(con, people, question)
    assert len(found) == len(expected), found
    for row, wanted in zip(found, sorted(expected, key=str), strict=True):
        assert all(any(value == v for v in row) for value in wanted), (row, wanted)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("冻城区有多少家商店", "东城区有多少家商店"),  # the same sound
        ("东成区有多少家商店", "东城区有多少家商店"),
        ("大山书点的员工数是多少", "大山书店的员工数是多少"),
    ],
)
def test_words_typed_by_sound_are_read_and_told(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, typed: str, meant: str
) -> None:
    planning = people.plan(typed)
    assert planning.candidates
    assert planning.sql == people.plan(meant).sql
    assert any("理解" in a for a in planning.candidates[0].reading.assumptions)
    assert planning.question == typed
    assert all(0 <= m.start <= m.end <= len(typed) for m in planning.mentions)


def test_a_word_that_means_nothing_here_is_left_open(people: EmbeddedPlanner) -> None:
    planning = people.plan("茶铺有多少家")
    assert planning.candidates == () and planning.unknown == ("茶铺",)


def test_a_correction_never_turns_a_word_round(people: EmbeddedPlanner) -> None:
    planning = people.plan("检查结果为部合格的商店有多少家")
    assert not any("不合格" in a for c in planning.candidates for a in c.reading.assumptions)


def test_a_question_asked_again_is_not_read_again(people: EmbeddedPlanner) -> None:
    assert people.plan("各城区的商店数量") is people.plan("各城区的商店数量")


def test_logical_forms(people: EmbeddedPlanner) -> None:
    def query(question: str) -> Any:
        return people.plan(question).candidates[0].reading.query

    mean = query("商店数量高于各城区平均数的城区")
    assert isinstance(mean, Plan) and mean.having and isinstance(mean.having[0], Having) and mean.having[0].mean
    pair = query("书店的员工数比花店多多少")
    assert isinstance(pair, Difference) and pair.op == "-"
    absent = query("没有商店的城区有哪些")
    assert isinstance(absent.where, Member) and absent.where.negated
    grown = query("2025年销售额同比增长多少")
    assert any(isinstance(v, Growth) for v in grown.values)
    within = query("各城区员工数最多的商店")
    assert within.limit == 1 and within.limit_per


def test_the_name_is_read_where_the_key_holds_it(people: EmbeddedPlanner) -> None:
    sql = people.plan("各类型的商店数量").sql
    assert sql is not None and "JOIN" not in sql


def test_one_plain_reading_is_no_choice(people: EmbeddedPlanner) -> None:
    from shop_city import MODEL

    assert choices(people.plan("各城区的商店数量"), MODEL) == []
