"""To ask back what a follow-up means: what was understood last, and things that can be done to it; or to say what is not there."""

from __future__ import annotations

from assistant.conversation_state.applying import places
from assistant.conversation_state.labels import dimension_label
from assistant.conversation_state.state import Dimension, State
from assistant.outcome import Answer, Clarify, Option
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.plan import Col
from corpus.semantics import Role, SemanticModel

MOST_PLACES = 30
_SHOWN = 30  # characters of what was said


def ask_back(text: str, question: str, state: State | None, model: SemanticModel) -> Clarify:
    """没有看懂: the question that stands, and two to four ways to change it."""
    said = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    found = [*(_ways(state, model) if state else ()), Option(label="重新显示上一个结果", value=question)]
    return Clarify(
        route="out_of_scope",
        text=f"没有看懂“{said}”是要怎样改。上一个问题理解为：“{question}”。"
        "可以说换成哪一年、哪个区，按什么分，要哪几个；或者写成完整的一句话。",
        options=found[:4],
    )


def nothing_to_change(text: str) -> Clarify:
    """超过300件的, where no question before it gave any number."""
    said = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return Clarify(
        route="out_of_scope",
        options=[],
        text=f"“{said}”要接着一个查到了数据的问题才能回答，前面的问题没有查到数据。请写成完整的一句话，写明查什么、哪一年、哪个区。",
    )


def no_such_place(name: str, planner: EmbeddedPlanner) -> Answer:
    """没有高新区: which places there are instead; nothing is guessed."""
    model = planner.model
    columns = {
        (t.name, c.name)
        for t in model.tables
        if "→" + t.name in places(model) and len(t.columns) and t.rows <= MOST_PLACES
        for c in t.columns
        if c.role == Role.NAME
    }
    known = sorted(v for v, homes in planner.schema.values.exact.items() if columns & set(homes))
    text = f"数据中没有“{name}”，所以没有它的数字（这不表示数值为0）。"
    if known:
        text += f"现有的地区是：{'、'.join(known)}。"
    return Answer(text=text, status="no_information", suggestions=[f"{known[0]}呢？"] if known else [])


def _ways(state: State, model: SemanticModel) -> list[Option]:
    """What can be done to this state, in words that are understood."""
    found = []
    period = state.period
    if period and period.start and period.days and period.days >= 365:
        year = f"{period.start.year - 1}年"
        found.append(Option(label=f"换成{year}", value=f"换成{year}"))
    table = model.table(state.table)
    taken = {d.column for d in state.dimensions} | {f.column for f in state.filters}
    for column in table.columns:
        here = Col(table.name, column.name)
        if column.role in (Role.CATEGORY, Role.FOREIGN) and here not in taken:
            label = dimension_label(Dimension(here), model)
            found.append(Option(label=f"按{label}看", value=f"按{label}看"))
            break
    if state.dimensions and state.quantities and state.ranking is None:
        found.append(Option(label="前五名", value="前五名"))
    return found
