"""Follow-ups by mechanism: what is taken out, put back, pointed at, set beside; and what is asked back about or told."""

from __future__ import annotations

import uuid

import pytest

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Outcome


def talk(assistant: Assistant, *questions: str) -> list[Outcome]:
    """One conversation, each question after the other."""
    conversation = uuid.uuid4().hex
    found = [assistant.ask(q, "evaluator", conversation) for q in questions]
    assistant.delete_conversation(conversation, "evaluator")
    return found


def chips(outcome: Outcome) -> set[str]:
    assert isinstance(outcome, Answer), outcome.text
    return {o.label for o in outcome.state}


def rows(outcome: Outcome) -> list[list[object]]:
    assert isinstance(outcome, Answer) and outcome.table is not None, outcome.text
    return outcome.table.rows


BASE = "2025年云湖区网上办理的行政许可有多少件"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("不限渠道", {"区县：云湖区", "时间：2025年"}),
        ("去掉区的条件", {"办理渠道：网上办理", "时间：2025年"}),
        ("不要限定网上办理", {"区县：云湖区", "时间：2025年"}),
        ("年份也不要了", {"区县：云湖区", "办理渠道：网上办理"}),
        ("不光是云湖区", {"办理渠道：网上办理", "时间：2025年"}),
    ],
)
def test_a_slot_goes_by_what_people_call_it(said: str, left: set[str], demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, BASE, said)[-1]
    assert chips(last) == {"指标：许可数量", *left}


def test_what_was_shut_out_is_let_in_again(demo_assistant: Assistant) -> None:
    shut, back = talk(demo_assistant, "2025年各区成交套数", "除了新港区和安澜县", "新港区还是加回来吧")[1:]
    assert len(rows(shut)) == 7
    assert {"区县：非安澜县"} <= chips(back) and len(rows(back)) == 8


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("不对，我是说澜江区", "区县：澜江区"),
        ("说错了，是澜江区", "区县：澜江区"),
        ("不是云湖区，是澜江区", "区县：澜江区"),
    ],
)
def test_what_is_put_right_takes_the_place_of_what_was_said(said: str, right: str, demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "云湖区有多少个公园", said)[-1]
    assert right in chips(last) and "区县：云湖区" not in chips(last)


def test_back_to_where_it_began(demo_assistant: Assistant) -> None:
    first, *_, last = talk(demo_assistant, "2025年各区火灾起数", "2024年呢", "只看居民住宅", "还是看最开始那个")
    assert rows(first) == rows(last)


# -- what was shown ---------------------------------------------------------------------------------------------------

TOP = "2025年税收收入最高的五个区是哪些"


def test_a_row_is_meant_by_its_place(demo_assistant: Assistant) -> None:
    first, second, third = talk(demo_assistant, TOP, "第二名那个区的退税金额是多少", "那第三名呢")
    shown = [str(r[0]) for r in rows(first)]
    assert {f"区县：{shown[1]}", "指标：退税金额", "时间：2025年"} == chips(second)
    assert {f"区县：{shown[2]}", "指标：退税金额", "时间：2025年"} == chips(third)


def test_the_former_and_the_latter_stand_as_they_were_said(demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "2025年澜江区和云湖区的用电量各是多少", "前者2024年是多少", "后者呢")
    assert "区县：澜江区" in chips(last[1]) and "区县：云湖区" in chips(last[2])
    assert {"时间：2024年"} <= chips(last[2])


def test_a_place_beyond_what_was_shown_is_asked_back_about(demo_assistant: Assistant) -> None:
    assert isinstance(talk(demo_assistant, TOP, "第八名呢")[-1], Clarify)


@pytest.mark.parametrize("said", ["比它多的还有哪些区", "哪些区比它多"])
def test_those_that_have_more_than_it(said: str, demo_assistant: Assistant) -> None:
    whole, one, more = talk(demo_assistant, "各区公园数量", "青屏区的呢", said)
    least = rows(one)[0][-1]
    assert sorted(map(str, rows(more))) == sorted(str(r) for r in rows(whole) if r[1] > least)  # type: ignore[operator]


