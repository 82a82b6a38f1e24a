"""Counts: 多少所学校, 几家企业, 企业数量, 学校的个数."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from assistant.planning.linking.scales import kind_of
from assistant.planning.linking.words import COUNTERS, MONEY
from assistant.planning.numbers.asked_units import (
    SIZES,
    figure_asked,
    is_figures,
    measures_in,
    things_asked,
    unit_asked,
)
from assistant.planning.numbers.means import mean_of
from assistant.planning.numbers.quantities import price_ranked, quantity, verb_asked
from assistant.planning.plan import Col, Compare, Measure, YearsSince
from assistant.planning.reading.context import Context
from assistant.planning.reading.objects import of_events
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure, is_thing, is_time, left, right
from corpus.semantics import Role

_UNIT = re.compile(r"平方|千米|公里|米$|吨|元$|万$|亿$|分钟|小时")


_SIZE_NOUNS = frozenset(("面积", "长度", "里程", "高度", "深度", "重量"))


def count_after(ctx: Context, i: int) -> bool:
    """多少所学校, 几家企业."""
    phrase = ctx.phrases[i]
    if phrase.kind != "howmany":
        return False
    own = (price_ranked, verb_asked, _sized, _in_its_unit, _years_since, quantity)
    if not ctx.schema.strict and any(step(ctx, i) for step in own):
        return True
    if ctx.schema.strict and phrase.text in MONEY:
        return False
    beside = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
    done = any(p.kind == "amount" for p in ctx.phrases[max(0, i - 2) : i])
    named = beside is not None and beside.kind == "unknown" and len(beside.text) > 1 and not _UNIT.search(beside.text)
    if ctx.schema.strict and named and not done:
        fold(ctx, i, i + 1, Phrase("amount", (), amount=ctx.counting()))  # what is counted has no name: the rows
        return True
    k = right(ctx, i, ("of", "unknown"))
    if k is not None and ctx.phrases[k].kind == "condition" and ctx.phrases[k].condition is not None:
        after = right(ctx, k, ("of", "unknown"))
        if after is None or ctx.phrases[after].kind == "comma":
            fold(
                ctx, i, i + 1, Phrase("amount", (), amount=_rows_or_things(ctx, i, k))
            )  # 多少所小学: the rows of that value
            return True
        k = after if is_thing(ctx, ctx.phrases[after]) else None
    if k is not None and is_measure(ctx, ctx.phrases[k]):
        ctx.use(*phrase.spans)
        ctx.phrases[k] = replace(ctx.phrases[k], asked=True)
        drop(ctx, i)
        return True
    if k is not None and is_thing(ctx, ctx.phrases[k]) and k - i <= 2:
        distinct = phrase.text.endswith(("种", "类"))
        amount = Phrase("amount", (), ctx.phrases[k].text, amount=counted(ctx, ctx.phrases[k], distinct))
        if ctx.phrases[k - 1].kind == "condition":
            fold(ctx, k, k + 1, amount, [i])  # 多少所民办学校
        else:
            fold(ctx, i, k + 1, amount)
        return True
    if ctx.schema.strict and i > 1 and ctx.phrases[i - 1].text == "是" and ctx.phrases[i - 2].kind == "unknown":
        return False  # 最高价是多少: what the unknown noun names is asked for, not how many rows there are
    noun = ctx.phrases[i - 1] if i else None
    uncounted = _counts(phrase) and not any(p.kind == "amount" for p in ctx.phrases)
    if ctx.schema.strict and noun is not None and noun.kind == "unknown" and len(noun.text) > 1 and uncounted:
        fold(ctx, i, i + 1, Phrase("amount", (), amount=ctx.counting()))  # 移民项目有多少个
        return True
    b = left(ctx, i, ("of", "is", "unknown", "each"))
    if b is not None and ctx.phrases[b].kind == "agg" and ctx.phrases[b].payload in ("sum", "count"):
        b2 = left(ctx, b, ("of", "is", "unknown"))
        if b2 is not None and ctx.phrases[b2].kind == "table":
            fold(ctx, i, i + 1, Phrase("amount", (), amount=counted(ctx, ctx.phrases[b2], False)), [b2, b])
            return True
    if b is not None:
        found = ctx.phrases[b]
        if found.kind == "amount":
            drop(ctx, i)
            return True
        shown = any(m.text == "是" for m in ctx.mentions[found.end : phrase.at]) and phrase.text == "多少"
        if shown and found.kind == "expr":
            drop(ctx, i)  # 办公电话是多少: the value itself
            return True
        if found.kind == "table" or (found.kind == "expr" and not is_measure(ctx, found) and not ctx.schema.strict):
            distinct = phrase.text.endswith(("种", "类"))
            fold(ctx, i, i + 1, Phrase("amount", (), amount=counted(ctx, found, distinct)), [b])
            return True
        total = _times(ctx, found)
        if total is not None:
            fold(ctx, i, i + 1, Phrase("amount", (), found.text, amount=total), [b])
            return True
        if found.kind == "expr":
            drop(ctx, i)
            return True
    if not any(p.kind == "amount" or is_measure(ctx, p) for p in ctx.phrases):
        fold(ctx, i, i + 1, Phrase("amount", (), amount=_rows_or_things(ctx, i, b)))
        return True
    return False


def _times(ctx: Context, phrase: Phrase) -> Measure | None:
    """每所学校获奖多少次: what the rows of each thing count, added up."""
    if not ctx.schema.strict or not is_measure(ctx, phrase) or not isinstance(phrase.expr, Col):
        return None
    grouped = any(p.kind == "group" and p.table not in ("", phrase.expr.table) for p in ctx.phrases)
    if not grouped or not of_events(ctx, phrase.text, ctx.of(phrase.expr).label):
        return None
    return Measure("sum", phrase.expr, table=phrase.expr.table)


def _sized(ctx: Context, i: int) -> bool:
    """新港区有多大, 地铁有多长: the root's one number of that kind, where no other number is named."""
    kinds = SIZES.get(ctx.phrases[i].text, ())
    if not kinds or any(is_measure(ctx, p) or p.kind in ("amount", "rank") for p in ctx.phrases):
        return False
    name = ctx.name_of(ctx.root)
    named = any(p.kind == "table" and p.table == ctx.root for p in ctx.phrases) or any(
        isinstance(p.condition, Compare) and p.condition.left == name for p in ctx.phrases
    )
    if not named:
        return False
    sizes = [c for c in ctx.table.columns if c.role == Role.MEASURE and kind_of(c.unit) in kinds and "/" not in c.unit]
    if len(sizes) > 1:  # 公园面积, also called 面积, before 绿化面积
        spoken = [c for c in sizes if ctx.phrases[i].text[-1] in c.label]  # 管道有多长: 长度, not 管径
        sizes = spoken if len(spoken) == 1 else [c for c in sizes if _SIZE_NOUNS.intersection(c.synonyms)]
    if len(sizes) != 1:
        return False
    fold(ctx, i, i + 1, Phrase("expr", (), sizes[0].label, expr=Col(ctx.root, sizes[0].name), asked=True))
    return True


