"""Numbers computed row by row from several columns: 机场和火车站数量之和, 当前价减去今开股价, 每个城市平均服务用户."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, cast

from assistant.planning.linking.scales import kind_of
from assistant.planning.numbers.quotients import read_quotients
from assistant.planning.plan import Arithmetic, Col, Expression
from assistant.planning.reading.compounds import named_by_both, read_compounds
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, left, owner_of, right
from corpus.semantics import Additivity, Role

Operation = Literal["+", "-", "*", "/"]
_AFTER: dict[str, Operation] = {
    "之和": "+", "总和": "+", "的总和": "+", "加起来": "+", "合计": "+", "相加": "+", "之差": "-", "的差": "-", "差": "-", "差值": "-",
    "差额": "-", "差价": "-", "差距": "-", "之比": "/", "比值": "/", "比": "/", "的比值": "/", "之积": "*", "乘积": "*", "的乘积": "*",
    "总共": "+", "一共": "+",
}  # fmt: skip
_BETWEEN: dict[str, Operation] = {
    "减去": "-", "减": "-", "减掉": "-", "除以": "/", "加上": "+", "加": "+", "乘以": "*", "乘": "*", "与": "+", "和": "+",
}  # fmt: skip
_RATE = re.compile(r"(?:率|比例|占比|比重|排名|价格|单价|均价)$")
_COUNTING = re.compile(r"(?:总数量|总数|总人数|总量|数量|人数|个数|总额|数目|数|量|额)$")


def read_formulas(ctx: Context) -> None:
    """Fold formulas of columns into single expressions."""
    read_compounds(ctx)
    _shares_of(ctx)
    read_quotients(ctx)
    _redundant(ctx)
    _jointly(ctx)
    _shared_heads(ctx)
    _operations(ctx)
    _together(ctx)
    _per_each(ctx)


def _together(ctx: Context) -> None:
    """机场和火车站最少: two numbers of things, ranked as one."""
    i = 0
    while i + 3 < len(ctx.phrases):
        a, link, b, word = ctx.phrases[i : i + 4]
        counted = is_measure(ctx, a) and is_measure(ctx, b) and isinstance(a.expr, Col) and isinstance(b.expr, Col)
        ranked = (word.kind == "super" and word.text in ("最多", "最少")) or word.kind in ("order", "sort")
        if counted and link.kind == "and" and ranked and isinstance(a.expr, Col) and isinstance(b.expr, Col):
            both = (ctx.of(a.expr).label, ctx.of(b.expr).label)
            if a.expr.table == b.expr.table and a.expr != b.expr and all(ctx.bare(x) != x for x in both):
                total = Arithmetic("+", a.expr, b.expr)
                fold(ctx, i, i + 3, Phrase("expr", (), a.text + b.text, expr=total, score=0.95))
        i += 1


def _shares_of(ctx: Context) -> None:
    """所占份额, 占所在城市多少份额: the column that 占… begins and the noun ends, whatever is asked of it between them."""
    for i, phrase in enumerate(ctx.phrases):
        partial = phrase.kind == "expr" and phrase.score < 0.9
        if not (phrase.kind == "share" or partial) or "占" not in phrase.text:
            continue
        head = phrase.text[phrase.text.index("占") :]
        k = right(ctx, i, ("of", "howmany", "agg"))
        noun = ctx.phrases[k] if k is not None else None
        if k is None or noun is None or noun.kind not in ("unknown", "expr") or len(noun.text) < 2:
            continue
        for table in (ctx.root, *ctx.near()):
            columns = [
                c
                for c in ctx.schema.model.table(table).columns
                if c.role == Role.MEASURE and c.label.startswith(head) and c.label.endswith(noun.text)
            ]
            if len(columns) == 1:
                found = Phrase("expr", noun.spans, columns[0].label, expr=Col(table, columns[0].name), score=0.97)
                ctx.use(*phrase.spans)
                ctx.phrases[k] = found
                del ctx.phrases[i]
                _shares_of(ctx)
                return


def _redundant(ctx: Context) -> None:
    """结婚登记的人数: a counting word behind a number that is a count already says nothing more."""
    i = 1
    while i < len(ctx.phrases):
        phrase = ctx.phrases[i]
        k = i - 2 if ctx.phrases[i - 1].kind == "of" and i > 1 else i - 1
        counts = phrase.kind == "agg" and phrase.payload == "count"
        if counts and is_measure(ctx, ctx.phrases[k]) and ctx.phrases[k].score >= 0.9:
            fold(ctx, k, i + 1, ctx.phrases[k])
            i = k
        elif phrase.kind == "expr" and ctx.phrases[i - 1].text == "总" and _totals(ctx, phrase):
            fold(ctx, i - 1, i + 1, phrase)  # 总获票数 is 总得票数, whose own name says 总
            continue
        i += 1


def _totals(ctx: Context, phrase: Phrase) -> bool:
    return isinstance(phrase.expr, Col) and is_measure(ctx, phrase) and ctx.of(phrase.expr).label.startswith("总")


def _jointly(ctx: Context) -> None:
    """建交72个国家, 覆盖多少城市: verb and noun on both sides of a number together name a column."""
    i = 0
    while i < len(ctx.phrases):
        phrase = ctx.phrases[i]
        if phrase.kind in ("number", "howmany") or (phrase.kind == "super" and i + 1 < len(ctx.phrases)):
            low = left(ctx, i, ("cmp", "agg", "howmany", "super", "unknown", "not", "is", "between", "of"))
            b = (
                right(ctx, i, ("howmany",))
                if phrase.kind != "number"
                else (i + 1 if i + 1 < len(ctx.phrases) else None)
            )
            if b is not None:
                _joint(ctx, i, low, b)
        if phrase.kind == "agg" and phrase.payload == "count" and i:  # 参赛的国家数量
            b = left(ctx, i, ("of",))
            if b is not None and ctx.phrases[b].kind in ("table", "unknown"):
                low = left(ctx, b, ("of",))
                before = len(ctx.phrases)
                _joint(ctx, b, low, b)
                i -= before - len(ctx.phrases)
                if is_measure(ctx, ctx.phrases[i - 1]) and ctx.phrases[i].kind == "agg":
                    fold(ctx, i - 1, i + 1, ctx.phrases[i - 1])
                    continue
        i += 1


def _joint(ctx: Context, at: int, low: int | None, b: int) -> None:
    noun = ctx.phrases[b]
    if noun.kind not in ("table", "expr", "unknown") or (
        noun.kind == "expr" and noun.score >= 0.9 and is_measure(ctx, noun)
    ):
        return
    after = ctx.phrases[b + 1] if at != b and b + 1 < len(ctx.phrases) else None
    told = after is not None and after.kind == "expr" and (after.score < 0.9 or is_measure(ctx, after))
    if after is not None and (after.kind == "unknown" or told):
        found = named_by_both(ctx, after, noun)  # 30个国家参赛
        if found is not None:
            fold(ctx, b, b + 2, Phrase("expr", (), noun.text, expr=found, score=0.95), whole=True)
            return
    between = [
        k
        for k in range(max(0, (low if low is not None else at)), at)
        if ctx.phrases[k].kind in ("unknown", "expr", "table")
    ]
    for k in reversed(between):
        verb = ctx.phrases[k]
        found = named_by_both(ctx, verb, noun)
        if found is None:
            continue
        merged = replace(noun, kind="expr", expr=found, score=0.95, table="")
        ctx.use(*verb.spans)
        ctx.phrases[b] = replace(merged, spans=noun.spans)
        if verb.kind != "table":
            ctx.phrases.pop(k)
        return


def _shared_heads(ctx: Context) -> None:
    """学生 = 本科生 + 研究生, 枪支总数 = 民用枪支数 + 军用枪支数: a noun that several columns of one table end in."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind == "unknown" or (phrase.kind == "expr" and phrase.score < 0.9 and is_measure(ctx, phrase)):
            one = _one_of_family(ctx, phrase)
            if one is not None:
                ctx.phrases[i] = replace(phrase, kind="expr", expr=one, score=0.95)
                ctx.use(*phrase.spans)
                continue
            follow = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
            found = _family(ctx, phrase, follow is not None and follow.kind in ("agg", "howmany"))
            if found is not None:
                ctx.phrases[i] = replace(phrase, kind="expr", expr=found, score=0.9)
                ctx.use(*phrase.spans)
                if (
                    follow is not None
                    and follow.kind == "agg"
                    and follow.text in ("总数", "数量", "总量", "人数", "总人数", "个数", "数")
                ):
                    fold(ctx, i, i + 2, ctx.phrases[i])
                    _shared_heads(ctx)
                    return


