"""Whether two results hold the same rows: as multisets, columns in any order, numbers to 4 decimals."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

DECIMALS = 4
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?$")
Rows = Sequence[Sequence[Any]]


def same_rows(left: Rows, right: Rows) -> bool:
    """True when some order of `right`'s columns makes both multisets of rows equal. Two empty results are equal."""
    if len(left) != len(right):
        return False
    if not left:
        return True
    if len(left[0]) != len(right[0]):
        return False
    ours = [[cell(v) for v in row] for row in left]
    theirs = [[cell(v) for v in row] for row in right]
    if Counter(map(tuple, ours)) == Counter(map(tuple, theirs)):
        return True
    left_columns = [[row[i] for row in ours] for i in range(len(left[0]))]
    right_columns = [[row[i] for row in theirs] for i in range(len(left[0]))]
    contents = [Counter(column) for column in right_columns]
    choices = [[j for j, content in enumerate(contents) if content == Counter(column)] for column in left_columns]
    return all(choices) and _matches(left_columns, right_columns, choices)


def _matches(left: list[list[Hashable]], right: list[list[Hashable]], choices: list[list[int]]) -> bool:
    # Columns with one possible partner go first; each further one must keep the rows so far equal.
    order = sorted(range(len(left)), key=lambda i: len(choices[i]))

    def extend(depth: int, used: tuple[int, ...]) -> bool:
        if depth and not _equal([left[i] for i in order[:depth]], [right[j] for j in used]):
            return False
        if depth == len(order):
            return True
        return any(extend(depth + 1, (*used, j)) for j in choices[order[depth]] if j not in used)

    return extend(0, ())


def _equal(left: list[list[Hashable]], right: list[list[Hashable]]) -> bool:
    return Counter(zip(*left, strict=True)) == Counter(zip(*right, strict=True))


def cell(value: Any) -> Hashable:
    """A cell as compared: numbers (also those written as text) rounded, all else as text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        if not _NUMBER.match(value):
            return value
        value = float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    if math.isnan(number):
        return None
    if math.isinf(number):
        return str(number)
    return round(number, DECIMALS) + 0.0
