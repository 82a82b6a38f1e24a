"""A state as a plan: for what no wording of it is understood as it was meant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from assistant.conversation_state.labels import base_label
from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import Dimension, Filter, Quantity, State, Threshold
from assistant.planning.conditions.timing import time_conditions
from assistant.planning.embedded import Candidate, EmbeddedPlanner
from assistant.planning.linking.times import Grain, TimeSpan
from assistant.planning.plan import (
    Aggregate,
    Col,
    Compare,
    Condition,
    Expression,
    Growth,
    Having,
    Measure,
    Operator,
    Or,
    Order,
    Plan,
    Ratio,
    Reading,
    TimeBucket,
    Value,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.shown.finish import latest_only, say_all_times
from corpus.semantics import Role

CERTAIN = 100.0  # the score of a reading that was built and not guessed


def built(state: State, planner: EmbeddedPlanner) -> Candidate | None:
    """The plan of a state with its SQL; None where the model cannot say it."""
    ctx = Context(planner.schema, [], state.table, [])
    plan = _plan(state, ctx, planner)
    if plan is None:
        return None
    plan = latest_only(ctx, plan)
    say_all_times(ctx, plan)
    sql = planner.compile(plan)
    if sql is None:
        return None
    return Candidate(Reading(plan, CERTAIN, assumptions=tuple(dict.fromkeys(ctx.assumptions))), sql, state.table)


def _plan(state: State, ctx: Context, planner: EmbeddedPlanner) -> Plan | None:
    keys: list[Expression] = []
    group: list[Expression] = []
    for dimension in state.dimensions:
        shown, by = _key(dimension, state.timed, ctx)
        if shown is None:
            return None
        keys.append(shown)
        group.append(by or shown)
    conditions: list[Condition] = [_condition(f) for f in state.filters]
    timed = _time(state.period, state.timed, ctx)
    if timed is None:
        return None
    values: list[Value] = [_measure(q, ctx, planner) for q in state.quantities if q.aggregate != "row"]
    rows = [q.column for q in state.quantities if q.aggregate == "row" and q.column is not None]
    keep: tuple[Compare, ...] = ()
    growth = next((q.change for q in state.quantities if q.change in ("year", "month")), None)
    if growth:
        grown = _grown(state, ctx, planner, "year" if growth == "year" else "month")
        if grown is None:
            return None
        bucket, values, timed, keep = grown
        if bucket not in keys:
            keys.insert(0, bucket)
            group.insert(0, bucket)
    shares = [q for q in state.quantities if q.change == "share"]
    if shares and not keys:
        return None
    for quantity in shares:
        base = _measure(quantity, ctx, planner)
        values += [Ratio(base, None, label="占比(%)", percent=True)]
    if not values and not keys and not rows:
        return None
    first = _ranked_by(values, rows)
    where = conjunction([*conditions, *timed])
    having = _having(state.threshold, values[0], where) if state.threshold and values else ()
    if having is None:
        return None
    return Plan(
        state.table,
        keys=(*keys, *rows),
        values=tuple(values),
        where=where,
        having=having,
        order=_order(state, keys, first),
        limit=state.ranking.limit if state.ranking else None,
        group=tuple(group) if values and group != keys else (),
        distinct=not values and not rows,
        keep=keep,
    )


def _having(threshold: Threshold, value: Value, where: Condition | None) -> tuple[Having, ...] | None:
    """Which groups are kept; None where their number is worked out from other rows, as growth is."""
    if not isinstance(value, Measure):
        return None
    op = cast(Operator, threshold.op)
    if threshold.than is not None:
        inside = conjunction([*([where] if where else []), _condition(threshold.than)])
        return (Having(value, op, threshold.value, value, inside),)
    found = (Having(value, op, threshold.value, mean=threshold.mean),)
    return found if threshold.most is None else (*found, Having(value, "<=", threshold.most))


def _ranked_by(values: list[Value], rows: list[Col]) -> Value | Col | None:
    """What the rows are put in order by: the growth or the share where that is asked, else the first number."""
    told = next((v for v in values if isinstance(v, Growth | Ratio)), None)
    return told or next((v for v in (*values, *rows)), None)


def _order(state: State, keys: list[Expression], first: Value | Col | None) -> tuple[Order, ...]:
    if state.ranking is not None and first is not None:
        return (Order(first, state.ranking.descending),)
    if keys and isinstance(keys[0], TimeBucket):
        return (Order(keys[0], False),)
    if keys and isinstance(first, Measure | Ratio):
        return (Order(first, True),)
    return ()


def _key(dimension: Dimension, about: Col | None, ctx: Context) -> tuple[Expression | None, Expression | None]:
    """What stands for a dimension in the rows; and what it is grouped by, where that is another column."""
    if dimension.column is None:
        found = ctx.bucket(dimension.unit) if dimension.unit else None
        if isinstance(found, TimeBucket) and about is not None and about.table == ctx.root:
            found = TimeBucket(about, found.unit)
        return found, None
    column = dimension.column
    target = ctx.target_of(column) if ctx.of(column).role == Role.FOREIGN else None
    if column.table != ctx.root and ctx.of(column).role == Role.NAME:
        foreign = ctx.schema.graph.foreign_key(ctx.root, column.table)
        return column, Col(ctx.root, foreign[0]) if foreign and len(foreign) == 1 else None
    if target is None or not ctx.schema.graph.safe(ctx.root, target):
        return column, None
    return ctx.name_of(target), column


def _condition(one: Filter) -> Condition:
    value = one.values if one.op in ("in", "not in") else one.values[0] if one.values else None
    return Compare(one.column, cast(Operator, one.op), value)


def _measure(quantity: Quantity, ctx: Context, planner: EmbeddedPlanner) -> Measure:
    if quantity.metric:
        return ctx.metric(quantity.metric)
    if quantity.column is None:
        return ctx.counting(quantity.table)
    if quantity.aggregate == "count":
        return Measure(
            "count_distinct", quantity.column, label=base_label(quantity, planner.model), table=quantity.column.table
        )
    return Measure(cast(Aggregate, quantity.aggregate), quantity.column, table=quantity.column.table)


def _time(period: Period | None, about: Col | None, ctx: Context) -> list[Condition] | None:
    """The period as conditions; None when the table's time cannot say it."""
    if period is None:
        return []
    col = about or ctx.time_column() or ctx.time_of(ctx.root)
    if col is None:
        near = [c for c in (ctx.time_column(t) for t in ctx.near()) if c is not None]
        col = near[0] if near else None
    return None if col is None else time_conditions(ctx, col, _span(period))