def _in_its_unit(ctx: Context, i: int) -> bool:
    """发放了多少亿元, 有多少张床: the root's number that is kept in that unit, whatever else is named in part."""
    phrase = ctx.phrases[i]
    unit = unit_asked(ctx, phrase)
    figures = measures_in(ctx, unit)
    if not figures or unit == ctx.table.measure_word or kind_of(unit) in ("people", "time", "workdays"):
        return False
    numbers = [k for k, p in enumerate(ctx.phrases) if is_measure(ctx, p)]
    if any(ctx.phrases[k].expr in figures or ctx.phrases[k].score >= 0.9 for k in numbers):
        return False
    if any(p.kind in ("amount", "rank", "table") and p.table != ctx.root for p in ctx.phrases[max(0, i - 1) : i + 2]):
        return False
    chosen = figure_asked(ctx, phrase, "".join(m.text for m in ctx.mentions))
    if chosen is None:
        return False
    beside = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
    also = [i + 1] if beside is not None and beside.kind == "unknown" and len(beside.text) == 1 else []
    value, word = mean_of(ctx, i, chosen)
    amount = Phrase("amount", (), phrase.text, amount=value)
    fold(ctx, i, i + 1, amount, [*also, *word, *(k for k in numbers if ctx.phrases[k].score < 0.6)], whole=True)
    return True


