"""A question seen from one root as a short row of phrases, and how to move about in it.

Mentions become phrases: fillers go, a number takes its unit, `企业的注册资本` becomes one expression. The later steps
replace runs of phrases by what they mean (a condition, a ranking, an amount) until only what is asked for is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.planning.grouping.kinds import read_kinds
from assistant.planning.linking.names import measure_names, without_aggregate
from assistant.planning.linking.numerals import Number
from assistant.planning.linking.times import TimeSpan
from assistant.planning.linking.words import WORDS
from assistant.planning.plan import (
    Arithmetic,
    Col,
    Compare,
    Condition,
    Expression,
    Having,
    Order,
    Value,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from corpus.semantics import Role

# Listing words that stand behind what they list; all others stand before it.
_BEHIND = (
    "有哪些",
    "都有哪些",
    "有什么",
    "都有什么",
    "是哪些",
    "分别是什么",
    "有谁",
    "名单",
    "清单",
    "一览",
    "明细",
    "是那些",
)
_SCOPE = ("中", "里", "里面", "当中", "其中", "中的", "里的", "之中")
_DROPPED = ("filler", "quote", "whole", "unit")
_NAMES = ("名称", "名字", "名", "姓名")
_ROUND = {"百": 100.0, "千": 1000.0, "万": 10_000.0}  # 每千名, 每百户
_ID_WORDS = ("id", "编号", "编码", "代码", "号码", "序号")


@dataclass(frozen=True)
class Phrase:
    """A run of mentions with one meaning. `kind` says which of the fields holds it."""

    kind: str
    spans: tuple[int, ...]
    text: str = ""
    payload: str = ""
    table: str = ""  # kind table; for value and metric the table they stand in
    expr: Expression | None = None  # kind expr
    value: str = ""  # kind value: as stored
    metric: str = ""
    number: Number | None = None
    unit: str = ""
    time: TimeSpan | None = None
    condition: Condition | None = None  # kind condition
    having: Having | None = None  # kind condition
    order: Order | None = None  # kind rank
    limit: int | None = None
    amount: Value | None = None  # kind amount
    owner: str = ""  # the table named right before a column
    score: float = 1.0
    asked: bool = False
    spread: bool = False  # a group of which only the attributes are asked: 每个X的A和B

    @property
    def at(self) -> int:
        return self.spans[0]

    @property
    def end(self) -> int:
        return self.spans[-1] + 1


def build_phrases(ctx: Context) -> list[Phrase]:
    """The phrases of a context's mentions, in the question's order."""
    found = [p for i in range(len(ctx.mentions)) for p in _of_mention(ctx, i)]
    return _own(ctx, _narrowed(ctx, read_kinds(ctx, _bounds(_listed(_ranked(ctx, _numbers(found)))))))


def _of_mention(ctx: Context, index: int) -> Iterable[Phrase]:
    mention, meaning = ctx.mentions[index], ctx.resolved[index]
    at = (index,)
    called = meaning is not None and meaning.kind == "table" and meaning.score >= 0.9  # 12345: a name of digits
    if mention.number is not None and not called and (meaning is None or meaning.kind != "value"):
        yield Phrase("number", at, mention.text, number=mention.number)
    elif mention.time is not None:
        yield Phrase("time", at, mention.text, time=mention.time)
    elif meaning is not None and meaning.kind == "verb" and meaning.table == ctx.root:
        ctx.use(index)  # the rows of the root say it
    elif meaning is not None and not (mention.kind == "unit" and index and ctx.mentions[index - 1].number):
        phrase = _of_meaning(ctx, index)
        inside = _inside(ctx, phrase)
        if inside:
            yield Phrase("agg", at, inside, payload=WORDS[inside].payload)
        yield phrase
    elif mention.word is None:
        if mention.text.strip():
            yield Phrase("unknown", at, mention.text)
    elif mention.word.kind == "list":
        yield Phrase("listed" if mention.text in _BEHIND else "list", at, mention.text)
    elif mention.word.kind == "of" and mention.text in _SCOPE:
        yield Phrase("scope", at, mention.text)
    elif mention.word.kind == "distinct":
        yield Phrase("each", at, mention.text)
    elif mention.text == "平均价" and ctx.schema.strict:
        yield Phrase("agg", at, "平均", payload="avg")
        yield Phrase("unknown", at, "价")
    elif mention.word.kind == "unit" or mention.word.kind not in _DROPPED:
        yield Phrase(mention.word.kind, at, mention.text, payload=mention.word.payload)


def _inside(ctx: Context, phrase: Phrase) -> str:
    """The aggregate spoken inside a measure's name: 招生总人数."""
    split = without_aggregate(phrase.text.lower()) if is_measure(ctx, phrase) else None
    if split is None or not isinstance(phrase.expr, Col):
        return ""
    return split[0] if split[1] in measure_names(ctx.of(phrase.expr)) else ""