def _span(period: Period) -> TimeSpan:
    ends = [d for d in (period.start, period.end) if d is not None]
    grain: Grain = "day"
    if all((d.month, d.day) == (1, 1) for d in ends):
        grain = "year"
    elif all(d.day == 1 for d in ends):
        grain = "quarter" if all(d.month % 3 == 1 for d in ends) else "month"
    return TimeSpan(period.start, period.end, grain, 0)


def _grown(
    state: State, ctx: Context, planner: EmbeddedPlanner, since: str
) -> tuple[TimeBucket, list[Value], list[Condition], tuple[Compare, ...]] | None:
    """Growth over whole years, or over the same months of two years: what it is measured against is read too, and left
    out of the result. None for any other period."""
    bucket = ctx.bucket("year")
    period = state.period
    if since != "year" or not isinstance(bucket, TimeBucket):
        return None
    bases = [_measure(q, ctx, planner) for q in state.quantities]
    back = max((q.back for q in state.quantities), default=1)
    label = "同比增长(%)" if back == 1 else f"比{back}年前增长(%)"
    values: list[Value] = []
    for base in bases:
        values += [base, Growth(base, "year", lag=back, label=label)]
    if period is None:
        return bucket, values, [], ()
    if period.start is None or period.end is None:
        return None
    last = (period.end - timedelta(days=1)).year
    keep = (Compare(bucket, ">=", period.start.year), Compare(bucket, "<=", last))
    if (period.start.month, period.start.day, period.end.month, period.end.day) == (1, 1, 1, 1):
        wide = _time(Period(date(period.start.year - back, 1, 1), period.end), state.timed, ctx)
        return None if wide is None else (bucket, values, wide, keep)
    if last != period.start.year or back != 1:
        return None
    sides = [_time(p, state.timed, ctx) for p in (period.shifted(-12), period)]
    both = [conjunction(side) for side in sides if side]
    if len(both) < 2:
        return None
    return bucket, values, [Or(tuple(c for c in both if c is not None))], keep


__all__ = ["CERTAIN", "built"]
