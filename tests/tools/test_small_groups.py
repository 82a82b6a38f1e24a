"""Groups of persons: every row in exactly one, none too small, nothing lost from the totals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.small_groups import Codes, TooFewPersons, group_rows, shared_totals


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Codes], Codes, int]:
    """Dimensions with skewed values, persons with several rows or none, a group size."""
    rows = draw(st.integers(1, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    widths = draw(st.lists(st.integers(1, 9), max_size=4))
    dimensions = [np.minimum(rng.integers(0, width, rows), rng.integers(0, width, rows)) for width in widths]
    persons = rng.integers(-1 if draw(st.booleans()) else 0, draw(st.integers(1, 100)), rows)
    return dimensions, persons, draw(st.integers(2, 9))


def persons_in(persons: Codes, rows: Codes) -> int:
    return len({int(person) for person in persons[rows] if person >= 0})


@given(tables())
@settings(max_examples=300, deadline=None)
def test_no_group_is_too_small_and_rows_of_a_group_look_alike(table: tuple[list[Codes], Codes, int]) -> None:
    dimensions, persons, k = table
    if persons_in(persons, np.arange(len(persons))) < k:
        with pytest.raises(TooFewPersons):
            group_rows(dimensions, persons, k)
        return
    grouping = group_rows(dimensions, persons, k)
    seen: dict[tuple[int, ...], int] = {}
    for group in np.unique(grouping.group):
        rows = np.flatnonzero(grouping.group == group)
        assert persons_in(persons, rows) >= k
        kept = set(grouping.kept[rows].tolist())
        assert len(kept) == 1
        depth = kept.pop()
        shown = {tuple(int(codes[row]) for codes in dimensions[:depth]) for row in rows}
        assert len(shown) == 1
        # Two groups never look alike: what a table shows of its rows is the group and nothing finer.
        look = (depth, *shown.pop())
        assert seen.setdefault(look, int(group)) == group


@given(tables())
@settings(max_examples=200, deadline=None)
def test_any_part_told_by_leading_dimensions_keeps_its_total_where_it_is_large_enough(
    table: tuple[list[Codes], Codes, int],
) -> None:
    """Nothing is pooled across the values of an earlier dimension: what is shown of those is exact."""
    dimensions, persons, k = table
    if persons_in(persons, np.arange(len(persons))) < k:
        return
    kept = group_rows(dimensions, persons, k).kept
    if dimensions and all(
        persons_in(persons, np.flatnonzero(dimensions[0] == value)) >= k for value in np.unique(dimensions[0])
    ):
        assert (kept >= 1).all()


@given(tables(), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_shares_add_up_to_their_group_and_never_stand_for_few(
    table: tuple[list[Codes], Codes, int], whole: bool, seed: int
) -> None:
    dimensions, persons, k = table
    if persons_in(persons, np.arange(len(persons))) < k:
        return
    group = group_rows(dimensions, persons, k).group
    rng = np.random.default_rng(seed)
    values = rng.integers(-50, 1000, len(persons)).astype(float) if whole else rng.normal(0, 100, len(persons))
    values[rng.random(len(values)) < rng.choice([0, 0.1, 0.9])] = np.nan
    shares = shared_totals(values, group, persons, k)
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        present = rows[~np.isnan(values[rows])]
        absent = rows[np.isnan(values[rows])]
        shown = rows[~np.isnan(shares[rows])]
        if len(shown):
            assert persons_in(persons, present) >= k
            assert not len(absent) or persons_in(persons, absent) >= k
            assert len(shown) == len(present)
            assert shares[shown].sum() == pytest.approx(values[present].sum())
            assert np.ptp(shares[shown]) <= 1 if whole else np.ptp(shares[shown]) < 1e-9
            assert not nearly_all_from_one(values, persons, present)
        elif len(present):
            few = persons_in(persons, present) < k or 0 < persons_in(persons, absent) < k
            nobody_named = len(absent) and persons_in(persons, absent) < k
            assert few or nobody_named or nearly_all_from_one(values, persons, present)


def nearly_all_from_one(values: Codes, persons: Codes, rows: Codes) -> bool:
    """Whether the second largest contributor comes within a tenth of the largest by taking off their own."""
    parts: dict[int, float] = {}
    for row in rows:
        parts[int(persons[row])] = parts.get(int(persons[row]), 0.0) + abs(float(values[row]))
    largest, *others = sorted(parts.values(), reverse=True)
    return sum(others[1:]) < 0.1 * largest - 1e-6 * sum(parts.values())


def test_a_total_that_is_nearly_one_persons_is_not_shown() -> None:
    group = np.zeros(6, np.int64)
    persons = np.arange(6)
    assert np.isnan(shared_totals(np.array([1000.0, 1, 1, 1, 1, 1]), group, persons, 5)).all()
    assert np.isnan(shared_totals(np.array([1000.0, 900, 1, 1, 1, 1]), group, persons, 5)).all()
    assert not np.isnan(shared_totals(np.array([1000.0, 100, 50, 50, 1, 1]), group, persons, 5)).any()
    assert shared_totals(np.zeros(6), group, persons, 5).tolist() == [0.0] * 6


def test_a_lone_value_takes_the_next_larger_one_into_its_pool() -> None:
    """Of 7, 6 and 1 persons the one is pooled with the 6, so that a total less the 7 is not the one."""
    codes = np.repeat([0, 1, 2], [7, 6, 1])
    grouping = group_rows([codes], np.arange(14), 5)
    assert grouping.kept.tolist() == [1] * 7 + [0] * 7


def test_one_person_with_many_rows_is_one_person() -> None:
    with pytest.raises(TooFewPersons):
        group_rows([np.zeros(50, np.int64)], np.zeros(50, np.int64), 2)
    persons = np.array([0] * 20 + [1, 2, 3, 4, 5])
    grouping = group_rows([np.repeat([0, 1], [20, 5])], persons, 3)
    assert grouping.kept.tolist() == [0] * 25  # twenty rows of one person are not a group
