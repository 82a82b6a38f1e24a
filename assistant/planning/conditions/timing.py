"""Time spans as conditions on time columns of any type."""

from __future__ import annotations

from datetime import date

from assistant.planning.linking.times import TimeSpan
from assistant.planning.plan import Col, Compare, Condition, Expression, TimeBucket
from assistant.planning.reading.context import Context

_GRAINS = ["year", "quarter", "month", "date", "day", "timestamp"]


def time_conditions(ctx: Context, col: Col, span: TimeSpan) -> list[Condition] | None:
    """The span as conditions on a column of any type; None when the column's time is too coarse for it."""
    column = ctx.of(col)
    grain = column.grain or ("year" if ctx.is_number(col) else "day")
    wanted = {"day": "date"}.get(span.grain, span.grain)
    if grain in _GRAINS and _GRAINS.index(grain) < _GRAINS.index(wanted) and not ctx.schema.strict:
        return None
    if ctx.is_number(col):
        return _bounds(col, span.start.year if span.start else None, span.end.year - 1 if span.end else None)
    if column.type.upper().startswith("VARCHAR"):
        literal = _literal_year(col, span) if ctx.schema.strict else None
        return literal or _text_bounds(col, span)
    return [
        *([Compare(col, ">=", span.start.isoformat())] if span.start else []),
        *([Compare(col, "<", span.end.isoformat())] if span.end else []),
    ]


def _bounds(col: Expression, low: int | None, high: int | None) -> list[Condition]:
    if low is not None and low == high:
        return [Compare(col, "=", low)]
    return [
        *([Compare(col, ">=", low)] if low is not None else []),
        *([Compare(col, "<=", high)] if high is not None else []),
    ]


def _literal_year(col: Col, span: TimeSpan) -> list[Condition] | None:
    """2014年之后, 2014年及之前: the engine of the public benches compares a text with the bare year, letter by letter."""
    if span.grain != "year":
        return None
    if span.edge == ">" and span.start is not None:
        return [Compare(col, ">", str(span.start.year - 1))]
    if span.edge == "<=" and span.end is not None:
        return [Compare(col, "<=", str(span.end.year - 1))]
    return None


def _text_bounds(col: Col, span: TimeSpan) -> list[Condition]:
    """Times kept as text compare as text, cut to the length that the span speaks in."""
    size = {"year": 4, "quarter": 7, "month": 7, "day": 10}[span.grain]

    def cut(day: date) -> str:
        whole = day.day == 1 and (size > 4 or day.month == 1)
        return day.isoformat()[: size if whole else 10]  # 年初至今 ends on a day

    if span.start and span.end and span.grain == "year" and span.end.year - span.start.year == 1:
        return [Compare(TimeBucket(col, "year"), "=", span.start.year)]
    return [
        *([Compare(col, ">=", cut(span.start))] if span.start else []),
        *([Compare(col, "<", cut(span.end))] if span.end else []),
    ]
