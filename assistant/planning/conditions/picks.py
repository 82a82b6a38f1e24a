"""Rows picked by values, times, ages and absence. Each step looks at one place and says whether it changed something."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.timing import time_conditions
from assistant.planning.linking.times import Edge
from assistant.planning.linking.words import AGE_NOUNS
from assistant.planning.plan import (
    Col,
    Compare,
    Condition,
    Member,
    Operator,
    YearsSince,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_time, left, owner_of, right
from corpus.semantics import Role


def read_age(ctx: Context, i: int) -> bool:
    """成立17年, 使用时间为14年: a time column and a number of years."""
    phrase = ctx.phrases[i]
    if phrase.kind != "number" or phrase.unit != "年" or phrase.number is None or phrase.number.value > 200:
        return False
    k = left(ctx, i, ("is", "of", "unknown"))
    comparing = k is not None and ctx.phrases[k].kind in ("cmp", "not")
    noun = left(ctx, k if comparing and k is not None else i, ("is", "of"))
    if noun is None or ctx.phrases[noun].text not in AGE_NOUNS:
        noun = right(ctx, i, ("of",))  # 不到四年的使用时间
    if noun is not None and ctx.phrases[noun].text in AGE_NOUNS and (col := ctx.time_of(_in_use(ctx, i))):
        payload = ctx.phrases[k].payload if comparing and k is not None else "="
        test = Compare(YearsSince(col, ctx.schema.today.year), cast(Operator, payload or "!="), phrase.number.value)
        also = [noun] + ([k] if comparing and k is not None else [])
        fold(ctx, i, i + 1, Phrase("condition", (), condition=test), also, whole=True)
        return True
    if k is None or not is_time(ctx, ctx.phrases[k]):
        return False
    age = YearsSince(cast(Col, ctx.phrases[k].expr), ctx.schema.today.year)
    fold(ctx, i, i + 1, Phrase("condition", (), condition=Compare(age, "=", phrase.number.value)), [k])
    return True


def _in_use(ctx: Context, i: int) -> str:
    """使用时间不止13年的软件: the years are those of the thing described, where it keeps a time."""
    things = [p.table for p in ctx.phrases[i:] if p.kind == "table" and ctx.schema.graph.safe(ctx.root, p.table)]
    return next((t for t in things if ctx.time_of(t) is not None), ctx.root)


def read_time_word(ctx: Context, i: int) -> bool:
    """A time word restricts the time column named beside it, else the root's own."""
    phrase = ctx.phrases[i]
    if phrase.kind != "time" or phrase.time is None:
        return False
    span, also, negated = phrase.time, [], False
    if ctx.schema.strict and phrase.text in ("昨天", "今天", "昨日", "今日", "前天") and not _dated(ctx):
        drop(ctx, i)  # 今天的开盘价 is a name, where no day is kept
        return True
    if ctx.schema.strict and "几" in phrase.text:
        drop(ctx, i)  # 近几年 names no time
        return True
    before = left(ctx, i, ("is", "of", "in"))
    if before is not None and ctx.phrases[before].kind == "cmp":
        payload = ctx.phrases[before].payload
        if span.start is not None and span.end is not None:
            span = span.opened(cast(Edge, payload)) if payload in (">", ">=", "<", "<=") else span
            negated = payload == "!="
            also.append(before)
            before = left(ctx, before, ("is", "of", "in"))
    elif before is not None and ctx.phrases[before].kind in ("not", "except"):
        negated = True
        also.append(before)
        before = left(ctx, before, ("is", "of", "in"))
    col: Col | None = None
    for k in (before, right(ctx, i, ("is", "of", "in"))):
        if k is not None and is_time(ctx, ctx.phrases[k]):
            named = cast(Col, ctx.phrases[k].expr)
            if ctx.phrases[k].score >= 0.6 or named.table == ctx.root:
                col = _time_of_next(ctx, max(k, i), ctx.phrases[k].text) or named
                also.append(k)
                break
    col = col or ctx.time_column() or ctx.nearest_time()
    conditions = time_conditions(ctx, col, span) if col is not None else None
    if conditions is None:
        ctx.missing.append(phrase.text)
        drop(ctx, i)
        return True
    condition = conjunction(conditions)
    if negated and isinstance(condition, Compare) and condition.op == "=":
        condition = replace(condition, op="!=")
    fold(ctx, i, i + 1, Phrase("condition", (), phrase.text, condition=condition, time=span), also)
    if span.assumed:
        ctx.assumptions.append(span.assumed)
    return True


