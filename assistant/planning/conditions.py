"""Step 1 of reading: what the rows must meet. Values, comparisons, ranges, times, negation, absence."""

from __future__ import annotations

import itertools
from datetime import date
from typing import cast

from assistant.planning.context import SKIPPED, Context
from assistant.planning.plan import (
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
    Or,
    TimeBucket,
    YearsSince,
)
from assistant.planning.times import TimeSpan
from corpus.semantics import Role

_FLIPPED: dict[str, Operator] = {"=": "!=", "in": "not in", "contains": "not contains"}


def read_conditions(ctx: Context) -> None:
    """Fill `ctx.conditions` and `ctx.having`; marks what it used."""
    for index in range(len(ctx.mentions)):
        if index in ctx.used:
            continue
        kind = ctx.mentions[index].kind
        if kind == "cmp" and (
            _against_average(ctx, index)
            or _against_number(ctx, index)
            or _against_time(ctx, index)
            or _against_column(ctx, index)
        ):
            continue
        if kind == "cmp_after" and _number_then_word(ctx, index):
            continue
    for index in range(len(ctx.mentions)):
        if index in ctx.used:
            continue
        mention = ctx.mentions[index]
        if mention.time:
            _time(ctx, index, mention.time)
        elif ctx.is_value(index):
            _value(ctx, index)
        elif mention.kind == "without":
            _absent(ctx, index)
        elif mention.number:
            _range(ctx, index) or _equals(ctx, index)


def joined(ctx: Context) -> Condition | None:
    """All conditions in the order of the question: 或 between two makes an alternative, all else must hold."""
    found = sorted(ctx.conditions, key=lambda pair: pair[0])
    merged = _merge_same_column(found)
    if not merged:
        return None
    alternatives: list[list[Condition]] = [[merged[0][1]]]
    for (left, _), (right, condition) in itertools.pairwise(merged):
        if any(m.kind == "or" for m in ctx.mentions[left:right]):
            alternatives.append([condition])
        else:
            alternatives[-1].append(condition)
    parts: list[Condition] = [p[0] if len(p) == 1 else And(tuple(p)) for p in alternatives]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _merge_same_column(found: list[tuple[int, Condition]]) -> list[tuple[int, Condition]]:
    """Two values of one column cannot both hold: they are alternatives."""
    merged: list[tuple[int, Condition]] = []
    for position, condition in found:
        last = merged[-1][1] if merged else None
        same = (
            isinstance(condition, Compare)
            and isinstance(last, Compare)
            and condition.left == last.left
            and condition.op in ("=", "!=")
            and last.op in (condition.op, {"=": "in", "!=": "not in"}[condition.op])
            and isinstance(condition.value, str)
        )
        if same and isinstance(condition, Compare) and isinstance(last, Compare):
            known = last.value if isinstance(last.value, tuple) else (last.value,)
            together = tuple(dict.fromkeys([*[v for v in known if v is not None], cast(str, condition.value)]))
            op: Operator = "in" if condition.op == "=" else "not in"
            merged[-1] = (merged[-1][0], Compare(condition.left, op, together))
        else:
            merged.append((position, condition))
    return merged


# -- subjects -----------------------------------------------------------------------------------------------------


def _subject_left(ctx: Context, index: int) -> tuple[int, int | None] | None:
    """The column a comparison speaks of, to its left: (mention, aggregate word or None)."""
    aggregate: int | None = None
    k: int | None = index
    for _ in range(5):
        k = ctx.before(k, skip=(*SKIPPED, "not", "in", "each", "and", "without")) if k is not None else None
        if k is None or k in ctx.used:
            return None
        if ctx.column(k) is not None or ctx.is_metric(k):
            if aggregate is None:
                before = ctx.before(k)
                if (
                    before is not None
                    and ctx.mentions[before].kind == "agg"
                    and before not in ctx.used
                    and ctx.mentions[before].payload != "count"
                ):
                    aggregate = before
            return k, aggregate
        if ctx.mentions[k].kind == "agg":
            aggregate = k
            continue
        if ctx.mentions[k].kind in ("howmany",):
            continue
        return None
    return None


def _subject_right(ctx: Context, index: int) -> int | None:
    """The column or table right of a number: 超过100人受伤, 多于5个城市."""
    k = ctx.after(index, skip=(*SKIPPED, "list"))
    if k is None or k in ctx.used or k > index + 4:
        return None
    return k if ctx.column(k) is not None or ctx.is_table(k) else None


