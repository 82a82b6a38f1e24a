"""工单超过3万件的部门有几个: groups that meet a bound are counted, not rows."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.conditions.joining import one_period, summed_tests
from assistant.planning.plan import Among, Col, Condition, Having, Measure, Plan
from assistant.planning.reading.context import Context
from assistant.planning.shown.targets import Shown
from corpus.semantics import Role


def counted_key(ctx: Context, shown: Shown) -> Col | None:
    """The column whose different values are counted, where a question asks how many of something the root has many rows of."""
    if len(shown.values) != 1 or shown.keys or shown.numbers:
        return None
    return _key(ctx, shown.values[0])


def _key(ctx: Context, value: object) -> Col | None:
    if not isinstance(value, Measure) or value.metric or value.where is not None:
        return None
    if value.aggregate == "count_distinct" and isinstance(value.of, Col):
        return value.of
    if value.aggregate == "count" and value.of is None and value.table in ("", ctx.root):
        key = ctx.table.primary_key
        return Col(ctx.root, key[0]) if len(key) == 1 else None
    if value.aggregate == "count" and value.of is None:
        foreign = ctx.schema.graph.foreign_key(ctx.root, value.table)
        return Col(ctx.root, foreign[0]) if foreign and len(foreign) == 1 else None
    return None


def tests_of_counted(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having]
) -> tuple[Condition | None, list[Having]]:
    """常住人口超过80万的区有几个: what many rows make up is added up for each before it is compared."""
    key = counted_key(ctx, shown)
    if key is None or any(p.kind == "group" for p in ctx.phrases) or one_period(ctx):
        return where, having
    return summed_tests(ctx, Shown(keys=[key], order=[key]), where, having)


def count_groups(ctx: Context, plan: Plan) -> Plan:
    """The number of groups in place of a number in each of them."""
    named = all(isinstance(k, Col) and ctx.of(k).role in (Role.NAME, Role.KEY) for k in plan.keys)
    if not plan.having or len(plan.values) != 1 or plan.limit is not None or not named:
        return plan
    if any(p.kind in ("group", "which", "listed", "list") for p in ctx.phrases):
        return plan
    key = _key(ctx, plan.values[0])
    if key is None or key.table != ctx.root or any(h.measure == plan.values[0] for h in plan.having):
        return plan
    label = plan.values[0].label if isinstance(plan.values[0], Measure) else ""
    inner = replace(plan, keys=(key,), group=(key,), values=(), order=(), context=(), distinct=False)
    count = Measure("count_distinct", key, label=label, table=ctx.root)
    return Plan(ctx.root, values=(count,), where=Among(key, inner))
