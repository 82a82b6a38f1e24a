"""What is to be shown: the things a question asks for and the columns it names, once all else is folded away."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import cast

from assistant.planning.conditions.bounds import only_tested
from assistant.planning.numbers.asked_units import is_figures
from assistant.planning.plan import Col, Expression, TimeBucket, Value
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, is_measure, is_time, owner_of
from assistant.planning.shown.sought import (
    in_scope,
    is_asked,
    is_counted,
    is_fixed,
    is_located,
    is_object,
    is_picked,
    is_verbal,
    kind_at,
    modifies,
    whose,
)
from corpus.semantics import Role


@dataclass
class Shown:
    """Keys in the question's order, the identities that group them, numbers row by row, and aggregated values."""

    keys: list[Expression] = field(default_factory=list)
    group: list[Expression] = field(default_factory=list)
    numbers: list[Expression] = field(default_factory=list)  # measures named without an aggregate
    order: list[Expression] = field(default_factory=list)  # keys and numbers together, as named
    values: list[Value] = field(default_factory=list)
    grouped: bool = False  # 各, 每, 按: the asker wants groups
    target: bool = False  # 哪些X, X有哪些: the asker wants things
    spread: bool = False  # 每个X的A: only the attributes
    everything: bool = False  # 全部信息: all columns
    by_id: bool = False  # 城市的编号: things are shown by their key
    heads: list[str] = field(default_factory=list)  # tables named and not asked for by name

    def add(self, expr: Expression) -> None:
        if expr not in self.order:
            self.order.append(expr)


def read_targets(ctx: Context) -> Shown:
    """Everything that the remaining phrases ask to see."""
    shown = Shown()
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind == "amount" and phrase.amount is not None:
            ctx.use(*phrase.spans)
            if phrase.amount not in shown.values:
                shown.values.append(phrase.amount)
        elif phrase.kind == "group":
            ctx.use(*phrase.spans)
            shown.grouped = True
            shown.spread = shown.spread or phrase.spread
            _add_key(ctx, shown, phrase)
        elif phrase.kind == "table":
            _table(ctx, shown, i)
        elif phrase.kind == "unknown" and phrase.text in ("编号", "编码", "id", "ID") and ctx.schema.strict:
            before = kind_at(ctx, i - 2) if kind_at(ctx, i - 1) == "of" else kind_at(ctx, i - 1)
            ctx.use(*phrase.spans)
            shown.by_id = shown.by_id or before != "expr"
        elif phrase.kind == "condition" and phrase.table and is_picked(ctx, i):
            _add_key(ctx, shown, Phrase("table", phrase.spans, table=phrase.table))
        elif phrase.kind == "expr" and phrase.expr is not None:
            _column(ctx, shown, i)
        elif phrase.kind in ("which", "list", "listed"):
            ctx.use(*phrase.spans)
            shown.target = shown.target or phrase.kind != "list"
    return shown


def _table(ctx: Context, shown: Shown, i: int) -> None:
    phrase = ctx.phrases[i]
    if not ctx.reaches(phrase.table):
        return
    if not ctx.schema.strict and is_counted(ctx, i):
        ctx.use(*phrase.spans)
        return
    if not ctx.schema.strict and phrase.table == ctx.root and is_figures(ctx, phrase.table) and phrase.expr is None:
        ctx.use(*phrase.spans)  # 水质: rows of figures have no names
        return
    if ctx.schema.strict and phrase.table != ctx.root and only_tested(ctx, i):
        ctx.use(*phrase.spans)
        return
    if is_asked(ctx, i) and (phrase.table == ctx.root or ctx.schema.graph.safe(ctx.root, phrase.table)):
        ctx.use(*phrase.spans)
        _add_key(ctx, shown, phrase)
        return
    if phrase.table not in shown.heads:
        shown.heads.append(phrase.table)
    if phrase.table == ctx.root or (ctx.schema.strict and ctx.schema.graph.safe(ctx.root, phrase.table)):
        ctx.use(*phrase.spans)


def _add_key(ctx: Context, shown: Shown, phrase: Phrase) -> None:
    if phrase.table and phrase.kind in ("table", "group") and not (phrase.kind == "group" and phrase.expr is not None):
        add_table(ctx, shown, phrase.table)
        return
    expr = phrase.expr
    if expr is None:
        return
    if isinstance(expr, Col) and ctx.of(expr).role == Role.NAME and expr == ctx.name_of(expr.table):
        add_table(ctx, shown, expr.table)
        return
    if isinstance(expr, Col) and ctx.of(expr).role == Role.FOREIGN and not ctx.schema.strict:
        target = ctx.target_of(expr)
        if target not in (None, expr.table) and ctx.of(ctx.name_of(target)).role == Role.NAME:
            add_table(ctx, shown, target)
            return
    if not ctx.schema.strict and _same_period(ctx, shown, expr):
        return
    if expr not in shown.keys:
        shown.keys.append(expr)
    shown.add(expr)


