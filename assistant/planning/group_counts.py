"""学校数量超过200所的区有几个: how many groups pass a test, not how many rows each of them has."""

from __future__ import annotations

from assistant.planning.context import Context
from assistant.planning.plan import Among, Col, Condition, Having, Measure, Plan
from assistant.planning.targets import Shown


def groups_counted(ctx: Context, shown: Shown, where: Condition | None, having: list[Having]) -> Plan | None:
    """The number of things whose own rows pass a test of groups, where nothing else is asked for."""
    if not having or shown.keys or shown.numbers or len(shown.values) != 1:
        return None
    counted = shown.values[0]
    identity = _counted_thing(ctx, counted) if isinstance(counted, Measure) else None
    if identity is None or any(h.measure == counted for h in having):
        return None
    groups = Plan(ctx.root, keys=(identity,), where=where, having=tuple(having))
    return Plan(ctx.root, values=(counted,), where=Among(identity, groups))


def _counted_thing(ctx: Context, counted: Measure) -> Col | None:
    """The column that tells apart what is counted; None where it is something else than rows of things."""
    if counted.metric or counted.where is not None:
        return None
    if counted.aggregate == "count_distinct" and isinstance(counted.of, Col) and counted.of.table == ctx.root:
        return counted.of
    own = counted.aggregate == "count" and counted.of is None and counted.table in ("", ctx.root)
    key = ctx.table.primary_key
    return Col(ctx.root, key[0]) if own and len(key) == 1 else None
