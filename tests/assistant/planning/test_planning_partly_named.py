"""Numbers named by a part of their name, counts of figures that become figures, times that are withheld: told and shown right."""

from __future__ import annotations

import pytest
from shop_city import connect, planner

from assistant import Assistant
from assistant.outcome import Answer


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        ("资金最多的商店", ["“资金”按“注册资金”理解"]),
        ("注册资金最多的商店", []),
        ("商店的营业面积一共多少", []),
    ],
)
def test_a_part_of_a_name_is_told_by_the_whole(question: str, notes: list[str]) -> None:
    with connect() as connection:
        reading = planner(connection).plan(question).candidates[0].reading
    assert [note for note in reading.assumptions if note.endswith("理解")] == notes


def test_what_rows_are_ranked_by_is_what_is_shown(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("财政支出最多的三个部门")
    assert isinstance(outcome, Answer) and outcome.table is not None
    assert [c.label for c in outcome.table.columns][1:] == ["决算金额"]
    amounts = [row[1] for row in outcome.table.rows]
    assert amounts == sorted(amounts, reverse=True) and len(set(amounts)) == 3


def test_a_time_that_is_withheld_is_no_point_of_the_course(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("全市低保人数变化", principal="official")
    assert isinstance(outcome, Answer) and outcome.table is not None
    assert "None" not in outcome.text and "2019年为" in outcome.text
