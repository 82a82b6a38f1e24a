"""Which slot of a state people mean by a word, to take it out: 渠道, 区的条件, 年份, 住宅类型."""

from __future__ import annotations

import re

from assistant.conversation_state.applying import places
from assistant.conversation_state.edits import DropDimensions, DropFilter, DropQuantity, Edit, Keep, Rank, SetPeriod
from assistant.conversation_state.labels import dimension_label, entity, quantity_label, value_words
from assistant.conversation_state.state import Dimension, Quantity, State, column_of, concept
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel

_ROUND = re.compile(
    r"^(?:这个|那个|对)|(?:的)?(?:这个|那个|这一|这些)?(?:条件|限制|限定|筛选|要求|维度|口径|分组|范围)?(?:就|也|都|再)*$|[“”\"]"
)
_TIME = re.compile(r"^(?:时间|年份?|年度|日期|月份|季度|年月|什么时候)$")
_PLACE = re.compile(r"^(?:区|区县|各?地区|区域|辖区|地方|所在区|哪个区)$")
_RANK = re.compile(r"^(?:名次|排名|排序|前\S{1,3}名?)$")
_BOUND = re.compile(r"^(?:门槛|大小|上限|下限|标准)$")


def slot_called(word: str, state: State, model: SemanticModel) -> Edit | None:
    """The edit that takes out the one slot called `word`; None where none is, or several may be."""
    word = _ROUND.sub("", word.strip()).strip("的")
    held = [value_words(f, v, model) for f in state.filters for v in f.values]
    if not word or word in held or (len(word) > 1 and any(word in value for value in held)):
        return None  # what a condition holds is not what it is called
    if _TIME.match(word):
        unit = next((d for d in state.dimensions if d.unit), None)
        if state.period is None and unit is not None:
            return DropDimensions(word=dimension_label(unit, model))
        return SetPeriod(None)
    if _RANK.match(word) and state.ranking:
        return Rank(None)
    if _BOUND.match(word) and state.threshold:
        return Keep(None)
    for whole in (True, False):
        found = _found(word, state, model, whole)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _found(word: str, state: State, model: SemanticModel, whole: bool) -> list[Edit]:
    """The slots called so, by their whole name or (not `whole`) by a part of it; conditions before groupings."""

    def called(names: set[str]) -> bool:
        return word in names if whole else len(word) > 1 and any(word in name for name in names)

    conditions: list[Edit] = [
        DropFilter(last=(f,)) for f in state.filters if called(_column_names(f.column, model, word))
    ]
    groupings: list[Edit] = [
        DropDimensions(word=dimension_label(d, model))
        for d in state.dimensions
        if d.column is not None and called(_column_names(d.column, model, word))
    ]
    if conditions or groupings:
        return conditions or groupings
    if len(state.quantities) < 2:
        return []
    return [DropQuantity(quantity_label(q, model)) for q in state.quantities if called(_quantity_names(q, model))]


def _column_names(column: Col, model: SemanticModel, word: str) -> set[str]:
    found = column_of(column, model)
    names = {found.label, *found.synonyms, dimension_label(Dimension(column), model)}
    mine = concept(column, model)
    if mine.startswith("→"):
        names |= {entity(mine[1:], model), model.table(mine[1:]).label}
    if mine in places(model) and _PLACE.match(word):
        names.add(word)
    return names


def _quantity_names(quantity: Quantity, model: SemanticModel) -> set[str]:
    if quantity.column is None:
        return {quantity_label(quantity, model)}
    found = column_of(quantity.column, model)
    return {quantity_label(quantity, model), found.label, *found.synonyms}
