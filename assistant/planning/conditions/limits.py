"""What a comparison or a superlative speaks of, and `subject op number` as a condition on rows or on groups."""

from __future__ import annotations

from typing import cast

from assistant.planning.linking.scales import converted, misfit
from assistant.planning.plan import (
    Aggregate,
    Col,
    Compare,
    Expression,
    Having,
    Measure,
    Operator,
    YearsSince,
    columns_of,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, is_measure, is_thing, is_time, left, owner_of
from corpus.semantics import Role

AGGREGATES = ("sum", "avg", "max", "min", "median")


def subject(ctx: Context, index: int) -> tuple[int, int | None] | None:
    """What stands before a comparison or a superlative at `index`: its phrase, and the aggregate word that goes with it."""
    aggregate: int | None = None
    k: int | None = index
    skipped = {"super": ("sort",), "top": ("sort",), "bottom": ("sort",), "number": ("between",)}  # 介于1%与2%之间
    beside = skipped.get(ctx.phrases[index].kind, ())
    for _ in range(5):
        k = (
            left(ctx, k, (*beside, "of", "is", "in", "howmany", "unknown", "not", "without", "each", "scope"))
            if k is not None
            else None
        )
        if k is None:
            return None
        phrase = ctx.phrases[k]
        if phrase.kind == "agg":
            aggregate = k
            continue
        if phrase.kind in ("expr", "table", "metric", "amount"):
            if phrase.kind == "amount":
                return k, None
            if aggregate is None:
                before = left(ctx, k, ("of",))
                if (
                    before is not None
                    and before == k - 1
                    and ctx.phrases[before].kind == "super"
                    and is_measure(ctx, phrase)
                ):
                    aggregate = before  # 最小车型数量大于1
                elif (
                    before is not None and ctx.phrases[before].kind == "agg" and ctx.phrases[before].payload != "count"
                ):
                    aggregate = before
            return k, aggregate
        return None if aggregate is None else (aggregate, aggregate)
    return None


def sought(ctx: Context, k: int) -> bool:
    """Whether a thing is what 哪 asks for, not what is counted."""
    if not is_thing(ctx, ctx.phrases[k]) or is_time(ctx, ctx.phrases[k]):
        return False
    j = k - 1
    while j >= 0 and ctx.phrases[j].kind in ("of", "number"):
        j -= 1
    return j >= 0 and ctx.phrases[j].kind == "which"


def aggregate_of(ctx: Context, index: int | None) -> str:
    """The aggregate that a word at `index` stands for; empty for none."""
    if index is None or ctx.phrases[index].kind not in ("agg", "super"):
        return ""
    return {"desc": "max", "asc": "min"}.get(ctx.phrases[index].payload, ctx.phrases[index].payload)


def _uncountable(number: Phrase) -> bool:
    return number.unit in ("岁", "元", "万元", "亿元", "分")


def measured(ctx: Context, phrase: Phrase, aggregate: str) -> Measure | None:
    """A phrase under an aggregate: a measure, or a count of things."""
    if phrase.kind == "metric":
        return ctx.metric(phrase.metric)
    if phrase.kind == "table":
        return ctx.counting(phrase.table)
    if phrase.kind != "expr" or phrase.expr is None:
        return None
    table = owner_of(phrase)
    if is_measure(ctx, phrase) or (is_time(ctx, phrase) and aggregate in ("max", "min")):
        if aggregate in AGGREGATES:
            return Measure(cast(Aggregate, aggregate), phrase.expr, table=table)
        return ctx.default_of(phrase.expr)
    return ctx.count_of(cast(Col, phrase.expr))


def totalled(ctx: Context, phrase: Phrase) -> bool:
    """员工总数 of 员工数: the words ask for a total that the column's own name does not tell."""
    return isinstance(phrase.expr, Col) and "总" in phrase.text and "总" not in ctx.of(phrase.expr).label


def stored(ctx: Context, number: Phrase, expr: Expression) -> float | str:
    """The number as the column stores it: percentages and units accounted for."""
    assert number.number is not None
    value = number.number.value
    columns = columns_of(expr)
    column = ctx.of(columns[0]) if columns else None
    if column is None:
        return value
    if number.number.percent:
        high = ctx.schema.values.range(columns[0].table, columns[0].name).high
        percents = column.unit in ("%", "％") or (isinstance(high, float) and high > 1.5 and not ctx.schema.strict)
        return value * 100 if percents and isinstance(expr, Col) else value
    if column.role == Role.TIME and isinstance(expr, Col) and not ctx.is_number(expr):
        if ":" in number.text or "：" in number.text:
            return number.text.replace("：", ":")
        return f"{int(value)}:00" if number.unit == "点" else str(int(value))
    unit = number.unit
    exact = converted(value, unit, column.unit)
    if exact is not None and (not ctx.schema.strict or unit != column.unit):
        return exact
    scaled = any(c in number.text for c in "万亿千百") or unit in ("元", "块", "块钱", "万元", "亿元")
    if unit in ("万元", "亿元", "亿", "万平方米", "万人"):
        value *= 1e8 if unit.startswith("亿") else 1e4
    if unit in ("分钟", "小时") and column.unit == "秒":
        return value * (60 if unit == "分钟" else 3600)
    if column.scale != 1 and (
        scaled or (unit and unit != column.unit and not (column.scale >= 1e4 and value < column.scale / 100))
    ):
        value /= column.scale
    return value


def limited(ctx: Context, at: int, aggregate: int | None, op: Operator, number: Phrase) -> Phrase | None:
    """`subject op number` as a condition on rows or on groups."""
    phrase = ctx.phrases[at]
    word = aggregate_of(ctx, aggregate)
    assert number.number is not None
    if phrase.kind == "amount":
        return None
    if phrase.kind == "agg":
        named = _unit_column(ctx, ctx.root, number.unit)
        if word in AGGREGATES and named is not None:  # 总占地超过十万平米
            value = stored(ctx, number, named)
            measure = Measure(cast(Aggregate, word), named, table=ctx.root)
            return Phrase("condition", (), having=Having(measure, op, value)) if isinstance(value, float) else None
        if word != "count":
            return None
        return Phrase("condition", (), having=Having(ctx.counting(), op, number.number.value))
    if phrase.kind == "table":
        if number.unit in ("年", "岁") and number.number.value < 200 and (age_of := ctx.time_of(phrase.table)):
            age = YearsSince(age_of, ctx.schema.today.year)
            return Phrase("condition", (), condition=Compare(age, op, number.number.value))
        named = _unit_column(ctx, phrase.table, number.unit) or _amount_column(ctx, phrase, number)
        if named is not None and word != "count":
            return Phrase("condition", (), condition=Compare(named, op, stored(ctx, number, named)))
        if _uncountable(number):
            return None
        return Phrase(
            "condition", (), having=Having(ctx.counting(phrase.table), op, number.number.value), table=phrase.table
        )
    if phrase.kind == "metric":
        metric = ctx.metric(phrase.metric)
        scale = 100 if number.number.percent and metric.unit in ("%", "％") else 1
        return Phrase("condition", (), having=Having(metric, op, number.number.value * scale))
    assert phrase.expr is not None
    if is_time(ctx, phrase):
        if number.unit not in ("", "年", "岁", "点"):
            return None
        if (
            number.number.value < 1000
            and isinstance(phrase.expr, Col)
            and number.unit != "点"
            and ":" not in number.text
        ):
            age = YearsSince(phrase.expr, ctx.schema.today.year)
            return Phrase("condition", (), condition=Compare(age, op, number.number.value))
        return Phrase("condition", (), condition=Compare(phrase.expr, op, stored(ctx, number, phrase.expr)))
    if is_measure(ctx, phrase):
        if not ctx.schema.strict and any(misfit(number.unit, ctx.of(c).unit) for c in columns_of(phrase.expr)):
            return None
        if number.unit in ("岁", "周岁") and not any("龄" in ctx.of(c).label for c in columns_of(phrase.expr)):
            return None
        value = stored(ctx, number, phrase.expr)
        word = word or ("sum" if totalled(ctx, phrase) else "")
        if word in AGGREGATES and isinstance(value, float):
            measure = Measure(cast(Aggregate, word), phrase.expr, table=owner_of(phrase))
            return Phrase("condition", (), having=Having(measure, op, value))
        return Phrase("condition", (), condition=Compare(phrase.expr, op, value, text=phrase.text))
    col = cast(Col, phrase.expr)
    if ctx.is_number(col):
        return Phrase("condition", (), condition=Compare(col, op, stored(ctx, number, col)))
    return (
        None
        if _uncountable(number)
        else Phrase("condition", (), having=Having(ctx.count_of(col), op, number.number.value))
    )


_UNITS: dict[str, tuple[str, ...]] = {
    "分": ("评分", "得分", "分数"), "元": ("价", "费"), "岁": ("年龄",), "平方米": ("面积",), "平米": ("面积",), "公里": ("里程", "长度"),
}  # fmt: skip


def _amount_column(ctx: Context, phrase: Phrase, number: Phrase) -> Col | None:
    """融资超过一千万: a sum of money cannot count rows; the measure that carries the table's name is meant."""
    assert number.number is not None
    large = number.number.value >= 10_000 or number.number.percent or number.unit in ("元", "块", "万元", "亿元")
    if not large or number.unit not in ("", "元", "块", "万元", "亿元"):
        return None
    for table in (ctx.root, phrase.table):
        found = [
            c for c in ctx.schema.model.table(table).columns if c.role == Role.MEASURE and phrase.text[-2:] in c.label
        ]
        if found:
            return Col(table, found[0].name)
    return None


def _unit_column(ctx: Context, table: str, unit: str) -> Col | None:
    """The one measure of a table that a unit alone points to: 七分 → 评分."""
    found = [
        Col(table, c.name)
        for c in ctx.schema.model.table(table).columns
        if c.role == Role.MEASURE and any(h in c.label for h in _UNITS.get(unit, ()))
    ]
    return found[0] if len(found) == 1 else None
