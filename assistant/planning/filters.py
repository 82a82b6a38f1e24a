"""What the rows must meet: comparisons, ranges, values, times, absence. Each becomes a `condition` phrase."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.context import Context
from assistant.planning.phrases import Phrase, drop, fold, is_measure, is_time, left, owner_of, right
from assistant.planning.plan import (
    Aggregate,
    And,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Having,
    Measure,
    Member,
    Operator,
    YearsSince,
    columns_of,
    conjunction,
)
from assistant.planning.timing import time_conditions
from corpus.semantics import Role

_AGGREGATES = ("sum", "avg", "max", "min", "median")


def read_filters(ctx: Context) -> None:
    """Fold everything that restricts rows or groups into `condition` phrases."""
    for step in (
        _aggregated,
        _ranges,
        _ages,
        _compared,
        _compared,  # again: 不止一个注册资金不少于500万的企业 is read from the inside out
        _placed_after,
        _between_columns,
        _absent,
        _times,
        _values,
        _numbers,
        _present,
        _denied,
    ):
        i = 0
        while i < len(ctx.phrases):
            if not step(ctx, i):
                i += 1


# -- subjects -----------------------------------------------------------------------------------------------------


def subject(ctx: Context, index: int) -> tuple[int, int | None] | None:
    """What stands before a comparison or a superlative at `index`: its phrase, and the aggregate word that goes with it."""
    aggregate: int | None = None
    k: int | None = index
    skipped = ("sort",) if ctx.phrases[index].kind in ("super", "top", "bottom") else ()
    for _ in range(5):
        k = (
            left(ctx, k, (*skipped, "of", "is", "in", "howmany", "unknown", "not", "without", "each", "scope"))
            if k is not None
            else None
        )
        if k is None:
            return None
        phrase = ctx.phrases[k]
        if phrase.kind == "agg":
            aggregate = k
            continue
        if phrase.kind in ("expr", "table", "metric", "amount"):
            if phrase.kind == "amount":
                return k, None
            if aggregate is None:
                before = left(ctx, k, ("of",))
                if (
                    before is not None
                    and before == k - 1
                    and ctx.phrases[before].kind == "super"
                    and is_measure(ctx, phrase)
                ):
                    aggregate = before  # 最小车型数量大于1
                elif (
                    before is not None and ctx.phrases[before].kind == "agg" and ctx.phrases[before].payload != "count"
                ):
                    aggregate = before
            return k, aggregate
        return None if aggregate is None else (aggregate, aggregate)
    return None


def aggregate_of(ctx: Context, index: int | None) -> str:
    """The aggregate that a word at `index` stands for; empty for none."""
    if index is None or ctx.phrases[index].kind not in ("agg", "super"):
        return ""
    return {"desc": "max", "asc": "min"}.get(ctx.phrases[index].payload, ctx.phrases[index].payload)


def _uncountable(number: Phrase) -> bool:
    return number.unit in ("岁", "元", "万元", "亿元", "分")


def measured(ctx: Context, phrase: Phrase, aggregate: str) -> Measure | None:
    """A phrase under an aggregate: a measure, or a count of things."""
    if phrase.kind == "metric":
        return ctx.metric(phrase.metric)
    if phrase.kind == "table":
        return ctx.counting(phrase.table)
    if phrase.kind != "expr" or phrase.expr is None:
        return None
    table = owner_of(phrase)
    if is_measure(ctx, phrase) or (is_time(ctx, phrase) and aggregate in ("max", "min")):
        if aggregate in _AGGREGATES:
            return Measure(cast(Aggregate, aggregate), phrase.expr, table=table)
        return ctx.default_of(phrase.expr)
    return ctx.count_of(cast(Col, phrase.expr))


# -- numbers ------------------------------------------------------------------------------------------------------


def stored(ctx: Context, number: Phrase, expr: Expression) -> float | str:
    """The number as the column stores it: percentages and units accounted for."""
    assert number.number is not None
    value = number.number.value
    columns = columns_of(expr)
    column = ctx.of(columns[0]) if columns else None
    if column is None:
        return value
    if number.number.percent:
        high = ctx.schema.values.range(columns[0].table, columns[0].name).high
        percents = column.unit in ("%", "％") or (isinstance(high, float) and high > 1.5 and not ctx.schema.strict)
        return value * 100 if percents and isinstance(expr, Col) else value
    if column.role == Role.TIME and isinstance(expr, Col) and not ctx.is_number(expr):
        if ":" in number.text or "：" in number.text:
            return number.text.replace("：", ":")
        return f"{int(value)}:00" if number.unit == "点" else str(int(value))
    unit = number.unit
    scaled = any(c in number.text for c in "万亿千百") or unit in ("元", "块", "块钱", "万元", "亿元")
    if unit in ("万元", "亿元", "亿", "万平方米", "万人"):
        value *= 1e8 if unit.startswith("亿") else 1e4
    if unit in ("分钟", "小时") and column.unit == "秒":
        return value * (60 if unit == "分钟" else 3600)
    if column.scale != 1 and (
        scaled or (unit and unit != column.unit and not (column.scale >= 1e4 and value < column.scale / 100))
    ):
        value /= column.scale
    return value


def _limit(ctx: Context, at: int, aggregate: int | None, op: Operator, number: Phrase) -> Phrase | None:
    """`subject op number` as a condition on rows or on groups."""
    phrase = ctx.phrases[at]
    word = aggregate_of(ctx, aggregate)
    assert number.number is not None
    if phrase.kind == "amount":
        return None
    if phrase.kind == "agg":
        if word != "count":
            return None
        return Phrase("condition", (), having=Having(ctx.counting(), op, number.number.value))
    if phrase.kind == "table":
        if number.unit in ("年", "岁") and number.number.value < 200 and (age_of := ctx.time_of(phrase.table)):
            age = YearsSince(age_of, ctx.schema.today.year)
            return Phrase("condition", (), condition=Compare(age, op, number.number.value))
        named = _unit_column(ctx, phrase.table, number.unit) or _amount_column(ctx, phrase, number)
        if named is not None and word != "count":
            return Phrase("condition", (), condition=Compare(named, op, stored(ctx, number, named)))
        if _uncountable(number):
            return None
        return Phrase(
            "condition", (), having=Having(ctx.counting(phrase.table), op, number.number.value), table=phrase.table
        )
    if phrase.kind == "metric":
        metric = ctx.metric(phrase.metric)
        scale = 100 if number.number.percent and metric.unit in ("%", "％") else 1
        return Phrase("condition", (), having=Having(metric, op, number.number.value * scale))
    assert phrase.expr is not None
    if is_time(ctx, phrase):
        if number.unit not in ("", "年", "岁", "点"):
            return None
        if (
            number.number.value < 1000
            and isinstance(phrase.expr, Col)
            and number.unit != "点"
            and ":" not in number.text
        ):
            age = YearsSince(phrase.expr, ctx.schema.today.year)
            return Phrase("condition", (), condition=Compare(age, op, number.number.value))
        return Phrase("condition", (), condition=Compare(phrase.expr, op, stored(ctx, number, phrase.expr)))
    if is_measure(ctx, phrase):
        if number.unit in ("岁", "周岁") and not any("龄" in ctx.of(c).label for c in columns_of(phrase.expr)):
            return None
        value = stored(ctx, number, phrase.expr)
        if word in _AGGREGATES and isinstance(value, float):
            measure = Measure(cast(Aggregate, word), phrase.expr, table=owner_of(phrase))
            return Phrase("condition", (), having=Having(measure, op, value))
        return Phrase("condition", (), condition=Compare(phrase.expr, op, value, text=phrase.text))
    col = cast(Col, phrase.expr)
    if ctx.is_number(col):
        return Phrase("condition", (), condition=Compare(col, op, stored(ctx, number, col)))
    return (
        None
        if _uncountable(number)
        else Phrase("condition", (), having=Having(ctx.count_of(col), op, number.number.value))
    )


_UNITS: dict[str, tuple[str, ...]] = {
    "分": ("评分", "得分", "分数"), "元": ("价", "费"), "岁": ("年龄",), "平方米": ("面积",), "平米": ("面积",), "公里": ("里程", "长度"),
}  # fmt: skip


def _amount_column(ctx: Context, phrase: Phrase, number: Phrase) -> Col | None:
    """融资超过一千万: a sum of money cannot count rows; the measure that carries the table's name is meant."""
    assert number.number is not None
    large = number.number.value >= 10_000 or number.number.percent or number.unit in ("元", "块", "万元", "亿元")
    if not large or number.unit not in ("", "元", "块", "万元", "亿元"):
        return None
    for table in (ctx.root, phrase.table):
        found = [
            c for c in ctx.schema.model.table(table).columns if c.role == Role.MEASURE and phrase.text[-2:] in c.label
        ]
        if found:
            return Col(table, found[0].name)
    return None


