"""平均每天多少起, 每所小学平均多少学生, 平均罚多少: one average over things or periods, not a list of them."""

from __future__ import annotations

from assistant.planning.numbers.asked_units import is_figures
from assistant.planning.plan import Col, Measure, Ratio, TimeBucket, Value
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure
from corpus.semantics import Additivity, Role

_DAILY = ("日均", "月均", "年均")


def read_means(ctx: Context) -> None:
    """Take groups out that only say what an average is over."""
    groups = [k for k, p in enumerate(ctx.phrases) if p.kind == "group"]
    if len(groups) != 1 or not _averages(ctx, groups[0]):
        return
    k = groups[0]
    if isinstance(ctx.phrases[k].expr, TimeBucket):
        _per_period(ctx, k)
    elif ctx.mentions[ctx.phrases[k].at].text.startswith("每"):
        _per_thing(ctx, k)


def mean_of(ctx: Context, i: int, col: Col) -> tuple[Measure, list[int]]:
    """A number as asked at `i`: averaged where 平均 stands before it, else in its own way; with the phrase that says so."""
    for k in range(i - 1, max(-1, i - 4), -1):
        phrase = ctx.phrases[k]
        if phrase.kind == "agg" and phrase.payload == "avg":
            return Measure("avg", col, table=col.table), [k]
        if phrase.kind not in ("of", "is", "in", "unknown"):
            break
    return ctx.default_measure(col), []


def _averages(ctx: Context, k: int) -> bool:
    """Whether 平均 stands right beside a group, with no 的 between: 每个区的平均气温 is asked of each."""
    beside = [ctx.phrases[n] for n in (k - 1, k + 1, k + 2) if 0 <= n < len(ctx.phrases)]
    if k + 1 < len(ctx.phrases) and ctx.phrases[k + 1].kind == "of":
        return False
    if ctx.phrases[k].text.startswith("平均每"):
        return True
    if len(beside) > 2 and beside[1].kind not in ("condition", "unknown", "agg"):
        beside = beside[:2]
    return any(p.kind == "agg" and p.payload == "avg" and p.text not in _DAILY for p in beside)


def _per_period(ctx: Context, k: int) -> None:
    """平均每天有多少起事故: the total over the number of days."""
    word = next(n for n, p in enumerate(ctx.phrases) if p.kind == "agg" and p.payload == "avg")
    bucket = ctx.phrases[k].expr
    found = _counted(ctx, max(k, word) + 1)
    if found is None or not isinstance(bucket, TimeBucket):
        return
    at, total = found
    name = {"day": "日均", "month": "月均", "quarter": "季均", "year": "年均"}[bucket.unit]
    label = total.label or ctx.phrases[at].text
    value = Ratio(total, Measure("count_distinct", bucket, table=ctx.root), label=f"{name}{label}")
    also = [n for n in range(at) if ctx.phrases[n].kind == "howmany"]
    fold(ctx, at, at + 1, Phrase("amount", (), ctx.phrases[at].text, amount=value), [word, k, *also])


def _counted(ctx: Context, start: int) -> tuple[int, Measure] | None:
    """What is averaged: the root's number, or the number of its rows."""
    for n in [*range(start, len(ctx.phrases)), *range(start - 1, -1, -1)]:
        phrase = ctx.phrases[n]
        if is_measure(ctx, phrase) and isinstance(phrase.expr, Col) and phrase.expr.table == ctx.root:
            if ctx.of(phrase.expr).additivity != Additivity.SUM:
                return None
            return n, Measure("sum", phrase.expr, table=ctx.root)
        if phrase.kind == "table" and phrase.table == ctx.root and not is_figures(ctx, ctx.root):
            return n, ctx.counting()
    return None


def _per_thing(ctx: Context, k: int) -> None:
    """每所小学平均多少学生: over the schools that have a figure; 每座水库平均库容: over the rows."""
    group = ctx.phrases[k]
    table = group.table or (group.expr.table if isinstance(group.expr, Col) else "")
    if not table or (isinstance(group.expr, Col) and ctx.of(group.expr).role not in (Role.NAME, Role.KEY)):
        return
    if table == ctx.root:
        drop(ctx, k)
        return
    keyed = ctx.schema.graph.foreign_key(ctx.root, table)
    at = next((n for n, p in enumerate(ctx.phrases) if is_measure(ctx, p) and p.score >= 0.6), None)
    if not keyed or len(keyed) != 1 or keyed[0] not in ctx.table.primary_key or at is None:
        return
    number = ctx.phrases[at].expr
    if not isinstance(number, Col) or number.table != ctx.root or ctx.of(number).additivity == Additivity.AVERAGE:
        return
    word = next(n for n, p in enumerate(ctx.phrases) if (p.kind == "agg" and p.payload == "avg") or n == k)
    things = Measure("count_distinct", Col(ctx.root, keyed[0]), table=ctx.root)
    entity = ctx.schema.model.table(table).entity
    total = Measure("sum", number, table=ctx.root)
    value: Value = Ratio(
        total, things, label=f"平均每{ctx.schema.model.table(table).measure_word}{entity}{ctx.of(number).label}"
    )
    also = [n for n, p in enumerate(ctx.phrases) if p.kind == "howmany" or (p.kind == "agg" and p.payload == "avg")]
    fold(ctx, at, at + 1, Phrase("amount", (), ctx.phrases[at].text, amount=value), sorted({word, k, *also} - {at}))


def daily_count(ctx: Context, i: int) -> bool:
    """日均工单量: the number of rows over the number of days that have any."""
    phrase = ctx.phrases[i]
    unit = {"日均": "day", "月均": "month", "年均": "year"}.get(phrase.text)
    if phrase.kind != "agg" or unit is None or i + 1 >= len(ctx.phrases):
        return False
    things, col = ctx.phrases[i + 1], ctx.time_column()
    if things.kind != "table" or things.table != ctx.root or is_figures(ctx, ctx.root) or col is None:
        return False
    stop = i + 3 if i + 2 < len(ctx.phrases) and ctx.phrases[i + 2].kind == "agg" else i + 2
    bucket = TimeBucket(col, unit)  # type: ignore[arg-type]
    value = Ratio(
        ctx.counting(), Measure("count_distinct", bucket, table=ctx.root), label=f"{phrase.text}{things.text}数"
    )
    fold(ctx, i, stop, Phrase("amount", (), things.text, amount=value))
    return True


__all__ = ["daily_count", "mean_of", "read_means"]
