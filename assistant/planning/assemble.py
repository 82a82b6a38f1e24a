"""The last step of reading: conditions, keys, values and rankings become one plan."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions import joined, read_conditions, time_conditions
from assistant.planning.context import Context
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    Condition,
    Expression,
    Growth,
    Having,
    Measure,
    Order,
    Plan,
    Ratio,
    TimeBucket,
    Value,
    columns_in,
    columns_of,
)
from assistant.planning.targets import add_key, read_groups, read_rankings, read_values
from corpus.semantics import Additivity, Role


def assemble(ctx: Context) -> Plan | None:
    """The plan that this context reads; None when the words ask nothing of this root."""
    read_conditions(ctx)
    _flags(ctx)
    read_groups(ctx)
    read_rankings(ctx)
    read_values(ctx)
    _targets(ctx)
    _leftover_measures(ctx)
    _leftover_columns(ctx)
    _leftover_tables(ctx)
    return _finish(ctx)


def _flags(ctx: Context) -> None:
    """是否X columns: 达标的, 未达标的, 小微企业."""
    for index in range(len(ctx.mentions)):
        col = ctx.col(index)
        if index in ctx.used or col is None or not ctx.of(col).type.upper().startswith("BOOLEAN"):
            continue
        before = ctx.before(index, skip=("filler", "of", "is"))
        grouped = before is not None and ctx.mentions[before].kind in ("each", "by", "share", "which")
        if grouped or ctx.mentions[index].text.startswith("是否"):
            continue
        negated = before is not None and index - before <= 2 and ctx.mentions[before].kind in ("not", "without")
        if negated and before is not None:
            ctx.use(before)
        ctx.conditions.append((index, Compare(col, "=", not negated, text=ctx.mentions[index].text)))
        ctx.use(index)


def _targets(ctx: Context) -> None:
    """哪些X, X有哪些: what is to be listed or, when something is counted or ranked, grouped by."""
    for index, mention in enumerate(ctx.mentions):
        if mention.kind not in ("which", "list"):
            continue
        k = ctx.after(index, skip=("unit", "of", "filler", "is", "whole", "list")) if mention.kind == "which" else None
        if k is not None and ctx.mentions[k].number:
            k = ctx.after(k, skip=("unit", "of", "filler", "is"))
        if k is None and (mention.kind == "which" or index > 0):
            k = ctx.before(index, skip=("is", "filler", "unit", "of", "agg"))
        if k is None or ctx.resolved[k] is None or ctx.is_measure(k) or ctx.is_metric(k) or ctx.is_value(k):
            continue
        if k in ctx.used and not ctx.is_table(k):
            continue
        ctx.target = k
        found = ctx.resolved[k]
        assert found is not None
        if found.kind == "table" and found.table != ctx.root and not ctx.schema.graph.safe(ctx.root, found.table):
            continue
        add_key(ctx, k)
        ctx.use(index, k)
        return


def _leftover_measures(ctx: Context) -> None:
    """Measures named without an aggregate: shown row by row in a list, else aggregated in the usual way."""
    left = [i for i in range(len(ctx.mentions)) if ctx.is_measure(i) and i not in ctx.used]
    if not left:
        return
    listing = _is_listing(ctx)
    for index in left:
        col = cast(Col, ctx.col(index))
        ctx.use(index)
        if any(_is_about(v, col) for v in ctx.values):
            continue
        if listing:
            if col not in ctx.keys:
                ctx.keys.append(col)
            continue
        if any(isinstance(o.by, Col) and o.by == col for o in ctx.orders) and not ctx.keys:
            ctx.keys.append(col)
            continue
        ctx.values.append(ctx.default_measure(col))


def _is_about(value: Value, col: Col) -> bool:
    if isinstance(value, Ratio):
        return _is_about(value.over, col)
    if isinstance(value, Growth):
        return _is_about(value.of, col)
    return value.of == col


def _is_listing(ctx: Context) -> bool:
    """Whether each row of the root stands for itself in the answer, so that its numbers are shown as they are."""
    if ctx.values or ctx.having:
        return False
    if any(isinstance(o.by, Measure | Ratio | Growth) for o in ctx.orders):
        return False
    name = ctx.name_of(ctx.root)
    entity = ctx.table.entity or any(c.role in (Role.NAME, Role.KEY) for c in ctx.table.columns)
    keyed = [k for k in ctx.keys if isinstance(k, Col)]
    if any(isinstance(k, TimeBucket) for k in ctx.keys):
        return False
    if name in keyed and len(ctx.table.primary_key) <= 1:
        return True
    if keyed:
        # keys of another table, or a category: rows are summed up under them, unless that table is the root's own twin
        return False
    if not entity or len(ctx.table.primary_key) > 1:
        return False
    named = any(isinstance(c, Compare) and c.left == name and c.op in ("=", "in") for _, c in ctx.conditions)
    return named or bool(ctx.orders) or ctx.limit is not None


def _leftover_columns(ctx: Context) -> None:
    """Columns named and not used yet are shown."""
    for index in range(len(ctx.mentions)):
        col = ctx.col(index)
        if col is None or index in ctx.used or ctx.is_measure(index):
            continue
        if not (col.table == ctx.root or ctx.schema.graph.safe(ctx.root, col.table)):
            continue
        found = ctx.resolved[index]
        if found is not None and found.score < 0.6 and len(ctx.mentions[index].text) <= 2:
            continue
        ctx.use(index)
        if ctx.of(col).role == Role.NAME and any(
            isinstance(v, Measure) and v.aggregate.startswith("count") for v in ctx.values
        ):
            continue
        already = [c for k in ctx.keys for c in columns_of(k)]
        if col not in already and not _only_filters(ctx, col):
            add_key(ctx, index)


def _only_filters(ctx: Context, col: Col) -> bool:
    """The column names what a condition already fixes to one value."""
    return any(isinstance(c, Compare) and c.left == col and c.op == "=" for _, c in ctx.conditions)


def _leftover_tables(ctx: Context) -> None:
    for index in range(len(ctx.mentions)):
        if not ctx.is_table(index) or index in ctx.used:
            continue
        found = ctx.resolved[index]
        assert found is not None
        if found.table == ctx.root:
            ctx.use(index)
        elif ctx.schema.graph.safe(ctx.root, found.table) and not ctx.keys and not ctx.values and not ctx.orders:
            add_key(ctx, index)
            ctx.use(index)
        elif ctx.schema.graph.cost(ctx.root, found.table) != float("inf") and any(
            k.table == found.table for e in ctx.keys for k in columns_of(e)
        ):
            ctx.use(index)


def _finish(ctx: Context) -> Plan | None:
    where = joined(ctx)
    keys, group, values, orders = list(ctx.keys), list(ctx.group), list(ctx.values), list(ctx.orders)
    ranked = [o.by for o in orders if isinstance(o.by, Measure | Ratio | Growth)]
    root_name = ctx.name_of(ctx.root)
    if not keys and not values and not orders and not ctx.conditions and ctx.limit is None:
        asked = any(m.kind in ("howmany",) for m in ctx.mentions)
        values = [ctx.counting()] if asked and any(ctx.is_table(i) for i in range(len(ctx.mentions))) else []
        if not values and not any(ctx.is_table(i) for i in range(len(ctx.mentions))):
            return None
    counted = any(m.kind == "howmany" for i, m in enumerate(ctx.mentions) if i not in ctx.used)
    if not values and counted and not keys and not orders:
        values = [ctx.counting()]
    if (ctx.having or ranked) and not keys:
        keys.append(root_name)
    if ctx.having and keys and not values and not ranked:
        pass  # the groups themselves are asked for
    if keys and not values and not ranked and not ctx.having and _wants_count(ctx):
        values = [ctx.counting()]
    context: list[Value | Expression] = [v for v in ranked if v not in values]
    # ranking by a bare measure while grouping: rank by its aggregate
    grouped = bool(values) or bool(ctx.having) or bool(ranked)
    fixed: list[Order] = []
    for order in orders:
        by = order.by
        if grouped and isinstance(by, Col) and by not in keys and ctx.of(by).role == Role.MEASURE:
            same = next((v for v in values if isinstance(v, Measure) and v.of == by), None)
            measure = same or ctx.default_measure(by)
            if same is None:
                context.append(measure)
            by = measure
        elif (
            not grouped
            and isinstance(by, Col)
            and ctx.of(by).role == Role.MEASURE
            and keys
            and root_name not in keys
            and not _row_level(ctx, keys)
        ):
            measure = ctx.default_measure(by)
            context.append(measure)
            by, grouped = measure, True
        fixed.append(Order(by, order.descending))
    if not keys and not values:
        keys, more = _default_listing(ctx)
        context += more + [o.by for o in fixed if isinstance(o.by, Col)]
    elif (
        not values
        and keys
        and root_name not in keys
        and _row_level(ctx, keys)
        and ctx.target is None
        and ctx.table.entity
        and ctx.orders
    ):
        keys.insert(0, root_name)
    if ctx.limit is not None and not fixed and values:
        fixed.append(Order(values[-1] if len(values) == 1 else values[0], "倒序" not in ctx.assumptions))
    ctx.assumptions = [a for a in ctx.assumptions if a and a != "倒序"]
    times = [k for k in keys if isinstance(k, TimeBucket)]
    if times and not fixed:
        fixed = [Order(k, False) for k in times]
    elif values and keys and not fixed and not times:
        lead = next((v for v in values if not isinstance(v, Growth)), values[0])
        fixed = [Order(lead, True)]
    distinct = not grouped and bool(keys) and not _has_identity(ctx, keys)
    plan = Plan(
        ctx.root,
        keys=tuple(keys),
        values=tuple(values),
        where=where,
        having=tuple(ctx.having),
        order=tuple(fixed),
        limit=ctx.limit,
        distinct=distinct,
        group=tuple(_grouping(ctx, keys, group)) if grouped else (),
        context=tuple(c for c in dict.fromkeys(context) if c not in keys),
    )
    plan = _rank_within(ctx, plan)
    plan = _by_year(ctx, plan)
    plan = _latest_only(ctx, plan)
    return _widen_for_growth(ctx, plan)


def _grouping(ctx: Context, keys: list[Expression], group: list[Expression]) -> list[Expression]:
    """Empty when the keys themselves group; else the identities that do, with the keys that have none."""
    names = {
        ctx.name_of(g.table): g for g in group if isinstance(g, Col) and ctx.of(g).role in (Role.KEY, Role.FOREIGN)
    }
    for g in group:
        if isinstance(g, Col) and ctx.of(g).role == Role.FOREIGN and g.table == ctx.root:
            for relation in ctx.schema.model.relations:
                if relation.left == ctx.root and relation.left_columns == [g.name]:
                    names[ctx.name_of(relation.right)] = g
    if not any(isinstance(k, Col) and k in names for k in keys):
        return []
    owners = {k.table for k in keys if isinstance(k, Col) and k in names}
    result: list[Expression] = []
    for key in keys:
        if isinstance(key, Col) and key in names:
            result.append(names[key])
        elif isinstance(key, Col) and key.table in owners:
            continue  # an attribute of what the identity already tells apart
        else:
            result.append(key)
    return result


def _row_level(ctx: Context, keys: list[Expression]) -> bool:
    """Whether the keys are plain columns of the root's own rows."""
    return len(ctx.table.primary_key) <= 1 and all(
        isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role != Role.CATEGORY for k in keys
    )


