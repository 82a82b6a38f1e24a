"""Whether two results say the same: rows in any order, columns in any order, one may show more columns."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from tools.query.result import QueryResult

MOST_MATCHINGS = 64


def agree(one: QueryResult, other: QueryResult) -> bool | None:
    """True when the columns of the narrower result stand in the wider one, with the same rows under them.

    None when it cannot be told: only some of the rows are here.
    """
    if one.truncated and other.truncated:
        return None
    if len(one.rows) != len(other.rows):
        return False
    narrow, wide = sorted((_columns(one), _columns(other)), key=len)
    if not one.rows:
        return True
    rows = Counter(zip(*narrow, strict=True))
    fitting = [[i for i, w in enumerate(wide) if Counter(w) == Counter(n)] for n in narrow]
    matchings = islice(_matchings(fitting, []), MOST_MATCHINGS)
    return any(Counter(zip(*(wide[i] for i in picked), strict=True)) == rows for picked in matchings)


def _matchings(fitting: list[list[int]], taken: list[int]) -> Any:
    """Every way to give each narrow column a wide one of its own."""
    if len(taken) == len(fitting):
        yield list(taken)
        return
    for index in fitting[len(taken)]:
        if index not in taken:
            yield from _matchings(fitting, [*taken, index])


def _columns(result: QueryResult) -> list[tuple[object, ...]]:
    return [tuple(_cell(row[i]) for row in result.rows) for i in range(len(result.columns))]


def _cell(value: Any) -> object:
    """A cell in the form in which it is compared: numbers to four decimals, everything else as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return round(float(value), 4) + 0.0
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value)
    try:
        return round(float(text), 4) + 0.0  # a year that one query shows as text
    except ValueError:
        return text
