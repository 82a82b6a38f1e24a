"""What edits make of a state, applied in the order they were said. Pure."""

from __future__ import annotations

from dataclasses import replace

from assistant.conversation_state.edits import (
    Among,
    CompareWith,
    CountThings,
    DropDimensions,
    DropFilter,
    DropQuantity,
    Edit,
    GiveBack,
    Keep,
    Limit,
    ListThings,
    Rank,
    Readmit,
    Reverse,
    SetAggregate,
    SetChange,
    SetDimension,
    SetFilter,
    SetNumber,
    SetPeriod,
    SetQuantity,
    SetSubject,
    Total,
)
from assistant.conversation_state.labels import dimension_label, quantity_label, value_words
from assistant.conversation_state.moving import about, measured
from assistant.conversation_state.state import (
    Dimension,
    Filter,
    Quantity,
    Ranking,
    State,
    column_of,
    concept,
)
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel


def applied(state: State, edits: list[Edit], model: SemanticModel, graph: JoinGraph) -> State:
    """The state after all edits."""
    for edit in edits:
        state = _applied(state, edit, model, graph)
    return state


def _applied(state: State, edit: Edit, model: SemanticModel, graph: JoinGraph) -> State:
    match edit:
        case SetPeriod(period):
            return replace(state, period=period, asked=None)
        case SetFilter(one, add):
            return _filtered(state, _widened(state, one, model) if add else one, model)
        case GiveBack():
            kept = tuple(f for f in state.filters if f.op not in ("!=", "not in"))
            return replace(state, filters=kept)
        case Readmit(one):
            return _readmitted(state, one, model)
        case SetNumber(value):
            return _numbered(state, value)
        case DropFilter():
            return _dropped(state, edit, model)
        case CompareWith(one):
            return _compared(state, one, model)
        case SetDimension(dimension, add, keep):
            if dimension.unit and state.asked:
                state = replace(state, period=state.asked, asked=None)  # month by month of all the time that was said
            if keep:
                return replace(state, dimensions=(*state.dimensions, dimension))
            return _broken_down(state, dimension, add, model)
        case DropDimensions(regions, word):
            return _together(state, regions, word, model)
        case DropQuantity(word):
            rest = tuple(q for q in state.quantities if quantity_label(q, model) != word)
            return replace(state, quantities=rest or state.quantities)
        case SetQuantity(quantity, add):
            return measured(state, quantity, add, model, graph)
        case SetAggregate(aggregate):
            return replace(state, quantities=tuple(_aggregated(q, aggregate) for q in state.quantities))
        case Total(among):
            state = replace(state, dimensions=(), ranking=None, threshold=None)
            state = replace(state, quantities=tuple(_aggregated(q, "sum") for q in state.quantities))
            return _filtered(state, among, model) if among else state
        case SetChange(change, back):
            return replace(state, quantities=tuple(replace(q, change=change, back=back) for q in state.quantities))
        case Rank(ranking):
            if ranking and ranking.limit is None:
                limit = state.ranking.limit if state.ranking else None
                return replace(state, ranking=Ranking(ranking.descending, limit))
            return replace(state, ranking=ranking)
        case Limit(count):
            down = state.ranking.descending if state.ranking else True
            return replace(state, ranking=Ranking(down, count))
        case Reverse():
            if state.ranking is None:
                return replace(state, ranking=Ranking(False, None))
            return replace(state, ranking=replace(state.ranking, descending=not state.ranking.descending))
        case ListThings(column):
            return _listed(state, column)
        case CountThings():
            return _counted(state, model)
        case Among(one):
            return replace(_filtered(state, one, model, divide=True), ranking=None, threshold=None)
        case Keep(threshold):
            # a bound is asked of all groups, not of the first few that were shown
            return replace(state, threshold=threshold, ranking=None if threshold else state.ranking)
        case SetSubject(table):
            return about(state, table, model, graph)


def _together(state: State, regions: bool, word: str, model: SemanticModel) -> State:
    kept = tuple(d for d in state.dimensions if word and not _is_called(d, word, model))
    filters = state.filters
    if regions:
        filters = tuple(f for f in filters if concept(f.column, model) not in places(model))
    ranked = state.ranking if kept else None
    return replace(state, dimensions=kept, filters=filters, ranking=ranked, threshold=state.threshold if kept else None)


def _is_called(dimension: Dimension, word: str, model: SemanticModel) -> bool:
    """Whether people call what it is broken down by `word`."""
    names = {dimension_label(dimension, model)}
    if dimension.column is not None:
        column = column_of(dimension.column, model)
        names |= {column.label, *column.synonyms}
    return word in names