def _has_identity(ctx: Context, keys: list[Expression]) -> bool:
    return any(
        isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role in (Role.NAME, Role.KEY, Role.MEASURE)
        for k in keys
    )


def _wants_count(ctx: Context) -> bool:
    """Categories asked for with a number of something: 各区有多少学校."""
    asks = any(m.kind == "howmany" or (m.kind == "agg" and m.word and m.word.payload == "count") for m in ctx.mentions)
    grouped = any(m.kind in ("each", "period", "by") for m in ctx.mentions)
    return asks or (
        grouped
        and all(
            not isinstance(k, Col) or ctx.of(k).role in (Role.CATEGORY, Role.TIME, Role.FOREIGN) or k.table != ctx.root
            for k in ctx.keys
        )
    )


def _default_listing(ctx: Context) -> tuple[list[Expression], list[Expression]]:
    """What a list of the root's rows shows when nothing else is said: its name, and what else is good to see."""
    name = ctx.name_of(ctx.root)
    tested: list[Expression] = list(dict.fromkeys(c for _, condition in ctx.conditions for c in columns_in(condition)))
    if tested or ctx.orders:
        return [name], [c for c in tested if c != name]
    shown: list[Expression] = [
        Col(ctx.root, c.name) for c in ctx.table.columns if c.role != Role.KEY and c.name != name.name
    ]
    return [name], shown[:7]


