"""The period of a question: read off a plan's time conditions, and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.planning.linking.times import add_months
from assistant.planning.plan import Compare


@dataclass(frozen=True)
class Period:
    """Days from `start` up to but not including `end`; None is open."""

    start: date | None
    end: date | None

    def shifted(self, months: int) -> Period:
        """The same stretch, so many months later."""
        return Period(_later(self.start, months), _later(self.end, months))

    @property
    def days(self) -> int | None:
        """How many days it has; None where it is open."""
        return (self.end - self.start).days if self.start and self.end else None

    @property
    def year(self) -> int | None:
        """The one year that it lies in; None for several, or an open one."""
        if self.start is None or self.end is None:
            return None
        return self.start.year if (self.end - timedelta(days=1)).year == self.start.year else None

    @property
    def words(self) -> str:
        """2025年, 2023年至2025年, 2024年1月至6月, 2025年3月, 2020年以来."""
        start, end = self.start, self.end
        if start is None and end is None:
            return ""
        if start is None or end is None:
            if start is not None:
                return f"{_point(start)}以来"
            assert end is not None
            return f"{_point(end)}之前"
        last = end - timedelta(days=1)
        if (start.month, start.day, end.month, end.day) == (1, 1, 1, 1):
            return f"{start.year}年" if last.year == start.year else f"{start.year}年至{last.year}年"
        if start.day == 1 and end.day == 1:
            if add_months(start, 1) == end:
                return f"{start.year}年{start.month}月"
            year = "" if last.year == start.year else f"{last.year}年"
            return f"{start.year}年{start.month}月至{year}{last.month}月"
        if last == start:
            return _day(start)
        return f"{_day(start)}至{_day(last)}"


def _later(day: date | None, months: int) -> date | None:
    if day is None:
        return None
    first = add_months(day, months)
    last = (add_months(first, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def _point(day: date) -> str:
    if (day.month, day.day) == (1, 1):
        return f"{day.year}年"
    return f"{day.year}年{day.month}月" if day.day == 1 else _day(day)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def period_of(conditions: Sequence[Compare]) -> Period | None:
    """The days that all of a plan's time conditions leave; None without any."""
    start: date | None = None
    end: date | None = None
    for condition in conditions:
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        spans = [s for s in (_span(v) for v in values) if s is not None]
        if not spans:
            continue
        first, after = min(s[0] for s in spans), max(s[1] for s in spans)
        if condition.op in ("=", "in", ">="):
            start = first if start is None else max(start, first)
        if condition.op == ">":
            start = after if start is None else max(start, after)
        if condition.op in ("=", "in", "<="):
            end = after if end is None else min(end, after)
        if condition.op == "<":
            end = first if end is None else min(end, first)
    return None if start is None and end is None else Period(start, end)


def _span(value: object) -> tuple[date, date] | None:
    """The days that a stored time stands for: a year, a month, a day."""
    text = str(int(value)) if isinstance(value, float) else str(value)
    parts = text[:10].split("-")
    try:
        if len(parts) == 1:
            year = int(text)
            return date(year, 1, 1), date(year + 1, 1, 1)
        if len(parts) == 2:
            month = date(int(parts[0]), int(parts[1]), 1)
            return month, add_months(month, 1)
        day = date.fromisoformat(text[:10])
        return day, day + timedelta(days=1)
    except ValueError:
        return None
