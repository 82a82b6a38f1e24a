"""The slots of a state as chips: what is asked, and for each slot that can go the words that take it out."""

from __future__ import annotations

from assistant.conversation_state.labels import (
    dimension_label,
    filter_name,
    filter_words,
    quantity_label,
    ranking_label,
    threshold_label,
    value_words,
)
from assistant.conversation_state.state import State, column_of
from assistant.outcome import Option
from corpus.semantics import Additivity, SemanticModel

MEASURE, GROUP, TIME, RANK, KEEP = "指标", "分组", "时间", "排序", "保留"


def chips(state: State, model: SemanticModel) -> list[Option]:
    """One option a slot. Its value asks the same without that slot; it is empty where the slot must stay."""
    many = len(state.quantities) > 1
    found = [
        Option(label=f"{MEASURE}：{label}", value=f"去掉“{label}”" if many else "")
        for label in (quantity_label(q, model) for q in state.quantities)
    ]
    found += [
        Option(label=f"{GROUP}：{label}", value=f"不按{label}分" if state.quantities else "")
        for label in (dimension_label(d, model) for d in state.dimensions)
    ]
    for one in state.filters:
        word = value_words(one, one.values[0], model) if one.values else filter_name(one, model)
        label = f"{filter_name(one, model)}：{filter_words(one, model)}"
        found.append(Option(label=label, value=f"去掉“{word}”这个条件"))
    if state.period:
        found.append(
            Option(label=f"{TIME}：{state.period.words}", value="" if _is_of_a_time(state, model) else "不限时间")
        )
    if top := ranking_label(state.ranking):
        found.append(Option(label=f"{RANK}：{top}", value="不限名次"))
    if state.threshold:
        found.append(Option(label=f"{KEEP}：{threshold_label(state.threshold, model)}", value="不限大小"))
    return found


def _is_of_a_time(state: State, model: SemanticModel) -> bool:
    """Whether what is asked is a stock, which has to be that of some time: the newest, where none is said."""
    columns = [column_of(q.column, model) for q in state.quantities if q.column is not None]
    return bool(columns) and all(c.additivity == Additivity.SNAPSHOT for c in columns)
