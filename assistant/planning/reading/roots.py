"""What speaks for the table that a question is read from."""

from __future__ import annotations

from assistant.planning.compiling.rollup import measures_of
from assistant.planning.plan import Col, Expression, Plan, Value, columns_in, columns_of, expressions_of
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase
from corpus.semantics import Role


def named_root(ctx: Context) -> bool:
    """Whether some understood word speaks of the root itself."""
    if any(m.time for i, m in enumerate(ctx.mentions) if i in ctx.used) and ctx.time_column():
        return True
    return any(found is not None and found.table == ctx.root and i in ctx.used for i, found in enumerate(ctx.resolved))


def idle_root(ctx: Context, plan: Plan) -> bool:
    """Whether the root only repeats another table's rows: no phrase means it, and nothing but its keys is read."""
    said = any(c is not None and c.kind == "verb" and c.table == ctx.root for c in ctx.resolved)
    if plan.whole or said or any(_means_root(ctx, p) for p in ctx.phrases):
        return False
    named = {p.table for p in ctx.phrases if p.kind in ("table", "group") and p.table != ctx.root}
    if sum(ctx.schema.graph.foreign_key(ctx.root, table) is not None for table in named) > 1:
        return False  # 参加过综艺节目的明星: its rows are what links the two
    ordered = [o.by for o in plan.order]
    values: list[Value] = [*plan.values, *(h.measure for h in plan.having)]
    values += [v for v in ordered if not isinstance(v, Expression)]
    if any(m.of is None for v in values for m in measures_of(v)):
        return False
    read: list[Expression] = [*plan.keys, *(v for v in ordered if isinstance(v, Expression))]
    read += [e for v in values for e in expressions_of(v)]
    columns: list[Col] = [c for e in read for c in columns_of(e)] + columns_in(plan.where)
    return all(ctx.of(c).role in (Role.FOREIGN, Role.KEY) for c in columns if c.table == ctx.root)


def _means_root(ctx: Context, phrase: Phrase) -> bool:
    """The root by its name, a value of its own, or a key by its role: 贫困城市 among the cities."""
    if phrase.table == ctx.root and phrase.kind in ("table", "group", "condition"):
        return True
    if phrase.kind not in ("table", "group") or not isinstance(phrase.expr, Col) or phrase.expr.table != ctx.root:
        return False
    target = ctx.schema.model.table(phrase.table) if phrase.table else None
    return target is None or phrase.text.lower() not in {
        n.lower() for n in (target.label, target.entity, *target.synonyms)
    }
