"""Keys that nobody asked for: what numbers are of, among what and with whom things are sought, groups of single rows."""

from __future__ import annotations

import itertools

from assistant.planning.plan import Arithmetic, Col, Expression, Having, Measure, Order, Value, columns_of
from assistant.planning.reading.context import Context
from assistant.planning.shown.targets import Shown
from corpus.semantics import Role

_WITH = ("与", "和", "跟", "同", "为", "给", "由", "被", "向")


def over_all_of_these(ctx: Context, shown: Shown) -> None:
    """…哪些平台？这些平台的最高年营业额: numbers over all the things found, not for each."""
    if not shown.values or shown.grouped:
        return
    named = [k.table for k in shown.keys if isinstance(k, Col) and k == ctx.name_of(k.table)]
    said = [
        i
        for i, m in enumerate(ctx.mentions[:-1])
        if m.text in ("这些", "那些")
        and (found := ctx.resolved[i + 1]) is not None
        and found.kind in ("table", "column")
    ]
    kinds = [b for a, b in itertools.pairwise(ctx.phrases) if a.kind == "which" and b.kind == "expr"]
    apart = any(m.text in ("各自", "各自的") for m in ctx.mentions)
    if len(named) != len(shown.keys) or apart or any(p.expr in shown.keys for p in kinds):
        return
    first = min((p.at for p in ctx.phrases if p.kind == "amount"), default=0)
    if any(i < first for i in said) and any(p.kind == "which" for p in ctx.phrases):
        shown.order = [e for e in shown.order if e not in shown.keys]
        shown.keys.clear()
        shown.group.clear()


def drop_spread(ctx: Context, shown: Shown) -> None:
    """每个X的A和B: only A and B; the things themselves are not asked for."""
    if ctx.schema.strict:
        first = shown.keys[0]
        shown.keys.remove(first)
        shown.order.remove(first)


def value_alone(ctx: Context, shown: Shown, orders: list[Order], limit: int | None) -> tuple[list[Order], int | None]:
    """Numbers asked for by themselves: 各省结婚数与离婚数之差, 图书馆最多的城市有多少图书馆. What they are of is not shown."""
    if shown.target or len(shown.numbers) != 1 or any(p.kind == "list" for p in ctx.phrases if limit is not None):
        return orders, limit
    number = shown.numbers[0]
    groups = [p for p in ctx.phrases if p.kind == "group"]
    if isinstance(number, Arithmetic) and groups and limit is None:
        _forget_keys(shown, list(shown.keys))
        return orders, limit
    ranked = _ranked_things(ctx)
    things = [k for k in shown.keys if k == ctx.name_of(ctx.root) or set(columns_of(k)) & ranked]
    if limit == 1 and len(orders) == 1 and orders[0].by == number and len(shown.keys) - len(things) <= len(groups):
        _forget_keys(shown, [*things, number])
        shown.numbers = []
        table = columns_of(number)[0].table
        shown.values.append(Measure("max" if orders[0].descending else "min", number, table=table))
        return [], None
    return orders, limit


def _ranked_things(ctx: Context) -> set[Col]:
    """最多的省份和年份: the columns named right behind a ranking."""
    found: set[Col] = set()
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind == "rank":
            k = i + 1
            while k < len(ctx.phrases) and ctx.phrases[k].kind in ("of", "and", "number", "expr", "table"):
                expr = ctx.phrases[k].expr
                found |= set(columns_of(expr)) if expr is not None else set()
                k += 1
    return found


def single_rows(ctx: Context, shown: Shown, having: list[Having], ranked: list[Value]) -> None:
    """各节目的最高份额, 按省和年份: groups of one row each have no extreme of their own, so that of all is meant."""
    if having or ranked or not shown.grouped or shown.target or shown.numbers:
        return
    if not shown.values or not all(isinstance(v, Measure) and v.aggregate in ("max", "min") for v in shown.values):
        return
    keyed = {c for k in shown.keys for c in columns_of(k)}
    told = {Col(ctx.root, c.name) for c in ctx.table.columns if c.role not in (Role.MEASURE, Role.KEY, Role.FOREIGN)}
    named = ctx.name_of(ctx.root) in keyed and len(ctx.table.primary_key) == 1
    if named or (told and told <= keyed):
        _forget_keys(shown, list(shown.keys))


def drop_background(ctx: Context, shown: Shown, *, grouped: bool) -> None:
    """各年中最大的三个, 与各作词人合作的歌手有哪些: groups that only say among what, or with whom, things are sought."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind != "group" or len(shown.order) < 2:
            continue
        later = [p.kind for p in ctx.phrases[i + 1 :]]
        end = later.index("comma") if "comma" in later else len(later)
        among = (not grouped and later[:1] == ["scope"]) or ("scope" in later[:end] and "list" in later[end:])
        again = any(
            (p.table and p.table == phrase.table) or (p.expr is not None and p.expr == phrase.expr)
            for p in ctx.phrases[i + 1 + end :]
        )
        before = ctx.mentions[phrase.at - 1].text if phrase.at else ""
        if again:
            continue
        asked = (
            any(p.kind == "which" for p in ctx.phrases[:i]) and next((k for k in later if k != "of"), "") == "condition"
        )
        among = among or (grouped and asked)
        if among or (shown.target and before in _WITH):
            key = phrase.expr or ctx.name_of(phrase.table)
            _forget_keys(shown, [key])


def drop_pointless(ctx: Context, shown: Shown, having: list[Having], ranked: list[Value]) -> None:
    """Single rows have no average and count one: without a group word their name is no key; with one, another root fits."""
    name = ctx.name_of(ctx.root)
    if name not in shown.keys or len(ctx.table.primary_key) != 1:
        return
    measures = [v for v in [*shown.values, *ranked, *(h.measure for h in having)] if isinstance(v, Measure)]
    if not measures or any(m.table not in ("", ctx.root) or m.metric for m in measures):
        return
    averaged = not ctx.schema.strict and all(m.aggregate == "avg" for m in measures) and not having and not ranked
    if shown.keys == [name] and averaged and any(m.kind == "agg" and m.payload == "avg" for m in ctx.mentions):
        shown.keys.clear()  # 每家医院平均有多少医生: over all of them
        shown.group.clear()
        shown.order = [e for e in shown.order if e != name]
    elif shown.keys == [name] and not shown.grouped and not having and not ranked:
        shown.keys.clear()
        shown.group.clear()
        shown.order = [e for e in shown.order if e != name]
    elif len(shown.keys) > 1 and all(isinstance(k, Col) for k in shown.keys):
        shown.keys.remove(name)
        shown.order.remove(name)
        shown.group = [g for g in shown.group if not (isinstance(g, Col) and g.name in ctx.table.primary_key)]
    else:
        ctx.bonus -= 1.0


def _forget_keys(shown: Shown, gone: list[Expression]) -> None:
    shown.keys = [k for k in shown.keys if k not in gone]
    shown.order = [e for e in shown.order if e not in gone]
    if not shown.keys:
        shown.group.clear()