def _of_meaning(ctx: Context, index: int) -> Phrase:
    meaning, text = ctx.resolved[index], ctx.mentions[index].text
    assert meaning is not None
    at = (index,)
    if meaning.kind == "verb":
        return Phrase("unknown", at, text)
    if meaning.kind == "table":
        return Phrase("table", at, text, table=meaning.table, score=meaning.score)
    if meaning.kind == "value":
        return Phrase(
            "value",
            at,
            text,
            table=meaning.table,
            expr=Col(meaning.table, meaning.column),
            value=meaning.value,
            score=meaning.score,
        )
    if meaning.kind == "metric":
        return Phrase("metric", at, text, table=meaning.table, metric=meaning.column)
    col = Col(meaning.table, meaning.column)
    column = ctx.of(col)
    spoken = text.lower()
    if column.role == Role.FOREIGN and not any(spoken.endswith(w) for w in _ID_WORDS):
        target = ctx.target_of(col)
        if target is not None and spoken != column.label.lower() and target != meaning.table:
            return Phrase("table", at, text, table=target, expr=col, score=meaning.score)
    own = ctx.schema.model.table(meaning.table)
    if column.role == Role.NAME and spoken in (own.label.lower(), own.entity.lower(), *map(str.lower, own.synonyms)):
        return Phrase("table", at, text, table=meaning.table, score=meaning.score)
    return Phrase("expr", at, text, expr=col, score=meaning.score)


def _numbers(phrases: list[Phrase]) -> list[Phrase]:
    """Numbers with their units; units that belong to no number go."""
    result: list[Phrase] = []
    for phrase in phrases:
        last = result[-1] if result else None
        if phrase.kind == "number" and last is not None and last.kind == "each" and phrase.text == "一":
            continue  # 每一届
        if last is not None and last.kind == "each" and phrase.text in _ROUND:
            phrase = Phrase("number", phrase.spans, phrase.text, number=Number(_ROUND[phrase.text], 1, chinese=True))
        if phrase.kind == "unit":
            if last is not None and last.kind == "each" and phrase.text.startswith("万"):
                ten_thousand = Number(10_000, 1, chinese=True)
                result.append(Phrase("number", phrase.spans, phrase.text, number=ten_thousand, unit=phrase.text[1:]))
                continue
            if last is not None and last.kind == "number" and not last.unit and last.end == phrase.at:
                result[-1] = replace(last, spans=last.spans + phrase.spans, unit=phrase.text)
            continue
        result.append(phrase)
    return result