def _dated(ctx: Context) -> bool:
    """Whether the root keeps days."""
    return any(c.role == Role.TIME and c.grain in ("date", "day", "timestamp") for c in ctx.table.columns)


def _time_of_next(ctx: Context, k: int, verb: str) -> Col | None:
    """1990年之后发行的专辑: the verb's time is that of the thing it describes."""
    n = right(ctx, k, ("of",))
    if n is None or ctx.phrases[n].kind != "table" or ctx.phrases[n].table == ctx.root:
        return None
    table = ctx.phrases[n].table
    if not ctx.schema.graph.safe(ctx.root, table):
        return None
    for column in ctx.schema.model.table(table).columns:
        if column.role == Role.TIME and (verb in column.label or verb in column.synonyms):
            return Col(table, column.name)
    return None


def read_absence(ctx: Context, i: int) -> bool:
    """没有获过奖的高校: rows of the root that no row of another table points at."""
    if ctx.phrases[i].kind not in ("without", "not"):
        return False
    for k in range(i + 1, min(i + 5, len(ctx.phrases))):
        phrase = ctx.phrases[k]
        if phrase.kind in ("comma", "number", "time", "cmp"):
            return False
        table = owner_of(phrase)
        if phrase.kind not in ("table", "expr", "value") or not table or table == ctx.root:
            continue
        way = ctx.schema.graph.paths(ctx.root).get(table)
        if way is None or len(way) != 1 or not way[0].multiplies:
            continue
        edge = way[0]
        source = edge.target_columns[0]
        if (
            isinstance(phrase.expr, Col)
            and ctx.of(phrase.expr).role == Role.FOREIGN
            and ctx.target_of(phrase.expr) == ctx.root
        ):
            source = _other_side(ctx, i, k) or phrase.expr.name
        inside, times = _absent_when(ctx, i, table)
        if phrase.kind == "value" and phrase.expr is not None:
            inside.append(Compare(phrase.expr, "=", phrase.value, text=phrase.text))
        member = Member(Col(ctx.root, edge.source_columns[0]), Col(table, source), True, conjunction(inside))
        while not ctx.schema.strict and k + 1 < len(ctx.phrases) and _same_owner(ctx.phrases[k + 1], table):
            k += 1  # 没有发布过招聘岗位: the verb and the noun
        fold(ctx, i, k + 1, Phrase("condition", (), condition=member), times)
        ctx.bonus += 1.0
        return True
    return False


def _other_side(ctx: Context, i: int, k: int) -> str | None:
    """没有帮扶过贫困城市: who does it stands in the other key of the rows, not in that of whom it is done to."""
    done = ctx.phrases[k]
    verb = [p for p in ctx.phrases[i + 1 : k] if p.kind in ("unknown", "expr")]
    if not verb or any(p.kind == "of" for p in ctx.phrases[i:k]) or not isinstance(done.expr, Col):
        return None
    others = [
        r.left_columns[0]
        for r in ctx.schema.model.relations
        if r.left == done.expr.table and r.right == ctx.root and r.left_columns != [done.expr.name]
    ]
    return others[0] if len(others) == 1 else None


def _same_owner(phrase: Phrase, table: str) -> bool:
    return phrase.kind in ("table", "expr") and owner_of(phrase) == table


def read_told(ctx: Context, i: int) -> bool:
    """有多少频道植入节目, 被翻唱过的歌曲的全部信息: things that some row of the table with that verb points at, each once."""
    found = ctx.resolved[ctx.phrases[i].at]
    if ctx.phrases[i].kind != "unknown" or found is None or found.kind != "verb" or found.table == ctx.root:
        return False
    way = ctx.schema.graph.paths(ctx.root).get(found.table)
    counted = any(p.kind == "howmany" for p in ctx.phrases[max(0, i - 4) : i])
    n = right(ctx, i, ("of",))
    described = n is not None and n > i + 1 and ctx.phrases[n].table == ctx.root
    whole = described and any(m.text in ("信息", "资料") for m in ctx.mentions)
    if way is None or len(way) != 1 or not way[0].multiplies or not (counted or whole):
        return False
    if not any(p.kind == "table" and p.table == ctx.root for p in ctx.phrases):
        return False
    stop = i + 1
    while stop < len(ctx.phrases) and _told_by(ctx, ctx.phrases[stop], found.table):
        stop += 1  # 植入综艺节目: what the rows tell of
    edge = way[0]
    member = Member(Col(ctx.root, edge.source_columns[0]), Col(found.table, edge.target_columns[0]), False)
    fold(ctx, i, stop, Phrase("condition", (), condition=member), whole=True)
    ctx.bonus += 2.0
    return True


