"""Numbers named without an aggregate: shown row by row, or added up in the way that suits them."""

from __future__ import annotations

from assistant.planning.grouping.apart import how_much, of_kinds
from assistant.planning.plan import (
    Arithmetic,
    Col,
    Compare,
    Expression,
    Growth,
    Measure,
    Order,
    Ratio,
    TimeBucket,
    Value,
    columns_of,
)
from assistant.planning.reading.context import Context
from assistant.planning.shown.targets import Shown
from corpus.semantics import Role


def by_rows(ctx: Context, shown: Shown, orders: list[Order]) -> bool:
    """Whether each row of the root stands for itself in the answer, so that its numbers are shown as they are."""
    if ctx.schema.strict:
        return not (how_much(ctx) and of_kinds(ctx, shown))
    name = ctx.name_of(ctx.root)
    keyed = [k for k in shown.keys if isinstance(k, Col)]
    if any(isinstance(k, TimeBucket) for k in shown.keys):
        return False
    owners = {c.table for n in shown.numbers for c in columns_of(n)}
    if any(not ctx.schema.graph.safe(ctx.root, table) for table in owners):
        return False  # each row of the root has many of them
    if name in keyed and len(ctx.table.primary_key) <= 1 and ctx.of(name).role in (Role.NAME, Role.KEY):
        return True
    if keyed:
        return False
    entity = ctx.table.entity or any(c.role in (Role.NAME, Role.KEY) for c in ctx.table.columns)
    if not entity or len(ctx.table.primary_key) > 1:
        return False
    named = any(
        isinstance(p.condition, Compare) and p.condition.left == name and p.condition.op in ("=", "in")
        for p in ctx.phrases
    )
    return named or bool(orders)


def total_of(ctx: Context, expr: Expression) -> Value:
    """A number of each row for many rows; a quotient becomes that of the totals."""
    if isinstance(expr, Arithmetic) and expr.op == "/" and not ctx.schema.strict:
        table = columns_of(expr)[0].table
        return Ratio(Measure("sum", expr.left, table=table), Measure("sum", expr.right, table=table))
    return ctx.default_of(expr)


def among_values(values: list[Value], expr: Expression) -> bool:
    """Whether a number is among the values already, under some aggregate."""
    return any(_is_about(v, expr) for v in values)


def _is_about(value: Value, expr: Expression) -> bool:
    if isinstance(value, Ratio):
        return _is_about(value.over, expr)
    if isinstance(value, Growth):
        return _is_about(value.of, expr)
    return value.of == expr


def added_up(ctx: Context, shown: Shown) -> None:
    """Bare numbers beside aggregates: an attribute of the grouped thing stays, all else is aggregated too."""
    owners = {k.table for k in shown.keys if isinstance(k, Col) and k == ctx.name_of(k.table)}
    for number in list(shown.numbers):
        table = columns_of(number)[0].table
        if ctx.schema.strict and table in owners and table != ctx.root:
            continue
        shown.numbers.remove(number)
        shown.order = [e for e in shown.order if e != number]
        if not among_values(shown.values, number):
            shown.values.append(ctx.default_of(number))
