"""Times: every span has days in it, months join up, and conditions keep just the days that the span holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
import water_works
from hypothesis import given
from hypothesis import strategies as st
from schemas import asked

from assistant.planning.conditions.timing import time_conditions
from assistant.planning.linking.times import TimeSpan, add_months, read_time, year_span
from assistant.planning.plan import Col, Compare, Condition, TimeBucket
from assistant.planning.reading.context import Context

DAYS = st.dates(date(1999, 1, 1), date(2060, 12, 31))
RELATIVE = (
    "去年", "今年", "前年", "上个月", "本月", "昨天", "今天", "前天", "上周", "本周", "本季度", "上季度", "近三年", "近三个月", "最近7天", "近半年",
    "过去两周", "最近两个季度", "今年以来", "年初至今", "去年上半年", "今年第一季度", "去年12月", "3月份", "2月28日", "十四五期间",
)  # fmt: skip
WORDS = "一二三四五六七八九十"


def span(text: str, today: date) -> TimeSpan:
    found = read_time(text, 0, today)
    assert found is not None and found.length == len(text), text
    return found


@given(DAYS, st.sampled_from(RELATIVE))
def test_whatever_day_it_is_a_time_has_days_in_it(today: date, text: str) -> None:
    found = span(text, today)
    assert found.start is not None and (found.end is None or found.start < found.end)


@given(DAYS)
def test_the_words_for_now_hold_today_and_those_for_the_past_do_not(today: date) -> None:
    assert all(span(t, today).contains(today) for t in ("今年", "本月", "今天", "本周", "本季度", "年初至今"))
    past = ("去年", "前年", "上个月", "昨天", "前天", "上周", "上季度", "近三年", "近三个月", "最近7天")
    assert not any(span(t, today).contains(today) for t in past)


@given(DAYS)
def test_periods_that_follow_each_other_join_up(today: date) -> None:
    for first, second in (
        ("前年", "去年"),
        ("去年", "今年"),
        ("上个月", "本月"),
        ("前天", "昨天"),
        ("昨天", "今天"),
        ("上周", "本周"),
    ):
        assert span(first, today).end == span(second, today).start


@given(DAYS, st.integers(1, 9))
def test_the_last_months_are_so_many_whole_ones_before_this(today: date, n: int) -> None:
    for text in (f"近{n}个月", f"近{WORDS[n - 1]}个月", f"最近{n}个月"):
        found = span(text, today)
        assert found.end == today.replace(day=1) and found.start == add_months(today, -n)


@given(DAYS, st.integers(1, 9))
def test_the_last_years_are_whole_ones_and_said_to_be(today: date, n: int) -> None:
    found = span(f"近{n}年", today)
    assert (found.start, found.end) == (date(today.year - n, 1, 1), date(today.year, 1, 1)) and found.assumed


@given(st.integers(1990, 2060))
def test_quarters_halves_and_months_make_up_their_year(year: int) -> None:
    today = date(2026, 7, 1)
    for parts in (
        [f"{year}年第{q}季度" for q in "一二三四"],
        [f"{year}年上半年", f"{year}年下半年"],
        [f"{year}年{m}月" for m in range(1, 13)],
    ):
        spans = [span(p, today) for p in parts]
        assert spans[0].start == date(year, 1, 1) and spans[-1].end == date(year + 1, 1, 1)
        assert all(a.end == b.start for a, b in pairwise(spans))


@given(st.integers(1990, 2060))
def test_february_has_its_own_length(year: int) -> None:
    found = span(f"{year}年2月", date(2026, 7, 1))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    assert found.start is not None and found.end is not None and (found.end - found.start).days == (29 if leap else 28)
    last = read_time(f"{year}年2月29日", 0, date(2026, 7, 1))
    assert last is not None and (str(last.start) == f"{year}-02-29") == leap


@given(st.integers(1990, 2050), st.integers(1, 11), st.integers(1, 11))
def test_a_range_of_months_holds_both_ends(year: int, first: int, more: int) -> None:
    last = min(12, first + more)
    found = span(f"{year}年{first}月到{last}月", date(2026, 7, 1))
    assert (found.start, found.end) == (date(year, first, 1), add_months(date(year, last, 1), 1))


@given(st.integers(1990, 2050), st.sampled_from(["之前", "以前", "之后", "以后", "及以后", "及以前"]))
def test_an_open_time_is_open_on_one_side_and_holds_its_year_only_if_it_says_so(year: int, word: str) -> None:
    found = span(f"{year}年{word}", date(2026, 7, 1))
    assert (found.start is None) != (found.end is None)
    assert found.contains(date(year, 6, 1)) == word.startswith("及")
    assert found.contains(date(year + 1, 1, 1)) == ("后" in word) and found.contains(date(year - 1, 12, 31)) == (
        "前" in word
    )


def _holds(tests: list[Condition], stored: str | int | date) -> bool:
    """Whether a stored time passes, texts compared as texts."""
    for test in tests:
        assert isinstance(test, Compare)
        left = str(stored)[:4] if isinstance(test.left, TimeBucket) else str(stored)
        right = str(test.value)
        passes = {"=": left == right, ">=": left >= right, "<": left < right, "<=": left <= right}[test.op]
        if not passes:
            return False
    return True


COLUMNS = {"clinic": Col("complaint", "day"), "water": Col("supply", "ym"), "years": Col("plant", "built")}


@given(st.integers(2000, 2040), st.integers(0, 400), st.integers(1, 400), DAYS)
def test_conditions_keep_just_the_days_of_a_span(year: int, first: int, days: int, day: date) -> None:
    start = date(year, 1, 1) + timedelta(days=first)
    found = TimeSpan(start, start + timedelta(days=days), "day", 0)
    on = asked("clinic")
    tests = time_conditions(Context(on.planner.schema, [], "complaint", []), COLUMNS["clinic"], found)
    assert tests is not None and _holds(tests, day) == found.contains(day)


@given(st.integers(2000, 2040), st.integers(0, 30), st.integers(1, 30), st.integers(0, 60))
def test_months_kept_as_text_pass_when_they_lie_in_the_span(year: int, first: int, months: int, later: int) -> None:
    start = add_months(date(year, 1, 1), first)
    found = TimeSpan(start, add_months(start, months), "month", 0)
    month = add_months(date(year, 1, 1), later)
    tests = time_conditions(Context(asked("water").planner.schema, [], "supply", []), COLUMNS["water"], found)
    assert tests is not None and _holds(tests, month.isoformat()[:7]) == found.contains(month)


@given(st.integers(2000, 2040), st.dates(date(2000, 1, 2), date(2040, 12, 30)))
def test_a_month_that_has_begun_belongs_to_the_year_so_far(year: int, today: date) -> None:
    found = span("年初至今", today)
    tests = time_conditions(Context(asked("water").planner.schema, [], "supply", []), COLUMNS["water"], found)
    assert tests is not None and _holds(tests, today.isoformat()[:7])
    assert _holds(tests, f"{today.year}-01") and not _holds(tests, f"{today.year - 1}-12")
    assert not _holds(tests, f"{today.year + 1}-01")


@given(st.integers(1950, 2040), st.integers(1950, 2040))
def test_years_kept_as_numbers(year: int, built: int) -> None:
    schema = asked("water").planner.schema
    tests = time_conditions(Context(schema, [], "plant", []), COLUMNS["years"], year_span(year))
    assert tests is not None and _holds(tests, built) == (year == built)
    after = time_conditions(Context(schema, [], "plant", []), COLUMNS["years"], replace(year_span(year), end=None))
    assert after is not None and _holds(after, built) == (built >= year)


@pytest.mark.parametrize("grain", ["month", "day"])
def test_a_time_finer_than_the_column_is_not_read(grain: str) -> None:
    """三月 says nothing of a table that keeps years."""
    fine = TimeSpan(date(2025, 3, 1), date(2025, 4, 1), grain, 0)  # type: ignore[arg-type]
    schema = asked("water").planner.schema
    assert time_conditions(Context(schema, [], "plant", []), COLUMNS["years"], fine) is None
    assert water_works.MODEL.table("plant").column("built").grain == "year"
