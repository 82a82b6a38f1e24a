"""Bounds on how many: 至少3个排名前一百的银行, 至少有3年超过20%, 连五首都没唱过, 写过5本以下书. The groups are tested, not the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.limits import limited, subject
from assistant.planning.linking.words import COUNTERS
from assistant.planning.numbers.asked_units import is_figures
from assistant.planning.plan import Having, Operator
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, right

_TIMES = ("年", "天", "个月", "月", "届", "季度", "周")
_TESTS = ("cmp", "number", "time", "value", "top", "bottom", "condition", "cmp_after", "is", "in")
_MOST = ("最多", "最少", "至多", "至少")


def read_bounds(ctx: Context) -> None:
    """What a bound on how many counts, where that is not the noun beside it."""
    for step in (_not_even, _verb_between, _times_of, _described):
        i = 0
        while i < len(ctx.phrases):
            if not step(ctx, i):
                i += 1


def _not_even(ctx: Context, i: int) -> bool:
    """连五首主题曲都没演唱过: fewer than five."""
    phrase, row = ctx.phrases[i], ctx.phrases
    if phrase.text != "连" or i + 1 >= len(row) or row[i + 1].kind != "number":
        return False
    end = next((k for k in range(i + 2, min(i + 5, len(row))) if row[k].kind in ("without", "not")), None)
    if end is None:
        return False
    ctx.use(*phrase.spans, *row[end].spans)
    row[i] = replace(phrase, kind="cmp", payload="<")
    del row[end]
    return True


def _verb_between(ctx: Context, i: int) -> bool:
    """最多写过5本书: most and least are bounds where the verb comes before the number too."""
    phrase, row = ctx.phrases[i], ctx.phrases
    if phrase.kind != "super" or phrase.text not in _MOST or i + 2 >= len(row) or row[i + 2].kind != "number":
        return False
    verb = row[i + 1]
    tail = ctx.mentions[verb.end].text if verb.end < len(ctx.mentions) else ""
    if verb.kind != "unknown" or len(verb.text) > 2 or tail not in ("过", "了"):
        return False
    row[i] = replace(phrase, kind="cmp", payload="<=" if phrase.payload == "desc" else ">=")
    ctx.use(*verb.spans)
    del row[i + 1]
    return True


def _times_of(ctx: Context, i: int) -> bool:
    """离婚率至少有3年超过20%: the rows that pass the later test are counted."""
    row = ctx.phrases
    if row[i].kind != "cmp" or i + 3 >= len(row):
        return False
    number, inner, value = row[i + 1 : i + 4]
    if number.kind != "number" or inner.kind != "cmp" or value.kind != "number" or number.number is None:
        return False
    found = subject(ctx, i)
    if number.unit not in _TIMES or found is None or not is_measure(ctx, row[found[0]]) or value.unit == number.unit:
        return False
    test = Having(ctx.counting(), cast(Operator, row[i].payload), number.number.value)
    spans = (*row[i].spans, *number.spans)
    ctx.use(*spans)
    first = min(k for k in found if k is not None)
    del row[i : i + 2]
    row.insert(first, Phrase("condition", spans, having=test))
    return True


def _described(ctx: Context, i: int) -> bool:
    """至少3个500强排名在前一百的银行: the noun at the end of its description is counted."""
    row = ctx.phrases
    number = row[i + 1] if i + 1 < len(row) else None
    if row[i].kind != "cmp" or number is None or number.kind != "number" or number.unit not in COUNTERS:
        return False
    k = i + 2
    if (k < len(row) and row[k].kind in ("table", "cmp_after")) or (k + 1 < len(row) and row[k + 1].kind == "of"):
        return False
    while k < len(row) and row[k].kind in (*_TESTS, "expr", "unknown", "of", "agg"):
        k += 1
    if k >= len(row) or row[k].kind != "table" or row[k - 1].kind != "of":
        return False
    if not any(p.kind in _TESTS for p in row[i + 2 : k]):
        return False
    counted = limited(ctx, k, None, cast(Operator, row[i].payload), number)
    if counted is None or counted.having is None:
        return False
    fold(ctx, i, i + 2, counted, [k])
    return True


def read_counted_rows(ctx: Context, i: int) -> bool:
    """写过5本及以下书, 多于2条线路: a bound with a measure word that nothing else takes counts the rows of each group."""
    row = ctx.phrases
    number = row[i]
    if number.kind != "number" or number.number is None or number.number.percent or not _asks_things(ctx):
        return False
    if not ctx.schema.strict and (is_figures(ctx, ctx.root) or number.unit not in COUNTERS):
        return False
    said = ctx.mentions[number.end].text if number.end < len(ctx.mentions) else ""
    if number.unit not in COUNTERS and said not in COUNTERS:
        return False
    before, after = row[i - 1] if i else None, row[i + 1] if i + 1 < len(row) else None
    if before is not None and before.kind == "cmp":
        word, start, stop = before, i - 1, i + 1
    elif after is not None and after.kind == "cmp_after":
        word, start, stop = after, i, i + 2
    else:
        return False
    op = cast(Operator, word.payload)
    if ctx.schema.strict and word.text.startswith(("以上", "以下")):
        op = ">" if op == ">=" else "<"
    k = right(ctx, stop - 1, ())
    rows = ctx.table.label.endswith(row[k].text) if k is not None else False
    if k is not None and row[k].kind == "unknown":
        further = right(ctx, k, ())
        if not rows and (further is None or row[further].kind not in ("expr", "table")):
            return False  # what is counted is not here
        k = further if not rows else k
    if k is not None and (rows or (row[k].kind in ("expr", "table") and not is_measure(ctx, row[k]))):
        stop = k + 1
    test = Having(ctx.counting(), op, number.number.value)
    fold(ctx, start, stop, Phrase("condition", (), having=test), whole=rows)
    return True


def only_tested(ctx: Context, i: int) -> bool:
    """所有省份的平均出生率超过1%, 年龄段的平均人数大于10万的性别: a noun that only says of what groups are tested."""
    row, phrase = ctx.phrases, ctx.phrases[i]
    k = right(ctx, i, ("of",))
    if k is None or row[k].kind != "condition" or row[k].having is None:
        return False
    if ctx.mentions[phrase.at - 1].kind == "whole" if phrase.at else False:
        return True
    after = right(ctx, k, ())
    return i > 0 and row[i - 1].kind == "of" and after is not None and row[after].kind == "of"


def _asks_things(ctx: Context) -> bool:
    return any(p.kind in ("which", "listed", "list", "group") for p in ctx.phrases)
