"""Invented numbers pass their check digits, differ from each other, and belong to no place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.demo.identity import (
    credit_code_is_valid,
    credit_codes,
    identity_is_valid,
    identity_numbers,
    person_names,
    phones,
)


@given(
    st.lists(
        st.tuples(st.integers(990101, 999999), st.dates(min_value=np.datetime64("1920-01-01").item()), st.booleans()),
        min_size=1,
        max_size=200,
    )
)
def test_identity_numbers_are_valid_distinct_and_say_what_they_were_given(people: list) -> None:
    regions = np.array([p[0] for p in people])
    births = np.array([p[1].replace(year=min(p[1].year, 2026)) if p[1].day < 29 else p[1].replace(day=1, year=2000) for p in people], "datetime64[D]")  # fmt: skip
    female = np.array([p[2] for p in people])
    numbers = identity_numbers(regions, births, female).to_pylist()
    assert all(identity_is_valid(n) for n in numbers)
    assert len(set(numbers)) == len(numbers)
    for number, region, birth, woman in zip(numbers, regions, births, female, strict=True):
        assert number.startswith(f"{region}{str(birth).replace('-', '')}")
        assert (int(number[16]) % 2 == 0) == woman


def test_the_check_is_the_national_one() -> None:
    # The example that the standard's own arithmetic gives for 11010519491231002: check character X.
    assert identity_is_valid("11010519491231002X")
    assert not identity_is_valid("110105194912310021")
    assert not identity_is_valid("1101051949123100")


def test_too_many_births_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        identity_numbers(np.full(600, 990101), np.full(600, np.datetime64("2000-01-01")), np.full(600, True))


@given(st.integers(1, 500), st.integers(0, 1_000_000))
def test_credit_codes_are_valid_and_distinct(count: int, first: int) -> None:
    codes = credit_codes(np.full(count, 990104), first).to_pylist()
    assert all(credit_code_is_valid(c) and c.startswith("91990104") for c in codes)
    assert len(set(codes)) == count


def test_a_changed_credit_code_is_not_valid() -> None:
    code = credit_codes(np.array([990101])).to_pylist()[0]
    assert not credit_code_is_valid(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert not credit_code_is_valid(code.lower() + "I")


def test_names_and_phones_have_their_shapes() -> None:
    rng = np.random.default_rng(3)
    assert all(2 <= len(name) <= 3 for name in person_names(rng, 500).to_pylist())
    assert all(len(p) == 11 and p.isdigit() for p in phones(rng, 500).to_pylist())
