"""Step 2 of reading: what is asked for. Groups, rankings, aggregates, counts, and the columns to show."""

from __future__ import annotations

from typing import cast

from assistant.planning.context import SKIPPED, Context
from assistant.planning.plan import (
    Aggregate,
    Col,
    Compare,
    Expression,
    Growth,
    Measure,
    Order,
    Ratio,
    TimeBucket,
    TimeUnit,
    Value,
)
from assistant.planning.words import HINTS
from corpus.semantics import Role


def read_groups(ctx: Context) -> None:
    """各区, 每个学校, 按行业, 历年, 趋势: keys of the result."""
    for index, mention in enumerate(ctx.mentions):
        if index in ctx.used or mention.word is None:
            continue
        kind = mention.word.kind
        if kind == "period":
            _period(ctx, index, cast(TimeUnit, mention.word.payload))
        elif kind == "trend":
            if not any(isinstance(k, TimeBucket) for k in ctx.keys):
                _period(ctx, index, _natural_unit(ctx))
            ctx.use(index)
        elif kind in ("each", "by"):
            _group_after(ctx, index)


def _period(ctx: Context, index: int, unit: TimeUnit) -> None:
    bucket = ctx.bucket(unit)
    if bucket is None:
        ctx.missing.append(ctx.mentions[index].text)
        return
    if bucket not in ctx.keys:
        ctx.keys.append(bucket)
    ctx.use(index)


def _natural_unit(ctx: Context) -> TimeUnit:
    """Years, unless the question speaks of one year of finer data."""
    col = ctx.time_column()
    if col is None:
        return "year"
    grain = ctx.of(col).grain or "day"
    spans = [m.time for m in ctx.mentions if m.time]
    if spans and spans[0].start and spans[0].end and (spans[0].end - spans[0].start).days <= 366:
        if grain == "year":
            return "year"
        return "month" if (spans[0].end - spans[0].start).days > 62 or grain in ("month", "quarter") else "day"
    return "year"


def _group_after(ctx: Context, index: int) -> None:
    position = index
    for _ in range(3):  # 各区各学段; 按区和行业
        k = ctx.after(position, skip=(*SKIPPED, "each", "agg") if position == index else ("unit", "of"))
        if k is None or k > position + 3 or not ctx.free(k):
            return
        mention = ctx.mentions[k]
        if mention.time is not None or ctx.is_metric(k) or ctx.is_value(k):
            return
        if ctx.mentions[index].kind == "by" and _orders(ctx, k):
            return
        found = ctx.resolved[k]
        if found is None:
            return
        column = ctx.column(k)
        if column is not None and column.role == Role.MEASURE:
            return
        add_key(ctx, k)
        ctx.use(index, k)
        link = k + 1
        if (
            link + 1 < len(ctx.mentions)
            and ctx.mentions[link].text in ("和", "、", "与", "及")
            and _groupable(ctx, link + 1)
        ):
            position = link
            continue
        return


def _groupable(ctx: Context, index: int) -> bool:
    column = ctx.column(index)
    return column is not None and column.role in (Role.CATEGORY, Role.NAME, Role.FOREIGN)


def _orders(ctx: Context, index: int) -> bool:
    """Whether 按X is followed by 排序 or a direction."""
    return any(m.kind in ("order", "sort") for m in ctx.mentions[index + 1 : index + 6])


def add_key(ctx: Context, index: int) -> None:
    """The mention as a key of the result: a column itself, a table by the name of its rows."""
    found = ctx.resolved[index]
    if found is None:
        return
    if found.kind == "table":
        col: Expression = ctx.name_of(found.table)
        _add_table_key(ctx, found.table, cast(Col, col))
        return
    col = Col(found.table, found.column)
    column = ctx.of(col)
    if column.role == Role.TIME and column.grain != "year" and found.table == ctx.root and not ctx.is_number(col):
        bucket = ctx.bucket("year")
        if "年" in ctx.mentions[index].text and bucket is not None:
            col = bucket
    if column.role == Role.FOREIGN and isinstance(col, Col):
        named = _named_target(ctx, col)
        if named is not None:
            _add_table_key(ctx, named.table, named)
            return
    if col not in ctx.keys:
        ctx.keys.append(col)


