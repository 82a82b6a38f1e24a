"""Time expressions become half-open spans of days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.planning.linking.times import read_time

TODAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023年", date(2023, 1, 1), date(2024, 1, 1)),
        ("去年", date(2025, 1, 1), date(2026, 1, 1)),
        ("近三年", date(2023, 1, 1), date(2026, 1, 1)),
        ("2025年上半年", date(2025, 1, 1), date(2025, 7, 1)),
        ("2025年第三季度", date(2025, 7, 1), date(2025, 10, 1)),
        ("2021到2023年", date(2021, 1, 1), date(2024, 1, 1)),
        ("2021年3月至2022年5月", date(2021, 3, 1), date(2022, 6, 1)),
        ("2024年2月29日", date(2024, 2, 29), date(2024, 3, 1)),
        ("上个月", date(2026, 6, 1), date(2026, 7, 1)),
        ("十四五期间", date(2021, 1, 1), date(2026, 1, 1)),
        ("2015年之前", None, date(2015, 1, 1)),
        ("2015年之后", date(2016, 1, 1), None),
        ("2015年及之后", date(2015, 1, 1), None),
        ("2015年及以前", None, date(2016, 1, 1)),
        ("2015及其之后", date(2015, 1, 1), None),
        ("二零零五年", date(2005, 1, 1), date(2006, 1, 1)),
    ],
)
def test_spans(text: str, start: date | None, end: date | None) -> None:
    span = read_time(text, 0, TODAY)
    assert span is not None and (span.start, span.end, span.length) == (start, end, len(text))


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_its_own_expressions(day: date) -> None:
    for text in (
        f"{day.year}年",
        f"{day.year}年{day.month}月",
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
    ):
        span = read_time(text, 0, TODAY)
        assert span is not None and span.contains(day) and span.length == len(text)


@given(st.integers(1950, 2090), st.integers(0, 9))
def test_ranges_hold_every_year_between(first: int, more: int) -> None:
    span = read_time(f"{first}到{first + more}年", 0, TODAY)
    assert span is not None and span.start == date(first, 1, 1) and span.end == date(first + more + 1, 1, 1)


@given(st.text(alphabet="年月日去今前后上下半季度第一二三四十0123456789到至-之", max_size=10))
def test_any_text_is_read_without_error(text: str) -> None:
    span = read_time(text, 0, TODAY)
    assert span is None or (0 < span.length <= len(text) and (not span.start or not span.end or span.start < span.end))


def test_a_time_without_a_year_says_how_it_was_read() -> None:
    span = read_time("12月份", 0, TODAY)
    assert span is not None and span.start == date(2025, 12, 1) and "2025年" in span.assumed
