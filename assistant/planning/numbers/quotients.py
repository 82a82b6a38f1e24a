"""One number of a row over another, said by a word and not by 除以: 单位面积蓄水量, 单次播放时长, 成功率, 球队的平均比赛场数."""

from __future__ import annotations

import re

from assistant.planning.plan import Arithmetic, Col, Expression
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, owner_of, right
from corpus.semantics import Role

_COUNTING = re.compile(r"(?:总数量|总数|总人数|总量|数量|人数|个数|总额|次数|数目|数|量|额)$")
_SINGLE = re.compile(r"单(?P<unit>[次集篇个件本张首场户套辆笔期])")


def read_quotients(ctx: Context) -> None:
    """Fold quotients that a word names into single expressions."""
    i = 0
    while i < len(ctx.phrases):
        if not (_per_unit(ctx, i) or _single(ctx, i) or _rate(ctx, i) or _mean_of(ctx, i)):
            i += 1


def _per_unit(ctx: Context, i: int) -> bool:
    """单位面积蓄水量: the second number over the first; of land, where 单位 stands before one number alone."""
    if ctx.phrases[i].kind != "unknown" or not ctx.phrases[i].text.endswith("单位"):
        return False
    a = right(ctx, i, ("of",))
    if a is None or not is_measure(ctx, ctx.phrases[a]):
        return False
    b = right(ctx, a, ("of", "unknown"))
    if b is not None and is_measure(ctx, ctx.phrases[b]) and ctx.phrases[a].expr != ctx.phrases[b].expr:
        under = ctx.phrases[a].expr
        same = _same_table(ctx, ctx.phrases[b], ctx.phrases[a].text)
        over, stop = ctx.phrases[b], b + 1
        under = same or under
    else:
        over, stop, under = (
            ctx.phrases[a],
            a + 1,
            _same_table(ctx, ctx.phrases[a], "面积") if ctx.schema.strict else None,
        )
    return _divided(ctx, i, stop, over, under, whole=ctx.phrases[i].text == "单位")


def _single(ctx: Context, i: int) -> bool:
    """单次播放时长, 单集时长: over the number that counts those times or parts."""
    phrase = ctx.phrases[i]
    said = _SINGLE.match(phrase.text) if phrase.kind == "unknown" else None
    k = right(ctx, i, ("of", "unknown")) if said else None
    if said is None or k is None or not is_measure(ctx, ctx.phrases[k]):
        return False
    table = ctx.schema.model.table(owner_of(ctx.phrases[k]))
    unit = said["unit"]
    counts = [
        Col(table.name, c.name)
        for c in table.columns
        if c.role == Role.MEASURE and re.search(rf"{unit}(?:数|数量)$|频{unit}$", c.label)
    ]
    return len(counts) == 1 and _divided(ctx, i, k + 1, ctx.phrases[k], counts[0])


def _rate(ctx: Context, i: int) -> bool:
    """成功率, where no column is called so: those who succeeded over all, when two numbers of a table count the same."""
    phrase, start = ctx.phrases[i], i
    if phrase.kind != "unknown" or not phrase.text.endswith("率"):
        return False
    stem = phrase.text[:-1]
    if not stem and i and ctx.phrases[i - 1].kind == "expr" and ctx.phrases[i - 1].end == phrase.at:
        stem, start = ctx.phrases[i - 1].text, i - 1  # 合格 alone is a part of a name
    if len(stem) < 2:
        return False
    for table in (ctx.root, *ctx.near()):
        counts = [
            c
            for c in ctx.schema.model.table(table).columns
            if c.role == Role.MEASURE and _COUNTING.search(c.label) and _COUNTING.sub("", c.label)
        ]
        parts = [c for c in counts if _COUNTING.sub("", c.label) == stem]
        if len(parts) != 1:
            continue
        word = parts[0].label.removeprefix(stem)
        wholes = [c for c in counts if c is not parts[0] and c.label.endswith(word) and c.unit == parts[0].unit]
        if len(wholes) != 1:
            continue
        if not ctx.schema.strict:
            ctx.assumptions.append(f"“{stem}率”按{parts[0].label}除以{wholes[0].label}计算")
        over = Phrase("expr", phrase.spans, f"{stem}率", expr=Col(table, parts[0].name))
        return _divided(ctx, start, i + 1, over, Col(table, wholes[0].name))
    return False


def _mean_of(ctx: Context, i: int) -> bool:
    """世界杯里球队的平均比赛场数: over the number of teams that the row itself keeps."""
    k = i + 2 if i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].kind == "of" else i + 1
    if k + 1 >= len(ctx.phrases):
        return False
    thing, word, over = ctx.phrases[i], ctx.phrases[k], ctx.phrases[k + 1]
    said = k > i + 1 or word.text.startswith("的")
    own = thing.kind == "expr" and thing.score < 0.9 and is_measure(ctx, thing)  # 球队, where 参赛球队数量 is kept
    if not (thing.kind == "table" or own) or not said or word.kind != "agg" or word.payload != "avg":
        return False
    if not is_measure(ctx, over) or not isinstance(over.expr, Col) or over.expr.table == thing.table:
        return False
    table = ctx.schema.model.table(over.expr.table)
    counts = [
        Col(table.name, c.name)
        for c in table.columns
        if c.role == Role.MEASURE and c.label != ctx.bare(c.label) and ctx.bare(c.label).endswith(thing.text)
    ]
    return len(counts) == 1 and counts[0] != over.expr and _divided(ctx, i, k + 2, over, counts[0])


def _same_table(ctx: Context, over: Phrase, text: str) -> Col | None:
    """The one number of the same table whose name ends in a text."""
    table = ctx.schema.model.table(owner_of(over))
    found = [Col(table.name, c.name) for c in table.columns if c.role == Role.MEASURE and c.label.endswith(text)]
    return found[0] if len(found) == 1 else None


def _divided(
    ctx: Context, start: int, stop: int, over: Phrase, under: Expression | None, *, whole: bool = True
) -> bool:
    if under is None or over.expr is None or under == over.expr:
        return False
    formula = Arithmetic("/", over.expr, under)
    fold(ctx, start, stop, Phrase("expr", (), over.text, expr=formula), whole=whole)
    return True
