"""Shares of a whole and growth against the period before, over the amounts found."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.alternatives import disjoint
from assistant.planning.linking.words import Word
from assistant.planning.plan import (
    Col,
    Compare,
    Growth,
    Measure,
    Ratio,
    TimeBucket,
    TimeUnit,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure
from corpus.semantics import Role


def _base(ctx: Context) -> tuple[Measure, int | None]:
    """The amount that a share or a growth is of, and where it stands."""
    for k, phrase in enumerate(ctx.phrases):
        if phrase.kind == "amount" and isinstance(phrase.amount, Measure):
            return phrase.amount, k
    for k, phrase in enumerate(ctx.phrases):
        weak = phrase.score < 0.6 and not phrase.asked and not ctx.schema.strict  # 注册 of 注册资本
        if is_measure(ctx, phrase) and phrase.expr is not None and not weak:
            return ctx.default_of(phrase.expr), k
    return ctx.counting(), None


def read_shares(ctx: Context) -> None:
    i = next((k for k, p in enumerate(ctx.phrases) if p.kind == "share"), None)
    if i is None:
        return
    if not ctx.schema.strict:
        ctx.use(*(s for p in ctx.phrases if p.kind == "share" for s in p.spans))  # 占…的比例: said twice
    base, at = _base(ctx)
    grouped = any(p.kind == "group" for p in ctx.phrases)
    picked = _part_before(ctx, i) if grouped and not ctx.schema.strict else None
    if picked is not None:
        _share_within(ctx, i, picked, base, at)
        return
    if grouped:
        fold(ctx, i, i + 1, Phrase("amount", (), amount=Ratio(base, None, label="占比(%)", percent=True)))
        if at is not None:
            ctx.use(*ctx.phrases[at].spans)
            ctx.phrases[at] = replace(ctx.phrases[at], kind="amount", amount=base)
        else:
            ctx.phrases.insert(i, Phrase("amount", ctx.phrases[i].spans, amount=base))
        return
    chosen = [
        k
        for k, p in enumerate(ctx.phrases)
        if p.kind == "condition"
        and isinstance(p.condition, Compare)
        and isinstance(p.condition.left, Col)
        and p.condition.op in ("=", "in")
        and ctx.of(p.condition.left).role != Role.TIME
    ]
    if not chosen and not ctx.schema.strict:
        chosen = [k for k, p in enumerate(ctx.phrases[:i]) if _limits(ctx, p)]
    if not chosen:
        ctx.missing.append(ctx.phrases[i].text)
        return
    chosen = _parts(ctx, i, chosen)
    condition = cast(
        Compare, ctx.phrases[chosen[-1]].condition
    )  # the last one is the part, the others hold for the whole
    bound = condition.op not in ("=", "in")
    named = "符合条件" if bound else condition.text or "其中"
    part = Measure(base.aggregate, base.of, table=base.table, where=condition, label=named)
    whole = Measure(base.aggregate, base.of, table=base.table, label="总数")
    ratio = Ratio(part, whole, label="占比(%)", percent=True)
    also = [chosen[-1]] + ([at] if at is not None else [])
    fold(ctx, i, i + 1, Phrase("amount", (), amount=ratio), also)
    place = next(k for k, p in enumerate(ctx.phrases) if p.amount == ratio)
    ctx.phrases[place:place] = [Phrase("amount", ctx.phrases[place].spans, amount=v) for v in (part, whole)]


def _parts(ctx: Context, i: int, chosen: list[int]) -> list[int]:
    """民办幼儿园占幼儿园的比例: what is said again behind 占 holds for the whole; what is only said before it picks the part."""
    after = [ctx.phrases[k].condition for k in chosen if k > i]
    parts = [k for k in chosen if k < i and ctx.phrases[k].condition not in after]
    return parts if after and parts and not ctx.schema.strict else chosen


def _limits(ctx: Context, phrase: Phrase) -> bool:
    """超过10个工作日的许可占比: a bound on a number picks a part as well."""
    test = phrase.condition
    return (
        phrase.kind == "condition"
        and isinstance(test, Compare)
        and isinstance(test.left, Col)
        and ctx.of(test.left).role == Role.MEASURE
        and test.right is None
    )


def _part_before(ctx: Context, i: int) -> int | None:
    """各区幼儿园中民办的占比: the condition right before the word for a share picks the part."""
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in ("of", "amount", "table", "unknown", "is"):
        k -= 1
    if k < 0 or not _picks(ctx, ctx.phrases[k]):
        return None
    return k


def _picks(ctx: Context, phrase: Phrase) -> bool:
    test = phrase.condition
    return (
        phrase.kind == "condition"
        and isinstance(test, Compare)
        and isinstance(test.left, Col)
        and test.op in ("=", "in")
        and ctx.of(test.left).role not in (Role.TIME, Role.FOREIGN, Role.NAME)
    )


def _share_within(ctx: Context, i: int, k: int, base: Measure, at: int | None) -> None:
    """The part's share of each group's own whole."""
    condition = ctx.phrases[k].condition
    text = condition.text if isinstance(condition, Compare) else ""
    part = Measure(base.aggregate, base.of, table=base.table, where=condition, label=text or "其中")
    whole = Measure(base.aggregate, base.of, table=base.table, label="总数")
    ratio = Ratio(part, whole, label=f"{text}占比(%)", percent=True)
    spans = ctx.phrases[i].spans
    fold(ctx, k, i + 1, Phrase("amount", (), amount=ratio), [at] if at is not None and not k < at < i else [])
    place = next(n for n, p in enumerate(ctx.phrases) if p.amount == ratio)
    ctx.phrases[place:place] = [Phrase("amount", spans, amount=v) for v in (part, whole)]


def _two_times_compared(ctx: Context) -> bool:
    """2025年比2020年增长百分之多少: two numbers side by side, which is read later."""
    times = [p.time for p in ctx.phrases if p.kind == "condition" and p.time is not None]
    return len(times) == 2 and disjoint(times) and any(p.kind == "than" for p in ctx.phrases)


def _year_on_year(ctx: Context) -> bool:
    """各区2025年比2024年增长多少: for groups, growth against the year before; the second year is then said already."""
    timed = [k for k, p in enumerate(ctx.phrases) if p.kind == "condition" and p.time is not None]
    first, second = (ctx.phrases[k].time for k in timed)
    than = next(k for k, p in enumerate(ctx.phrases) if p.kind == "than")
    if first is None or second is None or first.grain != "year" or not any(p.kind == "group" for p in ctx.phrases):
        return False
    if second.end != first.start or first.start is None or second.start is None:
        return False
    drop(ctx, timed[1], than)
    for k, mention in enumerate(ctx.mentions):
        if mention.time == second:
            ctx.mentions[k] = replace(mention, time=None, word=Word("filler"))
    return True


def read_growths(ctx: Context) -> None:
    i = next((k for k, p in enumerate(ctx.phrases) if p.kind == "growth"), None)
    if i is None or (not ctx.schema.strict and _two_times_compared(ctx) and not _year_on_year(ctx)):
        return
    i = next(k for k, p in enumerate(ctx.phrases) if p.kind == "growth")
    word = ctx.phrases[i]
    base, at = _base(ctx)
    unit: TimeUnit = "year" if word.payload == "year" else "month"
    spans = [m.time for m in ctx.mentions if m.time]
    if unit == "year" and spans and spans[0].grain in ("month", "quarter"):
        unit = cast(TimeUnit, spans[0].grain)
        months = {"month": 1, "quarter": 3}[spans[0].grain]
        if spans[0].start and spans[0].end and (spans[0].end - spans[0].start).days > 31 * months + 1:
            unit = "year"  # 上半年: the same months of two years
    key = next((p.expr for p in ctx.phrases if p.kind == "group" and isinstance(p.expr, TimeBucket)), None)
    if key is None:
        bucket = ctx.bucket(unit)
        if not isinstance(bucket, TimeBucket):
            ctx.missing.append(word.text)
            return
        key = bucket
        ctx.phrases.insert(0, Phrase("group", word.spans, expr=bucket))
        i += 1
        at = at + 1 if at is not None else None
    per_year = {"year": 1, "quarter": 4, "month": 12, "day": 365}[key.unit]
    lag = per_year if word.payload == "year" else 1
    label = "同比增长(%)" if word.payload == "year" else "环比增长(%)"
    growth = Growth(base, key.unit, lag=lag, label=label)
    ctx.use(*word.spans)
    ctx.phrases[i] = Phrase("amount", word.spans, amount=growth)
    if at is None:
        ctx.phrases.insert(i, Phrase("amount", word.spans, amount=base))
    elif ctx.phrases[at].kind != "amount":
        ctx.use(*ctx.phrases[at].spans)
        ctx.phrases[at] = Phrase("amount", ctx.phrases[at].spans, amount=base)
    others = [k for k, p in enumerate(ctx.phrases) if p.kind == "growth"]
    drop(ctx, *others)
