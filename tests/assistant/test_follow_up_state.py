"""The state of a question: read off its plan, changed by fragments, said again in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.conversation_state.applying import applied
from assistant.conversation_state.fragment import read_fragment
from assistant.conversation_state.labels import Slots, slots_of
from assistant.conversation_state.periods import Period, period_of
from assistant.conversation_state.rewriting import rewritten, state_in
from assistant.conversation_state.state import State
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.times import add_months, read_time
from assistant.planning.plan import Col, Compare

TODAY = date(2026, 7, 1)
YEAR = Col("population", "year")
MONTH = Col("fiscal_revenue", "month")


@pytest.fixture(scope="module")
def planner(demo_assistant: Assistant) -> EmbeddedPlanner:
    return demo_assistant.services.planner_for(demo_assistant.principal("citizen")).planner


def state(question: str, planner: EmbeddedPlanner) -> State:
    found = state_in(question, planner)
    assert found is not None
    return found


def after(question: str, fragment: str, planner: EmbeddedPlanner) -> Slots:
    """The slots that a fragment leaves of a question."""
    old = state(question, planner)
    edits = list(read_fragment(fragment, old, planner).edits)
    assert edits, fragment
    return slots_of(applied(old, edits, planner.model, planner.schema.graph), planner.model)


# -- periods ------------------------------------------------------------------------------------------------------

months = st.builds(lambda y, m: date(y, m, 1), st.integers(2000, 2030), st.integers(1, 12))


@given(months, st.integers(1, 60))
def test_a_period_of_months_is_read_back_from_its_words(first: date, count: int) -> None:
    period = Period(first, add_months(first, count))
    span = read_time(period.words, 0, TODAY)
    assert span is not None and span.length == len(period.words), period.words
    assert (span.start, span.end) == (period.start, period.end)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 30)))
def test_a_day_is_read_back_from_its_words(day: date) -> None:
    period = Period(day, day + timedelta(days=1))
    span = read_time(period.words, 0, TODAY)
    assert span is not None and (span.start, span.end) == (period.start, period.end)


@given(months, st.integers(1, 30), st.integers(-48, 48))
def test_shifting_there_and_back_is_the_same_period(first: date, count: int, by: int) -> None:
    period = Period(first, add_months(first, count))
    assert period.shifted(by).shifted(-by) == period


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([Compare(YEAR, "=", 2025)], "2025年"),
        ([Compare(YEAR, ">=", 2023), Compare(YEAR, "<=", 2025)], "2023年至2025年"),
        ([Compare(YEAR, ">", 2022)], "2023年以来"),
        ([Compare(MONTH, ">=", "2024-01-01"), Compare(MONTH, "<", "2024-07-01")], "2024年1月至6月"),
        ([Compare(MONTH, "<", "2018-01-01")], "2018年之前"),
        ([Compare(MONTH, "=", "2026-06-15")], "2026年6月15日"),
    ],
)
def test_time_conditions_become_a_period(conditions: list[Compare], words: str) -> None:
    period = period_of(conditions)
    assert period is not None and period.words == words


def test_no_time_condition_is_no_period() -> None:
    assert period_of([]) is None


# -- reading a state off a plan -----------------------------------------------------------------------------------


def slots(measures: str = "", by: str = "", where: str = "", time: str = "", top: str = "", having: str = "") -> Slots:
    def split(text: str) -> frozenset[str]:
        return frozenset(t for t in text.split(",") if t)

    return Slots(split(measures), split(by), split(where), time, top, having)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("各区的学校数量", slots("学校数量", "区县")),
        ("2025年各区民办学校的在校生数", slots("在校生数", "区县", "民办", "2025年")),
        ("各区的企业数量，前5名", slots("企业数量", "区县", top="前5")),
        ("床位数最多的五家医院", slots("床位数", "医疗机构", top="前5")),
        ("除云湖区外各区的公园数量", slots("公园数量", "区县", "非云湖区")),
        ("2025年每月的火灾起数", slots("火灾数量", "月份", time="2025年")),
    ],
)
def test_a_question_has_its_slots(question: str, expected: Slots, planner: EmbeddedPlanner) -> None:
    assert slots_of(state(question, planner), planner.model) == expected


# -- fragments ----------------------------------------------------------------------------------------------------

BASE = "2025年各区民办学校的在校生数"


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("2023年", slots("在校生数", "区县", "民办", "2023年")),
        ("公办的", slots("在校生数", "区县", "公办", "2025年")),
        ("小学的", slots("在校生数", "区县", "民办,小学", "2025年")),
        ("云湖区", slots("在校生数", "", "民办,云湖区", "2025年")),
        ("按办学类型看", slots("在校生数", "办学类型", "民办", "2025年")),
        ("再按办学类型分", slots("在校生数", "区县,办学类型", "民办", "2025年")),
        ("按年看", slots("在校生数", "年份", "民办", "2025年")),
        ("不要云湖区", slots("在校生数", "区县", "民办,非云湖区", "2025年")),
        ("去掉民办这个条件", slots("在校生数", "区县", "", "2025年")),
        ("把民办去掉", slots("在校生数", "区县", "", "2025年")),
        ("不限时间", slots("在校生数", "区县", "民办")),
        ("不分区了", slots("在校生数", "", "民办", "2025年")),
        ("合计是多少", slots("在校生数", "", "民办", "2025年")),
        ("平均", slots("平均在校生数", "区县", "民办", "2025年")),
        ("同比增长多少", slots("在校生数同比增长", "区县", "民办", "2025年")),
        ("占比", slots("在校生数占比", "区县", "民办", "2025年")),
        ("前五名", slots("在校生数", "区县", "民办", "2025年", top="前5")),
        ("最少的三个", slots("在校生数", "区县", "民办", "2025年", top="后3")),
        ("垫底的两个", slots("在校生数", "区县", "民办", "2025年", top="后2")),
        ("超过5000的", slots("在校生数", "区县", "民办", "2025年", having="大于5000")),
        ("毕业生数", slots("毕业生数", "区县", "民办", "2025年")),
        ("还有毕业生数", slots("在校生数,毕业生数", "区县", "民办", "2025年")),
        ("云湖区和锦川区的", slots("在校生数", "区县", "民办,云湖区、锦川区", "2025年")),
        ("去年同期", slots("在校生数", "区县", "民办", "2024年")),
        ("公园", slots("公园数量", "区县")),
        ("小学的，前三名", slots("在校生数", "区县", "民办,小学", "2025年", top="前3")),
    ],
)
def test_a_fragment_changes_the_slots_it_speaks_of(fragment: str, expected: Slots, planner: EmbeddedPlanner) -> None:
    assert after(BASE, fragment, planner) == expected


def test_comparing_puts_both_beside_each_other(planner: EmbeddedPlanner) -> None:
    assert after("云湖区有多少所学校", "和锦川区比", planner) == slots("学校数量", "区县", "云湖区、锦川区")


def test_a_condition_without_a_name_is_the_one_added_last(planner: EmbeddedPlanner) -> None:
    old = state("各区民办小学数量", planner)
    edits = list(read_fragment("去掉这个条件", old, planner, state("各区小学数量", planner)).edits)
    left = slots_of(applied(old, edits, planner.model, planner.schema.graph), planner.model)
    assert left == slots("学校数量", "区县", "小学")


def test_what_nothing_explains_is_said_to_be_unread(planner: EmbeddedPlanner) -> None:
    assert read_fragment("海珠区", state("云湖区有多少家企业", planner), planner).unread


@pytest.mark.parametrize(
    "fragment", ["2023年", "公办的", "按办学类型看", "前五名", "同比增长多少", "不要云湖区", "毕业生数"]
)
def test_the_question_written_out_is_understood_as_it_was_meant(fragment: str, planner: EmbeddedPlanner) -> None:
    old = state(BASE, planner)
    edits = list(read_fragment(fragment, old, planner).edits)
    wanted = applied(old, edits, planner.model, planner.schema.graph)
    found = rewritten(wanted, old, edits, BASE, planner)
    assert found.sure
    assert slots_of(state(found.text, planner), planner.model) == slots_of(wanted, planner.model), found.text
