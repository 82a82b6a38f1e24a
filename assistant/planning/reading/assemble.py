"""The last step of reading: what the phrases say becomes one plan."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.filters import read_filters
from assistant.planning.conditions.joining import joined, spoken_totals, summed_tests
from assistant.planning.grouping.apart import asked_apart, contested, times_apart
from assistant.planning.grouping.group_counts import count_groups, tests_of_counted
from assistant.planning.grouping.groups import read_flags, read_groups
from assistant.planning.judging.soundness import sound, stocks_at_end
from assistant.planning.linking.words import MONEY
from assistant.planning.numbers.amounts import read_amounts
from assistant.planning.numbers.averages import read_averages
from assistant.planning.numbers.bare_numbers import added_up, among_values, by_rows, total_of
from assistant.planning.numbers.formulas import read_formulas
from assistant.planning.numbers.parts import read_parts
from assistant.planning.numbers.percapita import read_per_capita
from assistant.planning.numbers.quantities import say_misfit
from assistant.planning.numbers.said_units import in_said_unit
from assistant.planning.numbers.stocks import stocks_apart
from assistant.planning.plan import (
    Arithmetic,
    Col,
    Condition,
    Expression,
    Growth,
    Having,
    Measure,
    Order,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
    Value,
    columns_in,
    columns_of,
    expressions_of,
    tables_of,
)
from assistant.planning.ranking.rankings import read_rankings
from assistant.planning.reading.context import Context
from assistant.planning.reading.pairs import read_pair
from assistant.planning.reading.phrases import build_phrases
from assistant.planning.reading.registers import counts_apart
from assistant.planning.reading.sets import combined, link_of
from assistant.planning.shown.entities import (
    above_rows,
    among_groups,
    grouping_of,
    has_identity,
    head_table,
    identity_of,
    name_entity,
    name_scope,
)
from assistant.planning.shown.finish import (
    by_year,
    latest_only,
    rank_within,
    say_all_times,
    say_simple_average,
    widen_for_growth,
)
from assistant.planning.shown.interrogatives import read_interrogatives
from assistant.planning.shown.targets import Shown, add_sought, add_table, read_targets
from assistant.planning.shown.unasked import (
    drop_background,
    drop_pointless,
    drop_spread,
    over_all_of_these,
    single_rows,
    value_alone,
)
from assistant.planning.shown.whole import asks_all_columns, asks_everything, whole_tables
from corpus.semantics import Role


def assemble(ctx: Context) -> Query | None:
    """The query that this context reads; None when the words ask nothing of this root."""
    ctx.phrases = build_phrases(ctx)
    read_interrogatives(ctx)
    read_flags(ctx)
    read_formulas(ctx)
    read_groups(ctx)
    if not ctx.schema.strict:
        read_per_capita(ctx)
        read_averages(ctx)
    read_filters(ctx)
    read_rankings(ctx)
    read_amounts(ctx)
    return read_pair(ctx) or _set(ctx) or plan_of(ctx)


def _set(ctx: Context) -> SetPlan | None:
    """Two selections of the same things, where the words link a ranking with something else."""
    link = link_of(ctx)
    if link is None:
        return None
    at, op = link
    phrases = ctx.phrases
    ctx.use(*phrases[at].spans)
    whole = plan_of(ctx)
    if whole is None or not whole.keys:
        return None
    sides = []
    for part in (phrases[:at], phrases[at + 1 :]):
        ctx.phrases = [p for p in part if p.kind in ("condition", "rank", "or")]
        sides.append(plan_of(ctx))
    ctx.phrases = phrases
    if sides[0] is None or sides[1] is None:
        return None
    return combined(ctx, whole, sides[0], sides[1], op)


def plan_of(ctx: Context) -> Plan | None:
    """One plan from phrases that are folded already."""
    shown = read_targets(ctx)
    add_sought(ctx, shown)
    read_parts(ctx, shown)
    where = joined(ctx.phrases, literal=ctx.schema.strict)
    having = [p.having for p in ctx.phrases if p.having is not None]
    ranks = [p for p in ctx.phrases if p.kind == "rank"]
    orders = list(dict.fromkeys(p.order for p in ranks if p.order is not None))
    limit = next((p.limit for p in ranks if p.limit is not None), None)
    for phrase in ctx.phrases:
        if phrase.kind in ("condition", "rank", "direction"):
            ctx.use(*phrase.spans)
    asked = bool(shown.order or shown.values or where or having or orders or limit is not None or shown.heads)
    if not asked:
        return None
    contest = contested(ctx, shown)
    if contest is not None:
        shown = Shown(keys=[contest.column], order=[contest.column], values=[contest.value], grouped=True)
        orders, limit = [Order(contest.value, contest.more)], 1
    if limit is not None and not ctx.schema.strict:
        name_scope(ctx, shown)
    plan = _build(ctx, shown, where, having, orders, limit)
    skipped = next((int(p.value) for p in ranks if p.value), 0)
    if plan is not None and skipped:
        plan = replace(plan, offset=skipped)
    if plan is None or ctx.schema.strict:
        return plan
    checked = sound(ctx, plan)
    if checked is None:
        return None
    counted = counts_apart(ctx, by_year(ctx, rank_within(ctx, checked)))
    apart = stocks_apart(ctx, counted)
    if apart is None:
        return None
    plan = stocks_at_end(ctx, latest_only(ctx, apart))
    plan = widen_for_growth(ctx, plan)
    say_all_times(ctx, plan)
    say_misfit(ctx, plan)
    say_simple_average(ctx, plan)
    _use_owners(ctx, plan)
    return in_said_unit(ctx, count_groups(ctx, plan))


def _use_owners(ctx: Context, plan: Plan) -> None:
    """三甲医院的门诊人次: a table that the plan reads anyway is understood, whatever else its name was for."""
    read = tables_of(plan)
    numbers = [c for v in plan.values for e in expressions_of(v) for c in columns_of(e)]
    for phrase in ctx.phrases:
        if (phrase.kind == "table" and phrase.table in read) or (phrase.kind == "expr" and phrase.expr in numbers):
            ctx.use(*phrase.spans)  # (到场 of 到场用时)


def _build(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having], orders: list[Order], limit: int | None
) -> Plan | None:
    if not ctx.schema.strict:
        where, having = summed_tests(ctx, shown, where, having)
        where, having = tests_of_counted(ctx, shown, where, having)
    if ctx.schema.strict:
        where, having = spoken_totals(ctx, shown, where, having)
        over_all_of_these(ctx, shown)
    ranked = [o.by for o in orders if isinstance(o.by, Measure | Ratio | Growth)]
    grouped = bool(shown.values or having or ranked)
    if ctx.schema.strict and not grouped and asks_everything(ctx):
        return Plan(ctx.root, where=where, order=tuple(orders), limit=limit, whole=whole_tables(ctx, shown, where))
    if ctx.schema.strict and not grouped and shown.target:
        # 哪些省份每年超过: a period beside what is sought speaks of its rows
        for bucket in [k for k in shown.keys if isinstance(k, TimeBucket)]:
            shown.keys.remove(bucket)
            shown.order.remove(bucket)
    if ctx.schema.strict:
        drop_background(ctx, shown, grouped=grouped)
    if ctx.schema.strict and not grouped:
        orders, limit = value_alone(ctx, shown, orders, limit)
        grouped = bool(shown.values)
    if shown.spread and not grouped and len(shown.order) > 1:
        drop_spread(ctx, shown)
    if not grouped and shown.numbers and not by_rows(ctx, shown, orders):
        shown.values += [total_of(ctx, n) for n in shown.numbers if not among_values(shown.values, n)]
        shown.order = [e for e in shown.order if e not in shown.numbers]
        shown.numbers, grouped = [], True
    among = among_groups(ctx, shown, where, having, orders, limit) if grouped else None
    if among is not None:
        return among
    if not grouped and not ctx.schema.strict and not shown.keys and not shown.numbers and _ranks_figures(ctx, orders):
        add_table(ctx, shown, ctx.target_of(ctx.name_of(ctx.root)) or ctx.root)
    if grouped:
        added_up(ctx, shown)
        if ctx.schema.strict:
            single_rows(ctx, shown, having, ranked)
        name_entity(ctx, shown, having, ranked)
        drop_pointless(ctx, shown, having, ranked)
    elif not shown.keys and not shown.numbers and not shown.everything:
        if _asks_count(ctx):
            return Plan(ctx.root, values=(ctx.counting(),), where=where)
        return _plain(ctx, shown, where, orders, limit)
    elif _needs_name(ctx, shown):
        add_table(ctx, shown, head_table(ctx, shown), first=True)
    if not grouped and shown.keys and _wants_count(ctx, shown) and not shown.numbers and not orders:
        shown.values.append(ctx.counting())
        grouped = True
    orders, context, grouped = _orders(ctx, shown, orders, grouped)
    keys = [e for e in shown.order if e in shown.keys or e in shown.numbers]
    if shown.by_id:
        keys = [identity_of(ctx, k) for k in keys]
    if limit is not None and not orders and shown.values:
        direction = next((p.payload for p in ctx.phrases if p.kind == "rank" and p.order is None), "desc")
        orders = [Order(shown.values[0], direction != "asc")]
    times = [k for k in keys if isinstance(k, TimeBucket) or (grouped and _is_period(ctx, k))]
    if times and not orders:
        orders = [Order(k, False) for k in times]
    elif shown.values and keys and not orders and not times and not ctx.schema.strict:
        orders = [Order(next((v for v in shown.values if not isinstance(v, Growth)), shown.values[0]), True)]
    split = asked_apart(ctx, shown)
    if split is not None and split not in keys:
        keys.insert(0, split)
    if shown.values and not ctx.schema.strict and limit is None:
        shown.values[:] = times_apart(ctx, keys, shown.values)
    if where is not None and not grouped and not ctx.schema.strict and _lists_names(ctx, keys):
        context += [c for c in columns_in(where) if c not in keys]
    if not grouped and not ctx.schema.strict and asks_all_columns(ctx):
        context += _attributes(ctx, len(ctx.table.columns))
    elif where is None and not grouped and not orders and not ctx.schema.strict and _lists_names(ctx, keys):
        context += _attributes(ctx)
    return Plan(
        ctx.root,
        keys=tuple(keys),
        values=tuple(shown.values),
        where=where,
        having=tuple(having),
        order=tuple(orders),
        limit=limit,
        distinct=not grouped and bool(keys) and not has_identity(ctx, keys),
        group=tuple(grouping_of(ctx, keys, shown.group)) if grouped else (),
        context=tuple(c for c in dict.fromkeys(context) if c not in keys),
    )


def _asks_count(ctx: Context) -> bool:
    return any(p.kind == "howmany" and not (ctx.schema.strict and p.text in MONEY) for p in ctx.phrases)


def _needs_name(ctx: Context, shown: Shown) -> bool:
    """Attributes of things that a condition or a ranking picked out come with the things' name."""
    if shown.spread or ctx.name_of(ctx.root) in shown.keys:
        return False
    picked = any(p.kind in ("condition", "rank") for p in ctx.phrases)
    named = any(isinstance(k, Col) and k == ctx.name_of(k.table) for k in shown.keys)
    if ctx.schema.strict:
        return False
    rows = len(ctx.table.primary_key) <= 1 and all(
        isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role != Role.CATEGORY for k in shown.order
    )
    ordered = any(p.kind == "rank" and p.order is not None for p in ctx.phrases)
    return picked and not named and rows and bool(ctx.table.entity) and ordered and not shown.target


