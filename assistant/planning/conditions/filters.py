"""What the rows must meet: comparisons, ranges, values, times, absence. Each becomes a `condition` phrase."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.bounds import read_bounds, read_counted_rows
from assistant.planning.conditions.comparisons import against_aggregate, against_mean
from assistant.planning.conditions.graded import graded
from assistant.planning.conditions.limits import limited, sought, stored, subject
from assistant.planning.conditions.picks import (
    read_absence,
    read_age,
    read_denial,
    read_free,
    read_presence,
    read_time_word,
    read_told,
    read_value,
)
from assistant.planning.conditions.rivals import against_named
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    Condition,
    Expression,
    Not,
    Operator,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, is_time, left, right
from corpus.semantics import Role


def read_filters(ctx: Context) -> None:
    """Fold everything that restricts rows or groups into `condition` phrases."""
    read_bounds(ctx)
    for step in (
        against_mean,
        against_aggregate,
        against_named,
        _ranges,
        graded,
        read_age,
        _compared,
        _compared,  # again: 不止一个注册资金不少于500万的企业 is read from the inside out
        _placed_after,
        _between_columns,
        read_absence,
        read_told,
        read_presence,
        read_free,
        read_time_word,
        read_value,
        _numbers,
        _present,
        read_denial,
        read_counted_rows,
    ):
        i = 0
        while i < len(ctx.phrases):
            if not step(ctx, i):
                i += 1


# -- subjects -----------------------------------------------------------------------------------------------------


# -- numbers ------------------------------------------------------------------------------------------------------


# -- steps: each looks at one place and says whether it changed something -------------------------------------------


def _compared(ctx: Context, i: int) -> bool:
    """大于 5, 少于 5 家企业, 数量不小于 5."""
    phrase = ctx.phrases[i]
    if phrase.kind != "cmp":
        return False
    n = right(ctx, i, ("is", "in", "than", "unknown"))
    if n is None or ctx.phrases[n].kind != "number":
        return False
    op = cast(Operator, phrase.payload)
    negated = left(ctx, i, ())
    if negated is not None and ctx.phrases[negated].kind in ("not", "without"):
        op = _OPPOSITE[op]
    else:
        negated = None
    found = _tested(ctx, i)
    follow = ctx.phrases[n + 1] if n + 1 < len(ctx.phrases) else None
    beside = follow is not None and follow.kind in ("expr", "table")
    own = found is not None and _takes(ctx, ctx.phrases[found[0]], ctx.phrases[n])
    if beside and n + 2 < len(ctx.phrases) and ctx.phrases[n + 2].kind in ("cmp", "super") and ctx.phrases[n].unit:
        return False  # 不止一个注册资金不少于500万的企业: what is counted comes later
    if not own and n + 1 < len(ctx.phrases) and ctx.phrases[n + 1].kind == "condition" and ctx.phrases[n].unit:
        k = right(ctx, n + 1, ("of", "condition"))
        if k is not None and ctx.phrases[k].kind == "table":
            counted = limited(ctx, k, None, op, ctx.phrases[n])
            if counted is not None:
                fold(ctx, i, n + 1, counted, [k])
                return True
    counts = found is not None and any(p.kind == "agg" and p.payload == "count" for p in ctx.phrases[found[0] : i])
    fits = follow is not None and (is_measure(ctx, follow) or bool(ctx.phrases[n].unit))
    if beside and follow is not None and fits and not own and not counts:
        word = found[1] if found is not None and found[1] is not None else _aggregate_left(ctx, i)
        right_side = limited(ctx, n + 1, word, op, ctx.phrases[n])
        if right_side is not None:
            also = [k for k in (word, negated) if k is not None]
            fold(ctx, i, n + 2, right_side, also)
            return True
    if found is None and (again := _same_again(ctx, i, n, op)) is not None:
        fold(ctx, i, n + 1, again, [negated] if negated is not None else [])
        return True
    if found is not None:
        at, aggregate = found
        folded = limited(ctx, at, aggregate, op, ctx.phrases[n])
        if folded is not None:
            also = [at] + ([aggregate] if aggregate is not None else [])
            also += [k for k in range(min(also, default=i), i) if ctx.phrases[k].kind in ("of", "is", "howmany", "not")]
            shared = any(m.text in ("都", "均") for m in ctx.mentions[ctx.phrases[at].end : phrase.at])
            number = ctx.phrases[n]
            fold(ctx, i, n + 1, folded, also)
            if shared and not ctx.schema.strict:
                _bounded_too(ctx, min(also), op, number)
            return True
    if found is None and follow is not None and follow.kind == "of" and n + 2 < len(ctx.phrases):
        owned = limited(ctx, n + 2, None, op, ctx.phrases[n]) if is_measure(ctx, ctx.phrases[n + 2]) else None
        if owned is not None:  # 有不少于1000的座位
            fold(ctx, i, n + 3, owned)
            return True
    return False


def _bounded_too(ctx: Context, at: int, op: Operator, number: Phrase) -> None:
    """检查次数和就诊次数都超过2次: the bound holds for what is linked before it as well."""
    while at > 1 and ctx.phrases[at - 1].kind in ("and", "comma"):
        found = subject(ctx, at - 1)
        other = limited(ctx, found[0], found[1], op, number) if found is not None else None
        if found is None or other is None:
            return
        fold(ctx, found[0], at, other)
        at = found[0]


def _tested(ctx: Context, i: int) -> tuple[int, int | None] | None:
    """The subject of a comparison; what 哪 asks for is not what is counted: 哪些国家被多于2条线路包含."""
    found = subject(ctx, i)
    if found is None or found[1] is not None or not sought(ctx, found[0]):
        return found
    counts = any(p.kind == "agg" and p.payload == "count" for p in ctx.phrases[found[0] : i])
    n = right(ctx, i, ("number",))
    ends = n is None or ctx.phrases[n].kind == "comma" or not ctx.phrases[n].text[:1].isalnum()
    return found if counts or (ends and found[0] == i - 1) else None


def _same_again(ctx: Context, i: int, n: int, op: Operator) -> Phrase | None:
    """大于100小于500, 低于5或者高于9: a second bound, of what the first is of."""
    k = left(ctx, i, ("and", "or", "comma", "but", "not", "without", "is"))
    first = ctx.phrases[k] if k is not None and ctx.phrases[k].kind == "condition" else None
    bounds = (">", ">=", "<", "<=")
    own = right(ctx, n, ("of",))
    if first is None or (own is not None and is_measure(ctx, ctx.phrases[own])):
        return None  # 有不少于90的展品数 has a subject of its own
    test, having = first.condition, first.having
    if isinstance(test, Compare) and test.right is None and test.op in bounds and not isinstance(test.value, str):
        return Phrase("condition", (), condition=Compare(test.left, op, stored(ctx, ctx.phrases[n], test.left)))
    number = ctx.phrases[n].number
    if having is not None and having.op in bounds and having.against is None and not having.mean and number is not None:
        of = having.measure.of
        value = stored(ctx, ctx.phrases[n], of) if of is not None else number.value
        return Phrase("condition", (), having=replace(having, op=op, value=float(value)), table=first.table)
    return None


def _takes(ctx: Context, phrase: Phrase, number: Phrase) -> bool:
    """Whether a comparison with this number can speak of the phrase's own value."""
    return is_measure(ctx, phrase) or (is_time(ctx, phrase) and number.unit in ("", "年", "岁", "点"))


