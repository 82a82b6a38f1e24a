"""What an answer's numbers are about, in words before them: 2025年云湖区民办. And over what time the data reach."""

from __future__ import annotations

from assistant.conversation_state.labels import dimension_label, filter_words
from assistant.conversation_state.state import Dimension, State, concept
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel

MOST_VALUES = 4  # of one condition, that a sentence names


def scope_words(state: State | None, model: SemanticModel, *, timed: bool = True) -> str:
    """The period, the places and the kinds that were asked about; what is shut out stands in brackets."""
    if state is None:
        return ""
    words = state.period.words if state.period and timed else ""
    places = [f for f in state.filters if concept(f.column, model).startswith("→")]
    apart = []
    for one in (*places, *(f for f in state.filters if f not in places)):
        if len(one.values) > MOST_VALUES:
            apart.append(f"所列{len(one.values)}个{dimension_label(Dimension(one.column), model)}")
        elif one.op in ("=", "in"):
            words += filter_words(one, model)
        elif one.op in ("!=", "not in"):
            apart.append(f"不含{filter_words(one, model).removeprefix('非')}")
        else:
            words += f"{dimension_label(Dimension(one.column), model)}{filter_words(one, model)}的"
    return words + (f"（{'，'.join(apart)}）" if apart else "")


def data_extent(table: str, about: Col | None, planner: EmbeddedPlanner) -> tuple[str, str] | None:
    """The first and last time that a table's rows hold; None where it has no time."""
    name = planner.model.table(table).time_column
    column = about or (Col(table, name) if name else None)
    if column is None:
        return None
    found = planner.schema.values.range(column.table, column.name)
    if found.low is None or found.high is None:
        return None
    low, high = (f"{int(v)}年" if isinstance(v, float | int) else str(v)[:7] for v in (found.low, found.high))
    return low, high