def _number_of(ctx: Context, index: int, col: Col) -> str | float:
    """The number as the column stores it: percentages and units of the column accounted for."""
    mention = ctx.mentions[index]
    assert mention.number is not None
    value, column = mention.number.value, ctx.of(col)
    unit_at = index + 1
    unit = ctx.mentions[unit_at].text if unit_at < len(ctx.mentions) and ctx.mentions[unit_at].kind == "unit" else ""
    if unit:
        ctx.use(unit_at)
    if mention.number.percent:
        high = ctx.schema.values.range(col.table, col.name).high
        percent_stored = column.unit in ("%", "％") or (isinstance(high, float) and high > 1.5)
        return value * 100 if percent_stored else value
    if column.role == Role.TIME and not ctx.is_number(col):
        return str(int(value))
    scaled = any(c in mention.text for c in "万亿") or unit in ("元", "块", "块钱", "万元", "亿元")
    if unit in ("万元", "亿元", "亿", "万平方米", "万人"):
        value *= 1e8 if unit.startswith("亿") else 1e4
    if (
        column.scale != 1
        and (scaled or (unit and unit != column.unit))
        and not (column.scale >= 1e4 and value < column.scale / 100 and not scaled)
    ):
        value /= column.scale
    return value


def _compare(ctx: Context, at: int, subject: int, aggregate: int | None, op: Operator, number: int) -> bool:
    col = ctx.col(subject)
    if col is None:
        return False
    ctx.use(subject, number, *([aggregate] if aggregate is not None else []))
    column = ctx.of(col)
    raw = ctx.mentions[number]
    assert raw.number is not None
    if column.role == Role.TIME and raw.number.value < 1000 and not raw.number.percent:
        ctx.conditions.append((at, Compare(YearsSince(col, ctx.schema.today.year), op, raw.number.value)))
        _number_of(ctx, number, col)
        return True
    value = _number_of(ctx, number, col)
    if aggregate is not None and ctx.mentions[aggregate].word and isinstance(value, float):
        kind = ctx.mentions[aggregate].payload
        if kind in ("sum", "avg", "max", "min", "median"):
            ctx.having.append(Having(Measure(kind, col, table=col.table), op, value))  # type: ignore[arg-type]
            return True
    if (
        column.role in (Role.NAME, Role.KEY, Role.FOREIGN, Role.CATEGORY, Role.TEXT)
        and not ctx.is_number(col)
        and isinstance(value, float)
    ):
        ctx.having.append(Having(_count_of(ctx, col), op, value))
        return True
    ctx.conditions.append((at, Compare(col, op, value, text=ctx.text(subject, at, number))))
    return True


def _count_of(ctx: Context, col: Col) -> Measure:
    """How many of a column: its table's rows, or different values where the root repeats them."""
    if col.table != ctx.root or ctx.of(col).role in (Role.NAME, Role.KEY):
        return ctx.counting(col.table if col.table != ctx.root else None)
    return Measure("count", table=ctx.root)


# -- comparisons --------------------------------------------------------------------------------------------------


def _against_number(ctx: Context, index: int) -> bool:
    number = ctx.after(index, skip=(*SKIPPED, "than"))
    word = ctx.mentions[index].word
    if number is None or ctx.mentions[number].number is None or word is None or number in ctx.used:
        return False
    op = cast(Operator, word.payload)
    left = _subject_left(ctx, index)
    right = _subject_right(ctx, number)
    if (left and ctx.is_measure(left[0])) or (left and ctx.column(left[0]) is not None and right is None):
        ctx.use(index)
        return _compare(ctx, index, left[0], left[1], op, number)
    if right is not None:
        ctx.use(index, number)
        if ctx.is_measure(right):
            return _compare(ctx, index, right, None, op, number)
        table = ctx.resolved[right]
        value = ctx.mentions[number].number
        assert table is not None and value is not None
        _use_unit(ctx, number)
        measure = (
            ctx.counting(table.table)
            if ctx.is_table(right)
            else _count_of(ctx, ctx.col(right) or ctx.name_of(ctx.root))
        )
        ctx.having.append(Having(measure, op, value.value))
        if table.table != ctx.root or ctx.is_table(right):
            ctx.use(right)
        return True
    if left and ctx.column(left[0]) is not None:
        ctx.use(index)
        return _compare(ctx, index, left[0], left[1], op, number)
    return _count_left(ctx, index, number, op)