def _one_of_family(ctx: Context, phrase: Phrase) -> Col | None:
    """小项目, 大项目: the one letter before the noun is how one column's name begins, and no other's."""
    letter = ctx.mentions[phrase.at - 1].text if phrase.at else ""
    if len(letter) != 1 or len(phrase.text) < 2:
        return None
    for table in (ctx.root, *ctx.near()):
        numbers = [
            c for c in ctx.schema.model.table(table).columns if c.role == Role.MEASURE and phrase.text in c.label
        ]
        begins = [c for c in numbers if c.label.startswith(letter)]
        if len(begins) == 1 and len(numbers) > 1:
            return Col(table, begins[0].name)
    return None


def _family(ctx: Context, phrase: Phrase, counted: bool) -> Arithmetic | None:
    noun = _COUNTING.sub("", phrase.text) or phrase.text
    if len(noun) < 2:
        return None
    tables = [owner_of(phrase)] if phrase.kind == "expr" else [ctx.root, *ctx.near()]
    for table in tables:
        bare = {
            c.name: _COUNTING.sub("", c.label)
            for c in ctx.schema.model.table(table).columns
            if c.role == Role.MEASURE and c.additivity != Additivity.AVERAGE and not _RATE.search(c.label)
        }
        tails = [noun] if len(noun) > 2 or not counted else [noun, noun[-1]]
        for tail in (*tails, noun[-1]) if phrase.kind == "unknown" else tails:
            family = [name for name, label in bare.items() if label.endswith(tail) and len(label) > len(tail)]
            units = {c.label[len(bare[c.name]) :] for c in ctx.schema.model.table(table).columns if c.name in family}
            if len(family) == 2 and len(units) == 1 and noun not in bare.values():
                a, b = (Col(table, name) for name in family)
                return Arithmetic("+", a, b)
    return None


