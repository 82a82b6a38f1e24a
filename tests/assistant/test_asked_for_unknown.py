"""What is asked for and is nowhere in the data: said so by its whole name, never answered with its neighbour."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.outcome import Answer


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("离婚率最高的区", "离婚率"),
        ("2025年人口密度最大的区", "人口密度"),
        ("公积金贷款利率是多少", "公积金贷款利率"),
        ("图书馆有多少本漫画", "漫画的数量"),
        ("新港区有几条地铁", "地铁的数量"),
    ],
)
def test_a_number_that_is_not_there_is_named(demo_assistant: Assistant, question: str, named: str) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Answer)
    assert outcome.status == "no_information" and outcome.sql is None
    assert f"数据里没有“{named}”。" in outcome.text


@pytest.mark.parametrize(
    "question",
    [
        "养老床位入住率最高的区",
        "上个月猪肉平均卖多少钱一公斤？",
        "图书馆有多少家",
        "2025年食品抽检了多少批次",
        "2025年地铁客运量一共是多少人次",
    ],
)
def test_a_number_that_is_there_is_given(demo_assistant: Assistant, question: str) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Answer) and outcome.table is not None
