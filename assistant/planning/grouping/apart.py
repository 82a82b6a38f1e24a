"""Numbers asked for two values, or two times, of one thing: each is given by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.planning.conditions.alternatives import disjoint
from assistant.planning.plan import Col, Compare, Expression, Measure, TimeBucket, Value
from assistant.planning.reading.context import Context
from assistant.planning.shown.targets import Shown
from corpus.semantics import Role

_APART = ("分别", "各", "对比", "比较", "各有")


def asked_apart(ctx: Context, shown: Shown) -> Col | None:
    """民办学校有多少所，公办学校有多少所: two numbers asked for two values of one column are given apart."""
    tests = [p.condition for p in ctx.phrases if p.kind == "condition" and isinstance(p.condition, Compare)]
    columns = [t.left for t in tests if isinstance(t, Compare) and t.op == "=" and isinstance(t.value, str)]
    twice = [c for c in columns if columns.count(c) > 1]
    asks = sum(m.kind == "howmany" for m in ctx.mentions)
    asks += any(m.text == "呢" for m in ctx.mentions) and any(p.kind == "comma" for p in ctx.phrases)  # …，注销的呢
    summed = any(p.kind == "agg" or m.text in ("一共", "总共", "共") for p in ctx.phrases for m in ctx.mentions)
    grouped = any(p.kind == "group" for p in ctx.phrases) and not summed
    said = grouped or any(p.kind == "comma" for p in ctx.phrases[:-1]) or any(m.text in _APART for m in ctx.mentions)
    apart = (
        (not ctx.schema.strict or _each_value(ctx))
        and shown.values
        and twice
        and said
        and (asks > 1 or grouped or any(m.text in _APART for m in ctx.mentions))
    )
    return twice[0] if apart and isinstance(twice[0], Col) else None


def _each_value(ctx: Context) -> bool:
    """男女各有多少人: 各 right behind two values of one column."""
    for i in range(2, len(ctx.mentions)):
        a, b = ctx.resolved[i - 2], ctx.resolved[i - 1]
        if a is None or b is None or ctx.mentions[i].text not in ("各", "各有", "各自"):
            continue
        if a.kind == b.kind == "value" and (a.table, a.column) == (b.table, b.column):
            return True
    return False


def how_much(ctx: Context) -> bool:
    """Whether 多少 asks for a number of the rows: 有多少人单身."""
    return any(p.kind == "expr" and p.asked for p in ctx.phrases)


def of_kinds(ctx: Context, shown: Shown) -> bool:
    """Whether numbers are asked for kinds of rows (各个城市, 男女各), each of which has many."""
    if _each_value(ctx) and not shown.keys:
        return True
    kinds = (Role.CATEGORY, Role.TEXT)
    keyed = [isinstance(k, Col) and k.table == ctx.root and ctx.of(k).role in kinds for k in shown.keys]
    return shown.grouped and bool(keyed) and all(keyed)


_MORE = {"多": True, "大": True, "高": True, "少": False, "小": False, "低": False}


@dataclass(frozen=True)
class Contest:
    """Two values of a column that are set against each other by a number."""

    column: Col
    value: Value
    more: bool  # whether the larger is asked for


def contested(ctx: Context, shown: Shown) -> Contest | None:
    """公办学校和民办学校哪个多, 两个区哪个医院多: which of two values of a column has more."""
    if ctx.schema.strict or len(shown.numbers) > 1 or len(shown.values) > 1:
        return None
    more = _asked_more(ctx)
    tests = [p.condition for p in ctx.phrases if p.kind == "condition" and isinstance(p.condition, Compare)]
    columns = [t.left for t in tests if isinstance(t, Compare) and t.op == "=" and isinstance(t.value, str)]
    twice = next((c for c in columns if columns.count(c) == 2 and isinstance(c, Col)), None)
    if more is None or twice is None:
        return None
    value: Value = ctx.counting()
    if shown.values:
        value = shown.values[0]
    elif shown.numbers:
        value = ctx.default_of(shown.numbers[0])
    return Contest(twice, value, more)


def _asked_more(ctx: Context) -> bool | None:
    """Whether 多 (True) or 少 (False) closes what 哪个 opens: 哪个多, 哪个区的医院更多; None for neither."""
    asked = next((i for i, m in enumerate(ctx.mentions) if m.kind == "which"), None)
    if asked is None:  # 男的多还是女的多, 公办还是民办的多
        texts = [m.text for m in ctx.mentions]
        either = next((i for i, t in enumerate(texts) if t == "还是" or texts[i : i + 2] == ["还", "是"]), len(texts))
        said = [t for t in texts[either:] if t in _MORE]
        return _MORE[said[-1]] if said else None
    for i in range(asked + 1, len(ctx.mentions)):
        word = ctx.mentions[i].text
        if word.removesuffix("一些").removesuffix("一点") in _MORE:
            rest = ctx.mentions[i + 1 :]
            closed = not rest or rest[0].kind == "comma" or all(m.kind in ("filler", "yesno") for m in rest)
            return _MORE[word[0]] if closed else None
        if ctx.mentions[i].kind not in ("", "of", "filler", "agg"):
            return None
    return None


def times_apart(ctx: Context, keys: list[Expression], values: list[Value]) -> list[Value]:
    """2023年和2024年各是多少, 上半年和下半年: years become a key (added to `keys`), other times numbers side by side."""
    timed = [p for p in ctx.phrases if p.kind == "condition" and p.time is not None and p.condition is not None]
    spans = [p.time for p in timed if p.time is not None]
    if len(spans) < 2 or not disjoint(spans) or any(m.kind == "agg" and m.payload == "sum" for m in ctx.mentions):
        return values
    if any(isinstance(k, TimeBucket) for k in keys):
        return values
    bucket = ctx.bucket("year")
    years = all(s.grain == "year" and s.start and s.end and s.end.year - s.start.year == 1 for s in spans)
    if years and isinstance(bucket, TimeBucket):
        keys.insert(0, bucket)
        return values
    if not all(isinstance(v, Measure) and v.where is None for v in values):
        return values
    return [
        replace(v, where=p.condition, label=f"{p.text}{v.label}" if len(values) > 1 else p.text)
        for v in values
        if isinstance(v, Measure)
        for p in timed
    ]