_OPPOSITE: dict[Operator, Operator] = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}


def _aggregate_left(ctx: Context, i: int) -> int | None:
    k = left(ctx, i, ("of", "is", "howmany", "unknown"))
    return k if k is not None and ctx.phrases[k].kind == "agg" else None


def _placed_after(ctx: Context, i: int) -> bool:
    """60岁以上, 100个以上的跨国公司."""
    phrase = ctx.phrases[i]
    if phrase.kind != "cmp_after" or i == 0 or ctx.phrases[i - 1].kind != "number":
        return False
    op, number = cast(Operator, phrase.payload), ctx.phrases[i - 1]
    if ctx.schema.strict and phrase.text.startswith(("以上", "以下")):
        op = ">" if op == ">=" else "<"  # as the public benches read them; people mean them with the bound itself
    found = _tested(ctx, i - 1)
    k = right(ctx, i, ())
    follows = k is not None and ctx.phrases[k].kind == "table" and not phrase.text.endswith("的")
    if found is not None and follows and found[1] is None:
        found = found if _takes(ctx, ctx.phrases[found[0]], number) else None  # 有一首以上主题曲的电视剧
    if found is not None:
        folded = limited(ctx, found[0], found[1], op, number)
        if folded is not None:
            fold(ctx, i - 1, i + 1, folded, [found[0]] + ([found[1]] if found[1] is not None else []))
            return True
    if number.unit in ("岁", "周岁"):
        for column in ctx.table.columns:
            col = Col(ctx.root, column.name)
            if "年龄" in column.label and ctx.is_number(col) and column.role in (Role.MEASURE, Role.CATEGORY):
                fold(ctx, i - 1, i + 1, Phrase("condition", (), condition=Compare(col, op, stored(ctx, number, col))))
                return True
    k = right(ctx, i, ("of",))
    if k is not None and ctx.phrases[k].kind in ("expr", "table"):
        folded = limited(ctx, k, None, op, number)
        if folded is not None:
            fold(ctx, i - 1, k + 1, folded)
            return True
    return False


