"""各区, 每个学校, 按行业, 历年, 趋势: what the result is grouped by. Each becomes a `group` phrase."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import cast

from assistant.planning.grouping.periods import (
    BARE_TIMES,
    WHICH_TIME,
    asks_when,
    best_periods,
    by_period,
    counted_periods,
    natural_unit,
    ranked_periods,
    which_times,
)
from assistant.planning.plan import Col, Compare, Expression, TimeBucket, TimeUnit
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure, is_thing, is_time, owner_of
from corpus.semantics import Role


def read_groups(ctx: Context) -> None:
    """Fold words that group with what they group by."""
    if not ctx.schema.strict:
        best_periods(ctx)
        _ranked_kinds(ctx)
    i = 0
    while i < len(ctx.phrases):
        phrase = ctx.phrases[i]
        if phrase.kind == "period":
            by_period(ctx, i, cast(TimeUnit, phrase.payload))
        elif phrase.kind == "trend":
            if any(isinstance(p.expr, TimeBucket) for p in ctx.phrases):
                drop(ctx, i)
                continue
            by_period(ctx, i, natural_unit(ctx))
        elif phrase.kind == "which" and phrase.text in WHICH_TIME:
            unit = WHICH_TIME[phrase.text]
            if any(isinstance(p.expr, TimeBucket) and p.expr.unit == unit and p.kind == "group" for p in ctx.phrases):
                drop(ctx, i)  # 最多的一天是哪天
                continue
            if not asks_when(ctx, i):
                by_period(ctx, i, WHICH_TIME[phrase.text])
        elif phrase.kind == "which" and i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].text in BARE_TIMES:
            which_times(ctx, i)
        elif phrase.kind in ("each", "by"):
            _group(ctx, i)
        elif phrase.kind == "number" and not ctx.schema.strict and not ranked_periods(ctx, i):
            counted_periods(ctx, i)
        i += 1
    _scopes(ctx)


def _ranked_kinds(ctx: Context) -> None:
    """事故原因前五, 火灾原因排名: kinds that are ranked with nothing else named are ranked by how many there are of each."""
    if any(p.kind in ("table", "metric", "group", "each", "by", "which", "amount") for p in ctx.phrases):
        return
    for i, (phrase, follow) in enumerate(itertools.pairwise(ctx.phrases)):
        col = phrase.expr if phrase.kind == "expr" and phrase.score >= 0.9 else None
        ranked = follow.kind in ("top", "sort", "order", "super", "bottom")
        if ranked and isinstance(col, Col) and col.table == ctx.root and ctx.of(col).role == Role.CATEGORY:
            if not any(p.kind == "expr" for k, p in enumerate(ctx.phrases) if k != i):
                ctx.phrases[i] = replace(phrase, kind="group")
                ctx.use(*phrase.spans)
            return


def read_flags(ctx: Context) -> None:
    """是否X columns: 达标的, 未达标的, 小微企业."""
    i = 0
    while i < len(ctx.phrases):
        phrase = ctx.phrases[i]
        col = phrase.expr if phrase.kind == "expr" and isinstance(phrase.expr, Col) else None
        if col is None or not ctx.of(col).type.upper().startswith("BOOLEAN") or phrase.text.startswith("是否"):
            i += 1
            continue
        before = ctx.phrases[i - 1] if i else None
        if before is not None and before.kind in ("each", "by", "share", "which", "group"):
            i += 1
            continue
        negated = before is not None and before.kind in ("not", "without")
        condition = Compare(col, "=", not negated, text=phrase.text)
        fold(ctx, i, i + 1, Phrase("condition", (), phrase.text, condition=condition), [i - 1] if negated else [])
        i += 0 if negated else 1


def _group(ctx: Context, i: int) -> None:
    by = ctx.phrases[i].kind == "by"
    k = i + 1
    while k < len(ctx.phrases) and ctx.phrases[k].kind in ("each", "of") and k < i + 3:
        k += 1
    if not by and ctx.schema.strict and _told_by_name(ctx, k):
        drop(ctx, k)
    if not by and not ctx.schema.strict and k < len(ctx.phrases) and _each_valued(ctx, i, k):
        return
    if not by and ctx.schema.strict:
        _to_head(ctx, i, k)
    if not by and k + 1 < len(ctx.phrases) and _doer(ctx, k):
        fold(ctx, k, k + 2, replace(ctx.phrases[k + 1], score=0.9), whole=True)  # 各位歌手演唱: by 演唱者
    if not by and k < len(ctx.phrases) and _each_owner(ctx, i, k):
        return
    if k >= len(ctx.phrases) or (not _groupable(ctx, k) and _kinds_of_later(ctx, i)):
        return
    if not _groupable(ctx, k) or (by and _sorts(ctx, k)):
        return
    ctx.use(*(s for p in ctx.phrases[i:k] for s in p.spans))
    lead = ctx.phrases[i].text
    start = i
    while True:
        phrase = ctx.phrases[k]
        after = ctx.phrases[k + 1] if k + 1 < len(ctx.phrases) else None
        attribute = after is not None and after.kind == "expr" and after.at == phrase.end and not is_measure(ctx, after)
        placed = _belonging(ctx, k)
        spread = (
            not by and after is not None and (after.kind == "of" or (attribute and phrase.kind == "table") or placed)
        )
        fold(ctx, start, k + 1, replace(phrase, kind="group", expr=_key(ctx, phrase, lead), spread=spread))
        k = start + 1
        if by and k < len(ctx.phrases) and ctx.phrases[k].text in ("分类", "分组", "划分"):
            drop(ctx, k)  # 按展厅分类: what is done, whatever column bears that name
        linked = k + 1 < len(ctx.phrases) and ctx.phrases[k].kind == "and" and by
        again = k < len(ctx.phrases) and ctx.phrases[k].kind == "each"
        if (
            (linked or again)
            and k + 1 < len(ctx.phrases)
            and _groupable(ctx, k + 1)
            and not is_time(ctx, ctx.phrases[k + 1])
        ):
            lead = ctx.phrases[k].text if again else lead
            start, k = k, k + 1
            continue
        return


def _each_owner(ctx: Context, i: int, k: int) -> bool:
    """各医院床位数, where the column is known by its thing's name too: one number for each of the things."""
    number = ctx.phrases[k]
    if not is_measure(ctx, number) or number.kind != "expr":
        return False
    table = ctx.schema.model.table(owner_of(number))
    named = [w for w in (table.entity, table.label) if w and number.text.startswith(w) and number.text != w]
    if not named or ctx.of(ctx.name_of(table.name)).role != Role.NAME:
        return False
    ctx.phrases[i] = Phrase("group", ctx.phrases[i].spans, named[0], table=table.name, spread=True)
    ctx.use(*ctx.phrases[i].spans)
    return True