def _told_by(ctx: Context, phrase: Phrase, table: str) -> bool:
    meant = ctx.resolved[phrase.at]
    verb = phrase.kind == "unknown" and meant is not None and meant.kind == "verb" and meant.table == table
    said = [c.table for c in ctx.mentions[phrase.at].candidates]
    return verb or (phrase.kind in ("table", "expr") and table in said and phrase.table != ctx.root)


_HAVING = ("有", "拥有", "设有", "建有", "具有", "开设", "设立了", "建了")


def _ends(ctx: Context, i: int) -> bool:
    return all(p.kind == "comma" for p in ctx.phrases[i + 1 :])


def _which_root(ctx: Context, i: int) -> bool:
    """哪些电视剧有…: the root is what is asked for, right before."""
    return i == 2 and ctx.phrases[0].kind == "which" and owner_of(ctx.phrases[1]) == ctx.root


def read_presence(ctx: Context, i: int) -> bool:
    """既有水库又有5A级景区的区县: rows of the root that some row of another table, named behind 有, points at."""
    phrase = ctx.phrases[i]
    if phrase.kind != "table" or phrase.table == ctx.root or (ctx.schema.strict and not _ends(ctx, i)):
        return False
    start = i
    while start and ctx.phrases[start - 1].kind == "value" and ctx.phrases[start - 1].table == phrase.table:
        start -= 1
    before = ctx.mentions[ctx.phrases[start].at - 1].text if ctx.phrases[start].at else ""
    if before not in _HAVING or any(p.kind in ("number", "howmany", "cmp", "super") for p in ctx.phrases[start:]):
        return False
    asked = any(p.kind in ("table", "expr") and owner_of(p) == ctx.root for p in ctx.phrases[i + 1 :])
    if not asked and not (_ends(ctx, i) and _which_root(ctx, start)):
        return False
    way = ctx.schema.graph.paths(ctx.root).get(phrase.table)
    if way is None or len(way) != 1 or not way[0].multiplies:
        return False
    inside = [Compare(p.expr, "=", p.value, text=p.text) for p in ctx.phrases[start:i] if p.expr is not None]
    edge = way[0]
    member = Member(
        Col(ctx.root, edge.source_columns[0]), Col(phrase.table, edge.target_columns[0]), False, conjunction(inside)
    )
    fold(ctx, start, i + 1, Phrase("condition", (), condition=member))
    ctx.bonus += 1.0
    return True


_FREE = ("免费", "不收费", "不要钱", "不花钱", "零票价")


def read_free(ctx: Context, i: int) -> bool:
    """免费的景区, where no column says so: the one price is nothing."""
    phrase = ctx.phrases[i]
    if ctx.schema.strict or phrase.kind != "unknown" or phrase.text not in _FREE:
        return False
    prices = [
        c
        for c in ctx.table.columns
        if c.role == Role.MEASURE and c.unit.startswith("元") and any(w in c.label for w in "价费")
    ]
    if len(prices) != 1:
        return False
    test = Compare(Col(ctx.root, prices[0].name), "=", 0, text=phrase.text)
    fold(ctx, i, i + 1, Phrase("condition", (), phrase.text, condition=test), whole=True)
    ctx.bonus += 1.0
    return True


def _absent_when(ctx: Context, i: int, table: str) -> tuple[list[Condition], list[int]]:
    """2025年没有发布过岗位: the time is that of what is absent."""
    col = ctx.time_column(table)
    times = [k for k, p in enumerate(ctx.phrases[: i + 3]) if p.kind == "time" and p.time is not None]
    if col is None or not times or ctx.schema.strict:
        return [], []
    span = ctx.phrases[times[0]].time
    conditions = time_conditions(ctx, col, span) if span is not None else None
    return (conditions, times[:1]) if conditions else ([], [])