def _count_left(ctx: Context, index: int, number: int, op: Operator) -> bool:
    """数量小于5: a table or nothing named before the comparison."""
    k = ctx.before(index, skip=(*SKIPPED, "not", "agg"))
    value = ctx.mentions[number].number
    assert value is not None
    named = k is not None and k not in ctx.used and ctx.is_table(k)
    counted = any(
        m.kind == "agg" and m.word and m.word.payload == "count" for m in ctx.mentions[max(0, index - 3) : index]
    )
    if not (named or counted):
        return False
    subject = ctx.resolved[k] if named and k is not None else None
    table = subject.table if subject else ctx.root
    ctx.use(index, number)
    for j in range(max(0, index - 3), index):
        if ctx.mentions[j].kind == "agg":
            ctx.use(j)
    _use_unit(ctx, number)
    ctx.having.append(Having(ctx.counting(table), op, value.value))
    if named and k is not None and table != ctx.root:
        ctx.use(k)
    return True


def _use_unit(ctx: Context, number: int) -> None:
    if number + 1 < len(ctx.mentions) and ctx.mentions[number + 1].kind == "unit":
        ctx.use(number + 1)


def _number_then_word(ctx: Context, index: int) -> bool:
    """60岁以上, 1000万元以下."""
    number = ctx.before(index)
    word = ctx.mentions[index].word
    if number is None or ctx.mentions[number].number is None or word is None or number in ctx.used:
        return False
    op = cast(Operator, word.payload)
    left = _subject_left(ctx, number)
    if left:
        ctx.use(index)
        return _compare(ctx, index, left[0], left[1], op, number)
    unit = ctx.mentions[number + 1].text if number + 1 < len(ctx.mentions) else ""
    if unit in ("岁", "周岁"):
        for column in ctx.table.columns:
            if "年龄" in column.label and column.role in (Role.MEASURE, Role.CATEGORY):
                ctx.use(index, number)
                ctx.conditions.append(
                    (
                        index,
                        Compare(Col(ctx.root, column.name), op, _number_of(ctx, number, Col(ctx.root, column.name))),
                    )
                )
                return True
    right = _subject_right(ctx, index)
    if right is not None:
        ctx.use(index)
        if ctx.is_measure(right):
            return _compare(ctx, index, right, None, op, number)
        found = ctx.resolved[right]
        value = ctx.mentions[number].number
        if found is not None and value is not None:
            ctx.use(number)
            _use_unit(ctx, number)
            ctx.having.append(
                Having(
                    ctx.counting(found.table) if ctx.is_table(right) else Measure("count", table=ctx.root),
                    op,
                    value.value,
                )
            )
            if found.table != ctx.root:
                ctx.use(right)
            return True
    return _count_left(ctx, number, number, op)


def _against_average(ctx: Context, index: int) -> bool:
    """高于平均: a column against an aggregate of itself, or of the column named after 平均."""
    word = ctx.mentions[index].word
    assert word is not None
    aggregate = None
    for k in range(index + 1, min(index + 8, len(ctx.mentions))):
        mention = ctx.mentions[k]
        if mention.number or mention.kind in ("comma", "cmp", "which", "howmany"):
            break
        if mention.word and mention.kind == "agg" and mention.word.payload in ("avg", "max", "min", "median"):
            aggregate = k
            break
    if aggregate is None:
        return False
    left = _subject_left(ctx, index)
    if left is None:
        return False
    col = ctx.col(left[0])
    if col is None:
        return False
    inner = col
    follow = ctx.after(aggregate)
    between = [k for k in range(index + 1, aggregate) if ctx.is_measure(k)]
    if follow is not None and ctx.is_measure(follow) and follow not in ctx.used:
        inner = ctx.col(follow) or col
        ctx.use(follow)
    elif between:
        inner = ctx.col(between[-1]) or col
    where: list[Condition] = []
    for k in range(index + 1, aggregate):
        found = ctx.resolved[k]
        if found is not None and found.kind == "value":
            where.append(Compare(Col(found.table, found.column), "=", found.value))
    payload = ctx.mentions[aggregate].payload
    measure = Measure(payload, inner, table=inner.table)  # type: ignore[arg-type]
    inside = where[0] if len(where) == 1 else And(tuple(where)) if where else None
    ctx.conditions.append((index, CompareToAggregate(col, cast(Operator, word.payload), measure, inside)))
    ctx.use(left[0], index, aggregate, *range(index + 1, aggregate))
    return True