def _unit_column(ctx: Context, table: str, unit: str) -> Col | None:
    """The one measure of a table that a unit alone points to: 七分 → 评分."""
    found = [
        Col(table, c.name)
        for c in ctx.schema.model.table(table).columns
        if c.role == Role.MEASURE and any(h in c.label for h in _UNITS.get(unit, ()))
    ]
    return found[0] if len(found) == 1 else None


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
    found = subject(ctx, i)
    follow = ctx.phrases[n + 1] if n + 1 < len(ctx.phrases) else None
    beside = follow is not None and follow.kind in ("expr", "table")
    own = found is not None and _takes(ctx, ctx.phrases[found[0]], ctx.phrases[n])
    if beside and n + 2 < len(ctx.phrases) and ctx.phrases[n + 2].kind in ("cmp", "super") and ctx.phrases[n].unit:
        return False  # 不止一个注册资金不少于500万的企业: what is counted comes later
    if not own and n + 1 < len(ctx.phrases) and ctx.phrases[n + 1].kind == "condition" and ctx.phrases[n].unit:
        k = right(ctx, n + 1, ("of", "condition"))
        if k is not None and ctx.phrases[k].kind == "table":
            counted = _limit(ctx, k, None, op, ctx.phrases[n])
            if counted is not None:
                fold(ctx, i, n + 1, counted, [k])
                return True
    counts = found is not None and any(p.kind == "agg" and p.payload == "count" for p in ctx.phrases[found[0] : i])
    fits = follow is not None and (is_measure(ctx, follow) or bool(ctx.phrases[n].unit))
    if beside and follow is not None and fits and not own and not counts:
        word = found[1] if found is not None and found[1] is not None else _aggregate_left(ctx, i)
        right_side = _limit(ctx, n + 1, word, op, ctx.phrases[n])
        if right_side is not None:
            also = [k for k in (word, negated) if k is not None]
            fold(ctx, i, n + 2, right_side, also)
            return True
    if found is not None:
        at, aggregate = found
        folded = _limit(ctx, at, aggregate, op, ctx.phrases[n])
        if folded is not None:
            also = [at] + ([aggregate] if aggregate is not None else [])
            also += [k for k in range(min(also, default=i), i) if ctx.phrases[k].kind in ("of", "is", "howmany", "not")]
            fold(ctx, i, n + 1, folded, also)
            return True
    return False


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
    found = subject(ctx, i - 1)
    if found is not None:
        folded = _limit(ctx, found[0], found[1], op, number)
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
        folded = _limit(ctx, k, None, op, number)
        if folded is not None:
            fold(ctx, i - 1, k + 1, folded)
            return True
    return False


