"""The same question asked of another table or of another number: what of the state goes along."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.conversation_state.state import Dimension, Filter, Quantity, State, column_of, concept
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.plan import Col
from corpus.semantics import Additivity, Role, SemanticModel


def measured(state: State, quantity: Quantity, add: bool, model: SemanticModel, graph: JoinGraph) -> State:
    if add:
        return replace(state, quantities=(*state.quantities, quantity))
    if state.asked and not (quantity.column and column_of(quantity.column, model).additivity == Additivity.SNAPSHOT):
        state = replace(state, period=state.asked, asked=None)
    first = state.quantities[0] if state.quantities else quantity
    state = replace(state, quantities=(replace(quantity, change=first.change, back=first.back),), threshold=None)
    if quantity.metric:
        state = replace(state, filters=tuple(f for f in state.filters if not _tested(f.column, quantity.metric, model)))
    if quantity.table in (state.table, ""):
        return state
    return moved(state, quantity.table, model, graph)


def _tested(column: Col, metric: str, model: SemanticModel) -> bool:
    """Whether a metric is about what a condition fixes: the share that is 合格, among those that are 不合格."""
    found = next(m for m in model.metrics if m.name == metric)
    return found.table == column.table and bool(re.search(rf"\b{re.escape(column.name)}\b", found.expression))


def about(state: State, table: str, model: SemanticModel, graph: JoinGraph) -> State:
    """The same question of another table; a quantity it has under the same name stays, else its rows are counted."""
    first = state.quantities[0] if state.quantities else None
    quantity = Quantity("count", table, change=first.change if first else "")
    if first is not None and first.column is not None:
        names = {column_of(first.column, model).label, *column_of(first.column, model).synonyms}
        same = next(
            (c for c in model.table(table).columns if c.role == Role.MEASURE and names & {c.label, *c.synonyms}), None
        )
        if same is not None:
            quantity = replace(first, table=table, column=Col(table, same.name))
    return moved(replace(state, quantities=(quantity,), threshold=None), table, model, graph)


def moved(state: State, table: str, model: SemanticModel, graph: JoinGraph) -> State:
    """What of the state another table can say: columns of the same meaning, its time where it has one."""
    filters = tuple(
        Filter(found, f.op, f.values) for f in state.filters if (found := counterpart(f.column, table, model, graph))
    )
    dimensions = tuple(
        d if d.unit else Dimension(found)
        for d in state.dimensions
        if d.unit or (d.column and (found := counterpart(d.column, table, model, graph)))
    )
    timed = any(model.table(t).time_column for t in (table, *(t for t in graph.paths(table) if graph.safe(table, t))))
    return replace(
        state,
        table=table,
        filters=filters,
        dimensions=dimensions if timed else tuple(d for d in dimensions if not d.unit),
        period=state.period if timed else None,
        timed=None,
        ranking=state.ranking if dimensions else None,
    )


def counterpart(column: Col, table: str, model: SemanticModel, graph: JoinGraph) -> Col | None:
    """The column of `table`, or of a table it refers to, that means the same; None for none."""
    wanted = concept(column, model)
    for name in (table, *(t for t in graph.paths(table) if t != table and graph.safe(table, t))):
        for other in model.table(name).columns:
            if concept(Col(name, other.name), model) == wanted:
                return Col(name, other.name)
    return None
