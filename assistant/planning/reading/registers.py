"""Things counted beside other numbers: in their own register, not among the rows of whatever else is asked."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.compiling.facts import is_of_time, parts_of
from assistant.planning.plan import Col, Measure, Plan, Value, columns_in
from assistant.planning.reading.context import Context
from corpus.semantics import Role


def counts_apart(ctx: Context, plan: Plan) -> Plan:
    """各区的企业数量和处罚次数: beside another number, things are counted in their own register, not among its rows.

    Not where a condition speaks of those rows: 被罚款的企业数量和处罚次数 counts the fined ones.
    """
    if ctx.schema.strict or len(plan.values) < 2:
        return plan
    swapped: list[Value] = []
    for value in plan.values:
        target = _counted_through(ctx, value)
        beside = target is not None and any(v != value for v in plan.values)
        near = all(
            is_of_time(t, ctx.schema.model) or all(ctx.schema.graph.safe(target or "", c.table) for c in columns_in(t))
            for t in parts_of(plan.where)
        )
        if beside and near and target is not None and isinstance(value, Measure):
            value = Measure("count", label=value.label, table=target)
        swapped.append(value)
    return replace(plan, values=tuple(swapped))


def _counted_through(ctx: Context, value: Value) -> str | None:
    """The table whose things are counted as different values of the root's foreign key."""
    if not isinstance(value, Measure) or value.aggregate != "count_distinct" or not isinstance(value.of, Col):
        return None
    if value.where is not None or value.of.table != ctx.root or ctx.of(value.of).role != Role.FOREIGN:
        return None
    return ctx.target_of(value.of)