def _operations(ctx: Context) -> None:
    i = 0
    while i + 2 < len(ctx.phrases):
        a, link, b = ctx.phrases[i : i + 3]
        op = _BETWEEN.get(link.text) if link.kind in ("and", "unknown", "gap", "of", "but", "plus") else None
        if op and _number_like(ctx, a) and _number_like(ctx, b) and a.expr != b.expr:
            after = right(ctx, i + 2, ("of",))
            tail = ctx.phrases[after] if after is not None else None
            named = (
                _AFTER.get(tail.text)
                if tail is not None and tail.kind in ("agg", "gap", "unknown", "share", "than")
                else None
            )
            if tail is not None and tail.kind == "than" and not _ends_here(ctx, after):
                named = None
            if link.text in ("和", "与", "、", "及", "同", "跟"):
                if named is None or (named == "+" and (owner_of(a) != owner_of(b) or _unlike(ctx, a, b))):
                    i += 1
                    continue
                op = named
                stop = cast(int, after) + 1
            else:
                stop = i + 3
                if tail is not None and named == op:
                    stop = cast(int, after) + 1
            formula = Arithmetic(op, cast(Expression, a.expr), cast(Expression, b.expr))
            fold(ctx, i, stop, Phrase("expr", (), a.text + link.text + b.text, expr=formula), whole=True)
            continue
        if link.kind == "than" and is_measure(ctx, a) and is_measure(ctx, b) and a.expr != b.expr:
            gap = right(ctx, i + 2, ("of",))
            if gap is not None and ctx.phrases[gap].kind in ("gap", "times") and owner_of(a) == owner_of(b):
                op = "-" if ctx.phrases[gap].kind == "gap" else "/"  # 出生人口比死亡人口多多少
                formula = Arithmetic(op, cast(Expression, a.expr), cast(Expression, b.expr))
                fold(ctx, i, gap + 1, Phrase("expr", (), a.text + link.text + b.text, expr=formula), whole=True)
                continue
        i += 1