def _between_columns(ctx: Context, i: int) -> bool:
    """当前价高于今开股价."""
    phrase = ctx.phrases[i]
    if phrase.kind != "cmp":
        return False
    k, found = right(ctx, i), subject(ctx, i)
    if k is None or found is None or found[1] is not None:
        return False
    a, b = ctx.phrases[found[0]], ctx.phrases[k]
    if not (is_measure(ctx, a) and is_measure(ctx, b)) or a.expr == b.expr:
        return False
    condition = Compare(cast(Expression, a.expr), cast(Operator, phrase.payload), right=b.expr)
    fold(ctx, i, k + 1, Phrase("condition", (), condition=condition), [found[0]])
    return True


def _ranges(ctx: Context, i: int) -> bool:
    """在100到200之间, 介于1%与2%之间."""
    if ctx.phrases[i].kind == "number" and i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].kind == "number":
        linked = "".join(m.text for m in ctx.mentions[ctx.phrases[i].end : ctx.phrases[i + 1].at])
        return linked in ("到", "至", "-", "~", "—") and _within(ctx, i, i + 1)
    if i + 2 >= len(ctx.phrases):
        return False
    low, link, high = ctx.phrases[i : i + 3]
    if low.kind != "number" or high.kind != "number":
        return False
    if link.text in ("或", "或者") and low.end >= link.at and _either(ctx, i):
        return True
    closing = right(ctx, i + 2, ("of", "is"))
    closed = closing is not None and ctx.phrases[closing].kind == "between"
    if link.text not in ("到", "至", "-", "~", "—", "和", "与", "、", "或") or (
        link.text in ("和", "与", "、", "或") and not closed
    ):
        return False
    return _within(ctx, i, i + 2)


def _within(ctx: Context, i: int, n: int) -> bool:
    """The column before two numbers lies between them."""
    low, high = ctx.phrases[i], ctx.phrases[n]
    if not low.unit and high.unit and high.number is not None and low.number is not None:
        low = replace(low, unit=high.unit)
    closing = right(ctx, n, ("of", "is"))
    closed = closing is not None and ctx.phrases[closing].kind == "between"
    found = subject(ctx, i)
    if found is None or ctx.phrases[found[0]].kind != "expr":
        return False
    at, aggregate = found
    op_low, op_high = (">", "<") if ctx.schema.strict else (">=", "<=")
    a = limited(ctx, at, aggregate, cast(Operator, op_low), low)
    b = limited(ctx, at, aggregate, cast(Operator, op_high), high)
    if a is None or b is None or a.condition is None or b.condition is None:
        return False
    both: Condition = And((a.condition, b.condition))
    before = left(ctx, i, ("of", "is", "in", "between"))
    denied = [before] if before is not None and ctx.phrases[before].kind in ("not", "without") else []
    folded = Phrase("condition", (), condition=Not(both) if denied else both)
    fold(ctx, i, (cast(int, closing) if closed else n) + 1, folded, [at, *denied])
    return True