def _named_target(ctx: Context, col: Col) -> Col | None:
    """The name of what a foreign key points to."""
    for relation in ctx.schema.model.relations:
        if relation.left == col.table and relation.left_columns == [col.name]:
            target = ctx.name_of(relation.right)
            return target if ctx.of(target).role == Role.NAME else None
    return None


def _add_table_key(ctx: Context, table: str, name: Col) -> None:
    """Rows of a table are told apart by its key, shown by its name."""
    if name not in ctx.keys:
        ctx.keys.append(name)
    key = ctx.schema.model.table(table).primary_key
    if len(key) == 1 and key[0] != name.name:
        foreign = ctx.schema.graph.foreign_key(ctx.root, table) if table != ctx.root else None
        ctx.group.append(Col(ctx.root, foreign[0]) if foreign else Col(table, key[0]))
    else:
        ctx.group.append(name)


# -- rankings -----------------------------------------------------------------------------------------------------


def read_rankings(ctx: Context) -> None:
    """最高的, 前五, 倒数三名, 从高到低, 排序."""
    for index, mention in enumerate(ctx.mentions):
        if index in ctx.used or mention.word is None:
            continue
        if mention.word.kind == "super":
            _superlative(ctx, index, mention.word.payload == "desc")
        elif mention.word.kind in ("top", "bottom"):
            _top(ctx, index, mention.word.kind == "top")
        elif mention.word.kind in ("order", "sort"):
            _order(ctx, index, mention.word.payload)
    if ctx.limit is not None and not ctx.orders:
        ctx.bonus -= 0.2


def _count_near(ctx: Context, index: int) -> int | None:
    """The N of 哪3个…最高, 最高的3个, 前3."""
    for k in (index + 1, index + 2, index + 3):
        if k >= len(ctx.mentions) or ctx.mentions[k].kind == "comma":
            break
        number = ctx.mentions[k].number
        if (
            number
            and k not in ctx.used
            and not number.percent
            and number.value == int(number.value)
            and number.value <= 1000
        ):
            ctx.use(k)
            return int(number.value)
        if (
            ctx.mentions[k].known
            and ctx.mentions[k].kind not in SKIPPED
            and ctx.mentions[k].kind not in ("top", "bottom")
        ):
            break
    for k in range(index - 1, -1, -1):
        if ctx.mentions[k].kind == "which" and k + 1 < len(ctx.mentions):
            number = ctx.mentions[k + 1].number
            if number and k + 1 not in ctx.used:
                ctx.use(k + 1)
                return int(number.value)
    return None


def _subject(ctx: Context, index: int) -> tuple[int | None, int | None]:
    """What a superlative ranks by: the nearest measure or thing before it, with its aggregate word."""
    aggregate: int | None = None
    k: int | None = index
    for _ in range(4):
        k = ctx.before(k, skip=(*SKIPPED, "which", "howmany", "each"))  # type: ignore[arg-type]
        if k is None:
            return None, aggregate
        if ctx.mentions[k].kind == "agg" and ctx.resolved[k] is None:
            aggregate = aggregate if aggregate is not None else k
            continue
        if ctx.resolved[k] is not None:
            if aggregate is None:
                left = ctx.before(k)
                if (
                    left is not None
                    and ctx.mentions[left].kind == "agg"
                    and ctx.resolved[left] is None
                    and left not in ctx.used
                ):
                    aggregate = left
            return k, aggregate
        return None, aggregate
    return None, aggregate


