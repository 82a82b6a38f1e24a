"""Sorting, the first N and places: 按注册资本降序, 前5名, 排名在前一百."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.limits import aggregate_of, measured, subject, totalled
from assistant.planning.linking.words import HINTS
from assistant.planning.plan import Aggregate, Col, Compare, Expression, Having, Measure, Order, Value
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure, is_time, left, owner_of, right
from corpus.semantics import Role

_HARMFUL = ("空气质量指数", "浓度", "污染", "AQI")  # the less, the better


_AGED = ("最老", "最久", "最年轻")
_RANKED = ("排名", "名次", "位次", "排行")


def ranked_by(ctx: Context, found: tuple[int, int | None]) -> Value | Expression | None:
    """What the rows are ranked by."""
    at, aggregate = found
    phrase = ctx.phrases[at]
    word = aggregate_of(ctx, aggregate)
    if phrase.kind == "amount":
        return phrase.amount
    if phrase.kind == "agg":
        return ctx.counting() if phrase.payload in ("count", "sum") else None
    if phrase.kind == "expr" and (is_measure(ctx, phrase) or is_time(ctx, phrase)):
        if word in ("sum", "avg", "max", "min", "median"):
            return Measure(cast(Aggregate, word), phrase.expr, table=owner_of(phrase))
        if isinstance(phrase.expr, Col) and totalled(ctx, phrase):
            return Measure("sum", phrase.expr, table=phrase.expr.table)  # 车总数量最多
        return phrase.expr
    if phrase.kind == "expr" and isinstance(phrase.expr, Col) and ctx.is_number(phrase.expr) and word != "count":
        return phrase.expr
    return measured(ctx, phrase, word)


def hinted_by(ctx: Context, superlative: str) -> Col | None:
    """The column that an adjective alone points to: 最贵 → 价格."""
    near = ctx.near() if ctx.schema.strict else []  # the largest hospital is not that of the largest district
    for table in (ctx.root, *near):
        for hint in HINTS.get(superlative, ()):
            for column in ctx.schema.model.table(table).columns:
                named = hint in column.label or (not ctx.schema.strict and hint in column.synonyms)
                if named and column.role in ("measure", "time"):
                    return Col(table, column.name)
    return None


def direction_of(ctx: Context, by: Value | Expression, descending: bool, word: str) -> bool:
    """A rank is the better the smaller its number: 排名最高 comes first."""
    label = ctx.of(by).label if isinstance(by, Col) else ""
    if isinstance(by, Col) and ctx.of(by).role == Role.TIME and any(w in word for w in ("年轻", "老")):
        return not descending  # the youngest was born last
    if any(w in label for w in _HARMFUL) and any(w in word for w in ("好", "优", "差", "坏")):
        return not descending
    if isinstance(by, Col) and ctx.of(by).role == Role.TIME and word in _AGED and not ctx.schema.strict:
        return not descending  # the oldest began first
    ranked = any(w in label for w in _RANKED)
    said = any(w in word for w in ("高", "好", "前", "领先", "低", "差", "后", "降", "升"))
    return not descending if ranked and said else descending


def whole_number(phrase: Phrase, at: list[int]) -> tuple[int | None, list[int]]:
    number = phrase.number
    if number is None or number.percent or number.value != int(number.value) or not 0 < number.value <= 1000:
        return None, []
    return int(number.value), at


def read_sorting(ctx: Context, i: int) -> bool:
    """按注册资本降序, 从高到低, 排序."""
    phrase = ctx.phrases[i]
    if phrase.kind not in ("order", "sort"):
        return False
    stop = i + 1
    direction = phrase.payload
    while stop < len(ctx.phrases) and ctx.phrases[stop].kind in ("order", "sort", "of"):
        if ctx.phrases[stop].kind == "of" and not (
            stop + 1 < len(ctx.phrases) and ctx.phrases[stop + 1].kind in ("order", "sort")
        ):
            break
        direction = direction or ctx.phrases[stop].payload
        stop += 1
    if ctx.schema.strict and i and ctx.phrases[i - 1].text == "以":
        drop(ctx, i - 1)  # 以由少到多的顺序
        return read_sorting(ctx, i - 1)
    found = subject(ctx, i)
    start = i
    if found is not None and _given(ctx, found[0]):
        found = _said_by(ctx, i) or found  # 按蓄水量对湖泊降序排序: the thing is what is sorted
    ranked = any(p.kind == "rank" for p in ctx.phrases[:i])
    if found is not None and not direction and ranked and ctx.phrases[found[0]].kind == "table":
        found = None  # 按…从大到小给员工排个序: what is sorted, not by what
    if found is None:
        found = _said_by(ctx, i)  # 按成立时间给出企业，降序
    if found is None:
        last = next((k for k in range(i - 1, -1, -1) if ctx.phrases[k].kind == "rank"), None)
        if last is not None:
            known = ctx.phrases[last]
            if direction and known.order is not None and known.payload == "undirected":
                ctx.phrases[last] = replace(known, order=Order(known.order.by, direction == "desc"), payload="")
            drop(ctx, *range(i, stop))
            return True
        n = right(ctx, i)
        if n is not None and is_measure(ctx, ctx.phrases[n]) and direction:
            found = (n, None)
    if found is None:
        ctx.phrases[i] = replace(phrase, kind="direction", payload=direction)
        drop(ctx, *range(i + 1, stop))
        ctx.use(*phrase.spans)
        return True
    by = _alphabet(ctx, found, phrase.text) or ranked_by(ctx, found)
    if by is None:
        return False
    # Ages run against times; and the public benches take 倒序 of a time as the oldest first.
    timed = isinstance(by, Col) and ctx.of(by).role == "time"
    descending = direction == "desc" or (not direction and not timed and not ctx.schema.strict)
    if timed and ctx.schema.strict and "倒" in phrase.text:
        descending = False
    descending = direction_of(ctx, by, descending, phrase.text)
    used = [found[0]] + ([found[1]] if found[1] is not None else [])
    lead = left(ctx, min(used), ("of", "each", "group"))
    if lead is not None and ctx.phrases[lead].kind == "by":
        used.append(lead)
    fold(
        ctx,
        start,
        stop,
        Phrase("rank", (), order=Order(by, descending), payload="" if direction else "undirected"),
        used,
    )
    return True


def _alphabet(ctx: Context, found: tuple[int, int | None], word: str) -> Col | None:
    """按职业升序: words are sorted by themselves where no number of them is spoken of."""
    expr = ctx.phrases[found[0]].expr
    plain = any(w in word for w in ("升序", "降序", "正序", "倒序", "逆序", "正着", "倒着"))
    if not ctx.schema.strict or not plain or found[1] is not None or not isinstance(expr, Col):
        return None
    named = ctx.phrases[found[0]].kind == "expr" and ctx.phrases[found[0]].score >= 0.9
    return expr if named and ctx.of(expr).role == Role.CATEGORY else None


def _said_by(ctx: Context, i: int) -> tuple[int, int | None] | None:
    """What 按 names, wherever the direction stands: its phrase, and the aggregate word before it."""
    for k in range(i - 1, -1, -1):
        if ctx.phrases[k].kind == "by" and k + 1 < i and ctx.phrases[k + 1].kind in ("expr", "table", "agg"):
            at = k + 2 if ctx.phrases[k + 1].kind == "agg" and k + 2 < i else k + 1
            return at, k + 1 if at == k + 2 else None
    return None


def _given(ctx: Context, k: int) -> bool:
    """对湖泊排序, 把企业排列: what is sorted, behind the word that hands it over."""
    phrase = ctx.phrases[k]
    before = ctx.mentions[phrase.at - 1].text if phrase.at else ""
    return phrase.kind == "table" and before in ("对", "将", "把", "给")


def read_top(ctx: Context, i: int) -> bool:
    """前5名, 排名前3, 后3名, 倒数第二."""
    phrase = ctx.phrases[i]
    if phrase.kind not in ("top", "bottom"):
        return False
    n = right(ctx, i, ("top", "bottom", "of", "is"))
    if n is None or ctx.phrases[n].kind != "number":
        return False
    limit = whole_number(ctx.phrases[n], [n])[0]
    if limit is None:
        return False
    if _within(ctx, i, n, limit):
        return True
    down = any(p.kind == "bottom" for p in ctx.phrases[i:n])
    stop = n + 1
    found = subject(ctx, i)
    if found is not None and ctx.phrases[found[0]].kind in ("expr", "table", "agg", "metric", "amount"):
        by = ranked_by(ctx, found)
        if by is not None and (
            not isinstance(by, Col) or is_measure(ctx, ctx.phrases[found[0]]) or is_time(ctx, ctx.phrases[found[0]])
        ):
            direction = direction_of(ctx, by, not down, "前" if not down else "后")
            also = [found[0]] + ([found[1]] if found[1] is not None else [])
            fold(ctx, i, stop, Phrase("rank", (), order=Order(by, direction), limit=limit), also)
            return True
    for k in range(i - 1, -1, -1):
        known = ctx.phrases[k]
        if known.kind == "rank" and known.order is not None and known.limit in (None, 1):
            order = replace(known.order, descending=not known.order.descending) if down else known.order
            fold(ctx, i, stop, replace(known, order=order, limit=limit), [k])
            return True
    ranks = [c for c in ctx.table.columns if any(w in c.label for w in _RANKED) and c.role == Role.MEASURE]
    if not down and len(ranks) == 1 and any(m.kind == "howmany" for m in ctx.mentions[: phrase.at]):
        test = Compare(Col(ctx.root, ranks[0].name), "<=", limit)  # 有多少银行排名前9: those within, not a list
        fold(ctx, i, stop, Phrase("condition", (), condition=test))
        return True
    fold(ctx, i, stop, Phrase("rank", (), limit=limit, payload="asc" if down else "desc"))
    return True


def _within(ctx: Context, i: int, n: int, limit: int) -> bool:
    """排名在前一百: a rank column and a bound on it, not a list of the first hundred."""
    if ctx.phrases[i].kind != "top":
        return False
    k = left(ctx, i, ("of",))
    counts = any(m.kind == "howmany" for m in ctx.mentions)  # 有多少银行排名前9
    if k is not None and ctx.phrases[k].text in ("在", "位于", "处于", "位列"):
        k = left(ctx, k, ("of", "in", "is"))
    elif not counts:
        return False
    phrase = ctx.phrases[k] if k is not None else None
    if phrase is None or not isinstance(phrase.expr, Col) or not any(w in ctx.of(phrase.expr).label for w in _RANKED):
        return False
    assert k is not None
    word = left(ctx, k, ("of",))
    stop = n + 2 if n + 1 < len(ctx.phrases) and ctx.phrases[n + 1].kind in ("cmp_after", "between") else n + 1
    if word is not None and ctx.phrases[word].kind == "agg" and ctx.phrases[word].payload in ("avg", "min", "max"):
        measure = Measure(cast(Aggregate, ctx.phrases[word].payload), phrase.expr, table=phrase.expr.table)
        fold(ctx, i, stop, Phrase("condition", (), having=Having(measure, "<=", limit)), [word, k])
        return True
    fold(ctx, i, stop, Phrase("condition", (), condition=Compare(phrase.expr, "<=", limit)), [k])
    return True
