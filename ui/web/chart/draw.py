"""Drawing a chart model. Positions are percentages, so one drawing fits a phone and a desk."""

from __future__ import annotations

import math

from ui.web.chart.model import ChartModel, Series
from ui.web.format import number_text, short_number
from ui.web.markup import Markup, h

COLORS = ("#2563a8", "#c2571a", "#2f7d5b", "#7a4fa3", "#a3324f", "#4b6a88", "#8a6d00", "#0f7c8c", "#b5457f", "#5d7a1f")
WIDEST_LABELS = 8  # labels under a line before they are thinned out
PHONE_LABELS = 5  # of these a phone has room for all
WRITTEN_POINTS = 6  # a line of so few points carries its numbers


def chart_html(model: ChartModel) -> Markup:
    """The chart as a figure. The table beside it holds the same numbers for those who cannot see it."""
    body = {"bars": _bars, "columns": _columns, "line": _line, "pie": _pie}[model.shape](model)
    unit = f"单位：{model.unit}" if model.unit else ""
    title = model.title or "、".join(s.name for s in model.series)
    return h(
        "figure",
        h("figcaption", h("span", title, class_="chart-title"), h("span", unit, class_="chart-unit") if unit else None),
        _legend(model) if len(model.series) > 1 else None,
        h("div", body, class_=f"chart chart-{model.shape}", role="img", aria_label=_description(model)),
        h("p", model.note, class_="note") if model.note else None,
        class_="figure",
    )


def _description(model: ChartModel) -> str:
    kinds = {"bars": "条形图", "columns": "柱状图", "line": "折线图", "pie": "饼图"}
    span = f"从{model.categories[0]}到{model.categories[-1]}，共 {len(model.categories)} 项"
    return f"{kinds[model.shape]}：{model.title or model.series[0].name}，{span}。数值见下方表格。"


def _legend(model: ChartModel) -> Markup:
    items = [
        h("span", h("i", style=f"background:{COLORS[i % len(COLORS)]}"), s.name) for i, s in enumerate(model.series)
    ]
    return h("div", items, class_="legend")


def _tip(model: ChartModel, category: str, series: Series, value: float) -> str:
    name = f" · {series.name}" if len(model.series) > 1 else ""
    return f"{category}{name}：{number_text(value)}{model.unit}"


def _bars(model: ChartModel) -> list[Markup]:
    zero = model.position(0)
    rows = []
    for i, category in enumerate(model.categories):
        bars = []
        for k, series in enumerate(model.series):
            value = series.values[i]
            if value is None:
                bars.append(h("div", h("span", "缺失", class_="amount missing"), class_="bar-line"))
                continue
            at = model.position(value)
            start, width = min(zero, at), abs(at - zero)
            bars.append(
                h(
                    "div",
                    h("i", style=f"margin-left:{start}%;width:{width}%;background:{COLORS[k % len(COLORS)]}"),
                    h("span", number_text(value), class_="amount"),
                    class_="bar-line",
                    data_tip=_tip(model, category, series, value),
                )
            )
        rows.append(h("div", h("span", category, class_="bar-label"), h("div", bars, class_="bar-track"), class_="bar"))
    label = min(12, max(text_width(c) for c in model.categories) + 0.5)
    amount = max(text_width(number_text(v)) for series in model.series for v in series.values if v is not None) + 0.6
    return [h("div", rows, class_="rows", style=f"--label:{label:.2f}em;--amount:{amount:.2f}em")]


def text_width(text: str) -> float:
    """How wide a text is, in ems: a Chinese character is one, a Latin one about half."""
    return sum(1.0 if ord(c) > 0x2E80 else 0.56 for c in text)


def _axis(model: ChartModel) -> list[Markup]:
    return [
        h("div", h("span", short_number(tick)), class_="tick", style=f"bottom:{model.position(tick)}%")
        for tick in model.ticks
    ]


