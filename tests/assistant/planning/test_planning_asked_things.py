"""Measure words that ask for other things than the answer shows, and shares that pass for several numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shop_city import MODEL, connect, planner

from assistant.compose.sentence import said_once
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.judging.demands import unmet_demands


@pytest.fixture(scope="module")
def people() -> Iterator[EmbeddedPlanner]:
    with connect() as connection:
        yield planner(connection)


def missed(people: EmbeddedPlanner, asked: str, answered: str) -> list[str]:
    """What of one question the best answer to another leaves out."""
    best = people.plan(answered).candidates[0]
    return unmet_demands(asked, best.reading.query, MODEL, best.sql, people.plan(asked).mentions)


@pytest.mark.parametrize(
    ("asked", "answered", "words"),
    [
        ("商店销售额最高的前2家", "销售额最高的2个城区", ["2家"]),
        ("商店里哪家销售额最高", "哪个城区销售额最高", ["哪家"]),
        ("各类书店占比", "书店占比", ["各"]),
    ],
)
def test_an_answer_about_other_things_is_told(
    people: EmbeddedPlanner, asked: str, answered: str, words: list[str]
) -> None:
    assert missed(people, asked, answered) == words


@pytest.mark.parametrize(
    "question",
    [
        "员工数最多的2家商店",
        "哪家商店员工最多",
        "各城区有几家商店",
        "商店超过1家的城区",
        "检查最多的城区有几次检查",
        "各类商店占比",
    ],
)
def test_an_answer_about_those_things_is_not(people: EmbeddedPlanner, question: str) -> None:
    assert missed(people, question, question) == []


def test_what_a_number_is_of_is_said_once() -> None:
    assert said_once("2025年小学", "小学占比") == "2025年小学占比"
    assert said_once("云湖区", "学校数量") == "云湖区学校数量"
    assert said_once("", "学校数量") == "学校数量"
    assert said_once("新区", "区县数量") == "新区区县数量"  # one character in common is none