def _unlike(ctx: Context, a: Phrase, b: Phrase) -> bool:
    """金额和人数合计: numbers in two units are no sum; each has its own."""
    units = [ctx.of(p.expr).unit for p in (a, b) if isinstance(p.expr, Col)]
    if ctx.schema.strict or len(units) < 2 or not all(units) or units[0] == units[1]:
        return False
    return kind_of(units[0]) != kind_of(units[1]) or not kind_of(units[0])


def _ends_here(ctx: Context, index: int | None) -> bool:
    """比 after two columns is a ratio only when no third thing follows to compare with."""
    follow = ctx.phrases[index + 1].kind if index is not None and index + 1 < len(ctx.phrases) else "comma"
    return follow in ("comma", "super", "order", "sort", "cmp", "howmany", "of", "is", "listed")


def _number_like(ctx: Context, phrase: Phrase) -> bool:
    return is_measure(ctx, phrase) or (
        phrase.kind == "expr" and isinstance(phrase.expr, Col) and ctx.of(phrase.expr).role == Role.TIME
    )


def _per_each(ctx: Context) -> None:
    """每个城市平均服务用户, 平均每个城市的服务用户: one measure of a row over another."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind != "each" and phrase.text != "平均每":
            continue
        k = i + 1
        under = ctx.phrases[k] if k < len(ctx.phrases) else None
        if under is None:
            return
        follow = right(ctx, k, ("of", "agg", "howmany", "unknown"))
        if follow is not None and isinstance(ctx.phrases[follow].expr, Arithmetic):
            continue
        if follow is None or follow > k + 4:
            continue
        over = ctx.phrases[follow]
        lead = next((j for j in range(i, max(-1, i - 3), -1) if _averages(ctx.phrases[j])), None)
        averaged = lead is not None or any(_averages(p) for p in ctx.phrases[k:follow])
        if not averaged or not is_measure(ctx, over):
            continue
        divisor = under.expr if is_measure(ctx, under) and owner_of(under) == owner_of(over) else None
        divisor = divisor or _counterpart(ctx, under, over)
        if divisor is None or divisor == over.expr:
            continue
        start = lead if lead is not None else i
        formula = Arithmetic("/", cast(Expression, over.expr), divisor)
        fold(ctx, start, follow + 1, Phrase("expr", (), over.text, expr=formula))
        _per_each(ctx)  # the row of phrases has changed
        return


def _averages(phrase: Phrase) -> bool:
    return phrase.kind == "agg" and phrase.payload == "avg"


def _counterpart(ctx: Context, under: Phrase, over: Phrase) -> Col | None:
    """The count column of `over`'s table that counts what `under` names: 城市 → 覆盖城市数."""
    if under.kind not in ("table", "expr", "unknown") or not under.text:
        return None
    table = ctx.schema.model.table(owner_of(over))
    for column in table.columns:
        if column.role == Role.MEASURE and _COUNTING.sub("", column.label).endswith(under.text):
            return Col(table.name, column.name)
    return None