_PEOPLE = ("人", "名", "位")


def _years_since(ctx: Context, i: int) -> bool:
    """投产多少年了, 成立了几年: the years from a time named right before to this one."""
    phrase, before = ctx.phrases[i], left(ctx, i, ("of", "is", "unknown"))
    if unit_asked(ctx, phrase) != "年" or before is None or not is_time(ctx, ctx.phrases[before]):
        return False
    since = YearsSince(cast(Col, ctx.phrases[before].expr), ctx.schema.today.year)
    fold(ctx, before, i + 1, Phrase("expr", (), phrase.text, expr=since, asked=True))
    return True


def _rows_or_things(ctx: Context, i: int, k: int | None) -> Measure:
    """多少 with no noun: the things of the value at `k`, a number in the unit asked for, else the root's rows."""
    if ctx.schema.strict:
        return ctx.counting()
    phrase, beside = ctx.phrases[i], ctx.phrases[k] if k is not None else None
    if beside is not None and beside.kind == "condition" and beside.table and things_asked(ctx, phrase, beside.table):
        return ctx.counting(beside.table)
    if is_figures(ctx, ctx.root):
        words = "".join(m.text for m in ctx.mentions)
        figure = figure_asked(ctx, phrase, words)
        if figure is not None:
            return ctx.default_measure(figure)
    return ctx.counting()


def _counts(phrase: Phrase) -> bool:
    """多少个, 几家: a measure word of things."""
    return phrase.text.removeprefix("多少").removeprefix("几") in COUNTERS


def count_before(ctx: Context, i: int) -> bool:
    """企业数量, 学校的个数, 一共几家."""
    phrase = ctx.phrases[i]
    if phrase.kind != "agg" or phrase.payload not in ("count", "sum"):
        return False
    k = left(ctx, i, ("of", "is", "unknown"))
    if k is None:
        return False
    found = ctx.phrases[k]
    if found.kind == "amount":
        drop(ctx, i)
        return True
    if not ctx.schema.strict and _other_word(ctx, phrase, found):
        ctx.missing.append(phrase.text)
        return False
    if phrase.payload == "sum" and phrase.text not in ("总数", "总量", "总计", "总数量"):
        return False
    if found.kind == "condition" and found.table == ctx.root and k == i - 1:
        fold(ctx, i, i + 1, Phrase("amount", (), amount=ctx.counting()))
        return True
    if found.kind == "table" or (found.kind == "expr" and not is_measure(ctx, found)):
        fold(ctx, k, i + 1, Phrase("amount", (), amount=counted(ctx, found, False)))
        return True
    if found.kind == "group" and found.table:
        ctx.use(*phrase.spans)
        fold(ctx, i, i + 1, Phrase("amount", (), amount=ctx.counting()))
        return True
    return False


def _other_word(ctx: Context, phrase: Phrase, found: Phrase) -> bool:
    """医院的人数: people are no count of things that are counted in another word."""
    word = ctx.schema.model.table(found.table).measure_word if found.kind == "table" else ""
    return phrase.text in ("人数", "总人数") and word not in ("", *_PEOPLE)


def counted(ctx: Context, phrase: Phrase, distinct: bool) -> Measure:
    if phrase.kind == "table":
        return ctx.counting(phrase.table)
    col = cast(Col, phrase.expr)
    if ctx.schema.strict:
        return ctx.counting(col.table)
    column = ctx.of(col)
    entity = ctx.table.entity
    named = column.role == Role.NAME and col.table == ctx.root and entity and entity not in column.label
    if named and phrase.text not in (ctx.table.label, *ctx.table.synonyms):
        distinct = True  # 有多少个小区, of rows that are no 小区
    if column.role in (Role.NAME, Role.KEY) and col.table == ctx.root and not distinct:
        return ctx.counting()
    if column.role in (Role.CATEGORY, Role.FOREIGN, Role.TEXT) or distinct:
        return Measure("count_distinct", col, table=col.table)
    return ctx.counting(col.table)