def _ranked(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """参赛国家数量排名最高: 排名 right behind another number only says that it ranks, whatever columns bear that name."""
    result = list(phrases)
    for i in range(1, len(result) - 1):
        phrase, before, after = result[i], result[i - 1], result[i + 1]
        words = phrase.kind == "expr" and phrase.text in ("排名", "名次", "排行", "位次")
        if words and is_measure(ctx, before) and after.kind in ("super", "top", "bottom", "order", "number"):
            result[i] = Phrase("sort", phrase.spans, phrase.text)
    return result


def _listed(phrases: list[Phrase]) -> list[Phrase]:
    """都有哪些国家举办过: a listing word right before a thing asks for that thing."""
    result = list(phrases)
    for i, phrase in enumerate(result[:-1]):
        if (
            phrase.kind == "listed"
            and phrase.text.endswith(("哪些", "什么"))
            and result[i + 1].kind in ("table", "expr", "unknown")
        ):
            result[i] = replace(phrase, kind="which")
    return result


def _bounds(phrases: list[Phrase]) -> list[Phrase]:
    """最多30次 is a bound, not a superlative: most and least right before a number."""
    result = list(phrases)
    for i, phrase in enumerate(result[:-1]):
        follow = result[i + 1]
        if follow.text in ("在", "于") and i + 2 < len(result):
            follow = result[i + 2]  # 最多在5个平台播放
        if follow.kind == "unknown" and i + 2 < len(result) and result[i + 2].kind == "number" and result[i + 2].unit:
            follow = result[i + 2]  # 最多写过5本书
        if (
            phrase.kind == "super"
            and phrase.text in ("最多", "最少", "最大", "最小", "最高", "最低")
            and follow.kind == "number"
        ):
            before = result[i - 1] if i else None
            if before is not None and before.kind in ("which", "sort", "top"):
                continue
            result[i] = replace(phrase, kind="cmp", payload="<=" if phrase.payload == "desc" else ">=")
    return result


def _narrowed(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """属于网络小说, where only 小说 is a value: the whole word is another value of the same column."""
    result: list[Phrase] = []
    for phrase in phrases:
        word, before = (result[-1], result[-2]) if len(result) > 1 else (None, None)
        kind = phrase.kind == "value" and isinstance(phrase.expr, Col) and ctx.of(phrase.expr).role == Role.CATEGORY
        told = before is not None and (before.kind in ("is", "not") or before.payload in ("=", "!="))
        if ctx.schema.strict and kind and told and word and word.kind == "unknown" and word.end == phrase.at:
            result.pop()
            whole = word.text + phrase.value
            phrase = replace(phrase, spans=word.spans + phrase.spans, text=whole, value=whole)
            ctx.use(*word.spans)
        result.append(phrase)
    return result


def _own(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """`企业的注册资本` is one expression; the table before it only says whose."""
    result: list[Phrase] = []
    for phrase in phrases:
        if phrase.kind == "expr":
            table = owner_of(phrase)
            k = len(result) - 1
            of = k >= 0 and result[k].kind == "of"
            k -= 1 if of else 0
            if of and k >= 0 and result[k].kind == "table" and result[k].table != table and phrase.text in _NAMES:
                named = ctx.name_of(result[k].table)  # 地图软件的名称 is its own, whatever else is called 名称
                phrase, table = replace(phrase, expr=named), named.table
            if of and k >= 0 and phrase.score >= 0.9 and _is_name_of(ctx, result[k], table):
                spans = tuple(s for p in result[k:] for s in p.spans) + phrase.spans
                del result[k:]
                phrase = replace(phrase, spans=spans, owner=table)  # 商店的商店的面积: said twice
            elif of and k >= 0 and ctx.schema.strict and phrase.text in _NAMES and _is_name_like(ctx, result[k]):
                spans = tuple(s for p in result[k:] for s in p.spans) + phrase.spans
                phrase = replace(result[k], spans=spans)  # 歌曲类型的名称 is the type itself
                del result[k:]
            elif k >= 0 and result[k].kind == "table" and result[k].table == table:
                before = result[k - 1].kind if k else ""
                near = of or phrase.at == result[k].end
                if ctx.schema.strict and not of and phrase.score < 0.6 and before == "which":
                    near = False  # 哪个国家接壤: a verb behind what is asked for
                beside = not of and phrase.at == result[k].end
                dimension = not is_measure(ctx, phrase) and not is_time(ctx, phrase)
                if near and ((beside and dimension) or before not in ("each", "by", "which", "number")):
                    spans = tuple(s for p in result[k:] for s in p.spans) + phrase.spans
                    del result[k:]
                    phrase = replace(phrase, spans=spans, owner=table)
        elif phrase.kind == "table" and _describes(ctx, result, phrase):
            rated = _rated(ctx, result[-1])
            result.pop()
            if rated is not None:
                result.append(rated)
            else:
                ctx.use(phrase.at - 1)
        elif phrase.kind == "table" and result and not ctx.schema.strict and _same_table(result[-1], phrase):
            phrase = replace(phrase, spans=result.pop().spans + phrase.spans)  # 热线工单: one thing, named twice
        elif phrase.kind == "table" and len(result) >= 2 and result[-1].kind == "of":
            own = result[-2]
            if own.kind == "table" and own.table == phrase.table and (phrase.expr is None or ctx.schema.strict):
                spans = own.spans + result[-1].spans + phrase.spans
                del result[-2:]
                phrase = Phrase("expr", spans, phrase.text, expr=ctx.name_of(phrase.table), owner=phrase.table)
        result.append(phrase)
    return result


def _is_name_of(ctx: Context, phrase: Phrase, table: str) -> bool:
    return phrase.owner == table and phrase.expr == ctx.name_of(table)


def _is_name_like(ctx: Context, phrase: Phrase) -> bool:
    """A column of words, named in full: its values are the names."""
    if phrase.kind != "expr" or not isinstance(phrase.expr, Col) or phrase.score < 0.9:
        return False
    return ctx.of(phrase.expr).role in (Role.CATEGORY, Role.NAME, Role.TEXT)


def _describes(ctx: Context, result: list[Phrase], phrase: Phrase) -> bool:
    """A级景区, 星级养老院: a kind's own name right before the things that have one; it groups nothing."""
    if ctx.schema.strict or not result or result[-1].kind != "expr" or result[-1].end != phrase.at:
        return False
    before = result[-1]
    if not isinstance(before.expr, Col) or before.expr.table != phrase.table or before.score < 0.9:
        return False
    column = ctx.of(before.expr)
    lead = result[-2].kind if len(result) > 1 else ""
    grouped = lead in ("each", "by", "which", "group", "and", "list", "period", "number")
    return column.role == Role.CATEGORY and not column.type.upper().startswith("BOOLEAN") and not grouped


def _rated(ctx: Context, phrase: Phrase) -> Phrase | None:
    """Those that have one of the kinds: a code that denies it (未评定) is none. None where every thing has one."""
    col = phrase.expr
    assert isinstance(col, Col)
    none = [code for code, meaning in ctx.of(col).codes.items() if meaning[0] in "未无不非"]
    test = conjunction([Compare(col, "!=", code) for code in none])
    return Phrase("condition", phrase.spans, phrase.text, condition=test) if test is not None else None


def _same_table(before: Phrase, phrase: Phrase) -> bool:
    return before.kind == "table" and before.table == phrase.table and before.end == phrase.at


def owner_of(phrase: Phrase) -> str:
    """The table that an expression's columns stand in."""
    columns = columns_of(phrase.expr) if phrase.expr is not None else []
    return columns[0].table if columns else phrase.table


# -- moving about -------------------------------------------------------------------------------------------------


def left(ctx: Context, index: int, skip: tuple[str, ...] = ("of", "is", "in", "unknown")) -> int | None:
    """The phrase before `index` that is not of a skipped kind; None at the beginning."""
    k = index - 1
    while k >= 0 and ctx.phrases[k].kind in skip:
        k -= 1
    return k if k >= 0 else None


def right(ctx: Context, index: int, skip: tuple[str, ...] = ("of", "is", "in", "unknown")) -> int | None:
    """The phrase after `index` that is not of a skipped kind; None at the end."""
    k = index + 1
    while k < len(ctx.phrases) and ctx.phrases[k].kind in skip:
        k += 1
    return k if k < len(ctx.phrases) else None


def is_measure(ctx: Context, phrase: Phrase) -> bool:
    """A number of each row: a measure column or a formula of them."""
    if phrase.kind != "expr" or phrase.expr is None:
        return False
    if isinstance(phrase.expr, Arithmetic):
        return True
    return isinstance(phrase.expr, Col) and ctx.of(phrase.expr).role == Role.MEASURE


def is_time(ctx: Context, phrase: Phrase) -> bool:
    return phrase.kind == "expr" and isinstance(phrase.expr, Col) and ctx.of(phrase.expr).role == Role.TIME


def is_thing(ctx: Context, phrase: Phrase) -> bool:
    """What can be listed or counted: a table's rows, or the different values of a column."""
    return phrase.kind == "table" or (phrase.kind == "expr" and not is_measure(ctx, phrase))


def fold(ctx: Context, start: int, stop: int, phrase: Phrase, also: Iterable[int] = (), *, whole: bool = False) -> None:
    """Replace phrases start…stop-1 (and those at `also`) by one; all known ones count as understood (`whole`: all)."""
    gone = set(range(start, stop)) | set(also)
    known = [k for k in gone if whole or ctx.phrases[k].kind != "unknown"]
    spans = sorted({s for k in known for s in ctx.phrases[k].spans})  # what later uses the phrase uses no unknown word
    place = min(gone)
    ctx.use(*spans)
    merged = replace(phrase, spans=tuple(spans) or phrase.spans)
    ctx.phrases = [merged if k == place else p for k, p in enumerate(ctx.phrases) if k == place or k not in gone]


def drop(ctx: Context, *indexes: int) -> None:
    """Take phrases out that have done their work."""
    ctx.use(*(s for k in indexes for s in ctx.phrases[k].spans))
    ctx.phrases = [p for k, p in enumerate(ctx.phrases) if k not in indexes]
