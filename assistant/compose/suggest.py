"""What to ask next: the same question turned to another side that the model knows to exist."""

from __future__ import annotations

from dataclasses import replace

from assistant.conversation_state.labels import dimension_label
from assistant.conversation_state.state import Dimension, Ranking, State, concept
from assistant.conversation_state.wording import questions
from assistant.planning.plan import Col
from assistant.strength import plan_strength
from assistant.turn import Turn
from corpus.semantics import Role, SemanticModel

MOST = 3
_TOP = 5
_CLEAR = 0.6  # share of its words that a suggestion's reading must explain
_FEW = 100  # things that a table by them can show


def data_suggestions(turn: Turn, state: State | None, model: SemanticModel, empty: bool) -> list[str]:
    """Up to three follow-ups, each a question that stands alone and keeps what was asked about.

    Where the answer was empty, the same over all times.
    """
    if empty and state is not None:
        state = replace(state, period=None) if state.period else None
    if state is None or not state.whole or not state.quantities:
        return []
    table = model.table(state.table)
    found: list[State] = []
    timed = any(d.unit for d in state.dimensions)
    changed = any(q.change for q in state.quantities)
    bare = replace(
        state, quantities=tuple(replace(q, change="") for q in state.quantities[:1]), ranking=None, threshold=None
    )
    if any(q.aggregate == "row" for q in state.quantities):
        return []
    if further := _another_side(state, model):
        found.append(replace(bare, dimensions=(further,)))
    if state.dimensions and state.ranking is None and state.threshold is None and not timed and not changed:
        found.append(replace(state, ranking=Ranking(True, _TOP), quantities=state.quantities[:1]))
    if table.time_column and not timed and not changed:
        if state.period and state.period.start and state.period.days and 365 <= state.period.days <= 366:
            found.append(replace(bare, quantities=tuple(replace(q, change="year") for q in bare.quantities)))
        else:
            found.append(replace(bare, dimensions=(Dimension(unit="year"),), period=None))
    asked = turn.text.rstrip("？?。！!")
    texts = (next(iter(questions(s, model)), "") for s in found)
    return [t for t in dict.fromkeys(texts) if t and t != asked and _is_understood(t, turn)][:MOST]


def _is_understood(question: str, turn: Turn) -> bool:
    """Whether the planner reads it: what is offered must not be turned down when it is clicked."""
    return turn.scoped is None or plan_strength(turn.scoped.planner.plan(question)) >= _CLEAR


def _another_side(state: State, model: SemanticModel) -> Dimension | None:
    """What else it may be broken down by: places first, then kinds; nothing that is fixed, shown, or only yes or no."""
    taken = {concept(d.column, model) for d in state.dimensions if d.column}
    taken |= {concept(f.column, model) for f in state.filters}
    best: tuple[int, Dimension] | None = None
    for column in model.table(state.table).columns:
        here = Col(state.table, column.name)
        if column.role not in (Role.CATEGORY, Role.FOREIGN) or set(column.codes) == {"true", "false"}:
            continue
        if concept(here, model) in taken or (column.label.endswith(("编号", "代码")) and column.role == Role.CATEGORY):
            continue
        label = dimension_label(Dimension(here), model)
        if len(label) > 6 or label.endswith(("编号", "代码")):
            continue
        target = concept(here, model).removeprefix("→") if column.role == Role.FOREIGN else ""
        many = next((t.rows for t in model.tables if t.name == target), 0) > _FEW
        rank = 0 if label == "区县" else 1 if target and not many else 2 if not target else 3
        if many:
            continue
        if best is None or rank < best[0]:
            best = rank, Dimension(here)
    return best[1] if best else None
