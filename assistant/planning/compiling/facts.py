"""Which parts of a plan stand on which fact table.

Two numbers of two tables in one join would multiply each other's rows (a chasm trap), so each is made by itself, by the
same keys as seen from its own table and under those conditions that hold for it, and the results are joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.planning.compiling.joins import CannotCompile, JoinGraph
from assistant.planning.compiling.rollup import measures_of
from assistant.planning.plan import (
    And,
    Col,
    Compare,
    Condition,
    Expression,
    Growth,
    Measure,
    Not,
    Or,
    Plan,
    Ratio,
    TimeBucket,
    TimeUnit,
    columns_in,
    columns_of,
    conjunction,
)
from corpus.semantics import SemanticModel

_DATES = ("DATE", "TIMESTAMP")


def measured(plan: Plan) -> list[Measure]:
    """Every measure that a plan shows, tests or ranks by."""
    found = [m for v in plan.values for m in measures_of(v)] + [h.measure for h in plan.having]
    for order in plan.order:
        if isinstance(order.by, Measure | Ratio | Growth):
            found += measures_of(order.by)
    return list(dict.fromkeys(found))


def facts_of(plan: Plan) -> list[str]:
    """The tables whose rows a plan aggregates."""
    return list(dict.fromkeys(m.table or plan.root for m in measured(plan)))


def split_by_fact(plan: Plan, model: SemanticModel, graph: JoinGraph) -> list[Plan]:
    """One plan for each table whose rows are aggregated; a plan over one table comes back alone.

    Each part shows the plan's keys, then what tells its groups apart where that is not a key, then its own measures.
    """
    tables = facts_of(plan)
    if len(tables) < 2:
        return [plan]
    keys = (*plan.keys, *(g for g in plan.group if g not in plan.keys))
    parts = []
    for table in tables:
        parts.append(
            Plan(
                table,
                keys=tuple(seen_from(k, table, model, graph) for k in keys),
                group=tuple(seen_from(g, table, model, graph) for g in plan.group),
                values=tuple(m for m in measured(plan) if (m.table or plan.root) == table),
                where=conjunction(list(_held(plan.where, table, tables, model, graph))),
            )
        )
    return parts


def rerooted(plan: Plan, root: str, model: SemanticModel, graph: JoinGraph) -> Plan:
    """The plan with another table's rows at its root, its keys said from there."""

    def seen(expressions: tuple[Expression, ...]) -> tuple[Expression, ...]:
        return tuple(seen_from(e, root, model, graph) for e in expressions)

    orders = tuple(
        o if isinstance(o.by, Measure | Ratio | Growth) else replace(o, by=seen_from(o.by, root, model, graph))
        for o in plan.order
    )
    return replace(
        plan, root=root, keys=seen(plan.keys), group=seen(plan.group), limit_per=seen(plan.limit_per), order=orders
    )


def seen_from(key: Expression, table: str, model: SemanticModel, graph: JoinGraph) -> Expression:
    """What a key is for the rows of another table: a foreign key is the key it points to, a time the table's own time."""
    columns = columns_of(key)
    if len(columns) != 1 or graph.safe(table, columns[0].table):
        return key
    column = columns[0]
    own = _own_time(column, table, model)
    if own is None and model.table(column.table).time_column == column.name:
        raise CannotCompile("a number without a time, by time")
    if own is not None and isinstance(key, TimeBucket):
        return TimeBucket(own, key.unit) if _tells(own, key.unit, model) else key
    if own is not None and isinstance(key, Col):
        grain = model.table(column.table).column(column.name).grain
        if model.table(table).column(own.name).grain == grain and _dated(own, model) == _dated(column, model):
            return own
        return TimeBucket(own, "year") if _dated(own, model) and not _dated(column, model) else key
    if not isinstance(key, Col):
        return key
    for relation in model.relations:
        if (relation.left, relation.left_columns) == (key.table, [key.name]) and graph.safe(table, relation.right):
            return Col(relation.right, relation.right_columns[0])
    return key


# -- conditions -------------------------------------------------------------------------------------------------------


def _held(
    condition: Condition | None, table: str, facts: list[str], model: SemanticModel, graph: JoinGraph
) -> Iterator[Condition]:
    """The tests that hold for the rows of one of several fact tables."""
    for part in parts_of(condition):
        tables = {c.table for c in columns_in(part)}
        if all(graph.safe(table, t) for t in tables):
            yield part
        elif is_of_time(part, model):
            moved = _moved(part, table, model)
            if moved is not None:
                yield moved
        elif not any(all(graph.safe(fact, t) for t in tables) for fact in facts):
            yield part  # of no number's own rows: it picks the things that all of them are about


def parts_of(condition: Condition | None) -> Iterator[Condition]:
    """The conditions that must all hold."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from parts_of(part)
    elif condition is not None:
        yield condition


def is_of_time(condition: Condition, model: SemanticModel) -> bool:
    """Whether a condition tests nothing but the times that tables are known by."""
    columns = columns_in(condition)
    return bool(columns) and all(model.table(c.table).time_column == c.name for c in columns)


def _moved(condition: Condition, table: str, model: SemanticModel) -> Condition | None:
    """A test of other tables' time as a test of this table's own; None where it has none, or of another kind."""
    if isinstance(condition, And | Or):
        parts = [_moved(p, table, model) for p in condition.parts]
        kept = tuple(p for p in parts if p is not None)
        return type(condition)(kept) if len(kept) == len(parts) else None
    if isinstance(condition, Not):
        part = _moved(condition.part, table, model)
        return Not(part) if part is not None else None
    if not isinstance(condition, Compare) or condition.right is not None:
        return None
    column = columns_of(condition.left)[0]
    own = _own_time(column, table, model)
    if own is None:
        return None
    if isinstance(condition.left, TimeBucket):
        year = condition.left.unit == "year"
        return replace(condition, left=TimeBucket(own, condition.left.unit)) if year or _dated(own, model) else None
    if _dated(column, model) == _dated(own, model):
        return replace(condition, left=own)
    if isinstance(condition.value, str):  # days, tested on a year
        whole = condition.value.endswith("01-01")
        return replace(
            condition,
            left=own,
            op="<=" if condition.op == "<" and not whole else condition.op,
            value=int(condition.value[:4]),
        )
    return replace(condition, left=TimeBucket(own, "year")) if _dated(own, model) else None


def _own_time(column: Col, table: str, model: SemanticModel) -> Col | None:
    """The time that the rows of `table` are known by, in the place of another table's."""
    mine, theirs = model.table(table).time_column, model.table(column.table).time_column
    return Col(table, mine) if mine and theirs == column.name else None


def _tells(column: Col, unit: TimeUnit, model: SemanticModel) -> bool:
    """Whether a time is fine enough to be cut to a unit."""
    grain = model.table(column.table).column(column.name).grain
    order = ["year", "quarter", "month", "day"]
    return unit == "year" or (_dated(column, model) and (grain not in order or order.index(grain) >= order.index(unit)))


def _dated(column: Col, model: SemanticModel) -> bool:
    return model.table(column.table).column(column.name).type.upper().startswith(_DATES)


__all__ = ["facts_of", "is_of_time", "measured", "parts_of", "rerooted", "seen_from", "split_by_fact"]
