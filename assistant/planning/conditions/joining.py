"""Conditions together: alternatives, and totals that are tested for things that have many rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.planning.conditions.alternatives import alternatives
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Having,
    Measure,
    Operator,
    Or,
    TimeBucket,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.objects import of_events
from assistant.planning.reading.phrases import Phrase, right
from assistant.planning.shown.targets import Shown
from corpus.semantics import Additivity, Role


def joined(phrases: list[Phrase], *, literal: bool = True) -> Condition | None:
    """All conditions in the order of the question: 或 between two makes an alternative, all else must hold.

    Unless `literal`, what cannot hold together makes alternatives too.
    """
    found = [(p.at, p.condition) for p in phrases if p.kind == "condition" and p.condition is not None]
    ors = [p.at for p in phrases if p.kind == "or"]
    merged = _merge_same_column(found, ors)
    if not merged:
        return None
    if not literal and not ors:
        spans = {p.condition: p.time for p in phrases if p.kind == "condition" and p.condition is not None}
        return alternatives([(condition, spans.get(condition)) for _, condition in merged])
    sides: list[list[Condition]] = [[merged[0][1]]]
    for (low, _), (high, condition) in itertools.pairwise(merged):
        if any(low < at < high for at in ors):
            sides.append([condition])
        else:
            sides[-1].append(condition)
    parts: list[Condition] = [p[0] if len(p) == 1 else And(tuple(p)) for p in sides]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _merge_same_column(found: list[tuple[int, Condition]], ors: list[int]) -> list[tuple[int, Condition]]:
    """Two values of one column cannot both hold: they are alternatives."""
    merged: list[tuple[int, Condition]] = []
    for position, condition in found:
        last = merged[-1][1] if merged else None
        if (
            isinstance(condition, Compare)
            and isinstance(last, Compare)
            and condition.left == last.left
            and condition.op in ("=", "!=")
            and last.op in (condition.op, {"=": "in", "!=": "not in"}[condition.op])
            and isinstance(condition.value, str)
        ):
            known = last.value if isinstance(last.value, tuple) else (last.value,)
            together = tuple(dict.fromkeys([*[v for v in known if v is not None], condition.value]))
            op: Operator = "in" if condition.op == "=" else "not in"
            merged[-1] = (position, Compare(condition.left, op, together))
        else:
            merged.append((position, condition))
    return merged


def spoken_totals(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having]
) -> tuple[Condition | None, list[Having]]:
    """融资总额不足10亿的企业: a total tested for things that have many rows is their sum."""
    owners = {c.table for k in shown.order for c in columns_of(k)}
    if not shown.keys or len(owners) != 1:
        return where, having
    if ctx.root in owners:
        return _totals_of_kinds(ctx, shown, where, having)
    parts = list(where.parts) if isinstance(where, And) else [where] if where is not None else []
    sums: list[Having] = []
    rest: list[Condition] = []
    for part in parts:
        left = part.left if isinstance(part, Compare) else None
        total = (
            isinstance(part, Compare)
            and isinstance(left, Col)
            and left.table == ctx.root
            and ("总" in part.text or of_events(ctx, part.text, ctx.of(left).label))
        )
        if total and isinstance(part, Compare) and isinstance(left, Col) and isinstance(part.value, int | float):
            sums.append(Having(Measure("sum", left, table=left.table), part.op, float(part.value)))
            continue
        rest.append(part)
    return (conjunction(rest), [*having, *sums]) if sums else (where, having)


def _totals_of_kinds(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having]
) -> tuple[Condition | None, list[Having]]:
    """单身人数少于一百万的省份: a kind has many rows, so the one amount tested of it is that of all of them together."""
    many = (Role.CATEGORY, Role.TEXT, *([Role.NAME] if shown.values and len(ctx.table.primary_key) != 1 else []))
    kinds = all(isinstance(k, Col) and ctx.of(k).role in many for k in shown.keys)
    if not kinds or not shown.target or shown.numbers or having or any(p.kind == "rank" for p in ctx.phrases):
        return where, having
    parts = list(where.parts) if isinstance(where, And) else [where] if where is not None else []
    tested = [p for p in parts if isinstance(p, Compare) and p.op in (">", ">=", "<", "<=") and _adds_up(ctx, p.left)]
    tested = [p for p in tested if p.value != 0]  # more than none: whether there are any
    if len(tested) != 1 or isinstance(tested[0].value, str) or _picks_rows(ctx, tested[0]):
        return where, having
    test = tested[0]
    assert isinstance(test.value, int | float)
    total = Having(Measure("sum", test.left, table=ctx.root), test.op, float(test.value))
    return conjunction([p for p in parts if p is not test]), [total]


def _adds_up(ctx: Context, expr: Expression) -> bool:
    own = isinstance(expr, Col) and expr.table == ctx.root and ctx.of(expr).role == Role.MEASURE
    return own and isinstance(expr, Col) and ctx.of(expr).additivity in (Additivity.SUM, Additivity.SNAPSHOT)


def _picks_rows(ctx: Context, test: Compare) -> bool:
    """覆盖100个城市以上的软件: the test describes rows, which are named right behind it."""
    k = next((k for k, p in enumerate(ctx.phrases) if p.condition == test), None)
    n = right(ctx, k, ("of",)) if k is not None else None
    return n is not None and ctx.phrases[n].kind == "table" and ctx.phrases[n].table == ctx.root


def summed_tests(
    ctx: Context, shown: Shown, where: Condition | None, having: list[Having]
) -> tuple[Condition | None, list[Having]]:
    """地区生产总值超过一千亿元的区: what many rows make up is added up before it is compared."""
    keyed = [k for k in shown.keys if isinstance(k, Col)]
    if not keyed and len(shown.keys) == 1 and isinstance(shown.keys[0], TimeBucket) and not shown.values:
        return _summed(ctx, where, having, (Additivity.SUM,))  # 哪几个月结婚登记不足2000对
    name = ctx.name_of(ctx.root)
    if not keyed or shown.values or (name in keyed and ctx.of(name).role in (Role.NAME, Role.KEY)):
        return where, having
    parts = list(where.parts) if isinstance(where, And) else [where] if where is not None else []
    finer = not ctx.table.entity and not _tells_rows(ctx, keyed, parts)  # figures of parts: of ages, of districts
    if not finer and all(k.table == ctx.root and ctx.of(k).role != Role.FOREIGN for k in keyed):
        return where, having
    rates = () if one_period(ctx) else (Additivity.AVERAGE,)
    additive = (Additivity.SUM, Additivity.SNAPSHOT, *(rates if finer else ()))  # over things, a stock adds up as well
    return _summed(ctx, where, having, additive)


def one_period(ctx: Context) -> bool:
    """Whether the question's time is one period of the root's rows, so that each thing has one row in it."""
    col = ctx.time_column()
    spans = [p.time for p in ctx.phrases if p.kind == "condition" and p.time is not None]
    if col is None or len(spans) != 1 or spans[0].start is None or spans[0].end is None:
        return False
    days = {"year": 366, "quarter": 92, "month": 31, "date": 1, "day": 1}.get(ctx.of(col).grain, 0)
    others = set(ctx.table.primary_key) - {col.name}
    return len(others) == 1 and (spans[0].end - spans[0].start).days <= days


def _summed(
    ctx: Context, where: Condition | None, having: list[Having], additive: tuple[Additivity, ...]
) -> tuple[Condition | None, list[Having]]:
    """Tests of the root's numbers as tests of their sums, where sums of them mean something."""
    sums: list[Having] = []
    rest: list[Condition] = []
    for part in list(where.parts) if isinstance(where, And) else [where] if where is not None else []:
        left = part.left if isinstance(part, Compare) else None
        summed = isinstance(left, Col) and left.table == ctx.root and ctx.of(left).additivity in additive
        if summed and isinstance(part, Compare) and isinstance(left, Col) and isinstance(part.value, int | float):
            sums.append(Having(ctx.default_measure(left), part.op, float(part.value)))
        elif (
            isinstance(part, CompareToAggregate)
            and isinstance(part.left, Col)
            and part.left.table == ctx.root
            and ctx.of(part.left).additivity == Additivity.AVERAGE
            and Additivity.AVERAGE in additive
        ):  # 房价高于全市平均的区: its own average, not one of its months
            sums.append(Having(ctx.default_measure(part.left), part.op, 0.0, against=part.measure, inside=part.where))
        else:
            rest.append(part)
    return (conjunction(rest), [*having, *sums]) if sums else (where, having)


def _tells_rows(ctx: Context, keys: list[Col], tests: Sequence[Condition]) -> bool:
    """Whether the keys, with what is fixed to one value, leave one row of the root each."""
    known = {k.name for k in keys if k.table == ctx.root}
    for key in keys:
        known |= set(ctx.schema.graph.foreign_key(ctx.root, key.table) or ()) if key.table != ctx.root else set()
    for test in tests:
        if isinstance(test, Compare) and test.op == "=" and isinstance(test.left, Col):
            table = test.left.table
            known |= {test.left.name} if table == ctx.root else set(ctx.schema.graph.foreign_key(ctx.root, table) or ())
    return set(ctx.table.primary_key) <= known
