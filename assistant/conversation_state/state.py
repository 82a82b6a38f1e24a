"""The typed state of a data question, read off its plan: quantities, dimensions, filters, period, ranking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assistant.conversation_state.periods import Period, period_of
from assistant.planning.linking.times import add_months
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    Condition,
    Growth,
    Having,
    Measure,
    Not,
    Operator,
    Or,
    Plan,
    Query,
    Ratio,
    TimeBucket,
    TimeUnit,
    Value,
    columns_of,
)
from corpus.semantics import Column, Role, SemanticModel

Change = Literal["", "share", "year", "month"]
Stored = str | float | int | bool


@dataclass(frozen=True)
class Quantity:
    """What is asked for: an aggregate of a column or of rows, a metric, or (`row`) a column's value row by row."""

    aggregate: str
    table: str
    column: Col | None = None
    metric: str = ""
    change: Change = ""  # its share of the whole, or its growth since a year or a month earlier
    back: int = 1  # … since so many years earlier


@dataclass(frozen=True)
class Dimension:
    """What it is broken down by: a column, or time cut to a unit."""

    column: Col | None = None
    unit: TimeUnit | None = None


@dataclass(frozen=True)
class Filter:
    """One condition on a column; several values are alternatives."""

    column: Col
    op: str
    values: tuple[Stored, ...]


@dataclass(frozen=True)
class Ranking:
    descending: bool
    limit: int | None


@dataclass(frozen=True)
class Threshold:
    """Which groups are kept, by their quantity."""

    op: str
    value: float
    most: float | None = None  # … and no more than this
    mean: bool = False  # against the average of all groups, not against `value`
    than: Filter | None = None  # … or against what this one comes to


@dataclass(frozen=True)
class State:
    """A question's slots. `whole` is False when its plan says more than they can hold."""

    table: str
    quantities: tuple[Quantity, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    ranking: Ranking | None = None
    threshold: Threshold | None = None
    whole: bool = True
    timed: Col | None = None  # the column that the period is about, where it was said of one
    asked: Period | None = None  # the time as it was said, where a stock is told as of its last month


def concept(column: Col, model: SemanticModel) -> str:
    """What a column stands for, the same in every table: the table a key points to, else the column's label."""
    found = column_of(column, model)
    if found.role == Role.FOREIGN:
        for relation in model.relations:
            if relation.left == column.table and relation.left_columns == [column.name]:
                return "→" + relation.right
    if found.role in (Role.NAME, Role.KEY):
        return "→" + column.table
    return found.label


def column_of(column: Col, model: SemanticModel) -> Column:
    return model.table(column.table).column(column.name)


def state_of(query: Query, model: SemanticModel) -> State | None:
    """The state of a plan; None for two plans put together, which have no one state."""
    if not isinstance(query, Plan):
        return None
    whole = not query.limit_per
    dimensions, row_values = _dimensions(query, model)
    quantities = _quantities(query)
    if quantities is None:
        whole, quantities = False, ()
    quantities = quantities or row_values
    growth = next((v.unit for v in query.values if isinstance(v, Growth)), None)
    conditions = _flat(query.where)
    filters, timed, same_months = [], [], []
    for condition in conditions:
        if growth and isinstance(condition, Or) and _all_times(condition, model):
            same_months = [c for c in _flat(condition.parts[-1]) if isinstance(c, Compare)]
            continue  # the same months of two years: those of the later one were asked about
        if not isinstance(condition, Compare) or condition.right is not None or not isinstance(condition.left, Col):
            whole = False
        elif column_of(condition.left, model).role == Role.TIME:
            timed.append(condition)
        else:
            values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
            filters.append(Filter(condition.left, condition.op, tuple(v for v in values if v is not None)))
    fixed = {concept(f.column, model) for f in filters if f.op == "=" and len(f.values) == 1}
    dimensions = tuple(d for d in dimensions if d.column is None or concept(d.column, model) not in fixed)
    period = period_of(same_months or list(query.keep) or timed)
    if growth and period is not None and (growth == "year" or period.days in _DAYS[growth]):
        dimensions = tuple(d for d in dimensions if d.unit != growth)
    if any(not isinstance(k, Col | TimeBucket) for k in query.keys):
        whole = False
    threshold = None
    if query.having:
        first, *more = query.having
        between = len(more) == 1 and (first.op, more[0].op) == (">=", "<=") and more[0].measure == first.measure
        than = _than(first, query.where)
        threshold = Threshold(first.op, first.value, more[0].value if between else None, first.mean, than)
        bounded = _quantity(first.measure)
        quantities = quantities or bounded
        told = than is not None or all(h.against is None and h.inside is None for h in query.having)
        whole = whole and told and (between or not more) and bounded == quantities[:1]
    about = next((c for k in (*query.keep, *timed, *same_months) for c in columns_of(k.left)), None)
    period = _whole_step(period, about, model)
    about = about or next((k.column for k in query.keys if isinstance(k, TimeBucket)), None)
    return State(query.root, quantities, dimensions, tuple(filters), period, _ranking(query), threshold, whole, about)


def _whole_step(period: Period | None, about: Col | None, model: SemanticModel) -> Period | None:
    """A month that is stored by its first day is that month."""
    months = {"month": 1, "quarter": 3}.get(column_of(about, model).grain or "", 0) if about else 0
    if not months or period is None or period.start is None or period.days != 1:
        return period
    return Period(period.start, add_months(period.start, months))


def _than(having: Having, where: Condition | None) -> Filter | None:
    """The one thing whose number is the bound: what its rows must hold beyond what all must."""
    if having.against != having.measure:
        return None
    more = [c for c in _flat(having.inside) if c not in _flat(where)]
    if len(more) != 1 or not isinstance(more[0], Compare) or not isinstance(more[0].left, Col) or more[0].op != "=":
        return None
    value = more[0].value
    return None if value is None or isinstance(value, tuple) else Filter(more[0].left, "=", (value,))


_DAYS: dict[TimeUnit, range] = {"quarter": range(90, 93), "month": range(28, 32), "day": range(1, 2)}
_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "in": "not in", "!=": "=", "not in": "in"}


