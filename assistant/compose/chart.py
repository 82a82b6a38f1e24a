"""Which chart a result deserves: a declarative description, drawn by the page."""

from __future__ import annotations

from assistant.outcome import Chart, ResultTable
from assistant.planning.plan import Plan, TimeBucket

MOST_BARS = 40


def chart_for(table: ResultTable, plan: object) -> Chart | None:
    """Lines over time, bars over names, a pie for a few shares; None where a chart says nothing."""
    if len(table.rows) < 2:
        return None
    numbers = [c for c in table.columns if c.type == "number"]
    texts = [c for c in table.columns if c.type != "number"]
    position = _time_key(table, plan)
    if position is not None and isinstance(plan, Plan):
        x = table.columns[position]
        values = [c for c in table.columns[len(plan.keys) :] if c.type == "number"]
        colors = [c for i, c in enumerate(table.columns[: len(plan.keys)]) if i != position]
        if not values or len(colors) > 1:
            return None
        shown = _same_unit(values[0].name, values[0].unit, [(c.name, c.unit) for c in values])
        color = colors[0].name if colors else None
        return Chart(
            kind="bar" if plan.limit_per and color else "line",  # the best of each period: others each time, no course
            x=x.name,
            y=shown[:1] if color else shown,
            color=color,
            title=values[0].label,
            unit=values[0].unit,
        )
    if isinstance(plan, Plan):
        numbers = [c for i, c in enumerate(table.columns) if c.type == "number" and not _is_time(plan, i)]
    if not numbers or not texts or len(table.rows) > MOST_BARS or len(texts) > 2:
        return None
    value = numbers[0]
    if isinstance(plan, Plan) and not plan.values and not plan.order:
        return None
    change = next((c for c in numbers if c.unit == "%" and c.label.endswith("增长")), None)
    if change is not None and len(texts) == 1:
        return Chart(kind="bar", x=texts[0].name, y=[change.name], title=change.label, unit="%")
    share = next((c for c in numbers if c.label.startswith("占比")), None)
    if share is not None and len(table.rows) <= 6 and len(texts) == 1:
        return Chart(kind="pie", x=texts[0].name, y=[share.name], title=share.label, unit="%")
    if share is not None and len(texts) == 1:
        return Chart(kind="bar", x=texts[0].name, y=[share.name], title=share.label, unit="%")
    shown = _same_unit(value.name, value.unit, [(c.name, c.unit) for c in numbers]) if len(texts) == 1 else [value.name]
    color = texts[1].name if len(texts) == 2 else None
    return Chart(kind="bar", x=texts[0].name, y=shown[:3], color=color, title=value.label, unit=value.unit)


def _is_time(plan: Plan, index: int) -> bool:
    return index < len(plan.keys) and isinstance(plan.keys[index], TimeBucket)


def _time_key(table: ResultTable, plan: object) -> int | None:
    """The column of the periods; None where there is none, or only one period beside other names."""
    if not isinstance(plan, Plan):
        return None
    found = next((i for i, k in enumerate(plan.keys) if isinstance(k, TimeBucket)), None)
    if found is None or (len(plan.keys) > 1 and len({str(r[found]) for r in table.rows}) == 1):
        return None
    return found


def _same_unit(first: str, unit: str, others: list[tuple[str, str]]) -> list[str]:
    """Values that may share an axis."""
    return [first] + [name for name, other in others if name != first and other == unit and unit]