def _same_period(ctx: Context, shown: Shown, expr: Expression) -> bool:
    """最多的月份是哪个月: the column and the unit it is cut to are one, where it is kept in that unit."""
    if not isinstance(expr, TimeBucket):
        return any(isinstance(k, TimeBucket) and k.column == expr for k in shown.keys)
    return expr.column in shown.keys and ctx.of(expr.column).grain == {"day": "date"}.get(expr.unit, expr.unit)


def add_table(ctx: Context, shown: Shown, table: str, *, first: bool = False) -> None:
    """Rows of a table are told apart by its key, shown by its name."""
    name = ctx.name_of(table)
    if not ctx.schema.strict:
        _say_role(ctx, table)
    if name not in shown.keys:
        shown.keys.insert(0 if first else len(shown.keys), name)
        if name not in shown.order:
            shown.order.insert(0 if first else len(shown.order), name)
    key = ctx.schema.model.table(table).primary_key
    if len(key) == 1 and key[0] != name.name:
        way = ctx.schema.graph.paths(ctx.root).get(table, ())
        if way and way[-1].target_columns == (name.name,) and not ctx.schema.strict:
            shown.group.append(name)  # named by its own name: no other identity is needed
            return
        foreign = ctx.schema.graph.foreign_key(ctx.root, table) if table != ctx.root else None
        shown.group.append(Col(ctx.root, foreign[0]) if foreign else Col(table, key[0]))
    else:
        shown.group.append(name)


def _say_role(ctx: Context, table: str) -> None:
    """Where several keys of the root lead to one table and no word says which is meant, the one taken is told."""
    roles = [
        r.left_columns[0]
        for r in ctx.schema.model.relations
        if r.left == ctx.root and r.right == table and len(r.left_columns) == 1
    ]
    taken = ctx.schema.graph.foreign_key(ctx.root, table) if table != ctx.root else None
    if len(roles) < 2 or taken is None or ctx.schema.graph.chosen(ctx.root):
        return
    spoken = ctx.schema.model.table(table).entity or ctx.schema.model.table(table).label
    ctx.assumptions.append(f"“{spoken}”按{ctx.table.column(taken[0]).label}理解")


def _column(ctx: Context, shown: Shown, i: int) -> None:
    phrase = ctx.phrases[i]
    expr = cast(Expression, phrase.expr)
    table = owner_of(phrase)
    if not (table == ctx.root or ctx.schema.graph.safe(ctx.root, table)):
        if is_measure(ctx, phrase) and ctx.reaches(table) and not ctx.schema.strict:
            ctx.use(*phrase.spans)
            shown.numbers.append(expr)
            shown.add(expr)
        return
    if ctx.schema.strict and is_measure(ctx, phrase) and is_verbal(ctx, i):
        return
    if ctx.schema.strict and (
        is_located(ctx, i)
        or in_scope(ctx, i)
        or only_tested(ctx, i)
        or (not is_measure(ctx, phrase) and is_object(ctx, i))
    ):
        ctx.use(*phrase.spans)
        return
    bare_time = is_time(ctx, phrase) and not any(w in phrase.text for w in "时日年月期间") and not phrase.asked
    if modifies(ctx, i) or bare_time:
        return
    ctx.use(*phrase.spans)
    if is_measure(ctx, phrase):
        if expr not in shown.numbers:
            shown.numbers.append(expr)
        shown.add(expr)
        return
    if ctx.schema.strict and whose(ctx, i):
        return
    if not is_fixed(ctx, expr):
        _add_key(ctx, shown, phrase)


def add_sought(ctx: Context, shown: Shown) -> None:
    """每个等级的景区里，游客最多的是哪个: what 哪个 leaves out is the thing within which it is sought."""
    last = ctx.phrases[-1] if ctx.phrases else None
    if ctx.schema.strict or last is None or last.kind not in ("which", "comma") or not shown.grouped:
        return
    end = len(ctx.phrases) - (2 if last.kind == "comma" else 1)
    if end < 0 or ctx.phrases[end].kind != "which" or not any(p.kind == "rank" for p in ctx.phrases):
        return
    for phrase, follow in itertools.pairwise(ctx.phrases):
        things = phrase.kind == "table" or (phrase.kind == "condition" and phrase.time is None and phrase.table)
        if things and follow.kind == "scope" and ctx.name_of(phrase.table) not in shown.keys:
            add_table(ctx, shown, phrase.table)
            ctx.use(*phrase.spans)