def _all_times(condition: Or, model: SemanticModel) -> bool:
    """Whether every part of a choice is about time alone."""
    tests = [c for part in condition.parts for c in _flat(part)]
    return all(
        isinstance(c, Compare) and isinstance(c.left, Col) and column_of(c.left, model).role == Role.TIME for c in tests
    )


def _flat(condition: Condition | None) -> list[Condition]:
    """The conditions that all hold; a denied comparison is the opposite one."""
    if condition is None:
        return []
    if isinstance(condition, And):
        return [c for part in condition.parts for c in _flat(part)]
    if isinstance(condition, Not) and isinstance(condition.part, Compare) and condition.part.op in _OPPOSITE:
        return [replace(condition.part, op=_OPPOSITE[condition.part.op])]
    return [condition]


def _dimensions(plan: Plan, model: SemanticModel) -> tuple[tuple[Dimension, ...], tuple[Quantity, ...]]:
    """What the rows are; and, for rows that are listed, their numbers."""
    found: dict[str, Dimension] = {}
    numbers = []
    for key in plan.keys:
        if isinstance(key, TimeBucket):
            found.setdefault("time:" + key.unit, Dimension(unit=key.unit))
        elif isinstance(key, Col):
            column = column_of(key, model)
            if column.role == Role.MEASURE:
                numbers.append(Quantity("row", key.table, key))
            elif column.role == Role.TIME and column.grain == "year":
                found.setdefault("time:year", Dimension(unit="year"))
            else:
                found.setdefault(concept(key, model), Dimension(key))
    if numbers:  # rows that are listed with their numbers; when each was is not what they are
        timeless = {k: d for k, d in found.items() if d.column and column_of(d.column, model).role != Role.TIME}
        found = timeless or found
    return tuple(found.values()), tuple(numbers)


def _quantities(plan: Plan) -> tuple[Quantity, ...] | None:
    """The quantities of a plan, those it is only ranked by included; None where one has no slot of its own."""
    values: list[Value] = list(plan.values)
    if not values:
        values += [o.by for o in plan.order if isinstance(o.by, Measure | Ratio | Growth)]
    found: list[Quantity] = []
    for value in values:
        slots = _quantity(value)
        if not slots:
            return None
        found += slots
    changed = {(q.aggregate, q.column, q.metric) for q in found if q.change}
    kept = [q for q in found if q.change or (q.aggregate, q.column, q.metric) not in changed]
    return tuple(dict.fromkeys(kept))


def _quantity(value: Value) -> tuple[Quantity, ...]:
    if isinstance(value, Measure):
        if value.where is not None or not (value.of is None or isinstance(value.of, Col)):
            return ()
        aggregate = "count" if value.aggregate == "count_distinct" else value.aggregate
        table = value.of.table if isinstance(value.of, Col) else value.table
        return (Quantity(aggregate, table, value.of, value.metric),)
    inner = value.over if isinstance(value, Ratio) else value.of
    base = _quantity(inner)
    if not base or (isinstance(value, Ratio) and value.under is not None):
        return ()
    change: Change = "share" if isinstance(value, Ratio) else "month" if value.lag < _PER_YEAR[value.unit] else "year"
    back = 1 if isinstance(value, Ratio) else max(1, value.lag // _PER_YEAR[value.unit])
    return (replace(base[0], change=change, back=back),)


_PER_YEAR: dict[TimeUnit, int] = {"year": 1, "quarter": 4, "month": 12, "day": 365}


def _ranking(plan: Plan) -> Ranking | None:
    if plan.limit is None:
        return None
    return Ranking(plan.order[0].descending if plan.order else True, plan.limit)


__all__ = [
    "Change",
    "Dimension",
    "Filter",
    "Period",
    "Quantity",
    "Ranking",
    "State",
    "Stored",
    "Threshold",
    "column_of",
    "concept",
    "state_of",
]
