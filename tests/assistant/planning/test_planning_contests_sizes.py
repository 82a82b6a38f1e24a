"""哪个多, 有多大, 有几个达到…: questions whose answer is one thing, one size, or a number of groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import connect, planner

from assistant.planning.embedded import EmbeddedPlanner


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
        # which of two has more
        ("书店和花店哪个多", [("书店", 2)]),
        ("书店和花店哪个更少", [("花店", 1)]),
        ("书店和花店哪个数量多一些", [("书店", 2)]),
        ("东城区和西城区哪个员工多", [("东城区", 14)]),
        ("2025年东城区和西城区哪个的销售额低？", [("西城区", 19.0)]),
        # how many groups pass a test
        ("商店数量超过1家的城区有几个", [(2,)]),
        ("有几个城区的商店超过1家", [(2,)]),
        ("员工总数超过12人的城区有多少个", [(1,)]),
        # how large
        ("东城区有多大", [(10.0,)]),
    ],
)
def test_answers(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    sql = people.plan(question).sql
    assert sql is not None
    assert con.execute(sql).fetchall() == expected


@pytest.mark.parametrize("question", ["商店有多少吨", "书店有多重", "检查有多高"])
def test_no_number_of_things_answers_a_size(people: EmbeddedPlanner, question: str) -> None:
    assert people.plan(question).sql is None


def test_the_best_of_one_kind_is_not_named_after_the_kind(people: EmbeddedPlanner) -> None:
    """哪个书店…最多 is asked of book shops, and 书店 is no answer to it."""
    sql = people.plan("哪个书店员工最多").sql
    assert sql is not None and "商店名称" in sql
