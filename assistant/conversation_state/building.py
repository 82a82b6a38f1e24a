"""A state as a plan: for what no wording of it is understood as it was meant."""

from __future__ import annotations

from datetime import date
from typing import cast

from assistant.conversation_state.labels import base_label
from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import Dimension, Filter, Quantity, State
from assistant.planning.context import Context
from assistant.planning.embedded import Candidate, EmbeddedPlanner
from assistant.planning.finish import latest_only, say_all_times
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
    Order,
    Plan,
    Ratio,
    Reading,
    TimeBucket,
    Value,
    conjunction,
)
from assistant.planning.times import Grain, TimeSpan
from assistant.planning.timing import time_conditions
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
    first = values[0] if values else rows[0] if rows else None
    having = (
        (Having(values[0], cast(Operator, state.threshold.op), state.threshold.value),)
        if state.threshold is not None and values and isinstance(values[0], Measure)
        else ()
    )
    return Plan(
        state.table,
        keys=(*keys, *rows),
        values=tuple(values),
        where=conjunction([*conditions, *timed]),
        having=having,
        order=_order(state, keys, first),
        limit=state.ranking.limit if state.ranking else None,
        group=tuple(group) if values and group != keys else (),
        distinct=not values and not rows,
        keep=keep,
    )


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
    """Growth over whole years: the year before is read too, and left out of the result. None for any other period."""
    bucket = ctx.bucket("year")
    period = state.period
    if since != "year" or not isinstance(bucket, TimeBucket):
        return None
    bases = [_measure(q, ctx, planner) for q in state.quantities]
    values: list[Value] = []
    for base in bases:
        values += [base, Growth(base, "year", lag=1, label="同比增长(%)")]
    if period is None:
        return bucket, values, [], ()
    if period.start is None or period.end is None or (period.end.month, period.end.day) != (1, 1):
        return None
    if (period.start.month, period.start.day) != (1, 1):
        return None
    wide = Period(date(period.start.year - 1, 1, 1), period.end)
    timed = _time(wide, state.timed, ctx)
    if timed is None:
        return None
    keep = (Compare(bucket, ">=", period.start.year), Compare(bucket, "<=", period.end.year - 1))
    return bucket, values, timed, keep


__all__ = ["CERTAIN", "built"]