def _aggregated(ctx: Context, i: int) -> bool:
    """高于平均, 超过所有城市的平均面积, 小于最大的数量: against an aggregate of the same (or a named) column."""
    phrase = ctx.phrases[i]
    if phrase.kind not in ("cmp", "than"):
        return False
    word, payload = None, ""
    for k in range(i + 1, min(i + 10, len(ctx.phrases))):
        inner = ctx.phrases[k]
        if inner.kind in ("number", "comma", "cmp", "which", "howmany", "list", "listed"):
            break
        if inner.kind == "agg" and inner.payload in ("avg", "max", "min", "median"):
            word, payload = k, inner.payload
            break
        if inner.kind == "super" and k > i + 1:
            word, payload = k, "max" if inner.payload == "desc" else "min"
            break
    if word is None:
        return False
    stop = word + 1
    op = cast(Operator, phrase.payload or ">")
    if phrase.kind == "than":  # 比平均值高
        follow = ctx.phrases[stop] if stop < len(ctx.phrases) else None
        if follow is None or follow.text not in _HIGHER | _LOWER:
            return False
        op = ">" if follow.text in _HIGHER else "<"
        stop += 1
    found = subject(ctx, i)
    if found is None or not (is_measure(ctx, ctx.phrases[found[0]]) or is_time(ctx, ctx.phrases[found[0]])):
        return False
    outer = cast(Expression, ctx.phrases[found[0]].expr)
    inner_expr = outer
    inside: list[Condition] = []
    for k in range(i + 1, word):
        middle = ctx.phrases[k]
        if middle.kind == "expr" and is_measure(ctx, middle):
            inner_expr = cast(Expression, middle.expr)
        elif middle.kind == "value" and middle.expr is not None:
            inside.append(Compare(middle.expr, "=", middle.value))
        elif (
            middle.kind == "time" and middle.time is not None and (col := ctx.time_of(owner_of(ctx.phrases[found[0]])))
        ):
            inside += time_conditions(ctx, col, middle.time) or []
    nxt = right(ctx, stop - 1, ("of",))
    if (
        nxt is not None
        and is_measure(ctx, ctx.phrases[nxt])
        and not any(p.kind == "of" for p in ctx.phrases[stop:nxt] if ctx.phrases[word].kind == "agg")
    ) and columns_of(cast(Expression, ctx.phrases[nxt].expr))[0].table == columns_of(outer)[0].table:
        inner_expr, stop = cast(Expression, ctx.phrases[nxt].expr), nxt + 1
    table = columns_of(inner_expr)[0].table
    if not inside and not ctx.schema.strict:
        inside += _same_time(ctx, table)
    measure = Measure(cast(Aggregate, payload), inner_expr, table=table)
    outer_word = aggregate_of(ctx, found[1])
    also = [found[0]] + ([found[1]] if found[1] is not None else [])
    if outer_word in _AGGREGATES:
        own = Measure(cast(Aggregate, outer_word), outer, table=columns_of(outer)[0].table)
        folded = Phrase("condition", (), having=Having(own, op, 0.0, against=measure, inside=conjunction(inside)))
    else:
        folded = Phrase("condition", (), condition=CompareToAggregate(outer, op, measure, conjunction(inside)))
    fold(ctx, i, stop, folded, also)
    return True