def _rank_within(ctx: Context, plan: Plan) -> Plan:
    """各区学生最多的学校: a limit together with a group and a finer key holds within each group."""
    if plan.limit is None or not plan.order or ctx.target is None:
        return plan
    each = [k for i, m in enumerate(ctx.mentions) if m.kind == "each" and i in ctx.used for k in plan.keys[:1]]
    if not each or len(plan.keys) < 2 or isinstance(each[0], TimeBucket):
        return plan
    return replace(plan, limit_per=(each[0],))


def _by_year(ctx: Context, plan: Plan) -> Plan:
    """A number over several years, with no word that says to add them up, is given year by year."""
    span = next((m.time for m in ctx.mentions if m.time and m.time.start and m.time.end), None)
    if (
        span is None
        or span.grain != "year"
        or span.start is None
        or span.end is None
        or span.end.year - span.start.year < 2
    ):
        return plan
    said = any(m.kind == "agg" and m.payload != "count" for m in ctx.mentions)
    if plan.keys or not plan.values or plan.limit or said or any(isinstance(v, Ratio | Growth) for v in plan.values):
        return plan
    bucket = ctx.bucket("year")
    if not isinstance(bucket, TimeBucket):
        return plan
    return replace(plan, keys=(bucket,), order=(Order(bucket, False),))