def _to_head(ctx: Context, i: int, k: int) -> None:
    """每个美国城市, 每个发生事故的城市中: what describes the noun goes before 每, so that the noun stands right behind it."""
    stop = next((j for j in range(k, len(ctx.phrases)) if ctx.phrases[j].kind in ("scope", "comma", "list")), k)
    n = k
    while n < stop and ctx.phrases[n].kind == "value":
        n += 1
    if n == k and stop < len(ctx.phrases) and ctx.phrases[stop].kind == "scope" and not _heads(ctx, k):
        n = stop - 1 if any(p.kind == "of" for p in ctx.phrases[k:stop]) else k
    if k < n < stop and _groupable(ctx, n):
        ctx.phrases[i:n] = [*ctx.phrases[k:n], *ctx.phrases[i:k]]


def _heads(ctx: Context, k: int) -> bool:
    """Whether a phrase is a noun that stands for things itself, not a part of some column's name."""
    return k < len(ctx.phrases) and is_thing(ctx, ctx.phrases[k]) and ctx.phrases[k].score >= 0.7


def _belonging(ctx: Context, k: int) -> bool:
    """每个城市所在的省份, 每家公司所属于的集团: a clause between the thing and what is asked of it."""
    rest = ctx.phrases[k + 1 : k + 4]
    kinds = [p.kind for p in rest]
    if kinds[:2] == ["is", "expr"] and rest[1].asked:
        return True  # 各个图书馆在哪里
    return kinds == ["is", "of", "expr"] and not is_measure(ctx, rest[2]) and ctx.phrases[k].kind == "table"


def _each_valued(ctx: Context, i: int, k: int) -> bool:
    """各图书馆, 各公办学校: the things that have a value, one by one."""
    value = ctx.phrases[k]
    if value.kind != "value" or not isinstance(value.expr, Col) or ctx.of(value.expr).role != Role.CATEGORY:
        return False
    table = ctx.schema.model.table(value.expr.table)
    if not table.entity or ctx.of(ctx.name_of(table.name)).role != Role.NAME:
        return False
    n = k + 1
    while n < len(ctx.phrases) and ctx.phrases[n].kind in ("of", "value"):
        n += 1
    noun = ctx.phrases[n] if n < len(ctx.phrases) else None
    lead = Phrase("group", ctx.phrases[i].spans, ctx.phrases[i].text, table=table.name)
    if noun is not None and noun.kind == "table":
        if noun.table != table.name:
            return False
        fold(ctx, n, n + 1, replace(noun, kind="group", expr=None))
        ctx.use(*lead.spans)
        del ctx.phrases[i]
        return True
    ctx.use(*lead.spans)
    ctx.phrases[i] = lead
    return True


def _told_by_name(ctx: Context, k: int) -> bool:
    """每个美国城市, over rows that are all American by their table's name."""
    if k + 1 >= len(ctx.phrases) or ctx.phrases[k].kind != "value" or not _groupable(ctx, k + 1):
        return False
    return ctx.phrases[k].value in ctx.table.label


