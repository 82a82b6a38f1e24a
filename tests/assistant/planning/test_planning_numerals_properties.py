"""Numerals against a writer of their own: units, percentages, tenths, fractions, mixed and short forms, and what follows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_planning_numerals import chinese

from assistant.planning.linking.numerals import read_number

DIGITS = "零一二三四五六七八九"


def value_of(text: str) -> float:
    found = read_number(text)
    assert found is not None and found.length == len(text), text
    return found.value


@given(st.integers(1, 9999), st.sampled_from([("万", 10**4), ("亿", 10**8), ("千万", 10**7), ("百万", 10**6)]))
def test_arabic_digits_with_a_large_unit(n: int, unit: tuple[str, int]) -> None:
    assert value_of(f"{n}{unit[0]}") == pytest.approx(n * unit[1])


@given(st.integers(1, 999), st.integers(1, 9), st.sampled_from([("万", 10**4), ("亿", 10**8)]))
def test_decimals_with_a_large_unit(whole: int, part: int, unit: tuple[str, int]) -> None:
    assert value_of(f"{whole}.{part}{unit[0]}") == pytest.approx((whole + part / 10) * unit[1])
    assert value_of(f"{chinese(whole)}点{DIGITS[part]}{unit[0]}") == pytest.approx((whole + part / 10) * unit[1])


@given(st.integers(1, 100))
def test_percentages_in_words(n: int) -> None:
    found = read_number(f"百分之{chinese(n)}")
    assert found is not None and found.percent and found.chinese and found.value == pytest.approx(n / 100)


@given(st.integers(1, 9), st.booleans())
def test_tenths(n: int, half: bool) -> None:
    assert value_of(f"{DIGITS[n]}成{'半' if half else ''}") == pytest.approx((n + 0.5 * half) / 10)


@given(st.integers(2, 9), st.integers(1, 9))
def test_fractions(base: int, part: int) -> None:
    assert value_of(f"{DIGITS[base]}分之{DIGITS[part]}") == pytest.approx(part / base)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10_000)]))
def test_a_bare_last_digit_stands_one_place_below(high: int, low: int, unit: tuple[str, int]) -> None:
    """三千五 is 3500, 一万二 is 12000."""
    text = f"{DIGITS[high]}{unit[0]}{DIGITS[low]}"
    assert value_of(text) == high * unit[1] + low * unit[1] / 10


@given(st.integers(1000, 9999))
def test_digits_said_one_by_one(n: int) -> None:
    assert value_of("".join(DIGITS[int(c)] for c in str(n))) == n


@given(st.integers(1, 10**8), st.sampled_from(["家医院", "以上的", "元和", "，", "名"]))
def test_a_numeral_ends_where_its_noun_begins(n: int, after: str) -> None:
    found = read_number(chinese(n) + after)
    assert found is not None and (found.value, found.length) == (n, len(chinese(n)))


@given(st.integers(1, 10**7), st.text("的在有超过", min_size=1, max_size=4))
def test_a_numeral_is_read_from_its_own_place(n: int, before: str) -> None:
    found = read_number(before + chinese(n), len(before))
    assert found is not None and found.value == n


@given(st.integers(1000, 10**12))
def test_thousands_may_be_set_apart(n: int) -> None:
    assert value_of(f"{n:,}") == n
