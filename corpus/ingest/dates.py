"""Dates as Chinese sources write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

_DIGITS = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ISO = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?\s*$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{4,6})?$")
_ROC = re.compile(r"^(?:中?華?华?民國|中?华?民国)?\s*(\d{1,3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_HAN = re.compile(r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")


def parse_date(value: Any) -> date | None:
    """The day a value names: ISO, 2020年12月31日, 2021/5/6, 20210506, 二〇二〇年一月三日, 民國109年5月6日 or 109/05/06, epoch
    milliseconds; a month stands for its first day. None if it names no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _epoch(value) if value > 1e11 else parse_date(str(int(value))) if value > 1e7 else None
    text = str(value).strip()
    if text.isdecimal() and len(text) == 13:
        return _epoch(int(text))
    for pattern in (_ISO, _COMPACT):
        found = pattern.search(text)
        if found:
            return _day(found[1], found[2], found[3])
    found = _HAN.search(text)
    if found:
        year = "".join(str(_DIGITS[c]) for c in found[1])
        return _day(year, str(han_number(found[2])), str(han_number(found[3])))
    found = _ROC.match(text)
    if found and 1 <= int(found[1]) < 200:
        # Three digits, or the name of the era, make it certain that the year is not of this century.
        return _day(str(int(found[1]) + 1911), found[2], found[3]) if len(found[1]) == 3 or "民" in text else None
    found = _MONTH.search(text)
    return _day(found[1], found[2], "1") if found else None


def _epoch(milliseconds: float) -> date | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def han_number(text: str) -> int:
    """一百二十 → 120, 二十一 → 21, ２１ → 21; 0 if the text is no number below ten thousand."""
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for char in text.replace("两", "二"):
        if char in _DIGITS:
            digit = digit * 10 + _DIGITS[char] if digit and total == 0 else _DIGITS[char]
        elif char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            return 0
    return total + digit