def _kinds_of_later(ctx: Context, i: int) -> bool:
    """各类在2017年以前建成的图书馆: the kinds of the noun at the end of its description."""
    if ctx.phrases[i].text not in ("各类", "每类", "每一类"):
        return False
    for phrase in ctx.phrases[i + 1 :]:
        if phrase.kind in ("comma", "howmany", "agg") or (phrase.kind == "expr" and not is_time(ctx, phrase)):
            return False
        if phrase.kind == "table":
            kind = _category(ctx, phrase.table, phrase.text)
            if kind is not None:
                fold(ctx, i, i + 1, Phrase("group", (), ctx.phrases[i].text, expr=kind))
            return kind is not None
    return False


def _doer(ctx: Context, k: int) -> bool:
    """An unknown noun and a verb that begins the name of who does it."""
    noun, verb = ctx.phrases[k], ctx.phrases[k + 1]
    if noun.kind != "unknown" or verb.kind != "expr" or not isinstance(verb.expr, Col) or verb.score >= 0.9:
        return False
    return ctx.of(verb.expr).label in (verb.text + "者", verb.text + "人", verb.text + "方")


def _groupable(ctx: Context, k: int) -> bool:
    phrase = ctx.phrases[k]
    return is_thing(ctx, phrase) and not is_measure(ctx, phrase)


_ENDINGS = ("类别", "类型", "种类", "分类", "类", "属性", "性质")


_LEVELS = ("等级", "级别")


def _category(ctx: Context, table: str, noun: str, endings: tuple[str, ...] = _ENDINGS) -> Col | None:
    """各类公园, 各级医院: the column that says which kind a thing is, the one whose name speaks most of it."""
    best: tuple[int, int, Col] | None = None
    for place, ending in enumerate(endings):
        for column in ctx.schema.model.table(table).columns:
            said = [n for n in (column.label, *column.synonyms) if n.endswith(ending)]
            if column.role != Role.CATEGORY or not said:
                continue
            shared = max(len(set(n.removesuffix(ending)) & set(noun)) + 2 * (n == noun + ending) for n in said)
            if best is None or (shared, -place) > best[:2]:
                best = (shared, -place, Col(table, column.name))
    return best[2] if best is not None else None


def _key(ctx: Context, phrase: Phrase, lead: str = "") -> Expression | None:
    if phrase.kind == "table":
        if lead == "各级" and not ctx.schema.strict:
            return _category(ctx, phrase.table, phrase.text, _LEVELS)
        return _category(ctx, phrase.table, phrase.text) if lead.endswith(("类", "种")) else None
    col = cast(Col, phrase.expr)
    column = ctx.of(col)
    if lead in ("各类", "每类") and not ctx.schema.strict and not column.label.endswith(_ENDINGS):
        kind = _category(ctx, col.table, phrase.text)
        if kind is not None and any(c in ctx.of(kind).label for c in phrase.text):
            return kind
    if column.role == Role.TIME and column.grain != "year" and col.table == ctx.root and not ctx.is_number(col):
        bucket = ctx.bucket("year")
        if "年" in phrase.text and bucket is not None:
            return bucket
    return col


def _sorts(ctx: Context, index: int) -> bool:
    """Whether 按X is followed by 排序 or a direction."""
    for phrase in ctx.phrases[index : index + 9]:
        if phrase.kind in ("order", "sort"):
            return True
        if phrase.kind in ("which", "howmany", "number"):
            return False
    return False


def _scopes(ctx: Context) -> None:
    """在各企业的融资历史中: a group word inside a scope only names the scope when something else is asked for."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind != "group" or phrase.asked:
            continue
        if not phrase.table and not (i > 0 and ctx.phrases[i - 1].text in ("在", "于")):
            continue
        kind = isinstance(phrase.expr, Col) and ctx.of(phrase.expr).role == Role.CATEGORY
        if kind and not ctx.schema.strict and any(p.kind == "super" for p in ctx.phrases[i:]):
            continue  # 每类场馆里最多的: the best of each kind
        k = i + 1
        while k < len(ctx.phrases) and ctx.phrases[k].kind in ("of", "table", "unknown", "each", "in"):
            k += 1
        placed = i > 0 and ctx.phrases[i - 1].text in ("在", "于") and any(p.kind == "which" for p in ctx.phrases[:i])
        if placed:
            ctx.phrases[i] = replace(phrase, kind="scope")  # 哪些节目在各平台的…
        elif k < len(ctx.phrases) and ctx.phrases[k].kind == "scope":
            later = [p.kind for p in ctx.phrases[k:]]
            other = any(p.kind == "group" for j, p in enumerate(ctx.phrases) if j != i)
            if other or any(kind in ("which", "list", "listed") for kind in later):
                ctx.phrases[i] = replace(phrase, kind="table")
