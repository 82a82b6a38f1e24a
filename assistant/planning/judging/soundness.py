"""Plans that compile and mean nothing: averages of dates, a column against itself, things counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.planning.compiling.rollup import measures_of
from assistant.planning.linking.names import Candidate
from assistant.planning.linking.times import TimeSpan
from assistant.planning.numbers.asked_units import asks_size, is_figures
from assistant.planning.numbers.stocks import last_period, unit_of
from assistant.planning.plan import (
    And,
    Arithmetic,
    Col,
    Compare,
    Condition,
    Growth,
    Measure,
    Order,
    Plan,
    Ratio,
    TimeBucket,
    Value,
    columns_in,
    columns_of,
)
from assistant.planning.reading.context import Context
from corpus.semantics import Additivity, Role

_ADDED = ("sum", "avg", "median")


def sound(ctx: Context, plan: Plan) -> Plan | None:
    """The plan, with counts of figures replaced by the figures; None where it means nothing."""
    if any(_meaningless(ctx, plan, m) for v in _values(plan) for m in measures_of(v)):
        return None
    if plan.limit is not None and plan.values and not plan.keys:
        return None  # the first of one row
    if plan.values and asks_size(ctx.mentions) and all(_counts(v) for v in plan.values):
        return None  # 多少吨 is no number of things
    if (
        plan.values
        and any(m.text == "多少人" for m in ctx.mentions)
        and all(_counts_no_people(ctx, v) for v in plan.values)
    ):
        return None  # 多少人 is no number of shops
    if plan.limit is not None and plan.keys and _all_fixed(plan):
        return None  # the best of one
    if _ranked_by_the_whole(ctx, plan) or _asks_for_another(ctx, plan):
        return None
    if any(isinstance(t, Compare) and t.right == t.left for t in _tests(plan.where)) or _contradicts(plan.where):
        return None
    if _tests_any_time(ctx, plan) or _borrows(ctx, plan):
        return None
    return _figures(ctx, plan)


def _values(plan: Plan) -> list[Value]:
    ranked = [o.by for o in plan.order if not isinstance(o.by, Col) and isinstance(o.by, Measure | Ratio)]
    return [*plan.values, *(h.measure for h in plan.having), *ranked]


def _meaningless(ctx: Context, plan: Plan, measure: Measure) -> bool:
    """An average of times; a count of things that each group has one of, to rank or to test by."""
    if measure.aggregate in _ADDED and isinstance(measure.of, Col) and ctx.of(measure.of).role == Role.TIME:
        return True
    key = ctx.table.primary_key
    single = len(key) == 1 and any(
        isinstance(g, Col) and g == Col(plan.root, key[0]) for g in (plan.group or plan.keys)
    )
    tested = any(h.measure == measure for h in plan.having) or any(o.by == measure for o in plan.order if plan.limit)
    counts = measure.aggregate == "count" and measure.of is None and measure.table in ("", plan.root)
    return single and tested and counts and measure.where is None


def _counts(value: Value) -> bool:
    """Whether a value is a number of rows or of things."""
    return isinstance(value, Measure) and not value.metric and value.aggregate in ("count", "count_distinct")


def _counts_no_people(ctx: Context, value: Value) -> bool:
    """Whether a value is a number of things that are counted by a word for things: 家, 件, 条."""
    if not (isinstance(value, Measure) and _counts(value)):
        return False
    table = value.table or ctx.root
    if isinstance(value.of, Col):
        table = ctx.target_of(value.of) or value.of.table
    word = ctx.schema.model.table(table).measure_word
    return bool(word) and word not in "人名位口"


def _all_fixed(plan: Plan) -> bool:
    """Whether the conditions leave one value of each key, so that ranking them says nothing."""
    fixed = {t.left for t in _tests(plan.where) if isinstance(t, Compare) and t.op == "=" and t.right is None}
    return bool(plan.values or plan.grouped) and all(k in fixed for k in plan.keys)


def _asks_for_another(ctx: Context, plan: Plan) -> bool:
    """哪个街道 asks for a street: no number (a part of 街道数), and no other thing that has streets (街道 as a kind)."""
    shown = {c.table for key in (*plan.keys, *plan.group) for c in columns_of(key)}
    for i, mention in enumerate(ctx.mentions[:-1]):
        meant = ctx.resolved[i + 1]
        if mention.kind != "which" or meant is None or meant.kind == "table":
            continue
        if plan.values:
            continue  # 哪个员工多: the thing is left out
        if ctx.is_measure(i + 1) and meant.score < 0.9:
            return True
        if meant.kind == "value" and plan.keys and meant.table not in shown:
            return True
    return False


def _ranked_by_the_whole(ctx: Context, plan: Plan) -> bool:
    """哪个街道面积最大, ranked by the area of each street's district: what all of a district's streets share ranks none of them."""
    if plan.grouped or plan.limit is None or ctx.name_of(ctx.root) not in plan.keys:
        return False
    said = {
        found.table for m, found in zip(ctx.mentions, ctx.resolved, strict=True) if found and found.kind != "column"
    }
    ranked = {c.table for o in plan.order if isinstance(o.by, Col | Arithmetic) for c in columns_of(o.by)}
    return any(t != ctx.root and t not in said and ctx.schema.graph.safe(ctx.root, t) for t in ranked)


def _tests(condition: Condition | None) -> Iterator[Condition]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _tests(part)
    elif condition is not None:
        yield condition


def _borrows(ctx: Context, plan: Plan) -> bool:
    """面积最大的街道, where only districts have an area: a thing's own number is not that of what it belongs to."""
    name = ctx.name_of(plan.root)
    if name not in plan.keys or ctx.of(name).role != Role.NAME:
        return False
    said = {r.table for r in ctx.resolved if r is not None and (r.kind != "column" or _is_name(ctx, r))}
    shown = [*plan.keys, *(o.by for o in plan.order)]
    numbers = [e for e in shown if isinstance(e, Col) and ctx.of(e).role == Role.MEASURE]
    return any(
        c.table != plan.root and c.table not in said and ctx.schema.graph.safe(plan.root, c.table) for c in numbers
    )


