"""Groups of persons that are large enough: how a table of personal records becomes one in which no row stands for one person.

Rows are parted by one dimension after the other. Where a part would hold fewer than `k` persons, its rows are pooled with
the other small parts beside it, and with the next larger one if those are still too few; of a pool the remaining dimensions
are held back. In the end every row belongs to exactly one group of at least `k` persons and shows the group's values alone.
Whatever is asked of such rows is a sum over whole groups: neither differences, overlaps, complements and joins of any
number of answers, nor minima, lists and windows, come from fewer than `k` persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


CLOSE = 0.1  # of the largest part: nobody may come closer to it by taking their own off the total


class TooFewPersons(Exception):
    """The whole table holds fewer persons than one group needs."""


@dataclass(frozen=True)
class Grouping:
    """`group` is the number of each row's group, 0…; `kept` how many dimensions, from the first, its rows still show."""

    group: Codes
    kept: Codes


def group_rows(dimensions: list[Codes], persons: Codes, k: int) -> Grouping:
    """Part rows into groups of at least `k` persons.

    Each dimension gives a code per row, the most important first; `persons` a code per row, −1 where nobody is named
    (such rows count for nobody). TooFewPersons when the whole is too small.
    """
    size = len(persons)
    if _persons_by(np.zeros(size, np.int64), persons, 1)[0] < k:
        raise TooFewPersons
    node = np.zeros(size, np.int64)
    kept = np.full(size, len(dimensions), np.int64)
    free = np.ones(size, bool)
    for depth, codes in enumerate(dimensions):
        rows = np.flatnonzero(free)
        if not len(rows):
            break
        children, first, child = np.unique(_paired(node[rows], codes[rows]), return_index=True, return_inverse=True)
        parents = node[rows][first]
        counts = _persons_by(child, persons[rows], len(children))
        pooled = _pooled(child, parents, counts, persons[rows], k)
        held_back = pooled[child]
        kept[rows[held_back]] = depth
        free[rows[held_back]] = False
        node[rows[~held_back]] = child[~held_back]
    _, group = np.unique(_paired(kept, node), return_inverse=True)
    smallest = _persons_by(group, persons, int(group.max()) + 1).min()
    if smallest < k:  # cannot happen; were it wrong, nothing may be shown
        raise TooFewPersons
    return Grouping(group.astype(np.int64), kept)


def _pooled(child: Codes, parents: Codes, counts: Codes, persons: Codes, k: int) -> npt.NDArray[np.bool_]:
    """Which children of each parent are pooled: the small ones, and one more where those together are still too few."""
    small = counts < k
    if not small.any():
        return small
    in_small = small[child]
    number = int(parents.max()) + 1
    together = _persons_by(parents[child][in_small], persons[in_small], number)
    has_small = np.zeros(number, bool)
    has_small[parents[small]] = True
    lacking = has_small & (together < k)
    pooled = small.copy()
    for one in np.flatnonzero(~small)[np.argsort(counts[~small], kind="stable")]:
        if lacking[parents[one]]:
            pooled[one] = True
            lacking[parents[one]] = False
    return pooled


def _persons_by(part: Codes, persons: Codes, parts: int) -> Codes:
    """How many different persons each part has."""
    named = persons >= 0
    pairs = np.unique(_paired(part[named], persons[named]))
    width = int(persons.max()) + 1 if len(persons) and persons.max() >= 0 else 1
    return np.bincount(pairs // width, minlength=parts).astype(np.int64)


def _paired(left: Codes, right: Codes) -> Codes:
    """One code for each pair; left is what the pair's code is divided by right's width for."""
    width = int(right.max()) + 1 if len(right) and right.max() >= 0 else 1
    return left * width + right


def shared_totals(values: npt.NDArray[np.float64], group: Codes, persons: Codes, k: int) -> npt.NDArray[np.float64]:
    """Each row's share of its group's total, so that sums and averages over groups stay what they are.

    NaN where a value is missing. A group in which fewer than `k` persons have a value, or fewer than `k` (but some) have
    none, shows no value at all; nor does one whose total comes so much from one person that the second could work out the
    first within `CLOSE`. Whole numbers stay whole: the shares of a group differ by one at most.
    """
    groups = int(group.max()) + 1
    present = ~np.isnan(values)
    shown = _persons_by(group[present], persons[present], groups) >= k
    missing = _persons_by(group[~present], persons[~present], groups)
    missing_rows = np.bincount(group[~present], minlength=groups)
    shown &= (missing_rows == 0) | (missing >= k)
    shown &= ~_dominated(np.abs(values[present]), group[present], persons[present], groups)
    totals = np.bincount(group[present], weights=values[present], minlength=groups)
    counts = np.bincount(group[present], minlength=groups)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - starts[group[order]]
    result = np.full(len(values), np.nan)
    filled = shown[group] & (place < counts[group])
    of = group[filled]
    if np.all(np.mod(values[present], 1) == 0):
        low = np.floor(totals[of] / counts[of])
        result[filled] = low + (place[filled] < totals[of] - low * counts[of])
    else:
        result[filled] = totals[of] / counts[of]
    return result


def _dominated(amounts: npt.NDArray[np.float64], group: Codes, persons: Codes, groups: int) -> npt.NDArray[np.bool_]:
    """Groups in which all but the two largest parts together are less than `CLOSE` of the largest. A part is one person's."""
    totals = np.bincount(group, weights=amounts, minlength=groups)
    parts, part = np.unique(_paired(group, persons - persons.min(initial=0)), return_inverse=True)
    sums = np.bincount(part, weights=amounts, minlength=len(parts))
    of = np.zeros(len(parts), np.int64)
    of[part] = group
    order = np.lexsort((-sums, of))
    sums, of = sums[order], of[order]
    starts = np.searchsorted(of, np.arange(groups + 1))
    sizes = np.diff(starts)
    first, second = np.zeros(groups), np.zeros(groups)
    first[sizes >= 1] = sums[starts[:-1][sizes >= 1]]
    second[sizes >= 2] = sums[starts[:-1][sizes >= 2] + 1]
    rest = totals - first - second
    dominated: npt.NDArray[np.bool_] = rest < CLOSE * first - 1e-9 * totals
    return dominated
