"""Conditions of a dataset search in conversation: shown as chips, taken off one by one."""

from __future__ import annotations

from assistant import Assistant
from assistant.outcome import Answer

SEARCH = "找一下望潮区每季度更新的停车场数据"


def search(assistant: Assistant, text: str, conversation: str | None = None) -> Answer:
    outcome = assistant.ask(text, conversation=conversation)
    assert isinstance(outcome, Answer) and outcome.route == "find_dataset", outcome.text
    return outcome


def test_each_condition_can_be_taken_off_in_turn(demo_assistant: Assistant) -> None:
    first = search(demo_assistant, SEARCH)
    chips = {o.label: o.value for o in first.state}
    assert chips == {"更新频率：每季度": "不限更新频率", "地区：望潮区": "不限地区"}
    second = search(demo_assistant, chips["地区：望潮区"], first.conversation)
    assert [o.label for o in second.state] == ["更新频率：每季度"]
    titles = [d.title for d in second.datasets]
    assert titles and all("停车场" in title for title in titles)
    assert any("望潮区" not in title for title in titles)  # the place no longer ranks them either
    third = search(demo_assistant, "不限更新频率", first.conversation)
    assert third.state == [] and third.datasets
    again = search(demo_assistant, SEARCH, first.conversation)  # a new search begins with all of its own
    assert len(again.state) == 2


def test_where_nothing_fits_the_conditions_can_still_go(demo_assistant: Assistant) -> None:
    first = demo_assistant.ask("找一下每年更新的路内停车泊位数据")
    assert isinstance(first, Answer)
    removal = next(o.value for o in first.state if o.label == "更新频率：每年")
    second = search(demo_assistant, removal, first.conversation)
    assert "路内停车泊位和收费标准" in [d.title for d in second.datasets]


def test_taking_off_needs_a_search_to_take_it_off_from(demo_assistant: Assistant) -> None:
    data = demo_assistant.ask("2024年各区的在校生数")
    after = demo_assistant.ask("不限地区", conversation=data.conversation)
    assert after.route != "find_dataset"
