"""比1号线长的线路, 编制人数比市教育局多的部门: things whose number is compared with that of one that is named."""

from __future__ import annotations

from typing import cast

from assistant.planning.conditions.comparisons import said_after, same_time
from assistant.planning.conditions.limits import aggregate_of, subject
from assistant.planning.linking.words import HINTS
from assistant.planning.numbers.asked_units import is_figures
from assistant.planning.plan import (
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Having,
    Measure,
    columns_of,
    conjunction,
)
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, right
from corpus.semantics import Additivity, Role


def against_named(ctx: Context, i: int) -> bool:
    """A 比 and a named thing, with the number named before (编制人数比…多), after (比…面积大) or by its adjective (比…长)."""
    phrase = ctx.phrases[i]
    if phrase.kind != "than" or ctx.schema.strict or i + 1 >= len(ctx.phrases):
        return False
    named = ctx.phrases[i + 1]
    owner = _owner(ctx, named)
    if owner is None:
        return False
    after = right(ctx, i + 1, ("of",))
    last, also = i + 1, []
    number: Expression | None = None
    before = subject(ctx, i)
    counted: Measure | None = None
    if after is not None and is_measure(ctx, ctx.phrases[after]):
        number, last = ctx.phrases[after].expr, after
    elif before is not None and is_measure(ctx, ctx.phrases[before[0]]):
        number, also = ctx.phrases[before[0]].expr, [before[0]]
        also += [before[1]] if before[1] is not None and not aggregate_of(ctx, before[1]) else []
    elif before is not None and ctx.phrases[before[0]].kind == "table" and not _sought(ctx, before[0]):
        counted, also = ctx.counting(ctx.phrases[before[0]].table), [before[0]]
    else:
        number = _hinted(ctx, i + 1, owner)
    if (number is None and counted is None) or not _asks_things(ctx, last, owner):
        return False
    op = said_after(ctx, last)
    if op is None:
        return False
    test = _test(ctx, named, number, counted, owner)
    if test is None:
        return False
    if isinstance(test, Measure):
        inside = conjunction([*_when(ctx, test), _is(named)])
        folded = Phrase("condition", (), having=Having(test, op, 0.0, against=test, inside=inside))
    else:
        inside = conjunction([*same_time(ctx, test.table), _is(named)])
        folded = Phrase("condition", (), condition=CompareToAggregate(test, op, ctx.default_of(test), inside))
    fold(ctx, i, last + 1, folded, also)
    ctx.bonus += 1.5 if isinstance(test, Col) else 1.0  # its own number, before those of what belongs to it
    return True


def _is(named: Phrase) -> Condition:
    return Compare(cast(Expression, named.expr), "=", named.value, text=named.text)


def _owner(ctx: Context, named: Phrase) -> str | None:
    """The table of things that a value names one of."""
    if named.kind != "value" or not isinstance(named.expr, Col):
        return None
    role = ctx.of(named.expr).role
    if role == Role.NAME:
        return named.expr.table
    return ctx.target_of(named.expr) if role == Role.FOREIGN else None


def _sought(ctx: Context, k: int) -> bool:
    return k > 0 and ctx.phrases[k - 1].kind == "which"


def _asks_things(ctx: Context, last: int, owner: str) -> bool:
    """Whether things of the named one's kind are asked for, and not by how much it is more."""
    if any(p.kind in ("gap", "times", "growth") for p in ctx.phrases):
        return False
    thing = right(ctx, last, ("of", "unknown"))
    found = [ctx.phrases[thing]] if thing is not None else []
    found += [ctx.phrases[k + 1] for k, p in enumerate(ctx.phrases[:-1]) if p.kind == "which"]
    return any(p.kind == "table" or (p.kind == "expr" and isinstance(p.expr, Col)) for p in found)


def _hinted(ctx: Context, named: int, owner: str) -> Col | None:
    """What an adjective alone speaks of, of the things themselves: 比1号线长 is longer by 线路长度."""
    n = ctx.phrases[named].end
    word = f"最{ctx.mentions[n].text[:1]}" if n < len(ctx.mentions) else ""
    for hint in HINTS.get(word, ()):
        for column in ctx.schema.model.table(owner).columns:
            said = hint in column.label or hint in column.synonyms
            if said and column.role == Role.MEASURE and ctx.root == owner:
                return Col(owner, column.name)
    return None


def _test(
    ctx: Context, named: Phrase, number: Expression | None, counted: Measure | None, owner: str
) -> Col | Measure | None:
    """The number to compare row by row, or as a total of each thing's rows."""
    if counted is not None:
        near = counted.table in ("", ctx.root) and owner != ctx.root and ctx.schema.graph.safe(ctx.root, owner)
        return counted if near else None
    if not isinstance(number, Col):
        return None
    table = columns_of(number)[0].table
    if not ctx.schema.graph.safe(table, named.table):
        return None
    if not is_figures(ctx, table) and table == owner:
        return number
    keyed = ctx.schema.graph.foreign_key(table, owner)
    return ctx.default_measure(number) if table == ctx.root and keyed else None


def _when(ctx: Context, measure: Measure) -> list[Condition]:
    """The named one's number is of the same time; a stock without one is that of the newest."""
    told = same_time(ctx, measure.table or ctx.root)
    col = ctx.time_column()
    stock = isinstance(measure.of, Col) and ctx.of(measure.of).additivity == Additivity.SNAPSHOT
    if told or col is None or not stock or col.name not in ctx.table.primary_key:
        return told
    high = ctx.schema.values.range(col.table, col.name).high
    return [Compare(col, "=", int(high) if isinstance(high, float) else str(high)[:10])] if high is not None else []