def _widened(state: State, one: Filter, model: SemanticModel) -> Filter:
    """The values asked about and these too."""
    mine = concept(one.column, model)
    old = next((f for f in state.filters if concept(f.column, model) == mine and f.op in ("=", "in")), None)
    if old is None or one.op not in ("=", "in"):
        return one
    return Filter(old.column, "in", tuple(dict.fromkeys((*old.values, *one.values))))


def _numbered(state: State, value: float) -> State:
    """The bound that was set last, with another number."""
    bounds = [f for f in state.filters if f.op in (">", ">=", "<", "<=")]
    if bounds:
        kept = tuple(replace(f, values=(value,)) if f is bounds[-1] else f for f in state.filters)
        return replace(state, filters=kept)
    return replace(state, threshold=replace(state.threshold, value=value)) if state.threshold else state


def _counted(state: State, model: SemanticModel) -> State:
    """How many rows; or how many of the things that the rows were broken down by."""
    quantity = Quantity("count", state.table)
    for one in state.dimensions:
        kind = concept(one.column, model) if one.column else ""
        if kind.startswith("→") and kind[1:] != state.table:
            quantity = Quantity("count", kind[1:])
    return replace(state, quantities=(quantity,), dimensions=(), ranking=None, threshold=None)


def _listed(state: State, column: Col) -> State:
    """The things of the state by name; groups that are shown already are all shown."""
    if state.dimensions:
        return replace(state, ranking=None if state.ranking and state.ranking.limit == 1 else state.ranking)
    return replace(state, quantities=(), dimensions=(Dimension(column),), ranking=None, threshold=None)


def _filtered(state: State, one: Filter, model: SemanticModel, divide: bool = False) -> State:
    """One thing instead of another of its kind; and no longer broken down by what is now one, unless `divide`."""
    mine = concept(one.column, model)
    kept = [f for f in state.filters if concept(f.column, model) != mine or _beside(f, one)]
    kept = [f for f in kept if not _is_yes_or_no_of(f, one, model)]
    old = next((f for f in state.filters if f not in kept), None)
    if old is not None and one.op in ("!=", "not in"):
        one = _without(old, one)
    at = state.filters.index(old) if old is not None else len(state.filters)
    filters = kept
    filters.insert(at, one)
    dimensions = state.dimensions
    if one.op == "=" and len(one.values) == 1 and not divide:
        dimensions = tuple(d for d in dimensions if d.column is None or concept(d.column, model) != mine)
    rows = any(q.aggregate == "row" for q in state.quantities)
    ranking = state.ranking if dimensions or rows else None
    return replace(state, filters=tuple(filters), dimensions=dimensions, ranking=ranking)


def _is_yes_or_no_of(old: Filter, one: Filter, model: SemanticModel) -> bool:
    """Whether a yes-or-no condition is about what the new one tells the kind of: 是否新能源, beside 能源类型."""
    flag, kind = column_of(old.column, model), column_of(one.column, model)
    if (
        set(flag.codes) != {"true", "false"}
        or set(kind.codes) == set(flag.codes)
        or old.column.table != one.column.table
    ):
        return False
    table = model.table(old.column.table)
    nouns = "，".join((table.label, *table.synonyms))
    label = flag.label.removeprefix("是否")
    pairs = {label[i : i + 2] for i in range(len(label) - 1)}
    return one.op in ("=", "in") and any(p in kind.label and p not in nouns for p in pairs)


def _beside(old: Filter, one: Filter) -> bool:
    """Whether one condition leaves another on the same column standing: a lower bound, an upper bound."""
    return old.op[:1] + one.op[:1] in ("<>", "><")


def _without(old: Filter, one: Filter) -> Filter:
    """A condition that shuts out more than `old` does."""
    if old.op in ("!=", "not in"):
        return Filter(old.column, "not in", tuple(dict.fromkeys((*old.values, *one.values))))
    left = tuple(v for v in old.values if v not in one.values)
    if old.op == "in" and left:
        return Filter(old.column, "in" if len(left) > 1 else "=", left)
    return one


def _readmitted(state: State, one: Filter, model: SemanticModel) -> State:
    mine = concept(one.column, model)
    shut = next((f for f in state.filters if concept(f.column, model) == mine and f.op in ("!=", "not in")), None)
    if shut is None:
        return _filtered(state, _widened(state, one, model), model, divide=True)
    left = tuple(v for v in shut.values if v not in one.values)
    rest = replace(shut, op="not in" if len(left) > 1 else "!=", values=left)
    return replace(state, filters=tuple(rest if f is shut else f for f in state.filters if left or f is not shut))


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


def places(model: SemanticModel) -> set[str]:
    """Concepts of places: tables whose rows other tables lie in, by their word for themselves."""
    return {"→" + t.name for t in model.tables if t.entity in ("区县", "区", "县", "街道", "市", "省", "城市", "地区")}
