"""A state written out as a question that stands alone, in several ways: the planner is asked which it understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.conversation_state.labels import (
    base_label,
    dimension_label,
    number_words,
    quantity_label,
    value_words,
)
from assistant.conversation_state.state import Dimension, Filter, Quantity, State, column_of, concept
from corpus.semantics import SemanticModel

_OPERATORS = {">": "大于", ">=": "不小于", "<": "小于", "<=": "不大于"}
_EVERY = {"year": "每年", "quarter": "每季度", "month": "每月", "day": "每天"}
_GROWTH = {"year": "同比增长率", "month": "环比增长率"}


def questions(state: State, model: SemanticModel) -> list[str]:
    """Ways to ask for what the state holds, the plainest first."""
    plain = _Words.of(state, model)
    found = list(_forms(state, model, plain))
    if plain.is_:
        found += _forms(state, model, _Words.of(state, model, named=True))
    if plain.outside:
        shut = "".join(f"，不含{w}" for w in plain.shut)
        found += [q + shut for q in _forms(state, model, replace(plain, outside=""))]
    table = f"在“{model.table(state.table).label}”中，"
    found += [table + q for q in found[:3]]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Words:
    """The state's slots as words."""

    time: str
    outside: str  # 除云湖区外
    shut: tuple[str, ...]  # 云湖区
    numeric: str  # 床位数大于500张的
    is_: str  # 云湖区民办
    by: str  # 各区每月
    what: str

    @classmethod
    def of(cls, state: State, model: SemanticModel, *, named: bool = False, without: Filter | None = None) -> _Words:
        """`named`: say which column a value stands in, where the value alone could mean another thing."""
        is_, not_, numeric = [], [], []
        places = [f for f in state.filters if concept(f.column, model).startswith("→")]
        for one in (*places, *(f for f in state.filters if f not in places)):
            if one == without:
                continue
            words = [value_words(one, v, model) for v in one.values]
            label = column_of(one.column, model).label
            if one.op in ("=", "in"):
                is_.append(f"{label}为{listed(words, '或')}的" if named and one not in places else listed(words, "和"))
            elif one.op in ("!=", "not in"):
                not_ += words
            else:
                numeric.append(f"{label}{_OPERATORS.get(one.op, one.op)}{words[0]}的")
        return cls(
            time.words if (time := state.asked or state.period) else "",
            "除" + listed(not_, "和") + "外" if not_ else "",
            tuple(not_),
            "".join(numeric),
            "".join(is_),
            "".join(every(d, model) for d in state.dimensions),
            # what is said before the first of several is heard of them all, so the bare ones come first
            "和".join(_quantity(q, state, model) for q in sorted(state.quantities, key=lambda q: q.aggregate != "sum")),
        )


def _forms(state: State, model: SemanticModel, words: _Words) -> Iterator[str]:
    compared = _compared(state, model)
    if compared and state.ranking is None:
        yield from _side_by_side(state, compared, model)
    if state.threshold is not None and state.dimensions:
        yield from _bounded(state, model, words)
    elif state.ranking is not None and state.ranking.limit is not None:
        yield from _ranked(state, model, words)
    else:
        yield from _plain(state, model, words)


def _plain(state: State, model: SemanticModel, w: _Words) -> Iterator[str]:
    front = f"{w.time}{w.outside}"
    if not w.by and w.is_ and any(q.change == "share" for q in state.quantities):
        whole = "和".join(base_label(q, model) for q in state.quantities).removesuffix("数量")
        yield f"{front}{w.numeric}{w.is_}{whole}占全部{whole}的比例是多少"
    tail = "" if state.ranking is None else "，从高到低排序" if state.ranking.descending else "，从低到高排序"
    ends = [tail] if tail else ["", "是多少"]
    if not w.by:
        ends = ["", "合计", "一共是多少"] if any(q.aggregate == "sum" for q in state.quantities) else ["", "是多少"]
        for end in ends:
            yield f"{front}{w.numeric}{w.is_}{w.what}{end}"
            if w.is_:
                yield f"{front}{w.numeric}{w.is_}的{w.what}{end}"
        return
    names = "、".join(dimension_label(d, model) for d in state.dimensions)
    for end in ends:
        yield f"{front}{w.by}{w.numeric}{w.is_}{w.what}{end}"
        yield f"{front}{w.by}{w.numeric}{w.is_}的{w.what}{end}"
        yield f"{front}{w.numeric}{w.is_}{w.by}的{w.what}{end}"
        if w.is_:
            yield f"{front}{w.numeric}{w.is_}的{w.by}{w.what}{end}"
        yield f"{front}{w.numeric}{w.is_}{w.what}{end}，按{names}统计"