def _same_time(ctx: Context, table: str) -> list[Condition]:
    """2025年高于平均: the average is that of the same time."""
    spans = [p.time for p in ctx.phrases if p.kind == "time" and p.time is not None]
    col = ctx.time_column(table)
    return (time_conditions(ctx, col, spans[0]) or []) if len(spans) == 1 and col is not None else []


_HIGHER = {"高", "多", "大", "长", "高的", "多的", "大的", "贵", "要高", "要多"}
_LOWER = {"低", "少", "小", "短", "低的", "少的", "小的", "便宜"}


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
    a = _limit(ctx, at, aggregate, cast(Operator, op_low), low)
    b = _limit(ctx, at, aggregate, cast(Operator, op_high), high)
    if a is None or b is None or a.condition is None or b.condition is None:
        return False
    folded = Phrase("condition", (), condition=And((a.condition, b.condition)))
    fold(ctx, i, (cast(int, closing) if closed else n) + 1, folded, [at])
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


def _ages(ctx: Context, i: int) -> bool:
    """成立17年, 使用时间为14年: a time column and a number of years."""
    phrase = ctx.phrases[i]
    if phrase.kind != "number" or phrase.unit != "年" or phrase.number is None or phrase.number.value > 200:
        return False
    k = left(ctx, i, ("is", "of", "unknown"))
    comparing = k is not None and ctx.phrases[k].kind in ("cmp", "not")
    used = left(ctx, k if comparing and k is not None else i, ("is", "of"))
    if used is not None and ctx.phrases[used].text in _AGES and (col := ctx.time_of(ctx.root)):
        payload = ctx.phrases[k].payload if comparing and k is not None else "="
        test = Compare(YearsSince(col, ctx.schema.today.year), cast(Operator, payload or "!="), phrase.number.value)
        fold(ctx, used, i + 1, Phrase("condition", (), condition=test))
        return True
    if k is None or not is_time(ctx, ctx.phrases[k]):
        return False
    age = YearsSince(cast(Col, ctx.phrases[k].expr), ctx.schema.today.year)
    fold(ctx, i, i + 1, Phrase("condition", (), condition=Compare(age, "=", phrase.number.value)), [k])
    return True