def _superlative(ctx: Context, index: int, descending: bool) -> None:
    right = ctx.after(index, skip=(*SKIPPED, "howmany"))
    asks_value = right is not None and ctx.is_measure(right) and ctx.free(right)
    subject, aggregate = _subject(ctx, index)
    subject_is_value = subject is not None and (ctx.is_measure(subject) or ctx.is_metric(subject))
    count_word = aggregate is not None and ctx.mentions[aggregate].payload == "count"
    near = asks_value and right is not None and right <= index + 3 and not subject_is_value and not count_word
    if near and right is not None and (right == index + 1 or _howmany_between(ctx, index, right) or subject is None):
        col = ctx.col(right)
        if col is not None:
            ctx.values.append(Measure("max" if descending else "min", col, table=col.table))
            ctx.use(index, right)
            return
    if subject is None and not count_word:
        hinted = _hinted(ctx, ctx.mentions[index].text)
        if hinted is None:
            return
        ctx.orders.append(Order(hinted, descending))
        ctx.limit = _count_near(ctx, index) or 1
        ctx.use(index)
        return
    if subject_is_value and subject is not None and _asks_number(ctx, index) and not _asks_thing(ctx, index):
        col = ctx.col(subject)
        if col is not None:
            ctx.values.append(Measure("max" if descending else "min", col, table=col.table))
            ctx.use(index, subject)
            return
    by = _ranked_by(ctx, subject, aggregate)
    if by is None:
        return
    ranked_low_first = (
        subject is not None
        and (column := ctx.column(subject)) is not None
        and any(w in column.label for w in ("排名", "名次", "位次"))
    )
    if ranked_low_first and any(w in ctx.mentions[index].text for w in ("高", "好", "前", "领先")):
        descending = False
    ctx.orders.append(Order(by, descending))
    ctx.limit = _count_near(ctx, index) or ctx.limit or 1
    ctx.use(index)
    if subject is not None and (subject_is_value or ctx.is_table(subject)):
        ctx.use(subject)
    if aggregate is not None:
        ctx.use(aggregate)


def _howmany_between(ctx: Context, start: int, end: int) -> bool:
    return any(m.kind == "howmany" for m in ctx.mentions[start:end])


def _asks_number(ctx: Context, index: int) -> bool:
    """…最高是多少, …最多有几个."""
    for k in range(index + 1, min(index + 4, len(ctx.mentions))):
        if ctx.mentions[k].kind == "howmany" or ctx.mentions[k].text in ("是多少", "为多少"):
            return True
        if ctx.mentions[k].kind not in SKIPPED:
            return False
    return index + 1 >= len(ctx.mentions)


def _asks_thing(ctx: Context, index: int) -> bool:
    """…哪个, …哪些 in the same clause."""
    for k in range(index, -1, -1):
        if ctx.mentions[k].kind == "comma":
            break
        if ctx.mentions[k].kind == "which":
            return True
    return any(m.kind == "which" for m in ctx.mentions[index:])


def _hinted(ctx: Context, superlative: str) -> Col | None:
    """The root's column that an adjective alone points to: 最贵 → 价格."""
    for hint in HINTS.get(superlative, ()):
        for column in ctx.table.columns:
            if hint in column.label and column.role in (Role.MEASURE, Role.TIME):
                return Col(ctx.root, column.name)
    return None


def _ranked_by(ctx: Context, subject: int | None, aggregate: int | None) -> Value | Expression | None:
    word = ctx.mentions[aggregate].payload if aggregate is not None else ""
    if subject is None:
        return ctx.counting()
    if ctx.is_metric(subject):
        return metric_measure(ctx, subject)
    col = ctx.col(subject)
    if col is not None and (ctx.is_measure(subject) or ctx.of(col).role == Role.TIME):
        if word in ("sum", "avg", "max", "min", "median"):
            return Measure(cast(Aggregate, word), col, table=col.table)
        return col
    found = ctx.resolved[subject]
    if found is None:
        return None
    if found.kind == "table":
        return ctx.counting(found.table)
    if found.kind == "column":
        return Measure("count", table=ctx.root)
    return ctx.counting()


def _top(ctx: Context, index: int, descending: bool) -> None:
    number = _count_near(ctx, index)
    if number is None:
        return
    ctx.limit = number
    ctx.use(index)
    if ctx.orders:
        if not descending:
            ctx.orders[-1] = Order(ctx.orders[-1].by, not ctx.orders[-1].descending)
        return
    subject, aggregate = _subject(ctx, index)
    if (
        subject is not None
        and (ctx.is_measure(subject) or ctx.is_metric(subject) or ctx.is_table(subject))
        and ctx.free(subject)
    ):
        by = _ranked_by(ctx, subject, aggregate)
        if by is not None:
            ctx.orders.append(Order(by, descending))
            if aggregate is not None:
                ctx.use(aggregate)
            return
    ctx.assumptions.append("" if descending else "倒序")