def _is_period(ctx: Context, key: Expression) -> bool:
    """各季度的…: periods are read in their own order, not by what happened in them."""
    return not ctx.schema.strict and isinstance(key, Col) and ctx.of(key).role == Role.TIME


def _wants_count(ctx: Context, shown: Shown) -> bool:
    """Categories asked for with a number of something: 各区有多少学校, 各行业企业数量."""
    asks = _asks_count(ctx)
    if ctx.schema.strict:
        return asks
    return asks or (
        shown.grouped
        and not shown.spread
        and all(
            not isinstance(k, Col) or ctx.of(k).role in (Role.CATEGORY, Role.TIME, Role.FOREIGN) or k.table != ctx.root
            for k in shown.keys
        )
    )


def _plain(ctx: Context, shown: Shown, where: Condition | None, orders: list[Order], limit: int | None) -> Plan:
    """A list of rows with nothing said of what to show: their name, and what else is good to see."""
    table = head_table(ctx, shown) if shown.heads and ctx.schema.strict else ctx.root
    name = ctx.name_of(table)
    context: list[Value | Expression] = list(dict.fromkeys(columns_in(where)))
    context += [o.by for o in orders if isinstance(o.by, Col | Arithmetic)]
    if not context or asks_all_columns(ctx):
        context += _attributes(ctx, len(ctx.table.columns) if asks_all_columns(ctx) else 7)
    return Plan(
        ctx.root,
        keys=(name,),
        where=where,
        order=tuple(orders),
        limit=limit,
        distinct=ctx.of(name).role not in (Role.NAME, Role.KEY) or name.table != ctx.root,
        context=tuple(c for c in dict.fromkeys(context) if c != name),
    )