def _is_name(ctx: Context, found: Candidate) -> bool:
    return ctx.of(Col(found.table, found.column)).role == Role.NAME


def _tests_any_time(ctx: Context, plan: Plan) -> bool:
    """学生超过3000人的学校, seen from the schools: a stock of many years tested in whichever of them."""
    for table in dict.fromkeys(c.table for c in columns_in(plan.where)):
        col = ctx.time_column(table)
        if table == plan.root or col is None or ctx.schema.graph.safe(plan.root, table) or not is_figures(ctx, table):
            continue
        tested = [c for c in columns_in(plan.where) if c.table == table]
        if col not in tested and any(ctx.of(c).additivity == Additivity.SNAPSHOT for c in tested):
            return True
    return False


def _contradicts(condition: Condition | None) -> bool:
    """Whether two values, or two bounds with nothing between them, are asked of one column at once."""
    fixed: dict[object, object] = {}
    tests = list(_tests(condition))
    for low in tests:
        for high in tests:
            if isinstance(low, Compare) and isinstance(high, Compare) and _crossed(low, high):
                return True
    for test in tests:
        equal = isinstance(test, Compare) and test.op == "=" and test.right is None
        if equal and isinstance(test, Compare) and fixed.setdefault(test.left, test.value) != test.value:
            return True
    return False


def _crossed(low: Compare, high: Compare) -> bool:
    if low.left != high.left or low.op not in (">", ">=") or high.op not in ("<", "<="):
        return False
    a, b = low.value, high.value
    if isinstance(a, str) and isinstance(b, str):
        return a > b or (a == b and (low.op, high.op) != (">=", "<="))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a > b or (a == b and (low.op, high.op) != (">=", "<="))
    return False


# -- counts of figures ------------------------------------------------------------------------------------------------


def _figures(ctx: Context, plan: Plan) -> Plan | None:
    """Nobody counts the rows of figures: the number that the question's words speak of is added up instead."""
    pointless = [
        m
        for v in _values(plan)
        for m in measures_of(v)
        if m.aggregate == "count" and m.of is None and not m.metric and is_figures(ctx, m.table or plan.root)
    ]
    if not pointless:
        return plan
    if any(m.table not in ("", plan.root) for m in pointless):
        return None
    number = _spoken(ctx)
    if number is None:
        return None
    total = ctx.default_measure(number)

    def swap(value: Value) -> Value:
        if isinstance(value, Measure):
            return replace(total, where=value.where, label=value.label) if value in pointless else value
        if isinstance(value, Ratio):
            under = swap(value.under) if value.under is not None else None
            over = swap(value.over)
            assert isinstance(over, Measure) and (under is None or isinstance(under, Measure))
            return replace(value, over=over, under=under)
        of = swap(value.of)
        assert isinstance(of, Measure)
        return replace(value, of=of)

    orders = tuple(Order(swap(o.by), o.descending) if isinstance(o.by, Measure | Ratio) else o for o in plan.order)
    having = tuple(replace(h, measure=total if h.measure in pointless else h.measure) for h in plan.having)
    ctx.assumptions.append(f"按{ctx.of(number).label}计算")
    context = tuple(swap(v) if isinstance(v, Measure | Ratio | Growth) else v for v in plan.context)
    return replace(plan, values=tuple(swap(v) for v in plan.values), order=orders, having=having, context=context)