def _ranked(state: State, model: SemanticModel, w: _Words) -> Iterator[str]:
    assert state.ranking is not None
    limit, down = state.ranking.limit, state.ranking.descending
    last = dimension_label(state.dimensions[-1], model) if state.dimensions else ""
    front = f"{w.time}{w.outside}"
    superlatives = ["最多", "最高", "最大"] if down else ["最少", "最低", "最小"]
    if state.quantities and state.quantities[0].aggregate == "row":
        for word in superlatives:
            yield f"{front}{w.numeric}{w.is_}{w.what}{word}的{limit}个{last}"
        return
    place = f"{'前' if down else '后'}{limit}名"
    yield f"{front}{w.by}{w.numeric}{w.is_}{w.what}，{place}"
    if last:
        for word in superlatives[:2]:
            yield f"{front}{w.numeric}{w.is_}{w.what}{word}的{limit}个{last}"
            yield f"{front}{w.numeric}{w.is_}的{w.what}{word}的{limit}个{last}"
    if not down:
        yield f"{front}{w.by}{w.numeric}{w.is_}{w.what}倒数{limit}名"
    yield f"{front}{w.by}{w.numeric}{w.is_}的{w.what}，{place}"


def _bounded(state: State, model: SemanticModel, w: _Words) -> Iterator[str]:
    assert state.threshold is not None
    bound = f"{_OPERATORS.get(state.threshold.op, '大于')}{number_words(state.threshold.value)}"
    if state.threshold.most is not None:
        bound = f"在{number_words(state.threshold.value)}到{number_words(state.threshold.most)}之间"
    elif state.threshold.than is not None:
        more = "多于" if state.threshold.op in (">", ">=") else "少于"
        bound = more + listed([value_words(state.threshold.than, v, model) for v in state.threshold.than.values], "和")
    elif state.threshold.mean:
        bound = "高于平均数" if state.threshold.op in (">", ">=") else "低于平均数"
    last = dimension_label(state.dimensions[-1], model)
    front = f"{w.time}{w.outside}{w.numeric}{w.is_}{w.what}{bound}的{last}"
    yield front + "有哪些"
    yield front
    yield f"{w.time}{w.outside}{w.by}{w.numeric}{w.is_}{w.what}，{bound}"


def _side_by_side(state: State, compared: Filter, model: SemanticModel) -> Iterator[str]:
    """Several things of one kind, each with its number: 云湖区和锦川区的学校数量分别是多少."""
    w = _Words.of(state, model, without=compared)
    names = listed([value_words(compared, v, model) for v in compared.values], "和")
    mine = concept(compared.column, model)
    others = "".join(every(d, model) for d in state.dimensions if d.column is None or concept(d.column, model) != mine)
    front = f"{w.time}{w.outside}{names}"
    yield f"{front}{w.numeric}{w.is_}{others}的{w.what}分别是多少"
    yield f"{front}各有多少{w.is_}{w.what.removesuffix('数量')}"
    yield f"{front}{w.numeric}各{dimension_label(Dimension(compared.column), model)}的{w.is_}{w.what}"
    yield f"{w.time}{w.outside}{w.by}{w.numeric}{w.is_}{w.what}，只看{names}"


def _quantity(quantity: Quantity, state: State, model: SemanticModel) -> str:
    if quantity.back > 1 and state.period and state.period.year:
        return f"{base_label(quantity, model)}比{state.period.year - quantity.back}年的增长率"
    if quantity.change in _GROWTH:
        return base_label(quantity, model) + _GROWTH[quantity.change]
    return quantity_label(quantity, model)


def _compared(state: State, model: SemanticModel) -> Filter | None:
    """The condition whose several values are the rows asked for."""
    kinds = {concept(d.column, model) for d in state.dimensions if d.column}
    return next((f for f in state.filters if f.op == "in" and concept(f.column, model) in kinds), None)


def every(dimension: Dimension, model: SemanticModel) -> str:
    """各区, 各办学性质, 每月."""
    if dimension.unit:
        return _EVERY[dimension.unit]
    label = dimension_label(dimension, model)
    return "各区" if label == "区县" else f"各{label}"


def listed(words: list[str], last: str) -> str:
    """甲、乙和丙."""
    return words[0] if len(words) == 1 else "、".join(words[:-1]) + last + words[-1]