def _order(ctx: Context, index: int, direction: str) -> None:
    if ctx.orders and not direction:
        ctx.use(index)
        return
    subject, aggregate = _subject(ctx, index)
    if subject is None:
        right = ctx.after(index)
        subject = right if right is not None and ctx.is_measure(right) else None
    if subject is None:
        ctx.use(index)
        ctx.limit_per = ctx.limit_per
        _pending_order(ctx, direction)
        return
    by = _ranked_by(ctx, subject, aggregate)
    if by is None:
        return
    descending = direction == "desc" or (not direction and not isinstance(by, Col))
    column = ctx.column(subject)
    if column is not None and column.role == Role.TIME and not direction:
        descending = False
    if (
        column is not None
        and any(w in column.label for w in ("排名", "名次"))
        and direction
        and "高" in ctx.mentions[index].text
    ):
        descending = not descending
    if not ctx.orders:
        ctx.orders.append(Order(by, descending))
    ctx.use(index)
    if aggregate is not None:
        ctx.use(aggregate)


def _pending_order(ctx: Context, direction: str) -> None:
    ctx.assumptions.append("倒序" if direction == "asc" else "")
    ctx.bonus += 0.0


# -- values -------------------------------------------------------------------------------------------------------


def metric_measure(ctx: Context, index: int) -> Measure:
    """A named metric of the semantic model as a measure."""
    found = ctx.resolved[index]
    assert found is not None
    metric = next(m for m in ctx.schema.model.metrics if m.name == found.column)
    return Measure("avg", None, label=metric.label, unit=metric.unit, table=metric.table, metric=metric.name)


def read_values(ctx: Context) -> None:
    """Measures with their aggregates, metrics, counts, shares, growth."""
    for index in range(len(ctx.mentions)):
        if ctx.is_metric(index):
            if index not in ctx.used:
                _add_value(ctx, metric_measure(ctx, index))
                ctx.use(index)
        elif ctx.is_measure(index) and index not in ctx.used:
            _measure(ctx, index)
    for index, mention in enumerate(ctx.mentions):
        if index in ctx.used or mention.word is None:
            continue
        if mention.word.kind == "howmany" or (mention.word.kind == "agg" and mention.word.payload in ("count", "sum")):
            _count(ctx, index)
    _shares(ctx)
    _growths(ctx)


def _add_value(ctx: Context, value: Value) -> None:
    if value not in ctx.values:
        ctx.values.append(value)


def _measure(ctx: Context, index: int) -> None:
    col = ctx.col(index)
    assert col is not None
    aggregate = None
    left = ctx.before(index, skip=("filler", "of", "whole", "unit", "is"))
    right = ctx.after(index, skip=("of", "is", "filler"))
    if (
        left is not None
        and ctx.mentions[left].kind == "agg"
        and ctx.resolved[left] is None
        and left not in ctx.used
        and index - left <= 4
    ):
        aggregate = left
    elif (
        right is not None
        and ctx.mentions[right].kind == "agg"
        and ctx.resolved[right] is None
        and right not in ctx.used
        and right - index <= 3
    ):
        aggregate = right
    elif left is not None and ctx.is_table(left) and index - left <= 2:
        further = ctx.before(left, skip=("filler", "of", "whole", "unit", "each"))
        if (
            further is not None
            and ctx.mentions[further].kind == "agg"
            and further not in ctx.used
            and left - further <= 2
        ):
            aggregate = further  # 平均每所学校的学生数
    payload = ctx.mentions[aggregate].payload if aggregate is not None else ""
    if aggregate is not None and payload in ("sum", "avg", "max", "min", "median"):
        _add_value(ctx, Measure(cast(Aggregate, payload), col, table=col.table))
        ctx.use(index, aggregate)


def _count(ctx: Context, index: int) -> None:
    """多少所学校, 学校数量, 一共有几个."""
    mention = ctx.mentions[index]
    right = ctx.after(index, skip=(*SKIPPED, "distinct"))
    left = ctx.before(index)
    counted = mention.kind == "howmany"
    for k, near in ((right, 3), (left, 4 if counted else 2)):
        if k is None or abs(k - index) > near:
            continue
        if k == right and not counted:
            continue
        found = ctx.resolved[k]
        if counted and k == right and found is not None and found.kind == "value":
            _add_value(ctx, ctx.counting())  # 多少所小学: the rows of that value
            ctx.use(index)
            return
        if k == left and k in ctx.used:
            continue
        if found is None or found.kind in ("value", "metric") or ctx.is_measure(k):
            if counted and k == right and ctx.is_measure(k):
                return  # 多少学生: the measure itself answers
            continue
        if any(isinstance(v, Measure) and v.aggregate.startswith("count") for v in ctx.values):
            ctx.use(index)
            return
        distinct = any(
            m.kind == "distinct" or m.text.endswith(("种", "类")) for m in ctx.mentions[max(0, index - 1) : index + 3]
        )
        _add_value(ctx, _counted(ctx, k, distinct))
        ctx.use(index, k)
        return
    if mention.word and mention.word.payload == "count":
        return
    if counted and not ctx.values and not any(ctx.is_measure(i) for i in range(len(ctx.mentions))):
        _add_value(ctx, ctx.counting())
        ctx.use(index)


