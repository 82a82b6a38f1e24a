"""Two numbers side by side: A比B多多少, A是B的几倍, 2025年比2024年增加多少."""

from __future__ import annotations

import re
from typing import Literal, cast

from assistant.planning.judging.soundness import stocks_at_end
from assistant.planning.linking.words import HINTS
from assistant.planning.plan import (
    Col,
    Compare,
    Condition,
    Difference,
    Expression,
    Measure,
    Plan,
    TimeBucket,
    Value,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, is_measure, is_time
from assistant.planning.shown.finish import latest_only, say_all_times
from corpus.semantics import Role

_EARLY = ("早", "晚", "新", "老", "久")


def read_pair(ctx: Context) -> Difference | None:
    """The difference (or ratio, or sum) of two selections of one number; None when the question compares no two."""
    than = any(p.kind == "than" for p in ctx.phrases)
    times = any(p.kind == "times" for p in ctx.phrases)
    gap = any(p.kind == "gap" for p in ctx.phrases)
    total = any(p.kind == "agg" and p.payload == "sum" for p in ctx.phrases) and ctx.schema.strict
    if not (times or gap or than or total):
        return None
    if any(p.kind in ("group", "rank", "which", "listed") for p in ctx.phrases):
        return None
    pair = _two_sides(ctx)
    if pair is None:
        return None
    first, second = (ctx.phrases[k] for k in pair)
    if total and not (times or gap or than) and not any(p.kind == "and" for p in ctx.phrases[pair[0] : pair[1]]):
        return None
    expr = _number(ctx)
    counted = None
    if expr is None:
        counted = _amount(ctx)
        if counted is None:
            return None
    rest = [
        p.condition
        for k, p in enumerate(ctx.phrases)
        if k not in pair and p.kind == "condition" and p.condition is not None
    ]
    grown = any(p.kind == "growth" for p in ctx.phrases)
    op: Literal["-", "/", "+", "%"] = "/" if times else "%" if grown else "-" if (gap or than) else "+"
    for phrase in ctx.phrases:
        if phrase.kind != "unknown":
            ctx.use(*phrase.spans)
    left, right = (_side(ctx, expr, counted, [*rest, cast(Condition, p.condition)]) for p in (first, second))
    if not ctx.schema.strict:
        left, right = _timed(ctx, left, first), _timed(ctx, right, second)
    names = ("", "") if ctx.schema.strict else (first.text or "前者", second.text or "后者")
    return Difference(left, right, op, names=names)


def _timed(ctx: Context, plan: Plan, side: Phrase) -> Plan:
    """A stock is compared at the end of its time, at the newest without one; a sum over all times is told."""
    plan = stocks_at_end(ctx, latest_only(ctx, plan), side.time)
    say_all_times(ctx, plan)
    return plan


def _two_sides(ctx: Context) -> tuple[int, int] | None:
    """Two different values of one column, or two times."""
    found = [
        k
        for k, p in enumerate(ctx.phrases)
        if p.kind == "condition"
        and (
            p.time is not None
            or (isinstance(p.condition, Compare) and p.condition.op == "=" and isinstance(p.condition.value, str))
        )
    ]
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            x, y = ctx.phrases[a], ctx.phrases[b]
            if x.condition == y.condition:
                continue
            if (x.time is None) != (y.time is None):
                continue
            if x.time is None and cast(Compare, x.condition).left != cast(Compare, y.condition).left:
                continue
            return a, b
    return None


def _number(ctx: Context) -> Expression | None:
    """What is compared: the measure named, a time, or what the adjective speaks of."""
    for phrase in ctx.phrases:
        if phrase.kind == "expr" and is_measure(ctx, phrase):
            return phrase.expr
    for phrase in ctx.phrases:
        if is_time(ctx, phrase):
            return _year(ctx, cast(Col, phrase.expr))
    said = "".join(m.text for m in ctx.mentions)
    if (
        any(w in said for w in _EARLY)
        if ctx.schema.strict
        else re.search(r"[早晚新老久]了?[\u4e00-\u9fff]{0,2}(?:多少|几|[一二两三四五六七八九十\d]+年|吗|的?$)", said)
    ):
        ctx.use(*(i for i, m in enumerate(ctx.mentions) if m.text in _EARLY))
        for column in ctx.table.columns:
            if column.role == Role.TIME:
                return _year(ctx, Col(ctx.root, column.name))
    for word, hints in HINTS.items():
        if word[-1] in said and len(word) == 2 and word[-1] in "贵长短重轻深快高":
            for hint in hints:
                for column in ctx.table.columns:
                    named = hint in column.label or (not ctx.schema.strict and hint in column.synonyms)
                    if named and column.role == Role.MEASURE:
                        return Col(ctx.root, column.name)
    return None


def _year(ctx: Context, col: Col) -> Expression:
    return col if ctx.is_number(col) else TimeBucket(col, "year")


def _amount(ctx: Context) -> Value | None:
    for phrase in ctx.phrases:
        if phrase.amount is not None:
            return phrase.amount
    if ctx.schema.strict:
        return None
    for phrase in ctx.phrases:
        if phrase.kind == "table" and (phrase.table == ctx.root):
            return ctx.counting()
    return None


def _side(ctx: Context, expr: Expression | None, counted: Value | None, conditions: list[Condition]) -> Plan:
    where = conjunction(conditions)
    if expr is None:
        return Plan(ctx.root, values=(cast(Measure, counted),), where=where)
    if ctx.schema.strict:
        return Plan(ctx.root, keys=(expr,), where=where)
    if isinstance(expr, TimeBucket) or ctx.of(columns_of(expr)[0]).role == Role.TIME:
        return Plan(ctx.root, values=(Measure("min", expr, table=ctx.root),), where=where)
    return Plan(ctx.root, values=(ctx.default_of(expr),), where=where)


__all__ = ["read_pair"]
