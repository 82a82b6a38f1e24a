"""Kinds that are ranked by themselves, shares of a whole that is said, months in Chinese numerals, averages of averages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from shop_city import TODAY, connect, planner

from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.times import read_time


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
        ("检查结果排名", [("1", 3), ("2", 2)]),
        ("检查结果前一名", [("1", 3)]),
        ("东城区书店占书店的比例", [(2, 2, 100.0)]),
        ("西城区花店占西城区商店的比例", [(1, 2, 50.0)]),
        ("书店占商店的比例", [(2, 4, 50.0)]),
    ],
)
def test_rows(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    sql = people.plan(question).sql
    assert sql is not None
    assert con.execute(sql).fetchall() == expected


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("一到五月", date(2026, 1, 1), date(2026, 6, 1)),
        ("今年一至五月份", date(2026, 1, 1), date(2026, 6, 1)),
        ("去年十到十二月", date(2025, 10, 1), date(2026, 1, 1)),
        ("2024年3到6月", date(2024, 3, 1), date(2024, 7, 1)),
        ("九到十一月", date(2025, 9, 1), date(2025, 12, 1)),  # not begun yet this year
    ],
)
def test_runs_of_months(text: str, first: date, after: date) -> None:
    span = read_time(text, 0, TODAY)
    assert span is not None and (span.start, span.end, span.length) == (first, after, len(text))
