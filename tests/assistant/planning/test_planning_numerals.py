"""Numbers as people write them, read back to the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.planning.linking.numerals import read_number

_DIGITS = "零一二三四五六七八九"


def _below_ten_thousand(n: int) -> str:
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
            zero = False
        else:
            zero = bool(text)
    return text


def chinese(n: int) -> str:
    """`n` (1 … 10^12) in Chinese numerals, written in full."""
    text = ""
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = n // unit % 10_000
        if part:
            text += ("零" if text and part < 1000 else "") + _below_ten_thousand(part) + name
    return text


@given(st.integers(1, 10**12 - 1))
def test_chinese_numerals_read_back(n: int) -> None:
    text = chinese(n)
    found = read_number(text)
    assert found is not None and (found.value, found.length) == (n, len(text))


@given(st.integers(0, 10**15), st.text("的个元家，是", max_size=3))
def test_arabic_numbers_read_back_whatever_follows(n: int, tail: str) -> None:
    found = read_number(f"{n}{tail}")
    assert found is not None and (found.value, found.length) == (n, len(str(n)))


@given(st.integers(0, 1000), st.integers(0, 99))
def test_percentages_are_fractions(whole: int, part: int) -> None:
    found = read_number(f"{whole}.{part:02d}%")
    assert found is not None and found.percent and found.value == pytest.approx((whole + part / 100) / 100)


@given(st.text(max_size=12), st.integers(0, 11))
def test_any_text_is_read_without_error_and_within_bounds(text: str, start: int) -> None:
    found = read_number(text, min(start, len(text)))
    assert found is None or 0 < found.length <= len(text) - min(start, len(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("两万五千", 25_000),
        ("三千五", 3_500),
        ("一百二十万", 1_200_000),
        ("3.5亿", 350_000_000),
        ("1千万", 10_000_000),
        ("7万1千7百7十8亿", 7_177_800_000_000),
        ("二零二三", 2023),
        ("1,234.5", 1234.5),
        ("百分之十二", 0.12),
        ("三成", 0.3),
        ("三分之一", 1 / 3),
        ("22:00", 22),
    ],
)
def test_forms(text: str, value: float) -> None:
    found = read_number(text)
    assert found is not None and found.value == pytest.approx(value) and found.length == len(text)


@pytest.mark.parametrize("text", ["成立", "完成", "万家灯火", "", "点"])
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert read_number(text) is None