def _against_time(ctx: Context, index: int) -> bool:
    """早于2015年, 晚于2020年3月."""
    k = ctx.after(index)
    word = ctx.mentions[index].word
    if k is None or word is None or ctx.mentions[k].time is None:
        return False
    span = ctx.mentions[k].time
    assert span is not None and span.start is not None and span.end is not None
    left = _subject_left(ctx, index)
    col = ctx.col(left[0]) if left else ctx.time_column()
    if col is None or ctx.of(col).role != Role.TIME:
        return False
    opened = {
        ">": TimeSpan(span.end, None, span.grain, 0),
        ">=": TimeSpan(span.start, None, span.grain, 0),
        "<": TimeSpan(None, span.start, span.grain, 0),
        "<=": TimeSpan(None, span.end, span.grain, 0),
        "=": span,
    }.get(word.payload)
    if opened is None:
        return False
    conditions = time_conditions(ctx, col, opened)
    if conditions is None:
        return False
    ctx.conditions += [(index, c) for c in conditions]
    ctx.use(index, k, *([left[0]] if left else []))
    return True


def _against_column(ctx: Context, index: int) -> bool:
    """当前价高于今开股价."""
    k = ctx.after(index)
    left = _subject_left(ctx, index)
    word = ctx.mentions[index].word
    if k is None or left is None or word is None or k in ctx.used:
        return False
    a, b = ctx.col(left[0]), ctx.col(k)
    if a is None or b is None or a == b or not (ctx.is_number(a) and ctx.is_number(b)) or not ctx.is_measure(k):
        return False
    ctx.conditions.append((index, Compare(a, cast(Operator, word.payload), right=b)))
    ctx.use(left[0], index, k)
    return True


def _range(ctx: Context, index: int) -> bool:
    """在100到200之间."""
    k = index + 1
    if k < len(ctx.mentions) and ctx.mentions[k].kind == "unit":
        k += 1
    if k + 1 >= len(ctx.mentions) or ctx.mentions[k].text not in ("到", "至", "-", "~", "—", "和", "与"):
        return False
    high = k + 1
    if ctx.mentions[high].number is None:
        return False
    closing = any(m.kind == "between" for m in ctx.mentions[high : high + 4])
    left = _subject_left(ctx, index)
    if left is None or (ctx.mentions[k].text in ("和", "与") and not closing):
        return False
    col = ctx.col(left[0])
    if col is None:
        return False
    low_value, high_value = _number_of(ctx, index, col), _number_of(ctx, high, col)
    ctx.conditions.append((index, And((Compare(col, ">=", low_value), Compare(col, "<=", high_value)))))
    ctx.use(left[0], index, k, high)
    for j in range(high, min(high + 4, len(ctx.mentions))):
        if ctx.mentions[j].kind == "between":
            ctx.use(j)
    return True


def _equals(ctx: Context, index: int) -> bool:
    """年龄为40, 40岁的; a number right behind its column."""
    before = ctx.before(index, skip=("is", "filler", "of"))
    if before is not None and before not in ctx.used and index - before <= 2:
        col = ctx.col(before)
        linked = index - before == 2 and ctx.mentions[before + 1].kind == "is"
        negated = before + 1 < index and ctx.mentions[before + 1].kind == "not"
        if (
            col is not None
            and (linked or (index - before == 1 and not ctx.is_table(before)))
            and ctx.of(col).role != Role.NAME
        ):
            return _compare(ctx, index, before, None, "!=" if negated else "=", index)
    return False


# -- values -------------------------------------------------------------------------------------------------------


