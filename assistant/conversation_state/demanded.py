"""What a fragment's wording demands and its edits do not do: such a fragment is asked back about, never answered in part.

比它高的 wants a bound, 最多 an order, 占 a share, 除了 something shut out. Words inside a name or a value demand nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.conversation_state import edits as e
from assistant.conversation_state.labels import base_label, value_words
from assistant.conversation_state.state import Quantity, State, column_of
from corpus.semantics import SemanticModel

_BOUNDS = (">", ">=", "<", "<=")
_MORE, _LESS = "多高大长贵好强快久", "少低小短便差弱慢"


def undone(text: str, edits: list[e.Edit], these: bool, wanted: State, model: SemanticModel) -> bool:
    """Whether the words demand what no edit does."""
    left = _without_names(text, edits, wanted, model)
    if _both_ends(left):
        return True
    return any(re.search(pattern, left) and not met(edits, these, wanted) for pattern, met in _DEMANDS)


def demands(text: str) -> bool:
    """Whether the words ask for something to be done to what was asked before."""
    return any(re.search(pattern, text) for pattern, _ in _DEMANDS)


def _without_names(text: str, edits: list[e.Edit], wanted: State, model: SemanticModel) -> str:
    """The words but for the names in them, which stand for themselves: 最高气温, 80岁及以上, 占地面积."""
    names: set[str] = set()
    for quantity in (*wanted.quantities, *(x.quantity for x in edits if isinstance(x, e.SetQuantity))):
        names.update(_names(quantity, model))
    for one in (*wanted.filters, *(x.filter for x in edits if isinstance(x, e.SetFilter | e.CompareWith | e.Readmit))):
        column = column_of(one.column, model)
        names |= {value_words(one, v, model) for v in one.values} | {column.label, *column.synonyms}
    for name in sorted((n for n in names if len(n) > 1), key=len, reverse=True):
        text = text.replace(name, "□")
    return text


def _names(quantity: Quantity, model: SemanticModel) -> Iterable[str]:
    names = {base_label(quantity, model)}
    if quantity.column is not None:
        column = column_of(quantity.column, model)
        names |= {column.label, *column.synonyms}
    if quantity.metric:
        names |= {n for m in model.metrics if m.name == quantity.metric for n in (m.label, *m.synonyms)}
    return names


def _both_ends(text: str) -> bool:
    """Whether the first and the last are asked for at once, which one order cannot show."""
    found = re.findall(r"最(.)", text)
    return (
        any(f in _MORE for f in found) and any(f in _LESS for f in found) and not text.startswith(("反过来", "倒过来"))
    )


def _has(*kinds: type) -> Callable[[list[e.Edit], bool, State], bool]:
    return lambda edits, these, wanted: any(isinstance(x, kinds) for x in edits)


def _bounded(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    return any(
        isinstance(x, e.Keep | e.SetNumber | e.SetPeriod) or (isinstance(x, e.SetFilter) and x.filter.op in _BOUNDS)
        for x in edits
    )


def _out(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    """Something is taken out or shut out."""
    return any(
        isinstance(x, e.DropFilter | e.DropQuantity | e.DropDimensions | e.GiveBack | e.Readmit)
        or (isinstance(x, e.SetFilter) and (x.filter.op in ("!=", "not in") or len(x.filter.values) >= 1))
        or (isinstance(x, e.SetPeriod) and x.period is None)
        or (isinstance(x, e.Rank) and x.ranking is None)
        or (isinstance(x, e.Keep) and x.threshold is None)
        for x in edits
    )


def _changing(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    return any(q.change in ("year", "month") for q in wanted.quantities)


def _told_apart(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    averaged = any(isinstance(x, e.SetAggregate) for x in edits)  # 平均每个区
    return bool(wanted.dimensions) or these or averaged or any(q.aggregate == "row" for q in wanted.quantities)


def _compared(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    return any(isinstance(x, e.CompareWith) for x in edits) or _changing(edits, these, wanted)


def _several(edits: list[e.Edit], these: bool, wanted: State) -> bool:
    """Several things are spoken of, and several there are."""
    return bool(wanted.dimensions) or any(len(f.values) > 1 for f in wanted.filters)


_DEMANDS: tuple[tuple[str, Callable[[list[e.Edit], bool, State], bool]], ...] = (
    (r"比(?:它|他|她|这|那|[^，,例重较率]{2,8})(?:还|更|要)?[高多大低少小]", _has(e.Keep, e.SetChange, e.CompareWith)),
    (r"(?<!年)(?<!月)以[上下](?!这|的?这)|超过|不到|不足|至少|高于|低于|大于|小于|多于|少于|之间", _bounded),
    (r"负增长|正增长|(?:上升|下降|增长|减少|上涨|下跌|增加|降低)了?的(?!区|幅|多少|快|情况)", _has(e.Keep)),
    (
        rf"最[{_MORE}{_LESS}新旧早晚差]|倒数|垫底|第[一二三四五六七八九十\d]+[名位]|前者|后者",
        lambda edits, these, wanted: these or _has(e.Rank, e.Limit, e.SetAggregate, e.Reverse)(edits, these, wanted),
    ),
    (r"同比|环比|增速|增幅|涨幅|降幅|[增上下]涨了?多少|增长了?多少|[涨跌]了", _changing),
    (
        r"占(?!用)[^，,]{0,6}(?:多少(?![件个家人次起套户所条座万亿元])|几成|百分|比)|比重|百分比|份额",
        lambda edits, these, wanted: any(q.change == "share" for q in wanted.quantities) or not wanted.whole,
    ),
    (r"除了|除[^，,]{1,8}外|不含|不要|不算|不包括|排除|剔除|去掉|取消|不限|恢复", _out),
    (r"[人户]均|差(?:多少|几|距|额|值)|相差|哪个更|谁更", _has(e.CompareWith)),
    (r"^(?:和|跟|与|同)[^，,]{2,10}比", _compared),
    (r"^(?:这|那)?(?:两|二|俩|三)[个者种家类]", _several),
    (r"各(?!位)|每(?!年|月|天|日|季)", _told_apart),
)
