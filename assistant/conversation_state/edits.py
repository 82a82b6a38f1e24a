"""What a fragment does to a state: one edit a slot, applied in the order they were said. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.conversation_state.labels import dimension_label, quantity_label, value_words
from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import (
    Change,
    Dimension,
    Filter,
    Quantity,
    Ranking,
    State,
    Threshold,
    column_of,
    concept,
)
from assistant.planning.joins import JoinGraph
from assistant.planning.plan import Col
from corpus.semantics import Role, SemanticModel


@dataclass(frozen=True)
class SetPeriod:
    period: Period | None


@dataclass(frozen=True)
class SetFilter:
    """Only these values; takes the place of another condition on the same thing."""

    filter: Filter


@dataclass(frozen=True)
class DropFilter:
    """Without the conditions that hold one of `words`; without any words, the one added last."""

    words: tuple[str, ...] = ()
    last: tuple[Filter, ...] = ()  # what the last fragment added


@dataclass(frozen=True)
class CompareWith:
    """The things asked about beside another of their kind."""

    filter: Filter


@dataclass(frozen=True)
class SetDimension:
    dimension: Dimension
    add: bool = False


@dataclass(frozen=True)
class DropDimensions:
    """The whole, not broken down (or not by what is called `word`); `regions`: the whole city too."""

    regions: bool = False
    word: str = ""


@dataclass(frozen=True)
class SetQuantity:
    quantity: Quantity
    add: bool = False


@dataclass(frozen=True)
class DropQuantity:
    word: str


@dataclass(frozen=True)
class SetAggregate:
    aggregate: str


@dataclass(frozen=True)
class Total:
    """All together; `among` are the rows that the last answer showed, where 他们 means those."""

    among: Filter | None = None


@dataclass(frozen=True)
class SetChange:
    change: Change


@dataclass(frozen=True)
class Rank:
    ranking: Ranking | None


@dataclass(frozen=True)
class Keep:
    threshold: Threshold | None


@dataclass(frozen=True)
class SetSubject:
    """The same asked of other things: 那医院呢."""

    table: str


Edit = (
    SetPeriod
    | SetFilter
    | DropFilter
    | CompareWith
    | SetDimension
    | DropDimensions
    | SetQuantity
    | DropQuantity
    | SetAggregate
    | Total
    | SetChange
    | Rank
    | Keep
    | SetSubject
)


def applied(state: State, edits: list[Edit], model: SemanticModel, graph: JoinGraph) -> State:
    """The state after all edits."""
    for edit in edits:
        state = _applied(state, edit, model, graph)
    return state


def _applied(state: State, edit: Edit, model: SemanticModel, graph: JoinGraph) -> State:
    match edit:
        case SetPeriod(period):
            return replace(state, period=period)
        case SetFilter(one):
            return _filtered(state, one, model)
        case DropFilter():
            return _dropped(state, edit, model)
        case CompareWith(one):
            return _compared(state, one, model)
        case SetDimension(dimension, add):
            return _broken_down(state, dimension, add, model)
        case DropDimensions(regions, word):
            return _together(state, regions, word, model)
        case DropQuantity(word):
            rest = tuple(q for q in state.quantities if quantity_label(q, model) != word)
            return replace(state, quantities=rest or state.quantities)
        case SetQuantity(quantity, add):
            return _measured(state, quantity, add, model, graph)
        case SetAggregate(aggregate):
            return replace(state, quantities=tuple(_aggregated(q, aggregate) for q in state.quantities))
        case Total(among):
            state = replace(state, dimensions=(), ranking=None, threshold=None)
            state = replace(state, quantities=tuple(_aggregated(q, "sum") for q in state.quantities))
            return _filtered(state, among, model) if among else state
        case SetChange(change):
            return replace(state, quantities=tuple(replace(q, change=change) for q in state.quantities))
        case Rank(ranking):
            if ranking and ranking.limit is None:
                limit = state.ranking.limit if state.ranking else None
                return replace(state, ranking=Ranking(ranking.descending, limit))
            return replace(state, ranking=ranking)
        case Keep(threshold):
            return replace(state, threshold=threshold)
        case SetSubject(table):
            return _about(state, table, model, graph)


def _together(state: State, regions: bool, word: str, model: SemanticModel) -> State:
    kept = tuple(d for d in state.dimensions if word and dimension_label(d, model) != word)
    filters = state.filters
    if regions:
        filters = tuple(f for f in filters if concept(f.column, model) not in _places(model))
    ranked = state.ranking if kept else None
    return replace(state, dimensions=kept, filters=filters, ranking=ranked, threshold=state.threshold if kept else None)


def _filtered(state: State, one: Filter, model: SemanticModel) -> State:
    """One thing instead of another of its kind; and no longer broken down by what is now one."""
    mine = concept(one.column, model)
    old = next((f for f in state.filters if concept(f.column, model) == mine), None)
    if old is not None and one.op == "!=":
        one = _without(old, one)
    at = state.filters.index(old) if old is not None else len(state.filters)
    filters = [f for f in state.filters if concept(f.column, model) != mine]
    filters.insert(at, one)
    dimensions = state.dimensions
    if one.op == "=" and len(one.values) == 1:
        dimensions = tuple(d for d in dimensions if d.column is None or concept(d.column, model) != mine)
    ranking = state.ranking if dimensions else None
    return replace(state, filters=tuple(filters), dimensions=dimensions, ranking=ranking)


def _without(old: Filter, one: Filter) -> Filter:
    """A condition that shuts out more than `old` does."""
    if old.op in ("!=", "not in"):
        return Filter(old.column, "not in", tuple(dict.fromkeys((*old.values, *one.values))))
    left = tuple(v for v in old.values if v not in one.values)
    if old.op == "in" and left:
        return Filter(old.column, "in" if len(left) > 1 else "=", left)
    return one


def _dropped(state: State, edit: DropFilter, model: SemanticModel) -> State:
    if edit.words:
        kept = tuple(f for f in state.filters if not any(_says(f, w, model) for w in edit.words))
        return replace(state, filters=kept)
    if edit.last:
        return replace(state, filters=tuple(f for f in state.filters if f not in edit.last))
    if state.filters:
        return replace(state, filters=state.filters[:-1])
    if state.ranking:
        return replace(state, ranking=None)
    return replace(state, period=None)


def _says(one: Filter, word: str, model: SemanticModel) -> bool:
    """Whether a condition is one that people call `word`: by a value or by its column."""
    column = column_of(one.column, model)
    shown = [value_words(one, v, model) for v in one.values] + [str(v) for v in one.values]
    return word in shown or word in (column.label, *column.synonyms)


def _compared(state: State, one: Filter, model: SemanticModel) -> State:
    mine = concept(one.column, model)
    old = next((f for f in state.filters if concept(f.column, model) == mine and f.op in ("=", "in")), None)
    if old is None:
        return _filtered(state, one, model)
    both = Filter(old.column, "in", tuple(dict.fromkeys((*old.values, *one.values))))
    filters = tuple(both if f is old else f for f in state.filters)
    return replace(state, filters=filters, dimensions=(Dimension(old.column),), ranking=None)


def _broken_down(state: State, dimension: Dimension, add: bool, model: SemanticModel) -> State:
    if add:
        return replace(state, dimensions=tuple(dict.fromkeys((*state.dimensions, dimension))))
    filters = state.filters
    if dimension.column is not None:
        mine = concept(dimension.column, model)
        filters = tuple(f for f in filters if concept(f.column, model) != mine or f.op not in ("=",))
    return replace(state, dimensions=(dimension,), filters=filters)


def _aggregated(quantity: Quantity, aggregate: str) -> Quantity:
    """The quantity under another aggregate; rows and metrics are what they are."""
    if quantity.metric or quantity.column is None or quantity.aggregate == "count":
        return quantity
    if aggregate == "sum" and quantity.aggregate not in ("row", "sum"):
        return quantity  # the whole of an average is the average
    return replace(quantity, aggregate=aggregate)


def _measured(state: State, quantity: Quantity, add: bool, model: SemanticModel, graph: JoinGraph) -> State:
    if add:
        return replace(state, quantities=(*state.quantities, quantity))
    change = state.quantities[0].change if state.quantities else ""
    state = replace(state, quantities=(replace(quantity, change=change),), threshold=None)
    if quantity.table in (state.table, ""):
        return state
    return _moved(state, quantity.table, model, graph)


def _about(state: State, table: str, model: SemanticModel, graph: JoinGraph) -> State:
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
    return _moved(replace(state, quantities=(quantity,), threshold=None), table, model, graph)


def _moved(state: State, table: str, model: SemanticModel, graph: JoinGraph) -> State:
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


def _places(model: SemanticModel) -> set[str]:
    """Concepts of places: tables whose rows other tables lie in, by their word for themselves."""
    return {"→" + t.name for t in model.tables if t.entity in ("区县", "区", "县", "街道", "市", "省", "城市", "地区")}