def _value(ctx: Context, index: int) -> bool:
    found = ctx.resolved[index]
    assert found is not None
    col = Col(found.table, found.column)
    before = ctx.before(index, skip=("is", "quote", "of", "filler"))
    op: Operator = "="
    if before is not None and before not in ctx.used:
        if ctx.col(before) == col:
            ctx.use(before)
            before = ctx.before(before, skip=("is", "quote", "of", "filler"))
        if (before is not None and ctx.mentions[before].kind in ("not", "except")) or (
            before is not None and ctx.mentions[before].kind == "cmp" and ctx.mentions[before].payload == "!="
        ):
            op = "!="
            ctx.use(before)
            if ctx.col(before - 1 if before else 0) == col and before:
                ctx.use(before - 1)
    ctx.conditions.append((index, Compare(col, op, found.value, text=ctx.mentions[index].text)))
    ctx.use(index)
    follow = index + 1  # 教育局这个部门, 民办学校性质: the column named right after its value
    if follow < len(ctx.mentions) and ctx.col(follow) == col and follow not in ctx.used:
        ctx.use(follow)
    return True


def _absent(ctx: Context, index: int) -> bool:
    """没有获过奖的高校: rows of the root that no row of another table points at."""
    for k in range(index + 1, min(index + 6, len(ctx.mentions))):
        found = ctx.resolved[k]
        if ctx.mentions[k].kind == "comma":
            return False
        if found is None or found.table == ctx.root or found.kind == "value":
            continue
        way = ctx.schema.graph.paths(ctx.root).get(found.table)
        if way is None or len(way) != 1 or not way[0].multiplies:
            continue
        edge = way[0]
        member = Member(Col(ctx.root, edge.source_columns[0]), Col(edge.target, edge.target_columns[0]), negated=True)
        ctx.conditions.append((index, member))
        ctx.use(index, k)
        ctx.bonus += 1.0
        return True
    return False


# -- times --------------------------------------------------------------------------------------------------------


def _time(ctx: Context, index: int, span: TimeSpan) -> None:
    """A time word restricts the time column named beside it, else the root's own."""
    col = None
    for k in (ctx.before(index, skip=("is", "of", "in", "filler")), ctx.after(index, skip=("is", "of", "filler"))):
        if (
            k is not None
            and k not in ctx.used
            and abs(k - index) <= 2
            and (column := ctx.column(k)) is not None
            and column.role == Role.TIME
        ):
            col = ctx.col(k)
            ctx.use(k)
            break
    col = col or ctx.time_column()
    if col is None:
        ctx.missing.append(ctx.mentions[index].text)
        return
    conditions = time_conditions(ctx, col, span)
    if conditions is None:
        ctx.missing.append(ctx.mentions[index].text)
        return
    ctx.conditions += [(index, c) for c in conditions]
    ctx.use(index)
    if span.assumed:
        ctx.assumptions.append(span.assumed)


def time_conditions(ctx: Context, col: Col, span: TimeSpan) -> list[Condition] | None:
    """The span as conditions on a column of any type; None when the column's time is too coarse for it."""
    column = ctx.of(col)
    order = ["year", "quarter", "month", "date", "day", "timestamp"]
    grain = column.grain or ("year" if ctx.is_number(col) else "day")
    wanted = {"day": "date"}.get(span.grain, span.grain)
    if grain in order and order.index(grain) < order.index(wanted):
        return None
    if ctx.is_number(col):
        return _bounds(col, span.start.year if span.start else None, span.end.year - 1 if span.end else None)
    if column.type.upper().startswith("VARCHAR"):
        return _text_bounds(col, span)
    return [
        *([Compare(col, ">=", span.start.isoformat())] if span.start else []),
        *([Compare(col, "<", span.end.isoformat())] if span.end else []),
    ]


def _bounds(col: Expression, low: int | None, high: int | None) -> list[Condition]:
    if low is not None and low == high:
        return [Compare(col, "=", low)]
    return [
        *([Compare(col, ">=", low)] if low is not None else []),
        *([Compare(col, "<=", high)] if high is not None else []),
    ]


def _text_bounds(col: Col, span: TimeSpan) -> list[Condition]:
    """Times kept as text compare as text, cut to the length that the span speaks in."""
    size = {"year": 4, "quarter": 7, "month": 7, "day": 10}[span.grain]

    def cut(day: date) -> str:
        return day.isoformat()[:size]

    if span.start and span.end and span.grain == "year" and span.end.year - span.start.year == 1:
        return [Compare(TimeBucket(col, "year"), "=", span.start.year)]
    return [
        *([Compare(col, ">=", cut(span.start))] if span.start else []),
        *([Compare(col, "<", cut(span.end))] if span.end else []),
    ]


def negate(condition: Compare) -> Compare:
    """The opposite of an equality."""
    return Compare(condition.left, _FLIPPED[condition.op], condition.value)
