"""Numbers per head or per so many heads: 人均地区生产总值, 每千名常住人口的床位数, 日均客流量."""

from __future__ import annotations

from typing import cast

from assistant.planning.conditions.timing import time_conditions
from assistant.planning.linking.times import year_span
from assistant.planning.numbers.asked_units import is_figures, measures_in
from assistant.planning.plan import Col, Compare, Condition, Measure, Ratio, TimeBucket, TimeUnit, conjunction
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, owner_of
from corpus.semantics import Additivity, Role

_PEOPLE = ("常住人口", "总人口", "户籍人口", "人口数", "人口")
_DAILY: dict[str, TimeUnit] = {"日均": "day", "月均": "month", "年均": "year"}


def read_per_capita(ctx: Context) -> None:
    """Fold 人均 and 每N人 with what they divide into one amount."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind == "per":
            _divide(ctx, i, i + 1, 1.0, "人均")
            return
        if (phrase.kind == "each" or phrase.text == "平均每") and _per_unit(ctx, i):
            return
        follow = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
        number = follow.number if follow is not None and follow.kind == "number" else None
        if phrase.kind == "each" and follow is not None and number is not None and number.value >= 10:
            _divide(ctx, i, i + 2, number.value, f"每{follow.text}")
            return


def _per_unit(ctx: Context, i: int) -> bool:
    """平均每套成交面积: the total over the number that is counted in that unit."""
    phrase = ctx.phrases[i]
    after = ctx.mentions[phrase.end] if phrase.end < len(ctx.mentions) else None
    start = i if phrase.kind == "agg" else i - 1
    said = start >= 0 and ctx.phrases[start].kind == "agg" and ctx.phrases[start].payload == "avg"
    if after is None or after.kind != "unit" or not said or not is_figures(ctx, ctx.root):
        return False
    under = measures_in(ctx, after.text)
    k = next((k for k in range(i + 1, len(ctx.phrases)) if is_measure(ctx, ctx.phrases[k])), None)
    if not under or k is None or not isinstance(ctx.phrases[k].expr, Col) or ctx.phrases[k].expr in under:
        return False
    over = ctx.phrases[k]
    shared = sorted(under, key=lambda c: -len(set(ctx.of(c).label) & set(over.text)))[0]
    total, count = Measure("sum", over.expr, table=ctx.root), Measure("sum", shared, table=ctx.root)
    label = f"平均每{after.text}{over.text}"
    fold(ctx, start, k + 1, Phrase("amount", (), over.text, amount=Ratio(total, count, label=label)), whole=True)
    ctx.use(phrase.end)
    return True


def read_daily(ctx: Context, i: int) -> bool:
    """日均客流量: the total over the number of days that have rows."""
    phrase = ctx.phrases[i]
    unit = _DAILY.get(phrase.text)
    if phrase.kind != "agg" or unit is None or i + 1 >= len(ctx.phrases) or not is_measure(ctx, ctx.phrases[i + 1]):
        return False
    over = ctx.phrases[i + 1]
    col = ctx.time_column(owner_of(over))
    if col is None or owner_of(over) != ctx.root or ctx.bucket(unit) is None:
        return False
    total = Measure("sum", over.expr, table=ctx.root)
    times = Measure("count_distinct", TimeBucket(col, unit), table=ctx.root)
    fold(ctx, i, i + 2, Phrase("amount", (), over.text, amount=Ratio(total, times, label=f"{phrase.text}{over.text}")))
    return True


def _divide(ctx: Context, i: int, start: int, heads: float, label: str) -> None:
    measures = [k for k in range(start, min(len(ctx.phrases), start + 6)) if is_measure(ctx, ctx.phrases[k])]
    named = [k for k in measures if _counts_people(ctx, ctx.phrases[k])]
    overs = [k for k in measures if k not in named]
    if not overs:
        return
    best = max(overs, key=lambda k: ctx.phrases[k].score)  # 医疗床位: the noun, not what describes it
    over = ctx.phrases[best]
    people = cast(Col, ctx.phrases[named[0]].expr) if named else _population(ctx)
    if people is None or not isinstance(over.expr, Col):
        return
    scale = heads * ctx.of(over.expr).scale if heads == 1 else heads
    unit = "元" if heads == 1 and ctx.of(over.expr).unit.endswith("元") else ctx.of(over.expr).unit
    under = Measure("sum", people, table=people.table, where=_newest(ctx, people, over.expr.table))
    total = Measure("sum", over.expr, table=over.expr.table)
    value = Ratio(
        total, under, label=f"{label}{ctx.of(over.expr).label}" + (f"（{unit}）" if unit else ""), scale=scale
    )
    fold(ctx, i, max(start, best + 1), Phrase("amount", (), over.text, amount=value), named)
    ctx.bonus += 0.5


def _counts_people(ctx: Context, phrase: Phrase) -> bool:
    return isinstance(phrase.expr, Col) and any(w in ctx.of(phrase.expr).label for w in _PEOPLE)


def _population(ctx: Context) -> Col | None:
    """The measure of people that a head count without a name means."""
    for word in _PEOPLE:
        for table in ctx.schema.model.tables:
            for column in table.columns:
                if column.label == word and column.role == Role.MEASURE and column.additivity == Additivity.SNAPSHOT:
                    return Col(table.name, column.name)
    return None


def _newest(ctx: Context, people: Col, over: str) -> Condition | None:
    """People are counted once, not over all years: without a time in the question the newest count is taken, and said.

    What is divided is then taken from that year too, where it has a time.
    """
    col = ctx.time_column(people.table)
    if col is None or any(m.time for m in ctx.mentions):
        return None
    high = ctx.schema.values.range(col.table, col.name).high
    if not isinstance(high, float):
        return None
    own = ctx.time_column()
    conditions = time_conditions(ctx, own, year_span(int(high))) if own is not None and over == ctx.root else None
    if conditions:
        ctx.assumptions.append(f"未说明时间，按{int(high)}年计算")
        ctx.phrases.append(Phrase("condition", (len(ctx.mentions) - 1,), condition=conjunction(conditions)))
        return None
    ctx.assumptions.append(f"人口按最新的{int(high)}年计算")
    return Compare(col, "=", int(high))