def test_those_beyond_the_average_and_between_two_numbers(demo_assistant: Assistant) -> None:
    whole, above, between = talk(demo_assistant, "2025年各区新增就业人数", "超过平均数的呢", "1.4万到2万之间的")
    numbers = [float(r[1]) for r in rows(whole)]  # type: ignore[arg-type]
    mean = sum(numbers) / len(numbers)
    assert len(rows(above)) == sum(n > mean for n in numbers)
    assert len(rows(between)) == sum(14000 <= n <= 20000 for n in numbers)


def test_this_place_is_known_in_the_middle_of_a_question(demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "东岭区有几个公园", "公交线路有多少条经过这个区")[-1]
    assert any(w.startswith("按上一个问题理解为") and "经过东岭区" in w for w in last.warnings)


# -- growth -----------------------------------------------------------------------------------------------------------


def test_the_fastest_is_the_one_that_grew_most(demo_assistant: Assistant) -> None:
    grown, fastest = talk(demo_assistant, "2025年各区的用电量是多少", "同比呢", "涨得最快的是哪个区")[1:]
    best = max(rows(grown), key=lambda r: float(r[-1]))  # type: ignore[arg-type]
    assert rows(fastest) == [best]


def test_growth_since_the_year_that_is_named(demo_assistant: Assistant) -> None:
    now, then, grown = talk(demo_assistant, "2025年全市用电量", "2023年呢", "换成2025年，跟2023年比增长了多少")
    a, b = float(rows(now)[0][0]), float(rows(then)[0][0])  # type: ignore[arg-type]
    assert rows(grown)[0][-1] == pytest.approx(100 * (a / b - 1), abs=0.01)


# -- what is not understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["最多的是哪个区，最少的又是哪个区", "负增长的有哪些区", "人均多少"])
def test_what_no_edit_does_is_asked_back_about(said: str, demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "2025年各区出生人口", said)[-1]
    assert isinstance(last, Clarify), last.text


def test_a_doubt_goes_along_with_what_builds_on_it(demo_assistant: Assistant) -> None:
    first, second = talk(demo_assistant, "云湖区民办三级养老院有几家", "澜江区呢")
    told = [w for w in first.warnings if w.startswith("没有用上的词")]
    assert told and any("上文里" in w and "民办" in w for w in second.warnings)


def test_what_was_not_read_is_told_by_what_comes_after_it(demo_assistant: Assistant) -> None:
    asked, last = talk(demo_assistant, "2025年各区火灾起数", "负增长的有哪些", "2024年呢")[1:]
    assert isinstance(asked, Clarify)
    assert any("负增长" in w and "没有看懂" in w for w in last.warnings)


# -- what a change brings with it -------------------------------------------------------------------------------------


def test_a_stock_leaves_its_month_when_a_flow_is_asked(demo_assistant: Assistant) -> None:
    stock, flow, months = talk(demo_assistant, "2025年工伤保险参保人数", "基金收入呢", "按月看")
    assert "时间：2025年12月" in chips(stock)
    assert {"指标：社保基金收入", "险种：工伤保险", "时间：2025年"} == chips(flow)
    assert len(rows(months)) == 12


def test_a_rate_is_not_taken_of_the_rows_that_fail_it(demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "2025年各区不合格的食品抽检有多少", "合格率呢")[-1]
    assert chips(last) == {"指标：抽检合格率", "分组：区县", "时间：2025年"}


def test_a_value_and_a_number_of_one_name(demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "2025年空气质量优良率", "PM2.5平均浓度呢")[-1]
    assert chips(last) == {"指标：平均PM2.5浓度", "时间：2025年"}