def read_value(ctx: Context, i: int) -> bool:
    phrase = ctx.phrases[i]
    if phrase.kind != "value" or phrase.expr is None:
        return False
    also: list[int] = []
    op: Operator = "="
    if ctx.schema.strict and phrase.value in ctx.table.label and phrase.value != ctx.table.label:
        drop(ctx, i)  # the value stands in the table's own name: 北京奥运会奖牌榜
        return True
    before = left(ctx, i, ("is", "of", "in"))
    above = ctx.phrases[before].expr if before is not None and not ctx.schema.strict else None
    if before is not None and isinstance(above, Col) and ctx.target_of(above) == above.table == phrase.table:
        # 上级单位是总院: rows whose key to their own table leads to the row of that name
        own = Member(above, _key_of(ctx, above), False, Compare(phrase.expr, "=", phrase.value, text=phrase.text))
        fold(ctx, i, i + 1, Phrase("condition", (), phrase.text, condition=own), [before])
        return True
    if before is not None and ctx.phrases[before].expr == phrase.expr and ctx.phrases[before].kind == "expr":
        also.append(before)
        before = left(ctx, before, ("is", "of"))
    if not ctx.schema.strict and _also_denied(ctx, before, phrase):
        op = "!="
    if before is not None and (
        ctx.phrases[before].kind in ("not", "except")
        or (
            ctx.phrases[before].text in ("没", "未", "尚未")
            and not ctx.schema.strict
            and ctx.phrases[before].end == phrase.at
        )
        or (ctx.phrases[before].kind == "cmp" and ctx.phrases[before].payload == "!=")
    ):
        op = "!="
        also.append(before)
        further = left(ctx, before, ("is", "of", "in"))
        if further is not None and ctx.phrases[further].expr == phrase.expr and ctx.phrases[further].kind == "expr":
            also.append(further)
    elif before is not None and ctx.phrases[before].kind == "cmp" and ctx.phrases[before].payload == "=":
        also.append(before)
        further = left(ctx, before, ("is", "of", "in"))
        if further is not None and ctx.phrases[further].expr == phrase.expr and ctx.phrases[further].kind == "expr":
            also.append(further)
    stop = i + 1
    follow = ctx.phrases[stop] if stop < len(ctx.phrases) else None
    named = follow is not None and follow.kind == "expr" and follow.expr == phrase.expr and not follow.owner
    if named and follow is not None and (follow.score < 0.99 or not ctx.schema.strict):
        stop += 1  # 教育局这个部门, 民办学校性质: the column named right after its value
    condition = Compare(phrase.expr, op, phrase.value, text=phrase.text)
    fold(ctx, i, stop, Phrase("condition", (), phrase.text, condition=condition, table=phrase.table), also)
    return True


def _key_of(ctx: Context, foreign: Col) -> Col:
    """The column of its own table that a foreign key points to."""
    relations = ctx.schema.model.relations
    found = next(r for r in relations if (r.left, r.left_columns) == (foreign.table, [foreign.name]))
    return Col(found.right, found.right_columns[0])


def _also_denied(ctx: Context, before: int | None, phrase: Phrase) -> bool:
    """不在A区和B区的: what is linked to a denied value of the same column is denied as well."""
    if before is None or ctx.phrases[before].kind not in ("and", "or", "comma"):
        return False
    k = left(ctx, before, ("of", "is", "in"))
    denied = ctx.phrases[k].condition if k is not None else None
    if not isinstance(denied, Compare) or denied.op != "!=" or denied.left != phrase.expr:
        return False
    if ctx.phrases[before].kind == "or":
        ctx.use(*ctx.phrases[before].spans)
        ctx.phrases[before] = replace(ctx.phrases[before], kind="and")
    return True


def read_denial(ctx: Context, i: int) -> bool:
    """不统计服务人数等于十万人的中介: a denial right before an equality turns it round."""
    if ctx.phrases[i].kind not in ("not", "except") or i + 1 >= len(ctx.phrases):
        return False
    follow = ctx.phrases[i + 1]
    condition = follow.condition
    if follow.kind != "condition" or not isinstance(condition, Compare) or condition.op != "=":
        return False
    fold(ctx, i, i + 2, replace(follow, condition=replace(condition, op="!=")))
    return True
