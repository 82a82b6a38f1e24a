"""What a plan for people needs beyond its words: ranks within groups, years side by side, the newest stock, growth's past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from assistant.planning.compiling.rollup import measures_of, metric_columns
from assistant.planning.conditions.timing import time_conditions
from assistant.planning.linking.times import TimeSpan, add_months
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    Condition,
    Growth,
    Measure,
    Or,
    Order,
    Plan,
    Ratio,
    TimeBucket,
    columns_in,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from corpus.semantics import Additivity, Role


def rank_within(ctx: Context, plan: Plan) -> Plan:
    """各区学生最多的学校: a limit together with a group and a finer key holds within each group."""
    grouped = any(p.kind == "group" for p in ctx.phrases)
    if plan.limit is None or not plan.order or not grouped or len(plan.keys) < 2:
        return plan
    if isinstance(plan.keys[0], TimeBucket) and not any(m.kind == "period" for m in ctx.mentions):
        return plan  # 哪一年各区…最多: the period is sought itself
    return replace(plan, limit_per=(plan.keys[0],))


def by_year(ctx: Context, plan: Plan) -> Plan:
    """A number over several years, with no word that says to add them up, is given year by year."""
    span = next((m.time for m in ctx.mentions if m.time and m.time.start and m.time.end), None)
    if span is None or span.grain != "year" or span.start is None or span.end is None:
        return plan
    if span.end.year - span.start.year < 2:
        return plan
    said = any(m.kind == "agg" and m.payload != "count" for m in ctx.mentions)
    if plan.keys or not plan.values or plan.limit or said or any(isinstance(v, Ratio | Growth) for v in plan.values):
        return plan
    bucket = ctx.bucket("year")
    if not isinstance(bucket, TimeBucket):
        return plan
    return replace(plan, keys=(bucket,), order=(Order(bucket, False),))


def latest_only(ctx: Context, plan: Plan) -> Plan:
    """A stock (population, pupils) is not summed over the years: without a time the newest one is meant, and said."""
    col = ctx.time_column()
    if col is None or any(isinstance(k, TimeBucket) or k == col for k in plan.keys):
        return plan
    if plan.where is not None and _tests_time(plan.where, col):
        return plan
    if len(ctx.table.primary_key) < 2 or col.name not in ctx.table.primary_key:
        return plan
    # ranked by or tested counts as much as shown
    seen = [*plan.values, *plan.context, *(o.by for o in plan.order), *(h.measure for h in plan.having)]
    numbers = [m for v in seen if isinstance(v, Measure | Ratio) for m in measures_of(v) if m.where is None]
    added = [c for v in numbers if v.of is not None and v.aggregate in ("sum", "avg") for c in columns_of(v.of)]
    counts = any(v.aggregate == "count_distinct" for v in numbers)
    stock = [m for m in added if m.table == ctx.root and ctx.of(m).additivity == Additivity.SNAPSHOT]
    metrics = [v.metric for v in numbers if v.metric] if ctx.of(col).grain == "year" else []
    tested = [
        c
        for c in columns_in(plan.where)
        if c.table == ctx.root and ctx.of(c).role == Role.MEASURE and ctx.of(c).additivity == Additivity.SNAPSHOT
    ]
    if not (stock or metrics or tested or (counts and not added) or (asks_now(ctx) and plan.values)):
        return plan
    needed = {c.name for c in (*stock, *tested)} | {n for m in metrics for n in metric_columns(ctx.schema.model, m)}
    high = ctx.schema.values.latest(col.table, col.name, needed)
    if high is None:
        return plan
    value: str | int = int(high) if isinstance(high, float) else str(high)[:10]
    grain = ctx.of(col).grain
    shown = f"{value}年" if grain == "year" else str(value)[:7] if grain == "month" else str(value)
    ctx.assumptions.append(f"{'' if asks_now(ctx) else '未说明时间，'}按最新的{shown}数据回答")
    newest: Condition = Compare(col, "=", value)
    return replace(plan, where=newest if plan.where is None else And((plan.where, newest)))


_NOW = ("现在", "目前", "当前", "如今", "眼下", "这会儿")


def asks_now(ctx: Context) -> bool:
    """现在多少钱, 最近的水位: whether the last figures there are were asked for."""
    return ctx.newest or any(m.text in _NOW for m in ctx.mentions)


def say_simple_average(ctx: Context, plan: Plan) -> None:
    """A rate or a price of figures (of months, of districts) averaged over them is not weighted: the asker is told."""
    if ctx.table.entity or len(ctx.table.primary_key) < 2:
        return
    for value in [*plan.values, *(o.by for o in plan.order)]:
        if (
            isinstance(value, Measure)
            and value.aggregate == "avg"
            and isinstance(value.of, Col)
            and value.of.table == plan.root
        ):
            label = ctx.of(value.of).label
            if _single(ctx, plan):
                continue
            if ctx.of(value.of).additivity == Additivity.AVERAGE:
                ctx.assumptions.append(f"“{label}”按各条记录简单平均，没有加权")
            else:
                each = f"（{ctx.table.grain}）" if ctx.table.grain else ""
                ctx.assumptions.append(f"“{label}”按每条记录{each}平均")


def _single(ctx: Context, plan: Plan) -> bool:
    """Whether what is kept fixed and what groups leave one row each."""
    known = {c.name for k in (*plan.keys, *plan.group) if not isinstance(k, TimeBucket) for c in columns_of(k)}
    for key in (*plan.keys, *plan.group):
        if isinstance(key, TimeBucket):
            known |= {key.column.name}
        for col in columns_of(key):
            known |= set(ctx.schema.graph.foreign_key(ctx.root, col.table) or ()) if col.table != ctx.root else set()
    for col in columns_in(plan.where):
        known |= {col.name} if col.table == ctx.root else set(ctx.schema.graph.foreign_key(ctx.root, col.table) or ())
    return set(ctx.table.primary_key) <= known


def _tests_time(condition: Condition, col: Col) -> bool:
    if isinstance(condition, Compare):
        return col in columns_of(condition.left)
    if isinstance(condition, And):
        return any(_tests_time(p, col) for p in condition.parts)
    if isinstance(condition, Or):
        return all(_tests_time(p, col) for p in condition.parts)
    return False


def widen_for_growth(ctx: Context, plan: Plan) -> Plan:
    """Growth needs the period before the asked one: it is read too, and left out of the result afterwards."""
    growth = next((v for v in plan.values if isinstance(v, Growth)), None)
    key = next((k for k in plan.keys if isinstance(k, TimeBucket)), None)
    spans = [m.time for m in ctx.mentions if m.time and m.time.start and m.time.end]
    if growth is None or key is None or not spans:
        return plan
    inner = [s for s in spans[1:] if _lies_in(s, spans[0])]  # 今年, then 前五个月 of it
    span = _within_data(ctx, inner[-1] if inner else spans[0], key.column)
    assert span.start is not None and span.end is not None
    rest = [p.condition for p in ctx.phrases if p.kind == "condition" and p.condition is not None]
    rest = [c for c in rest if not _tests_time(c, key.column)]
    wide = replace(span, start=span.start.replace(year=span.start.year - 1, day=1))
    conditions = [*rest, *(time_conditions(ctx, key.column, wide) or [])]
    if key.unit == "year" and span.grain != "year":
        # the same months of both years, not all that lies between
        before = replace(wide, end=span.end.replace(year=span.end.year - 1, day=1))
        sides = [conjunction(time_conditions(ctx, key.column, s) or []) for s in (before, span)]
        known = tuple(s for s in sides if s is not None)
        if len(known) < 2:
            return plan
        conditions = [*rest, Or(known)]
    keep: tuple[Compare, ...]
    if key.unit == "year":
        last_day = span.end - timedelta(days=1)
        keep = (Compare(key, ">=", span.start.year), Compare(key, "<=", last_day.year))
    else:
        first, last = (
            _bucket_text(span.start.year, span.start.month, key),
            _bucket_text(span.end.year, span.end.month, key),
        )
        keep = (Compare(key, ">=", first), Compare(key, "<", last))
    return replace(plan, where=conjunction(conditions), keep=keep)


def _lies_in(inner: TimeSpan, outer: TimeSpan) -> bool:
    if None in (inner.start, inner.end, outer.start, outer.end):
        return False
    return outer.start <= inner.start and inner.end <= outer.end  # type: ignore[operator]


def _within_data(ctx: Context, span: TimeSpan, col: Col) -> TimeSpan:
    """今年 while the year goes on: the months that there are, against the same months of the year before."""
    high = ctx.schema.values.range(col.table, col.name).high
    if not isinstance(high, str) or span.start is None or span.end is None or span.grain != "year":
        return span
    last = date.fromisoformat(high[:10])
    step = {"quarter": 3}.get(ctx.of(col).grain, 1)
    after = add_months(last.replace(day=1), step)
    if not span.start < after < span.end:
        return span
    ctx.assumptions.append(f"{last.year}年的数据只到{(after - timedelta(days=1)).month}月，与上年同期比较")
    return replace(span, end=after, grain="month")


def _bucket_text(year: int, month: int, key: TimeBucket) -> str:
    if key.unit == "quarter":
        return f"{year}-Q{(month - 1) // 3 + 1}"
    return f"{year}-{month:02d}" if key.unit == "month" else f"{year}-{month:02d}-01"


def say_all_times(ctx: Context, plan: Plan) -> None:
    """A total over everything a table of events or periods holds is no figure of a year: the asker is told its extent."""
    col = ctx.time_column()
    seen = [*plan.values, *(o.by for o in plan.order), *(h.measure for h in plan.having)]  # ranked or tested by
    entity = any(c.role in (Role.NAME, Role.KEY) and c.name in ctx.table.primary_key for c in ctx.table.columns)
    if col is None or not seen or (entity and len(ctx.table.primary_key) == 1 and ctx.table.entity and _named(ctx)):
        return
    if any(isinstance(k, TimeBucket) or k == col for k in plan.keys):
        return
    if plan.where is not None and _tests_time(plan.where, col):
        return
    totals = [
        v
        for v in seen
        if isinstance(v, Measure) and (v.aggregate in ("sum", "count") or v.metric) and v.table == plan.root
    ]
    found = ctx.schema.values.range(col.table, col.name)
    if totals and found.low is not None and found.high is not None:
        low, high = (str(int(v)) if isinstance(v, float) else v[:7] for v in (found.low, found.high))
        ctx.assumptions.append(f"未说明时间，包含{low}至{high}的全部数据")


def _named(ctx: Context) -> bool:
    """Whether the root's rows are things with names, not events."""
    return any(c.role == Role.NAME for c in ctx.table.columns)
