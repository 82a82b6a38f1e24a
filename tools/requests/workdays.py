"""Working days: the national holidays with their adjusted working days, the owner's own table above them.

Beyond the years that are known, Saturdays and Sundays are taken for the only days off, and every result says that it is
an estimate.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

OWN_TABLE = "workdays.csv"  # in the workspace: 日期,安排 — 2027-02-08,休息
_WORDS = {"上班": True, "工作日": True, "补班": True, "休息": False, "放假": False, "节假日": False}
ESTIMATE = "按周末推算"
WHOLE_YEAR = 13  # the statutory holidays of a year: an own table with fewer days of it does not cover it


class CalendarError(Exception):
    """The owner's table cannot be used; the message is a Chinese sentence with file and line."""


@dataclass(frozen=True)
class Reckoned:
    """A day that was counted to, and whether days of an unknown year were counted on the way."""

    day: date
    estimated: bool = False


@dataclass(frozen=True)
class Workdays:
    """`own` says of single days whether they are worked, above what is published."""

    own: dict[date, bool] = field(default_factory=dict)

    def known(self, year: int) -> bool:
        """Whether the days off of a year are known and not estimated."""
        first, last = _published()
        return first <= year <= last or sum(day.year == year for day in self.own) >= WHOLE_YEAR

    def is_workday(self, day: date) -> bool:
        if day in self.own:
            return self.own[day]
        return _worked_by_notice(day)

    def after(self, day: date, count: int) -> Reckoned:
        """The `count`-th working day after `day`, which itself is not counted. `count` 0 is `day`."""
        if count < 0:
            raise ValueError(count)
        estimated = False
        while count:
            day += timedelta(days=1)
            estimated = estimated or not self.known(day.year)
            count -= self.is_workday(day)
        return Reckoned(day, estimated)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative the other way round."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=20_000)  # lists look at the same days over and over
def _worked_by_notice(day: date) -> bool:
    first, last = _published()
    if first <= day.year <= last:
        import chinese_calendar

        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


@cache
def _published() -> tuple[int, int]:
    """The first and last year whose holidays chinesecalendar has in full."""
    from chinese_calendar.constants import holidays

    return min(holidays).year, max(holidays).year


def load_workdays(folder: Path) -> Workdays:
    """The calendar of a workspace: with the owner's table, if there is one. CalendarError says which line is wrong."""
    path = folder / OWN_TABLE
    if not path.exists():
        return Workdays()
    own: dict[date, bool] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for line, row in enumerate(csv.reader(handle), 1):
                cells = [cell.strip() for cell in row]
                if not any(cells) or (line == 1 and cells[0] == "日期"):
                    continue
                own[_day(path, line, cells)] = _worked(path, line, cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalendarError(f"工作日表 {path} 无法读取。请检查权限，并保存为 UTF-8 编码的 CSV。") from error
    return Workdays(own)


def _day(path: Path, line: int, cells: list[str]) -> date:
    try:
        return date.fromisoformat(cells[0].replace("/", "-"))
    except ValueError as error:
        raise CalendarError(
            f"工作日表 {path} 第{line}行的日期“{cells[0]}”写法不对，要写成 2027-02-08 这样。"
        ) from error


def _worked(path: Path, line: int, cells: list[str]) -> bool:
    word = cells[1] if len(cells) > 1 else ""
    if word not in _WORDS:
        raise CalendarError(f"工作日表 {path} 第{line}行的安排“{word}”不认识，要写“上班”或“休息”。")
    return _WORDS[word]