def _columns(model: ChartModel) -> list[Markup]:
    zero = model.position(0)
    groups, labels = [], []
    show_value = len(model.categories) * len(model.series) <= 14
    for i, category in enumerate(model.categories):
        columns = []
        for k, series in enumerate(model.series):
            value = series.values[i]
            if value is None:
                columns.append(h("div", class_="pillar"))
                continue
            at = model.position(value)
            style = f"bottom:{min(zero, at)}%;height:{abs(at - zero)}%;background:{COLORS[k % len(COLORS)]}"
            label = h("span", short_number(value), class_="above", style=f"bottom:{max(zero, at)}%")
            columns.append(
                h(
                    "div",
                    h("i", style=style),
                    label if show_value else None,
                    class_="pillar",
                    data_tip=_tip(model, category, series, value),
                )
            )
        groups.append(h("div", columns, class_="group"))
        labels.append(h("span", category))
    return [
        h("div", _axis(model), h("div", groups, class_="groups"), class_="plot"),
        h("div", labels, class_="x-labels spread"),
    ]


def _line(model: ChartModel) -> list[Markup]:
    count = len(model.categories)
    where = [round(i / (count - 1) * 100, 3) for i in range(count)]
    paths, dots = [], []
    for k, series in enumerate(model.series):
        color = COLORS[k % len(COLORS)]
        points = [
            (x, 100 - model.position(v)) if v is not None else None for x, v in zip(where, series.values, strict=True)
        ]
        paths.append(h("path", d=_path(points), stroke=color, fill="none", vector_effect="non-scaling-stroke"))
        for i, point in enumerate(points):
            value = series.values[i]
            if point is None or value is None:
                continue
            style = f"left:{point[0]}%;top:{round(point[1], 3)}%;color:{color}"
            tip = _tip(model, model.categories[i], series, value)
            written = (
                h("span", short_number(value), class_="above") if len(model.series) * count <= WRITTEN_POINTS else None
            )
            edge = " first" if i == 0 else " last" if i == count - 1 else ""
            dots.append(
                h("b", written, class_=f"dot{'' if count <= 40 else ' quiet'}{edge}", style=style, data_tip=tip)
            )
    step = max(1, math.ceil((count - 1) / (WIDEST_LABELS - 1)))
    shown = [i for i in range(count) if i % step == 0]
    crowded = len(shown) > PHONE_LABELS
    labels = [
        h("span", model.categories[i], style=f"left:{where[i]}%", class_="wide-only" if n % 2 and crowded else None)
        for n, i in enumerate(shown)
    ]
    # Written as text: an SVG attribute such as viewBox keeps its capital letter.
    drawing = Markup(f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{"".join(paths)}</svg>')
    return [
        h("div", _axis(model), h("div", drawing, dots, class_="canvas"), class_="plot"),
        h("div", labels, class_="x-labels placed"),
    ]


def _path(points: list[tuple[float, float] | None]) -> str:
    """One stroke per run without a gap."""
    parts, pen_up = [], True
    for point in points:
        if point is None:
            pen_up = True
            continue
        parts.append(f"{'M' if pen_up else 'L'}{point[0]} {round(point[1], 3)}")
        pen_up = False
    return " ".join(parts)


def _pie(model: ChartModel) -> list[Markup]:
    values = [v or 0.0 for v in model.series[0].values]
    total = sum(values)
    slices, rows = [], []
    at = 0.0
    for i, (category, value) in enumerate(zip(model.categories, values, strict=True)):
        color, share = COLORS[i % len(COLORS)], value / total * 100
        slices.append(f"{color} {round(at, 3)}% {round(at + share, 3)}%")
        at += share
        rows.append(
            h(
                "div",
                h("i", style=f"background:{color}"),
                h("span", category, class_="slice-name"),
                h("span", f"{number_text(value)}{model.unit}", class_="slice-value"),
                h("span", f"{share:.1f}%", class_="slice-share"),
                class_="slice",
            )
        )
    return [
        h("div", class_="disc", style=f"background:conic-gradient({','.join(slices)})"),
        h("div", rows, class_="slices"),
    ]