def _either(ctx: Context, i: int) -> bool:
    """3或4个高铁站: one of two numbers."""
    low, high = ctx.phrases[i], ctx.phrases[i + 2]
    assert low.number is not None and high.number is not None
    after = i + 3 if i + 3 < len(ctx.phrases) and is_measure(ctx, ctx.phrases[i + 3]) else None
    before = subject(ctx, i)
    at = after if after is not None else before[0] if before is not None else None
    if at is None or not is_measure(ctx, ctx.phrases[at]):
        return False
    expr = cast(Expression, ctx.phrases[at].expr)
    test = Compare(expr, "in", (low.number.value, high.number.value))
    fold(ctx, i, i + 3, Phrase("condition", (), condition=test), [at])
    return True


def _numbers(ctx: Context, i: int) -> bool:
    """年龄为40, 建交国家72个: a number right beside its measure."""
    phrase = ctx.phrases[i]
    if phrase.kind != "number" or phrase.number is None:
        return False
    k = left(ctx, i, ("is",))
    op: Operator = "="
    also: list[int] = []
    if k is not None and ctx.phrases[k].kind == "not":
        op = "!="
        also.append(k)
        k = left(ctx, k, ("is", "of"))
    if k is not None and (k == i - 1 or also or ctx.phrases[i - 1].kind == "is") and _equal_to(ctx, k, phrase):
        folded = limited(ctx, k, None, op, phrase)
        if folded is not None and folded.condition is not None:
            fold(ctx, i, i + 1, folded, [*also, k])
            return True
    if (
        i + 1 < len(ctx.phrases)
        and phrase.unit
        and is_measure(ctx, ctx.phrases[i + 1])
        and ctx.phrases[i + 1].score >= 0.9
    ):
        before = ctx.phrases[i - 1].kind if i else ""
        if before not in ("which", "super", "top", "bottom", "each"):
            folded = limited(ctx, i + 1, None, op, phrase)
            if folded is not None and folded.condition is not None:
                fold(ctx, i, i + 2, folded, also)
                return True
    return False


def _equal_to(ctx: Context, k: int, number: Phrase) -> bool:
    phrase = ctx.phrases[k]
    return phrase.kind == "expr" and (
        is_measure(ctx, phrase) or (isinstance(phrase.expr, Col) and ctx.is_number(phrase.expr))
    )


def _present(ctx: Context, i: int) -> bool:
    """有国外驻华大使馆的城市: a count named behind 有, with nothing asked of it, is above zero."""
    phrase = ctx.phrases[i]
    if not ctx.schema.strict or not is_measure(ctx, phrase) or not isinstance(phrase.expr, Col):
        return False
    label = ctx.of(phrase.expr).label
    lead = ctx.mentions[phrase.at - 1].text if phrase.at else ""
    if ctx.bare(label) == label or lead not in ("有", "拥有", "具有", "设有", "建有"):
        return False
    after = ctx.phrases[i + 1].kind if i + 1 < len(ctx.phrases) else ""
    thing = i + 2 < len(ctx.phrases) and ctx.phrases[i + 2].kind in ("table", "expr")
    asked = any(p.kind in ("agg", "super", "howmany", "list") for p in ctx.phrases[max(0, i - 2) : i])
    if asked or not (after in ("comma", "") or (after == "of" and thing) or after == "table"):
        return False
    fold(ctx, i, i + 1, Phrase("condition", (), condition=Compare(phrase.expr, ">", 0)))
    return True
