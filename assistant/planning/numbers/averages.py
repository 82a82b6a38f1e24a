"""Averages over things: 每个街道平均有几所学校, 平均每家诊所的补贴金额, 平均每张床位的费用.

The total is divided by the number of all things, those that have none of it included, and that is said: an average over
the rows that a join leaves would leave out exactly the poorest.
"""

from __future__ import annotations

from assistant.planning.numbers.asked_units import is_figures, measures_in, unit_asked
from assistant.planning.plan import Col, Measure, Ratio
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, owner_of
from corpus.semantics import Additivity, Role

_PASSED = ("of", "is", "in", "agg")


def read_averages(ctx: Context) -> None:
    """Fold every average per thing into one amount."""
    i = 0
    while i < len(ctx.phrases):
        if not _per_thing(ctx, i):
            i += 1


def _per_thing(ctx: Context, i: int) -> bool:
    found = _divisor(ctx, i)
    if found is None:
        return False
    start, at, under, first = found
    over = _total(ctx, at + 1, under.table, first)
    if over is None:
        return False
    total, stop, what = over
    things = ctx.schema.model.table(under.table)
    noun = (things.entity or things.label) if under.of is None else ctx.of(under.of).label  # type: ignore[arg-type]
    ratio = Ratio(total, under, label=f"平均每{things.measure_word if under.of is None else ''}{noun}的{what}")
    if under.of is None:
        ctx.assumptions.append(f"平均数按全部{noun}计算，没有{what.removesuffix('数量')}的也算在内")
    fold(ctx, start, stop, Phrase("amount", (), ctx.phrases[at].text, amount=ratio))
    ctx.bonus += 0.5
    return True


def _divisor(ctx: Context, i: int) -> tuple[int, int, Measure, bool] | None:
    """What is divided by: where it starts, where it stands, what it counts, and whether 平均 stands before it."""
    phrase = ctx.phrases[i]
    before, after = _kind(ctx, i - 1), _kind(ctx, i + 1)
    if phrase.kind == "agg" and phrase.text == "平均每" and after in ("table", "expr"):
        under = _counted(ctx, ctx.phrases[i + 1])
        return (i, i + 1, under, True) if under is not None else None
    if phrase.kind == "each" and phrase.text.startswith("每") and after == "expr" and before == "avg":
        under = _counted(ctx, ctx.phrases[i + 1])
        return (i - 1, i + 1, under, True) if under is not None else None
    if phrase.kind == "group" and phrase.table and ctx.mentions[phrase.at].text.startswith("每"):
        first = before == "avg"
        if first or after == "avg":
            return (i - first, i, Measure("count", table=phrase.table), first)
    return None


def _kind(ctx: Context, index: int) -> str:
    """The kind of a phrase; avg for an average word."""
    if not 0 <= index < len(ctx.phrases):
        return ""
    phrase = ctx.phrases[index]
    return "avg" if phrase.kind == "agg" and phrase.payload == "avg" else phrase.kind


def _counted(ctx: Context, phrase: Phrase) -> Measure | None:
    """How many there are of what a phrase names: rows of a table, or a number that each row keeps (床位)."""
    if phrase.kind == "table":
        return None if is_figures(ctx, phrase.table) else Measure("count", table=phrase.table)
    if not is_measure(ctx, phrase) or not isinstance(phrase.expr, Col):
        return None
    if ctx.of(phrase.expr).additivity == Additivity.AVERAGE:
        return None
    return Measure("sum", phrase.expr, table=phrase.expr.table)


def _total(ctx: Context, start: int, per: str, first: bool) -> tuple[Measure, int, str] | None:
    """What is divided: how many of other things, or (only behind 平均每) the sum of a number of another table."""
    asked: Phrase | None = None
    for k in range(start, len(ctx.phrases)):
        phrase = ctx.phrases[k]
        if phrase.kind == "howmany":
            asked = phrase
        elif phrase.kind == "unknown":
            continue
        elif is_measure(ctx, phrase):
            return _summed(ctx, k, per) if first else None
        elif phrase.kind in ("table", "value") and phrase.table != per:
            table = phrase.table
            counts = _kind(ctx, k + 1) == "agg" and ctx.phrases[k + 1].payload == "count"
            if not (asked or counts) or is_figures(ctx, table) or not ctx.reaches(table) or not ctx.reaches(per):
                return None
            stop = k if phrase.kind == "value" else k + 2 if counts else k + 1
            entity = ctx.schema.model.table(table).entity or ctx.schema.model.table(table).label
            return Measure("count", table=table), stop, f"{entity}数量"
        elif phrase.kind not in _PASSED and not (phrase.kind == "expr" and owner_of(phrase) == ctx.root):
            return None
    if asked is None or per == ctx.root:
        return None
    unit, stop = unit_asked(ctx, asked), ctx.phrases.index(asked) + 1
    if unit and unit == ctx.table.measure_word:
        return Measure("count", table=ctx.root), stop, f"{ctx.table.entity}数量"
    figures = [c for c in measures_in(ctx, unit) if ctx.of(c).additivity == Additivity.SUM]
    if len(figures) != 1 or not first:
        return None
    ctx.use(*(k for k in (asked.end,) if k < len(ctx.mentions) and ctx.mentions[k].kind == "unit"))
    return Measure("sum", figures[0], table=ctx.root), stop, ctx.of(figures[0]).label


def _summed(ctx: Context, k: int, per: str) -> tuple[Measure, int, str] | None:
    column = ctx.phrases[k].expr
    if not isinstance(column, Col) or column.table == per or ctx.of(column).additivity == Additivity.AVERAGE:
        return None
    if not ctx.reaches(column.table) or not ctx.reaches(per) or ctx.of(column).role != Role.MEASURE:
        return None
    stop = k + 2 if _kind(ctx, k + 1) == "howmany" else k + 1
    return Measure("sum", column, table=column.table), stop, ctx.of(column).label
