"""What the rows of a result stand for: whose names they carry and what tells groups apart."""

from __future__ import annotations

from assistant.planning.plan import (
    Among,
    Col,
    Condition,
    Expression,
    Having,
    Measure,
    Order,
    Plan,
    Value,
)
from assistant.planning.reading.context import Context
from assistant.planning.shown.sought import is_which
from assistant.planning.shown.targets import Shown, add_table
from corpus.semantics import Role


def name_entity(ctx: Context, shown: Shown, having: list[Having], ranked: list[Value]) -> None:
    """Groups without a word for them: the thing that is ranked or tested is meant; its name goes with its attributes."""
    if not shown.keys:
        if having or ranked:
            add_table(ctx, shown, head_table(ctx, shown))
        return
    if shown.grouped or (shown.target and not ctx.schema.strict):
        return
    owners = list(dict.fromkeys(k.table for k in shown.keys if isinstance(k, Col)))
    if ctx.schema.strict and any(
        p.kind == "expr" and p.expr in shown.keys and is_which(ctx, i) for i, p in enumerate(ctx.phrases)
    ):
        return  # 哪些导演的电视剧…: the attribute is what is asked for
    if ctx.schema.strict and len(owners) == 1 and owners[0] != ctx.root and ctx.schema.model.table(owners[0]).entity:
        name = ctx.name_of(owners[0])
        if (
            name not in shown.keys
            and ctx.of(name).role == Role.NAME
            and len(ctx.schema.model.table(owners[0]).primary_key) == 1
        ):
            add_table(ctx, shown, owners[0], first=True)


def name_scope(ctx: Context, shown: Shown) -> None:
    """每个等级的景区里，最多的是哪个: a bare 哪个 asks for one of what the scope names."""
    last = next((k for k, p in enumerate(ctx.phrases) if p.kind == "which" and p.text in _BARE), None)
    if last is None or any(p.kind in ("table", "expr", "value", "condition") for p in ctx.phrases[last + 1 :]):
        return
    kinds = [k for k in shown.keys if isinstance(k, Col) and ctx.of(k).role == Role.CATEGORY]
    if not kinds or len(shown.keys) != len(kinds):
        return
    named = [p.table for p in ctx.phrases[:last] if p.kind in ("table", "group") and p.table]
    for table in reversed(named):
        if table == kinds[-1].table and ctx.of(ctx.name_of(table)).role == Role.NAME:
            add_table(ctx, shown, table)
            return


_BARE = ("哪个", "哪些", "哪家", "哪所", "哪座", "哪条", "哪一个", "哪一家", "谁", "什么")


def among_groups(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having], orders: list[Order], limit: int | None
) -> Plan | None:
    """不少于5个明星的民族，有哪些明星: groups are picked first, then the rows in them are asked for."""
    name = ctx.name_of(ctx.root)
    if shown.values or shown.grouped or len(ctx.table.primary_key) != 1 or len(shown.keys) != 2 or shown.numbers:
        return None
    group, rows = shown.keys
    if rows != name or not isinstance(group, Col) or group.table != ctx.root or ctx.of(group).role == Role.NAME:
        return None
    measures = [*(h.measure for h in having), *(o.by for o in orders if isinstance(o.by, Measure))]
    if not measures or any(m.table not in ("", ctx.root) for m in measures):
        return None
    inner = Plan(ctx.root, keys=(group,), where=where, having=tuple(having), order=tuple(orders), limit=limit)
    return Plan(ctx.root, keys=(name,), where=Among(group, inner), context=(group,))


def head_table(ctx: Context, shown: Shown) -> str:
    """The table whose rows are meant when none is asked for by name: one that the root belongs to, else the root."""
    counted = {m.table for m in _measures(ctx)}
    for table in reversed(shown.heads):
        if table != ctx.root and ctx.schema.graph.safe(ctx.root, table) and table not in counted:
            return table
    if ctx.of(ctx.name_of(ctx.root)).role != Role.NAME or any(
        m.of is None and m.table == ctx.root for m in _measures(ctx)
    ):
        for table in ctx.near():
            if ctx.of(ctx.name_of(table)).role == Role.NAME and len(ctx.schema.graph.paths(ctx.root)[table]) == 1:
                return table
    return ctx.root


def _measures(ctx: Context) -> list[Measure]:
    found = [p.having.measure for p in ctx.phrases if p.having is not None]
    found += [p.order.by for p in ctx.phrases if p.order is not None and isinstance(p.order.by, Measure)]
    return found


def identity_of(ctx: Context, key: Expression) -> Expression:
    """The key column in place of a name; the root's own foreign key where it has one."""
    if not isinstance(key, Col) or key != ctx.name_of(key.table):
        return key
    table = ctx.schema.model.table(key.table)
    foreign = ctx.schema.graph.foreign_key(ctx.root, key.table) if key.table != ctx.root else None
    if foreign and len(foreign) == 1:
        return Col(ctx.root, foreign[0])
    return Col(key.table, table.primary_key[0]) if len(table.primary_key) == 1 else key


def above_rows(ctx: Context, keys: list[Expression]) -> bool:
    """Whether several rows of the root may share the keys."""
    name = ctx.name_of(ctx.root)
    if not keys or (name in keys and (ctx.of(name).role in (Role.NAME, Role.KEY) or ctx.schema.strict)):
        return False
    plain = all(isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role != Role.CATEGORY for k in keys)
    return not (plain and len(ctx.table.primary_key) <= 1)


def grouping_of(ctx: Context, keys: list[Expression], group: list[Expression]) -> list[Expression]:
    """Empty when the keys themselves group; else the identities that do, with the keys that have none."""
    names = {
        ctx.name_of(g.table): g for g in group if isinstance(g, Col) and ctx.of(g).role in (Role.KEY, Role.FOREIGN)
    }
    for g in group:
        if isinstance(g, Col) and ctx.of(g).role == Role.FOREIGN and g.table == ctx.root:
            target = ctx.target_of(g)
            if target is not None:
                names[ctx.name_of(target)] = g
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


def has_identity(ctx: Context, keys: list[Expression]) -> bool:
    return any(
        isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role in (Role.NAME, Role.KEY, Role.MEASURE)
        for k in keys
    )