def test_the_growth_of_the_month_that_was_shown(demo_assistant: Assistant) -> None:
    best, grown = talk(demo_assistant, "2025年全市门诊人次", "分月份", "哪个月最高", "比上年同期增长多少")[2:]
    assert rows(grown)[0][0] == rows(best)[0][0]


def test_a_bound_is_asked_of_all_not_of_the_first_few(demo_assistant: Assistant) -> None:
    whole, few = talk(demo_assistant, "2025年各区火灾起数", "前三名", "少于200起的")[::2]
    assert len(rows(few)) == sum(int(r[1]) < 200 for r in rows(whole))  # type: ignore[call-overload]


def test_this_condition_is_what_was_said_last(demo_assistant: Assistant) -> None:
    whole, back = talk(demo_assistant, "2025年各区火灾起数", "少于200起的", "去掉这个限制")[::2]
    assert rows(whole) == rows(back)


@pytest.mark.parametrize("said", ["不看寄宿了", "寄宿不限"])
def test_what_is_looked_at_no_more(said: str, demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "云湖区有多少所小学", "寄宿制的有几所", said)[-1]
    assert chips(last) == {"指标：学校数量", "区县：云湖区", "办学类型：小学"}


def test_the_things_themselves_are_ranked_and_listed(demo_assistant: Assistant) -> None:
    most, free = talk(demo_assistant, "全市一共有几家图书馆", "藏书最多的是哪一家", "全市有几家美术馆", "免费的有哪些")[
        1::2
    ]
    assert {"分组：场馆", "排序：前1", "指标：馆藏数量"} <= chips(most) and len(rows(most)) == 1
    assert {"分组：场馆", "是否免费：免费"} <= chips(free)


def test_both_that_were_asked_about_are_added_up(demo_assistant: Assistant) -> None:
    first, second, both = talk(demo_assistant, "公立医院有多少家", "民营的呢", "加起来")
    assert int(rows(both)[0][0]) == int(rows(first)[0][0]) + int(rows(second)[0][0])  # type: ignore[call-overload]


@pytest.mark.parametrize("said", ["差多少", "两者差多少", "人均多少", "这三种一共多少"])
def test_what_cannot_be_done_yet_is_asked_back_about(said: str, demo_assistant: Assistant) -> None:
    assert isinstance(talk(demo_assistant, "公立医院有多少家", "民营的呢", said)[-1], Clarify)


def test_words_that_lean_on_nothing_are_no_refusal(demo_assistant: Assistant) -> None:
    last = talk(demo_assistant, "2025年招标公告有多少", "超过300件的")[-1]
    assert isinstance(last, Clarify) and "完整" in last.text


# -- chips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "questions",
    [
        ("2025年各区民办小学的在校生数，前三名",),
        ("2025年各区成交套数", "只要超过5000套的", "除了新港区"),
        ("2025年各区的用电量", "同比呢", "前三名"),
        ("2025年青屏区的出生人口", "比它多的有哪些区"),
        ("2025年各区结婚登记数", "离婚的也加上"),
        ("2025年每月火灾起数", "电气故障"),
        ("2025年各区新增就业", "1万到2万之间的"),
    ],
)
def test_each_chip_takes_out_its_slot_and_no_other(questions: tuple[str, ...], demo_assistant: Assistant) -> None:
    before = talk(demo_assistant, *questions)[-1]
    assert isinstance(before, Answer)
    for chip in before.state:
        if not chip.value:
            continue
        left = chips(talk(demo_assistant, *questions, chip.value)[-1])
        assert chip.label not in left, chip
        # what is ranked and kept are groups: without groups there is neither
        bound = {c for c in chips(before) if c.startswith(("排序", "保留"))} if chip.label.startswith("分组") else set()
        years = {c for c in left if c == "分组：年份"} if chip.label.startswith("时间") else set()
        assert left - years == chips(before) - {chip.label} - bound, chip
