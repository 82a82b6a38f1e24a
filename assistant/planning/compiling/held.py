"""Foreign keys that hold already what is asked of the table they point to: a district's name needs no join."""

from __future__ import annotations

from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.compiling.rollup import measures_of
from assistant.planning.plan import (
    Col,
    Growth,
    Measure,
    Plan,
    Ratio,
    Value,
    columns_in,
    columns_of,
    expressions_of,
    tables_of,
)


def held_columns(plan: Plan, graph: JoinGraph) -> dict[Col, Col]:
    """Columns of joined tables → the columns of the joining side that are equal to them, where no other is needed."""
    used = _used(plan)
    needed = {m.table for v in _values(plan) for m in measures_of(v)} | set(plan.whole)
    paths = graph.paths(plan.root)
    through = {edge.source for table in tables_of(plan) for edge in paths.get(table, ())}
    held: dict[Col, Col] = {}
    for table in tables_of(plan):
        way = paths.get(table)
        if not way or table in needed or table in through:
            continue
        edge = way[-1]
        columns = {c for c in used if c.table == table}
        if len(edge.target_columns) != 1 or edge.multiplies or {c.name for c in columns} != set(edge.target_columns):
            continue
        held[Col(table, edge.target_columns[0])] = Col(edge.source, edge.source_columns[0])
    return held


def _values(plan: Plan) -> list[Value]:
    ranked = [o.by for o in plan.order if isinstance(o.by, Measure | Ratio | Growth)]
    return [*plan.values, *(h.measure for h in plan.having), *ranked]


def _used(plan: Plan) -> set[Col]:
    """The columns that a plan's own rows are read for; nested queries have their own."""
    expressions = [*plan.keys, *plan.group, *plan.limit_per]
    expressions += [o.by for o in plan.order if not isinstance(o.by, Measure | Ratio | Growth)]
    for value in _values(plan):
        expressions += expressions_of(value)
    found = {c for e in expressions for c in columns_of(e)} | set(columns_in(plan.where))
    for value in _values(plan):
        for measure in measures_of(value):
            found |= set(columns_in(measure.where))
    return found
