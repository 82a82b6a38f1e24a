"""The best of each period and of each kind: one for each, not one of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from shop_city import connect, planner

from assistant import Assistant
from assistant.outcome import Answer
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
        ("2025年每个月销售额最多的商店", {("2025-01", "大山书店", 10.0), ("2025-02", "大山书店", 20.0)}),
        ("每年检查最多的是哪个商店", {(2024, "清风茶店", 1), (2025, "大山书店", 3)}),
        (
            "每种类型的商店里，员工最多的是哪个",
            {("书店", "大山书店", 10), ("花店", "明月花店", 2), ("茶店", "清风茶店", 8)},
        ),
        ("哪一年检查最多", {(2025, 4)}),  # a period that is sought is one
    ],
)
def test_rows(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: set[tuple[Any, ...]]
) -> None:
    sql = people.plan(question).sql
    assert sql is not None
    assert set(con.execute(sql).fetchall()) == expected


@pytest.mark.parametrize(
    ("question", "begins"),
    [("各区床位最多的医院", "各区县床位数最多的："), ("2024年以来每年火灾最多的区", "2024年以来每年")],
)
def test_the_best_of_each_are_not_ranked_among_themselves(
    demo_assistant: Assistant, question: str, begins: str
) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Answer)
    assert outcome.text.startswith(begins) and "其次" not in outcome.text
