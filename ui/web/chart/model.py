"""Spec + table → what is drawn: categories, series, a scale with round ticks."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from assistant.outcome import Chart, ResultTable
from ui.web.format import as_number, cell_text

MAX_BARS = 30
MAX_POINTS = 400
MAX_SERIES = 10
MAX_SLICES = 7
LEAST_SPAN = 0.1  # of the highest value: an axis over less makes a change of a few thousandths look steep
_TIME = re.compile(r"^(19|20)\d\d(年|[-./年]\d{1,2}.*|[Qq]\d|)$|^\d{1,2}月$")

Shape = Literal["columns", "bars", "line", "pie"]


@dataclass(frozen=True)
class Series:
    name: str
    values: list[float | None]  # one per category; None where the data has a gap


@dataclass(frozen=True)
class ChartModel:
    shape: Shape
    title: str
    unit: str
    categories: list[str]
    series: list[Series]
    ticks: list[float]
    note: str = ""

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    def position(self, value: float) -> float:
        """Where `value` lies between the lowest and the highest tick, in percent."""
        return round((value - self.low) / (self.high - self.low) * 100, 3)


def chart_model(chart: Chart, table: ResultTable) -> ChartModel | None:
    """What to draw; None when the spec and the table do not fit together or hold nothing to show."""
    index = {column.name: i for i, column in enumerate(table.columns)}
    measures = [name for name in chart.y if name in index]
    if chart.x not in index or not measures or not table.rows:
        return None
    x = index[chart.x]
    if chart.color in index and chart.color != chart.x:
        categories, series = _pivoted(table, x, index[chart.color], index[measures[0]])
    else:
        categories = [cell_text(row[x], table.columns[x]) for row in table.rows]
        series = [
            Series(table.columns[index[m]].label, [as_number(row[index[m]]) for row in table.rows]) for m in measures
        ]
    if not any(value is not None for one in series for value in one.values):
        return None
    shape = _shape(chart.kind, categories, series)
    limit = MAX_POINTS if shape == "line" else MAX_BARS
    cut = [f"前 {limit} 项（共 {len(categories)} 项）"] if len(categories) > limit and shape != "pie" else []
    if len(series) > MAX_SERIES:
        cut.append(f"前 {MAX_SERIES} 组（共 {len(series)} 组）")
        series = series[:MAX_SERIES]
    note = f"图中只画{'、'.join(cut)}，完整数据见下表。" if cut else ""
    if shape == "pie":
        categories, series = _folded(categories, series)
    else:
        categories, series = categories[:limit], [Series(s.name, s.values[:limit]) for s in series]
    numbers = [v for one in series for v in one.values if v is not None]
    unit = chart.unit or table.columns[index[measures[0]]].unit
    if shape == "bars":
        ticks = [min(0.0, *numbers), max(0.0, *numbers)]  # bars carry their numbers; an axis would only shorten them
        ticks = ticks if ticks[0] < ticks[1] else [0.0, 1.0]
    else:
        spread_out = min(numbers) < 0.5 * max(numbers) or min(numbers) == max(numbers)
        from_zero = shape != "line" or spread_out
        ticks = round_ticks(numbers if from_zero else [*numbers, *_least_span(numbers)], from_zero=from_zero)
        if ticks[0] > 0 or ticks[-1] < 0:
            note = f"纵轴不从 0 开始。{note}"
    return ChartModel(shape, chart.title, unit, categories, series, ticks, note)


def _least_span(numbers: list[float]) -> tuple[float, float]:
    """The lowest and highest value that the axis must hold at least, around the middle of the numbers."""
    middle, reach = (min(numbers) + max(numbers)) / 2, LEAST_SPAN / 2 * max(map(abs, numbers))
    return middle - reach, middle + reach


def _pivoted(table: ResultTable, x: int, color: int, y: int) -> tuple[list[str], list[Series]]:
    categories = list(dict.fromkeys(cell_text(row[x], table.columns[x]) for row in table.rows))
    groups: dict[str, dict[str, Any]] = {}
    for row in table.rows:
        group = groups.setdefault(cell_text(row[color], table.columns[color]), {})
        group[cell_text(row[x], table.columns[x])] = as_number(row[y])
    return categories, [Series(g, [v.get(c) for c in categories]) for g, v in groups.items()]


def _shape(kind: str, categories: list[str], series: list[Series]) -> Shape:
    values = [v for s in series for v in s.values if v is not None]
    if kind == "pie" and len(series) == 1 and min(values) >= 0 and sum(values) > 0:
        return "pie"
    if kind == "line" and len(categories) > 1:
        return "line"
    in_time = all(_TIME.match(c) for c in categories)
    few = len(categories) * len(series) <= 12 and max(map(len, categories)) <= 5
    return "columns" if (in_time and len(categories) <= 14) or (few and len(series) > 1) else "bars"


def _folded(categories: list[str], series: list[Series]) -> tuple[list[str], list[Series]]:
    """The largest slices; the rest become 「其他」."""
    pairs = sorted(
        ((c, v) for c, v in zip(categories, series[0].values, strict=True) if v), key=lambda p: p[1], reverse=True
    )
    kept, rest = pairs[:MAX_SLICES], pairs[MAX_SLICES:]
    if rest:
        kept.append((f"其他（{len(rest)} 项）", sum(v for _, v in rest)))
    return [c for c, _ in kept], [Series(series[0].name, [v for _, v in kept])]


def round_ticks(values: list[float], *, from_zero: bool, count: int = 4) -> list[float]:
    """About `count` steps of 1, 2, 2.5 or 5 times a power of ten that cover the values (and 0, if asked)."""
    low, high = min(values), max(values)
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    if high - low <= max(1e-9 * max(abs(low), abs(high)), 1e-300):  # all the same, as far as an axis can tell
        high = low + (abs(low) if abs(low) > 1e-300 else 1.0)
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]