def _attributes(ctx: Context, most: int = 7) -> list[Expression]:
    """What is good to see of the root's rows when a question says nothing of it."""
    name = ctx.name_of(ctx.root)
    found: list[Expression] = [
        Col(ctx.root, c.name) for c in ctx.table.columns if c.role != Role.KEY and c.name != name.name
    ]
    return found[:most]


def _orders(
    ctx: Context, shown: Shown, orders: list[Order], grouped: bool
) -> tuple[list[Order], list[Value | Expression], bool]:
    """Ranking by a bare number among groups is ranking by its aggregate."""
    context: list[Value | Expression] = [
        o.by for o in orders if isinstance(o.by, Measure | Ratio | Growth) and o.by not in shown.values
    ]
    fixed: list[Order] = []
    for order in orders:
        by = order.by
        bare = isinstance(by, Arithmetic) or (isinstance(by, Col) and ctx.of(by).role == Role.MEASURE)
        if bare and grouped and by not in shown.order:
            expr = cast(Expression, by)
            same = next((v for v in shown.values if isinstance(v, Measure) and v.of == expr), None)
            owned = not isinstance(expr, Col) or any(
                isinstance(k, Col) and k.table == expr.table and k == ctx.name_of(k.table) for k in shown.keys
            )
            if same is None and owned and ctx.schema.strict and isinstance(expr, Col) and expr.table != ctx.root:
                fixed.append(order)
                continue
            measure = same or ctx.default_of(expr)
            if same is None:
                context.append(measure)
            by = measure
        elif bare and not grouped and not ctx.schema.strict and above_rows(ctx, shown.keys):
            by = ctx.default_of(cast(Expression, by))
            context.append(by)
            grouped = True
        if not isinstance(by, Measure | Ratio | Growth):
            context.append(by)
        fixed.append(Order(by, order.descending))
    return fixed, context, grouped


def _ranks_figures(ctx: Context, orders: list[Order]) -> bool:
    """哪种蔬菜最贵: figures are ranked by kind, not row by row."""
    return len(ctx.table.primary_key) > 1 and any(
        isinstance(o.by, Col) and ctx.of(o.by).role == Role.MEASURE for o in orders
    )


def _lists_names(ctx: Context, keys: list[Expression]) -> bool:
    return keys == [ctx.name_of(ctx.root)] and ctx.of(ctx.name_of(ctx.root)).role in (Role.NAME, Role.KEY)


__all__ = ["assemble", "joined", "plan_of"]
