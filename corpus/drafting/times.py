"""What a column's values say about time: which grain, in any usual notation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_YEAR = r"(?:1[0-9]|20)\d\d"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(rf"^(?:公元)?{_YEAR}(?:\.0)?\s*(?:年度?|学年)?$")),
    ("year", re.compile(r"^(?:公元前|前)\d{1,4}年?$")),
    ("year", re.compile(rf"^{_YEAR}\s*[-—~至]\s*{_YEAR}\s*(?:年|学年)?$")),
    ("quarter", re.compile(rf"^{_YEAR}\s*[-年/]?\s*(?:第?[一二三四1-4]季度?|[Qq][1-4])$")),
    ("month", re.compile(rf"^{_YEAR}\s*(?:年|[-/.])\s*(?:0?[1-9]|1[0-2])\s*月?份?$")),
    ("month", re.compile(rf"^{_YEAR}(?:0[1-9]|1[0-2])$")),
    ("month", re.compile(r"^(?:0?[1-9]|1[0-2]|[一二三四五六七八九十]|十[一二])月份?$")),
    (
        "date",
        re.compile(
            rf"^{_YEAR}\s*(?:年|[-/.])\s*(?:0?[1-9]|1[0-2])\s*(?:月|[-/.])\s*(?:0?[1-9]|[12]\d|3[01])\s*[日号]?$"
        ),
    ),
    ("date", re.compile(rf"^{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")),
    ("date", re.compile(r"^(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])[日号]$")),
    (
        "timestamp",
        re.compile(
            rf"^{_YEAR}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?[ T]\s*\d{{1,2}}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$"
        ),
    ),
    ("clock", re.compile(r"^(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?$")),
    ("clock", re.compile(r"^(?:[01]?\d|2[0-4])[:：][0-5]\d\s*[-—~至]\s*(?:[01]?\d|2[0-4])[:：][0-5]\d$")),
)


def grain_of(value: str) -> str:
    """The grain of one value's text: year, quarter, month, date, timestamp, clock; empty when it is no time."""
    text = value.strip()
    for grain, shape in _SHAPES:
        if shape.match(text):
            return grain
    return ""


def common_grain(values: Iterable[str], share: float = 0.8) -> str:
    """The commonest grain when at least `share` of the values are times, else empty."""
    counts: Counter[str] = Counter(grain_of(v) for v in values)
    total = sum(counts.values())
    del counts[""]
    if not total or sum(counts.values()) < share * total:
        return ""
    return counts.most_common(1)[0][0]