_AGES = ("使用年数", "使用时间", "使用年限", "年限", "年数", "存续时间", "存续年限", "使用")


def _times(ctx: Context, i: int) -> bool:
    """A time word restricts the time column named beside it, else the root's own."""
    phrase = ctx.phrases[i]
    if phrase.kind != "time" or phrase.time is None:
        return False
    span, also, negated = phrase.time, [], False
    if ctx.schema.strict and "几" in phrase.text:
        drop(ctx, i)  # 近几年 names no time
        return True
    before = left(ctx, i, ("is", "of", "in"))
    if before is not None and ctx.phrases[before].kind == "cmp":
        opened = {
            ">": replace(span, start=span.end, end=None),
            ">=": replace(span, end=None),
            "<": replace(span, start=None, end=span.start),
            "<=": replace(span, start=None),
        }
        payload = ctx.phrases[before].payload
        if span.start is not None and span.end is not None:
            span = opened.get(payload, span)
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
    fold(ctx, i, i + 1, Phrase("condition", (), condition=condition, time=span), also)
    if span.assumed:
        ctx.assumptions.append(span.assumed)
    return True


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


def _absent(ctx: Context, i: int) -> bool:
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
            source = phrase.expr.name
        inside, times = _absent_when(ctx, i, table)
        if phrase.kind == "value" and phrase.expr is not None:
            inside.append(Compare(phrase.expr, "=", phrase.value, text=phrase.text))
        member = Member(Col(ctx.root, edge.source_columns[0]), Col(table, source), True, conjunction(inside))
        fold(ctx, i, k + 1, Phrase("condition", (), condition=member), times)
        ctx.bonus += 1.0
        return True
    return False


def _absent_when(ctx: Context, i: int, table: str) -> tuple[list[Condition], list[int]]:
    """2025年没有发布过岗位: the time is that of what is absent."""
    col = ctx.time_column(table)
    times = [k for k, p in enumerate(ctx.phrases[: i + 3]) if p.kind == "time" and p.time is not None]
    if col is None or not times or ctx.schema.strict:
        return [], []
    span = ctx.phrases[times[0]].time
    conditions = time_conditions(ctx, col, span) if span is not None else None
    return (conditions, times[:1]) if conditions else ([], [])


def _values(ctx: Context, i: int) -> bool:
    phrase = ctx.phrases[i]
    if phrase.kind != "value" or phrase.expr is None:
        return False
    also: list[int] = []
    op: Operator = "="
    if ctx.schema.strict and phrase.value in ctx.table.label and phrase.value != ctx.table.label:
        drop(ctx, i)  # the value stands in the table's own name: 北京奥运会奖牌榜
        return True
    before = left(ctx, i, ("is", "of", "in"))
    if before is not None and ctx.phrases[before].expr == phrase.expr and ctx.phrases[before].kind == "expr":
        also.append(before)
        before = left(ctx, before, ("is", "of"))
    if before is not None and (
        ctx.phrases[before].kind in ("not", "except")
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
        folded = _limit(ctx, k, None, op, phrase)
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
            folded = _limit(ctx, i + 1, None, op, phrase)
            if folded is not None and folded.condition is not None:
                fold(ctx, i, i + 2, folded, also)
                return True
    return False


def _equal_to(ctx: Context, k: int, number: Phrase) -> bool:
    phrase = ctx.phrases[k]
    return phrase.kind == "expr" and (
        is_measure(ctx, phrase) or (isinstance(phrase.expr, Col) and ctx.is_number(phrase.expr))
    )


def _denied(ctx: Context, i: int) -> bool:
    """不统计服务人数等于十万人的中介: a denial right before an equality turns it round."""
    if ctx.phrases[i].kind not in ("not", "except") or i + 1 >= len(ctx.phrases):
        return False
    follow = ctx.phrases[i + 1]
    condition = follow.condition
    if follow.kind != "condition" or not isinstance(condition, Compare) or condition.op != "=":
        return False
    fold(ctx, i, i + 2, replace(follow, condition=replace(condition, op="!=")))
    return True


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
