"""Comparisons with what is itself to be found: an average, another thing's number, the average over groups."""

from __future__ import annotations

from typing import cast

from assistant.planning.conditions.limits import AGGREGATES, aggregate_of, measured, subject
from assistant.planning.conditions.timing import time_conditions
from assistant.planning.plan import (
    Aggregate,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Having,
    Measure,
    Operator,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, is_time, owner_of, right


def against_aggregate(ctx: Context, i: int) -> bool:
    """高于平均, 超过所有城市的平均面积, 小于最大的数量: against an aggregate of the same (or a named) column."""
    phrase = ctx.phrases[i]
    if phrase.kind not in ("cmp", "than"):
        return False
    word, payload = None, ""
    for k in range(i + 1, min(i + 10, len(ctx.phrases))):
        inner = ctx.phrases[k]
        if inner.kind in ("number", "comma", "cmp", "which", "howmany", "list", "listed"):
            break
        if inner.kind == "agg" and inner.payload in ("avg", "max", "min", "median"):
            word, payload = k, inner.payload
            break
        if inner.kind == "super" and k > i + 1:
            word, payload = k, "max" if inner.payload == "desc" else "min"
            break
    if word is None:
        return False
    stop = word + 1
    op = cast(Operator, phrase.payload or ">")
    if phrase.kind == "than":  # 比平均值高
        said = said_after(ctx, word)
        if said is None and word + 1 < len(ctx.phrases) and is_measure(ctx, ctx.phrases[word + 1]):
            said = said_after(ctx, word + 1)  # 比平均管径大
        if said is None:
            return False
        op = said
    found = subject(ctx, i)
    if found is None or not (is_measure(ctx, ctx.phrases[found[0]]) or is_time(ctx, ctx.phrases[found[0]])):
        return False
    outer = cast(Expression, ctx.phrases[found[0]].expr)
    inner_expr = outer
    inside: list[Condition] = []
    for k in range(i + 1, word):
        middle = ctx.phrases[k]
        if middle.kind == "expr" and is_measure(ctx, middle):
            inner_expr = cast(Expression, middle.expr)
        elif middle.kind == "value" and middle.expr is not None:
            inside.append(Compare(middle.expr, "=", middle.value))
        elif (
            middle.kind == "time" and middle.time is not None and (col := ctx.time_of(owner_of(ctx.phrases[found[0]])))
        ):
            inside += time_conditions(ctx, col, middle.time) or []
    nxt = right(ctx, stop - 1, ("of",))
    if (
        nxt is not None
        and is_measure(ctx, ctx.phrases[nxt])
        and not any(p.kind == "of" for p in ctx.phrases[stop:nxt] if ctx.phrases[word].kind == "agg")
    ) and columns_of(cast(Expression, ctx.phrases[nxt].expr))[0].table == columns_of(outer)[0].table:
        inner_expr, stop = cast(Expression, ctx.phrases[nxt].expr), nxt + 1
    table = columns_of(inner_expr)[0].table
    if not inside and not ctx.schema.strict:
        inside += same_time(ctx, table)
    measure = Measure(cast(Aggregate, payload), inner_expr, table=table)
    outer_word = aggregate_of(ctx, found[1])
    also = [found[0]] + ([found[1]] if found[1] is not None else [])
    if outer_word in AGGREGATES:
        own = Measure(cast(Aggregate, outer_word), outer, table=columns_of(outer)[0].table)
        folded = Phrase("condition", (), having=Having(own, op, 0.0, against=measure, inside=conjunction(inside)))
    else:
        folded = Phrase("condition", (), condition=CompareToAggregate(outer, op, measure, conjunction(inside)))
    fold(ctx, i, stop, folded, also)
    return True


def against_mean(ctx: Context, i: int) -> bool:
    """公园数量高于各区平均数的区: a count or a sum of each group against its average over the groups."""
    phrase = ctx.phrases[i]
    if phrase.kind not in ("cmp", "than") or ctx.schema.strict:
        return False
    word = next((k for k in range(i + 1, min(i + 5, len(ctx.phrases))) if ctx.phrases[k].kind == "agg"), None)
    if word is None or ctx.phrases[word].payload != "avg":
        return False
    if any(p.kind not in ("each", "group", "table", "expr", "of") for p in ctx.phrases[i + 1 : word]):
        return False
    op = cast(Operator, phrase.payload) if phrase.kind == "cmp" else said_after(ctx, word)
    found = subject(ctx, i)
    if found is None or op is None:
        return False
    over = measured(ctx, ctx.phrases[found[0]], aggregate_of(ctx, found[1]))
    grouped = any(p.kind in ("each", "group") for p in ctx.phrases[i + 1 : word])
    if over is None or (over.of is not None and not grouped):
        return False
    also = [found[0]] + ([found[1]] if found[1] is not None else [])
    fold(ctx, i, word + 1, Phrase("condition", (), having=Having(over, op, 0.0, mean=True)), also)
    return True


def same_time(ctx: Context, table: str) -> list[Condition]:
    """2025年高于平均: the average is that of the same time."""
    spans = [p.time for p in ctx.phrases if p.kind == "time" and p.time is not None]
    col = ctx.time_column(table)
    return (time_conditions(ctx, col, spans[0]) or []) if len(spans) == 1 and col is not None else []


def said_after(ctx: Context, k: int) -> Operator | None:
    """高 or 少 right behind a phrase, and no 多少 after it; the word is used."""
    n = ctx.phrases[k].end
    while n < len(ctx.mentions) and ctx.mentions[n].text in ("的", "要", "还", "更", "都"):
        n += 1
    word = ctx.mentions[n].text if n < len(ctx.mentions) else ""
    after = ctx.mentions[n + 1].kind if n + 1 < len(ctx.mentions) else ""
    if word not in _HIGHER | _LOWER or after == "howmany":
        return None
    ctx.use(n)
    return ">" if word in _HIGHER else "<"


_HIGHER = {"高", "多", "大", "长", "高的", "多的", "大的", "贵", "要高", "要多"}
_LOWER = {"低", "少", "小", "短", "低的", "少的", "小的", "便宜"}
