"""Numbers that are asked for: aggregates, counts, metrics, shares, growth. Each becomes an `amount` phrase."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.linking.scales import kind_of
from assistant.planning.linking.words import MONEY
from assistant.planning.numbers.asked_units import measures_in, unit_asked
from assistant.planning.numbers.counts import count_after, count_before, counted
from assistant.planning.numbers.means import daily_count, read_means
from assistant.planning.numbers.percapita import read_daily
from assistant.planning.numbers.shares import read_growths, read_shares
from assistant.planning.plan import (
    Aggregate,
    Arithmetic,
    Col,
    Measure,
    Ratio,
    Value,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure, is_thing, left, owner_of, right
from corpus.semantics import Role

_AGGREGATES = ("sum", "avg", "max", "min", "median")


def read_amounts(ctx: Context) -> None:
    """Fold amounts; shares and growth come last, over the amounts found."""
    if not ctx.schema.strict:
        read_means(ctx)
    for step in (
        _metric,
        _part_of,
        _daily,
        _spoken_total,
        _money,
        _aggregate_before,
        _aggregate_after,
        count_after,
        count_before,
    ):
        i = 0
        while i < len(ctx.phrases):
            if not step(ctx, i):
                i += 1
    read_shares(ctx)
    read_growths(ctx)


def _metric(ctx: Context, i: int) -> bool:
    phrase = ctx.phrases[i]
    if phrase.kind != "metric":
        return False
    fold(ctx, i, i + 1, Phrase("amount", (), phrase.text, amount=ctx.metric(phrase.metric)))
    return True


def _spoken_total(ctx: Context, i: int) -> bool:
    """各省的建交国家总数: a total of a number that the column itself does not call one is summed."""
    phrase = ctx.phrases[i]
    if not is_measure(ctx, phrase) or not isinstance(phrase.expr, Col) or "总" not in phrase.text:
        return False
    if "总" in ctx.of(phrase.expr).label or not any(p.kind == "group" and not p.table for p in ctx.phrases):
        return False
    fold(ctx, i, i + 1, Phrase("amount", (), phrase.text, amount=_measure("sum", phrase)))
    return True


def _part_of(ctx: Context, i: int) -> bool:
    """绿化面积占公园面积的比例, 提取额与缴存额的比例: one number over another."""
    if ctx.schema.strict or i + 2 >= len(ctx.phrases):
        return False
    over, link, under = ctx.phrases[i : i + 3]
    if (
        link.kind not in ("share", "and")
        or not (is_measure(ctx, over) and is_measure(ctx, under))
        or over.expr == under.expr
    ):
        return False
    k = right(ctx, i + 2, ("of",))
    said = k is not None and ctx.phrases[k].kind == "share"
    if link.kind == "and" and not said:
        return False
    ratio = Ratio(
        _measure("sum", over), _measure("sum", under), label=f"{over.text}占{under.text}的比例(%)", percent=True
    )
    stop = k + 1 if said and k is not None else i + 3
    fold(ctx, i, stop, Phrase("amount", (), over.text, amount=ratio))
    return True


def _daily(ctx: Context, i: int) -> bool:
    return not ctx.schema.strict and (read_daily(ctx, i) or daily_count(ctx, i))


def _money(ctx: Context, i: int) -> bool:
    """平均卖多少钱, 一共投资了多少钱: the money column, under the aggregate word before it."""
    if ctx.phrases[i].kind != "howmany" or ctx.phrases[i].text not in MONEY:
        return False
    col = None
    for k in range(i - 1, max(-1, i - 6), -1):
        phrase = ctx.phrases[k]
        if phrase.kind in ("comma", "amount", "condition", "rank"):
            return False
        if is_measure(ctx, phrase) and isinstance(phrase.expr, Col):
            col = phrase.expr
        if phrase.kind in ("super", "agg") and phrase.payload in ("desc", "asc", *_AGGREGATES):
            col = col or hinted(ctx, ctx.phrases[i].text)
            if col is None:
                return False
            name = {"desc": "max", "asc": "min"}.get(phrase.payload, phrase.payload)
            value = Measure(cast(Aggregate, name), col, table=col.table)
            fold(ctx, k, i + 1, Phrase("amount", (), "多少钱", amount=value))
            return True
    return False


def _aggregate_before(ctx: Context, i: int) -> bool:
    """平均注册资本, 总共有多少用户."""
    phrase = ctx.phrases[i]
    if phrase.kind != "agg" or phrase.payload not in _AGGREGATES:
        return False
    k = right(ctx, i, ("of", "is", "howmany", "unknown", "in"))
    if i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].text in ("价", "价钱"):
        k = i + 1
    priced = k == i + 1 and k is not None and ctx.phrases[k].text in ("价", "价钱")
    if i + 2 < len(ctx.phrases) and (ctx.phrases[i + 1].kind, ctx.phrases[i + 2].kind) == ("and", "howmany"):
        drop(ctx, i + 1)  # 一共和几个国家建交: with how many
        k = right(ctx, i, ("of", "is", "howmany", "unknown", "in"))
    h = None if priced else right(ctx, i, ("of", "is", "unknown", "in"))
    if ctx.schema.strict and h is not None and ctx.phrases[h].text in ("和", "与", "跟", "同"):
        h = right(ctx, h, ("of",))  # 一共和几个国家建交
    if h is not None and ctx.phrases[h].kind == "howmany" and (col := hinted(ctx, ctx.phrases[h].text)):
        value = Measure(cast(Aggregate, phrase.payload), col, table=col.table)
        fold(ctx, i, h + 1, Phrase("amount", (), ctx.phrases[h].text, amount=value))
        return True
    if h is not None and ctx.phrases[h].kind == "howmany" and not ctx.schema.strict:
        figures = measures_in(ctx, unit_asked(ctx, ctx.phrases[h]))  # 平均要办多少小时: what is kept in hours
        if len(figures) == 1 and kind_of(unit_asked(ctx, ctx.phrases[h])) not in ("", "people", "money"):
            value = _measure(phrase.payload, Phrase("expr", (), expr=figures[0]))
            fold(ctx, i, h + 1, Phrase("amount", (), ctx.phrases[h].text, amount=value), whole=True)
            return True
    if h is not None and ctx.phrases[h].kind == "howmany":
        k = right(ctx, h, ("of",))
        k = k if k is not None and ctx.phrases[k].kind != "comma" else None
    if k is not None and ctx.phrases[k].kind == "group" and k == i + 1:
        k = right(ctx, k, ("of", "is", "howmany", "unknown", "in"))  # 平均每所学校的在校生
        if k is None or not is_measure(ctx, ctx.phrases[k]):
            return False
        grouped = ctx.phrases[i + 1]
        average = _average_per(ctx, grouped, ctx.phrases[k])
        fold(ctx, i, k + 1, Phrase("amount", (), ctx.phrases[k].text, amount=average))
        return True
    if k is None:
        return False
    first = ctx.phrases[k]
    of_what = first.kind == "table" or (first.kind == "expr" and first.score < 0.9 and not is_measure(ctx, first))
    owned = of_what and k + 1 < len(ctx.phrases) and is_measure(ctx, ctx.phrases[k + 1])
    if owned and ctx.phrases[k + 1].at == ctx.phrases[k].end:
        if phrase.text == "平均每" and first.kind == "table" and not ctx.schema.strict:
            each = replace(first, kind="group")  # 平均每次就诊用药多少盒
            amount = Phrase("amount", (), ctx.phrases[k + 1].text, amount=_average_per(ctx, each, ctx.phrases[k + 1]))
            fold(ctx, i, k + 2, amount)
            return True
        ctx.use(*ctx.phrases[k].spans)
        k += 1  # 平均移民中介费: the noun only says of what
    found = ctx.phrases[k]
    asks = any(p.kind == "howmany" for p in ctx.phrases[i:k])
    if (
        (asks or found.text in ("价", "价钱"))
        and not is_measure(ctx, found)
        and (phrase.payload != "sum" or ctx.schema.strict)
    ):
        number = count_column(ctx, found)
        if number is not None:
            ctx.phrases[k] = found = replace(found, kind="expr", expr=number, score=0.9)
    if is_measure(ctx, found):
        before = left(ctx, i, ("of",))
        # 注册资本平均和融资总额: the word belongs to what stands before it
        if (
            before is not None
            and i - 1 == before
            and is_measure(ctx, ctx.phrases[before])
            and k > i + 1
            and ctx.phrases[i + 1].kind != "howmany"
        ):
            return False
        fold(ctx, i, k + 1, Phrase("amount", (), found.text, amount=_valued(ctx, phrase.payload, found)))
        _spread(ctx, i, phrase.payload)
        return True
    if phrase.payload == "sum" and is_thing(ctx, found) and any(p.kind == "howmany" for p in ctx.phrases[i:k]):
        fold(ctx, i, k + 1, Phrase("amount", (), found.text, amount=counted(ctx, found, distinct=False)))
        return True
    return False


_ADJECTIVES = {
    "多高": ("身高", "高度"),
    "多重": ("体重", "重量"),
    "多长": ("长", "时长"),
    "多深": ("深度",),
    "多大": ("面积", "年龄"),
}
_MONEY = ("额", "售价", "价格", "金额", "费", "资本", "营收", "收入")


def hinted(ctx: Context, question: str) -> Col | None:
    """The column that 多高 or 多少钱 alone asks for."""
    hints = _ADJECTIVES.get(question) or (_MONEY if question in MONEY else ())
    for table in (ctx.root, *ctx.near()):
        for hint in hints:
            found = [
                c for c in ctx.schema.model.table(table).columns if c.role == Role.MEASURE and c.label.endswith(hint)
            ]
            if len(found) == 1:
                return Col(table, found[0].name)
    if hints == _MONEY and not ctx.schema.strict:
        kept = [
            c for c in ctx.table.columns if c.role == Role.MEASURE and kind_of(c.unit) == "money" and "/" not in c.unit
        ]
        return Col(ctx.root, kept[0].name) if len(kept) == 1 else None
    return None


def count_column(ctx: Context, noun: Phrase) -> Col | None:
    """The measure that counts what a noun names: 国家 → 参赛国家数量, 车 → 车数量; money for 多少钱."""
    if noun.kind not in ("unknown", "table", "expr") or not noun.text:
        return None
    for table in (ctx.root, *ctx.near()):
        for column in ctx.schema.model.table(table).columns:
            counts = column.role == Role.MEASURE and column.label != ctx.bare(column.label)
            if counts and ctx.bare(column.label).endswith(noun.text):
                return Col(table, column.name)
        for column in ctx.schema.model.table(table).columns:
            counts = column.role == Role.MEASURE and column.label != ctx.bare(column.label)
            if counts and len(noun.text) > 2 and ctx.bare(column.label).startswith(noun.text):
                return Col(table, column.name)
    if noun.text in ("价", "价钱", "价格", "钱"):
        return hinted(ctx, "多少钱")
    return None


def _valued(ctx: Context, aggregate: str, phrase: Phrase) -> Value:
    """A measure under an aggregate; the average of a quotient over many rows is the quotient of the totals."""
    expr = phrase.expr
    if not ctx.schema.strict and aggregate == "avg" and isinstance(expr, Arithmetic) and expr.op == "/":
        table = owner_of(phrase)
        return Ratio(
            Measure("sum", expr.left, table=table), Measure("sum", expr.right, table=table), label=f"平均{phrase.text}"
        )
    return _measure(aggregate, phrase)


def _measure(aggregate: str, phrase: Phrase) -> Measure:
    return Measure(cast(Aggregate, aggregate), phrase.expr, table=owner_of(phrase))


def _average_per(ctx: Context, group: Phrase, over: Phrase) -> Value:
    """Per thing: the total over the number of things, unless each row is one of them."""
    value = _measure("avg", over)
    if ctx.schema.strict or group.kind != "group" or not group.table or group.table == owner_of(over):
        return value
    total = _measure("sum", over)
    things = ctx.counting(group.table)
    return Ratio(total, things, label=f"平均每{things.label.removesuffix('数量') or ''}{over.text}")


def _spread(ctx: Context, i: int, aggregate: str) -> None:
    """平均A和B: one aggregate word for measures in a row."""
    while i + 2 < len(ctx.phrases) and ctx.phrases[i + 1].kind == "and" and is_measure(ctx, ctx.phrases[i + 2]):
        after = ctx.phrases[i + 3] if i + 3 < len(ctx.phrases) else None
        if after is not None and after.kind == "agg":
            return
        found = ctx.phrases[i + 2]
        fold(ctx, i + 2, i + 3, Phrase("amount", (), found.text, amount=_measure(aggregate, found)))
        i += 2


def _aggregate_after(ctx: Context, i: int) -> bool:
    """注册资本的平均值, 注册资本一共是多少."""
    phrase = ctx.phrases[i]
    if phrase.kind != "agg" or phrase.payload not in _AGGREGATES:
        return False
    k = left(ctx, i, ("of", "is", "unknown"))
    if k is None or not is_measure(ctx, ctx.phrases[k]):
        return False
    found = ctx.phrases[k]
    fold(ctx, k, i + 1, Phrase("amount", (), found.text, amount=_measure(phrase.payload, found)))
    back = k
    while phrase.text.startswith(("的", "平均值", "总和", "之和", "最大值", "最小值")) and back >= 2:
        if ctx.phrases[back - 1].kind != "and" or not is_measure(ctx, ctx.phrases[back - 2]):
            break
        other = ctx.phrases[back - 2]
        fold(ctx, back - 2, back - 1, Phrase("amount", (), other.text, amount=_measure(phrase.payload, other)))
        back -= 2
    return True
