"""Ways of asking about a town of inns, each against rows worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from inn_town import connect, planner

from assistant.planning.embedded import EmbeddedPlanner


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
    return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # a question for a quantity is never answered by a number of rows
        ("听涛客栈有多大", [(1500,)]),
        ("望月客栈多少钱", [(600,)]),
        ("2025年望月客栈罚了多少钱", [(1500,)]),
        ("听涛客栈2025年12月来了多少人", [(60,)]),
        # the newest figures where they are asked for
        ("听涛客栈最近的房价", [(250,)]),
        ("望月客栈最新的入住人次是多少", [(200,)]),
        ("现在平均房价是多少", [(425,)]),
        # a kind's own name before the things only describes them
        ("星级客栈有几家", [(3,)]),
        ("河西片区的星级客栈有多少家", [(1,)]),
    ],
)
def test_what_is_asked_is_what_is_counted(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    assert rows(con, people, question) == expected


def test_periods_come_in_their_own_order(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    found = rows(con, people, "2025年各月份的入住人次")
    assert [value for _, value in found] == [390, 160]


def test_a_kind_named_behind_each_still_groups(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    assert len(rows(con, people, "各星级客栈有几家")) == 4


def test_a_quantity_that_nothing_holds_is_told(people: EmbeddedPlanner) -> None:
    best = people.plan("片区多少钱").candidates
    assert all("多少钱" in c.reading.unused for c in best if c.root == "quarter")


def test_a_number_in_another_unit_is_told(people: EmbeddedPlanner) -> None:
    reading = people.plan("望月客栈的建筑面积是多少公里").candidates[0].reading
    assert "公里" in reading.unused


def test_a_guess_by_sound_explains_the_whole_word(people: EmbeddedPlanner) -> None:
    assert not any("望月" in note for c in people.plan("往月兔有多少只").candidates for note in c.reading.assumptions)