def _latest_only(ctx: Context, plan: Plan) -> Plan:
    """A stock (population, pupils) is not summed over the years: without a time the newest one is meant, and said."""
    col = ctx.time_column()
    if col is None or any(isinstance(k, TimeBucket) or k == col for k in plan.keys):
        return plan
    if any(_tests_time(c, col) for _, c in ctx.conditions):
        return plan
    if len(ctx.table.primary_key) < 2 or col.name not in ctx.table.primary_key:
        return plan
    seen = [*plan.values, *plan.context, *(o.by for o in plan.order)]  # ranked by counts as much as shown
    measures = [
        v.of for v in seen if isinstance(v, Measure) and isinstance(v.of, Col) and v.aggregate in ("sum", "avg")
    ]
    counts = any(isinstance(v, Measure) and v.aggregate == "count_distinct" for v in seen)
    stock = [m for m in measures if m.table == ctx.root and ctx.of(m).additivity == Additivity.SNAPSHOT]
    metric = any(isinstance(v, Measure) and v.metric for v in seen) and ctx.of(col).grain == "year"
    if not (stock or metric or (counts and not measures)):
        return plan
    high = ctx.schema.values.range(col.table, col.name).high
    if high is None:
        return plan
    value: str | int = int(high) if isinstance(high, float) else str(high)[:10]
    grain = ctx.of(col).grain
    shown = f"{value}年" if grain == "year" else str(value)[:7] if grain == "month" else str(value)
    ctx.assumptions.append(f"未说明时间，按最新的{shown}数据回答")
    newest: Condition = Compare(col, "=", value)
    return replace(plan, where=newest if plan.where is None else And((plan.where, newest)))


def _tests_time(condition: Condition, col: Col) -> bool:
    if isinstance(condition, Compare):
        return col in columns_of(condition.left)
    if isinstance(condition, And):
        return any(_tests_time(p, col) for p in condition.parts)
    return False


def _widen_for_growth(ctx: Context, plan: Plan) -> Plan:
    """Growth needs the period before the asked one: it is read too, and left out of the result afterwards."""
    growth = next((v for v in plan.values if isinstance(v, Growth)), None)
    key = next((k for k in plan.keys if isinstance(k, TimeBucket)), None)
    spans = [m.time for m in ctx.mentions if m.time and m.time.start and m.time.end]
    if growth is None or key is None or not spans:
        return plan
    span = spans[0]
    assert span.start is not None and span.end is not None
    rest = [c for _, c in sorted(ctx.conditions, key=lambda p: p[0]) if not _tests_time(c, key.column)]
    wide = replace(span, start=span.start.replace(year=span.start.year - 1, day=1))
    conditions = [*rest, *(time_conditions(ctx, key.column, wide) or [])]
    keep: tuple[Compare, ...]
    if key.unit == "year":
        keep = (Compare(key, ">=", span.start.year), Compare(key, "<", span.end.year))
    else:
        first, last = (
            _bucket_text(span.start.year, span.start.month, key),
            _bucket_text(span.end.year, span.end.month, key),
        )
        keep = (Compare(key, ">=", first), Compare(key, "<", last))
    where: Condition | None = conditions[0] if len(conditions) == 1 else And(tuple(conditions)) if conditions else None
    return replace(plan, where=where, keep=keep)


def _bucket_text(year: int, month: int, key: TimeBucket) -> str:
    return (
        f"{year}-Q{(month - 1) // 3 + 1}"
        if key.unit == "quarter"
        else f"{year}-{month:02d}"
        if key.unit == "month"
        else f"{year}-{month:02d}-01"
    )


__all__ = ["Having", "assemble"]