def _spoken(ctx: Context) -> Col | None:
    """The root's number whose names share two characters in a row with what the question says, more than any other."""
    meant = zip(ctx.mentions, ctx.resolved, strict=True)
    said = "".join(m.text for m, found in meant if found is None or found.kind != "value")
    scored = []
    for column in ctx.table.columns:
        if column.role != Role.MEASURE or column.additivity == Additivity.AVERAGE:
            continue
        names = (column.label, *column.synonyms)
        pairs = max(sum(n[i : i + 2] in said for i in range(len(n) - 1)) / max(1, len(n) - 1) for n in names)
        scored.append((pairs, column.name))
    scored.sort(key=lambda p: -p[0])
    if not scored or scored[0][0] <= 0:
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0]:
        return None
    return Col(ctx.root, scored[0][1])


# -- stocks over several periods ----------------------------------------------------------------------------------------


def stocks_at_end(ctx: Context, plan: Plan, own: TimeSpan | None = None) -> Plan:
    """参保人数 of a year of months: a stock is that of the last month, not the sum of all; of each year, their average."""
    col = ctx.time_column()
    if col is None or col.name not in ctx.table.primary_key or len(ctx.table.primary_key) < 2:
        return plan
    grain = ctx.of(col).grain
    stocks = [m for v in _values(plan) for m in measures_of(v) if _is_stock(ctx, m)]
    if not stocks or grain not in ("month", "quarter", "date", "day"):
        return plan
    buckets = [k for k in plan.keys if isinstance(k, TimeBucket)]
    if any(k == col for k in plan.keys) or any(b.unit == unit_of(grain) for b in buckets):
        return plan
    if buckets:
        return _averaged(ctx, plan, stocks, TimeBucket(col, unit_of(grain)))
    spans = [p.time for p in ctx.phrases if p.kind == "condition" and p.time is not None] if own is None else [own]
    if len(spans) != 1 or spans[0].end is None:
        return plan
    high = ctx.schema.values.range(col.table, col.name).high
    last = last_period(spans[0].end, grain)
    if not isinstance(high, str):
        return plan
    last = min(last, high[:10])
    if spans[0].start is not None and spans[0].start.isoformat() >= last:
        return plan
    label = ctx.of(stocks[0].of).label if isinstance(stocks[0].of, Col) else ""
    ctx.assumptions.append(f"“{label}”是时点数，按{last[:7] if grain in ('month', 'quarter') else last}的数据回答")
    at_end = Compare(col, "=", last)
    return replace(plan, where=at_end if plan.where is None else And((plan.where, at_end)))


def _is_stock(ctx: Context, measure: Measure) -> bool:
    of = measure.of
    return (
        measure.aggregate == "sum"
        and isinstance(of, Col)
        and of.table == ctx.root
        and measure.where is None
        and ctx.of(of).additivity == Additivity.SNAPSHOT
    )


def _averaged(ctx: Context, plan: Plan, stocks: list[Measure], times: TimeBucket) -> Plan:
    word = {"month": "月", "quarter": "季", "day": "日"}[times.unit]
    ctx.assumptions.append(f"时点数按期内各{word}的平均计算")
    count = Measure("count_distinct", times, table=ctx.root)

    def mean(value: Value) -> Value:
        if isinstance(value, Measure) and value in stocks and isinstance(value.of, Col):
            return Ratio(value, count, label=f"{word}均{ctx.of(value.of).label}")
        return value

    orders = tuple(Order(mean(o.by), o.descending) if isinstance(o.by, Measure) else o for o in plan.order)
    return replace(plan, values=tuple(mean(v) for v in plan.values), order=orders)
