"""Cell values as people read them: thousands separators, no false precision, units beside the label."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assistant.outcome import TableColumn

MISSING = "—"
_YEAR_LABELS = ("年", "年份", "年度")


def is_year(column: TableColumn) -> bool:
    """Whether the column holds years, which take no thousands separator."""
    return column.label.endswith(_YEAR_LABELS) or column.name.lower() in {"year", "stat_year"}


def is_numeric(column: TableColumn) -> bool:
    return column.type == "number"


def cell_text(value: Any, column: TableColumn) -> str:
    """A value as shown in a table. Missing values are a dash, never 0 and never empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return str(value) if is_year(column) and float(value).is_integer() else number_text(float(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(value: float) -> str:
    """1234567.5 → 1,234,567.5; at most 2 decimals from 100 on, 4 below, and no trailing zeros."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    decimals = 2 if abs(value) >= 100 else 4
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def short_number(value: float) -> str:
    """A number for an axis: 12,000 → 1.2万, 340,000,000 → 3.4亿."""
    for size, name in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size:
            return f"{_trim(value / size)}{name}"
    return _trim(value)


def _trim(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def as_number(value: Any) -> float | None:
    """The value as a finite float, or None if it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def milliseconds(value: float) -> str:
    """A duration: 42 毫秒, 1.3 秒."""
    if value >= 1000:
        return f"{value / 1000:.1f} 秒"
    return f"{value:.0f} 毫秒" if value >= 1 else "不到 1 毫秒"