def _counted(ctx: Context, index: int, distinct: bool) -> Measure:
    found = ctx.resolved[index]
    assert found is not None
    if found.kind == "table":
        return ctx.counting(found.table)
    col = Col(found.table, found.column)
    column = ctx.of(col)
    if column.role in (Role.NAME, Role.KEY) and found.table == ctx.root and not distinct:
        return ctx.counting()
    if column.role in (Role.CATEGORY, Role.FOREIGN, Role.TEXT) or distinct:
        return Measure("count_distinct", col, table=found.table)
    return ctx.counting(found.table)


def _shares(ctx: Context) -> None:
    index = next(
        (i for i, m in enumerate(ctx.mentions) if m.kind == "share" and ctx.resolved[i] is None and i not in ctx.used),
        None,
    )
    if index is None:
        return
    ctx.use(index)
    base = next((v for v in ctx.values if isinstance(v, Measure)), None)
    if base is None:
        measure = next((i for i in range(len(ctx.mentions)) if ctx.is_measure(i) and i not in ctx.used), None)
        if measure is not None and (col := ctx.col(measure)) is not None:
            base = ctx.default_measure(col)
            ctx.use(measure)
        else:
            base = ctx.counting()
    if ctx.keys:
        _add_value(ctx, base)
        _add_value(ctx, Ratio(base, None, label="占比(%)", percent=True))
        return
    values = [
        (p, c)
        for p, c in ctx.conditions
        if isinstance(c, Compare) and c.op in ("=", "in") and ctx.of(cast(Col, c.left)).role != Role.TIME
    ]
    if not values:
        ctx.missing.append(ctx.mentions[index].text)
        return
    position, chosen = values[-1]
    ctx.conditions.remove((position, chosen))
    part = Measure(base.aggregate, base.of, table=base.table, where=chosen, label=f"{chosen.text or '其中'}")
    ctx.values[:] = [v for v in ctx.values if v != base]
    whole = Measure(base.aggregate, base.of, table=base.table, label="总数")
    ctx.values += [part, whole, Ratio(part, whole, label="占比(%)", percent=True)]


def _growths(ctx: Context) -> None:
    index = next(
        (i for i, m in enumerate(ctx.mentions) if m.kind == "growth" and ctx.resolved[i] is None and i not in ctx.used),
        None,
    )
    if index is None:
        return
    word = ctx.mentions[index].word
    assert word is not None
    ctx.use(index)
    base = next((v for v in ctx.values if isinstance(v, Measure)), None)
    if base is None:
        measure = next((i for i in range(len(ctx.mentions)) if ctx.is_measure(i) and i not in ctx.used), None)
        if measure is not None and (col := ctx.col(measure)) is not None:
            base = ctx.default_measure(col)
            ctx.use(measure)
        else:
            base = ctx.counting()
        _add_value(ctx, base)
    unit: TimeUnit = "year" if word.payload == "year" else "month"
    spans = [m.time for m in ctx.mentions if m.time]
    if unit == "year" and spans and spans[0].grain in ("month", "quarter"):
        unit = cast(TimeUnit, spans[0].grain)
    key = next((k for k in ctx.keys if isinstance(k, TimeBucket)), None)
    if key is None:
        bucket = ctx.bucket(unit)
        if not isinstance(bucket, TimeBucket):
            ctx.missing.append(ctx.mentions[index].text)
            return
        ctx.keys.insert(0, bucket)
        key = bucket
    per_year = {"year": 1, "quarter": 4, "month": 12, "day": 365}[key.unit]
    lag = per_year if word.payload == "year" else 1
    label = "同比增长(%)" if word.payload == "year" else "环比增长(%)"
    _add_value(ctx, Growth(base, key.unit, lag=lag, label=label))
