"""Stocks beside other numbers: each is that of the end of the time asked for, whatever the others are added up over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from assistant.planning.compiling.facts import is_of_time, measured, parts_of
from assistant.planning.linking.times import TimeSpan, add_months
from assistant.planning.plan import Col, Compare, Growth, Measure, Plan, Ratio, TimeBucket, TimeUnit, Value
from assistant.planning.reading.context import Context
from corpus.semantics import Additivity


def unit_of(grain: str) -> TimeUnit:
    return "month" if grain == "month" else "quarter" if grain == "quarter" else "day"


def last_period(end: date, grain: str) -> str:
    """The first day of the last month, quarter or day before `end`."""
    day = end - timedelta(days=1)
    if grain == "month":
        day = day.replace(day=1)
    elif grain == "quarter":
        day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.isoformat()


def stocks_apart(ctx: Context, plan: Plan) -> Plan | None:
    """2025年的补贴金额和在岗人数: where not all numbers are stocks of the root, each stock gets its own last moment.

    None where a stock would have to be cut to a time that its table does not keep.
    """
    stocks = [m for m in measured(plan) if _kept_by_time(ctx, m)]
    if not stocks or all(m in stocks and m.table == ctx.root for m in measured(plan)):
        return plan
    spans = [p.time for p in ctx.phrases if p.kind == "condition" and p.time is not None]
    if len(spans) > 1:
        return None if any(m.table != ctx.root for m in stocks) else plan
    ends: dict[Measure, Measure] = {}
    for measure in stocks:
        time = ctx.time_column(measure.table)
        assert time is not None
        grain = ctx.of(time).grain
        buckets = [k for k in plan.keys if isinstance(k, TimeBucket)]
        if any(b.unit == unit_of(grain) for b in buckets) or time in plan.keys:
            continue
        if buckets:
            return None if measure.table != ctx.root else plan
        if _one_period(spans[0], grain) if spans else grain == "year" and _timed(ctx, plan):
            continue  # the time asked for is a single moment of the stock's own
        last = _last(ctx, measure, time, spans[0].end if spans else None)
        if last is None:
            return None
        ends[measure] = replace(measure, where=Compare(time, "=", last))
        label = ctx.of(measure.of).label if isinstance(measure.of, Col) else ""
        shown = f"{last}年" if isinstance(last, int) else last[:7] if grain in ("month", "quarter") else last
        ctx.assumptions.append(f"“{label}”是时点数，按{shown}的数据回答")
    return _swapped(plan, ends)


def _kept_by_time(ctx: Context, measure: Measure) -> bool:
    """Whether a measure adds up a stock that its table keeps for one time after another."""
    of = measure.of
    if measure.aggregate != "sum" or not isinstance(of, Col) or measure.where is not None:
        return False
    time = ctx.time_column(of.table)
    key = ctx.schema.model.table(of.table).primary_key
    return ctx.of(of).additivity == Additivity.SNAPSHOT and time is not None and time.name in key and len(key) > 1


def _timed(ctx: Context, plan: Plan) -> bool:
    return any(is_of_time(test, ctx.schema.model) for test in parts_of(plan.where))


def _one_period(span: TimeSpan, grain: str) -> bool:
    months = {"year": 12, "quarter": 3, "month": 1}.get(grain)
    if span.start is None or span.end is None:
        return False
    return span.end == (add_months(span.start, months) if months else span.start + timedelta(days=1))


def _last(ctx: Context, measure: Measure, time: Col, end: date | None) -> str | int | None:
    """The last moment with data, no later than the end of the time asked for."""
    assert isinstance(measure.of, Col)
    high = ctx.schema.values.latest(time.table, time.name, {measure.of.name})
    if isinstance(high, float):
        return int(high) if end is None else min(int(high), (end - timedelta(days=1)).year)
    if not isinstance(high, str):
        return None
    return high[:10] if end is None else min(last_period(end, ctx.of(time).grain), high[:10])


def _swapped(plan: Plan, ends: dict[Measure, Measure]) -> Plan:
    def swap(value: Value) -> Value:
        if isinstance(value, Measure):
            return ends.get(value, value)
        if isinstance(value, Ratio):
            under = ends.get(value.under, value.under) if value.under is not None else None
            return replace(value, over=ends.get(value.over, value.over), under=under)
        return replace(value, of=ends.get(value.of, value.of))

    orders = tuple(replace(o, by=swap(o.by)) if isinstance(o.by, Measure | Ratio | Growth) else o for o in plan.order)
    having = tuple(replace(h, measure=ends.get(h.measure, h.measure)) for h in plan.having)
    context = tuple(swap(c) if isinstance(c, Measure | Ratio | Growth) else c for c in plan.context)
    return replace(plan, values=tuple(swap(v) for v in plan.values), order=orders, having=having, context=context)
