"""4A级以上, 二级以上医院, 本科以上学历, 60岁以上: bounds on values that have an order. They become values to choose among."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.planning.conditions.ladders import Place, ladder_of, places_of, within
from assistant.planning.plan import Col, Compare, Expression
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold
from corpus.semantics import Role

_COUNTED = ("级", "星", "星级", "类", "等", "岁", "周岁")


def graded(ctx: Context, i: int) -> bool:
    """A word for 以上 behind a value, or for 不低于 before one."""
    phrase = ctx.phrases[i]
    if ctx.schema.strict or phrase.kind not in ("cmp", "cmp_after"):
        return False
    start, stop = (i - 1, i + 1) if phrase.kind == "cmp_after" else (i, i + 2)
    at = i - 1 if phrase.kind == "cmp_after" else i + 1
    if at < 0 or at >= len(ctx.phrases):
        return False
    named: Col | None = None
    if ctx.phrases[at].kind == "expr" and at and ctx.phrases[at - 1].kind == "number" and phrase.kind == "cmp_after":
        named, start, at = _kind(ctx, at), at - 1, at - 1  # 三 星级 以上
    elif phrase.kind == "cmp_after":
        named = _kind(ctx, stop) or (_kind(ctx, start - 1) if start else None)
        if named is not None:
            start, stop = (start, stop + 1) if named == _kind(ctx, stop) else (start - 1, stop)
    elif i:
        named = _kind(ctx, i - 1)
        start = i - 1 if named is not None else start
    test = _test(ctx, ctx.phrases[at], named, phrase.payload, "".join(p.text for p in ctx.phrases[at : i + 1]))
    if test is None:
        return False
    condition, also = test, []
    for k, other in enumerate(ctx.phrases[:start]):
        earlier = other.condition
        if other.payload == "graded" and isinstance(earlier, Compare) and earlier.left == test.left:
            condition, also = _both(earlier, test), [k]  # 7岁以上35岁以下
    fold(
        ctx,
        start,
        stop,
        Phrase("condition", (), test.text, payload="graded", condition=condition, table=_table(test)),
        also,
        whole=True,
    )
    ctx.bonus += 1.0
    return True


def _table(test: Compare) -> str:
    return test.left.table if isinstance(test.left, Col) else ""


def _both(one: Compare, other: Compare) -> Compare:
    """The values that two bounds on one column leave."""
    first, second = (t.value if isinstance(t.value, tuple) else (t.value,) for t in (one, other))
    kept = tuple(v for v in first if v in second and v is not None)
    return _among(one.left, kept, one.text + other.text)


def _among(left: Expression, values: tuple[str | float | int, ...], text: str) -> Compare:
    if len(values) == 1:
        return Compare(left, "=", values[0], text=text)
    return Compare(left, "in", values, text=text)


def _kind(ctx: Context, k: int) -> Col | None:
    """The column of a kind that a phrase names."""
    phrase = ctx.phrases[k] if 0 <= k < len(ctx.phrases) else None
    if phrase is None or phrase.kind != "expr" or not isinstance(phrase.expr, Col):
        return None
    return phrase.expr if ctx.of(phrase.expr).role == Role.CATEGORY else None


def _test(ctx: Context, bound: Phrase, named: Col | None, op: str, text: str) -> Compare | None:
    if bound.kind not in ("value", "unknown", "number") or (bound.kind == "number" and not _ordinal(bound, named)):
        return None
    for col in [named] if named is not None else _columns(ctx, bound):
        values = ctx.schema.values.of(col.table, ctx.of(col))
        for said in _said(ctx, bound, col):
            ladder = ladder_of(values, said)
            kept = within(ladder, said, op) if ladder else None
            if kept and len(kept) < len(values):
                return _among(col, tuple(kept), text)
    return None


def _ordinal(bound: Phrase, named: Col | None) -> bool:
    return named is not None or bound.unit in _COUNTED


def _said(ctx: Context, bound: Phrase, col: Col) -> Iterator[Place]:
    """The places that a bound may have on a column's ladder."""
    if bound.kind == "value" and bound.expr == col:
        yield from places_of(ctx.of(col).codes.get(bound.value, bound.value))
    elif bound.kind == "number" and bound.number is not None:
        number = bound.number.value
        if bound.unit in ("岁", "周岁"):
            yield Place("extent 岁", number, number)
        else:
            for kind in ("级", "星", "A"):
                yield Place(f"number {kind}", number, number + 0.4)
            for kind in ("类", "等"):
                yield Place(f"number {kind}", -number, -number)
    else:
        yield from places_of(bound.text)


def _columns(ctx: Context, bound: Phrase) -> list[Col]:
    """Where a bound may stand: the column of its value, then every kind of the root, then of what it belongs to."""
    own = [bound.expr] if isinstance(bound.expr, Col) and bound.kind == "value" else []
    tables = [ctx.root, *ctx.near()]
    kinds = [Col(t, c.name) for t in tables for c in ctx.schema.model.table(t).columns if c.role == Role.CATEGORY]
    return [c for c in own if c.table in tables] + [c for c in kinds if c not in own]
