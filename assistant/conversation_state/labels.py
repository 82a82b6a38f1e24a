"""How the slots of a state are shown: to the asker as chips, and to compare what was meant with what was understood."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation_state.state import (
    Dimension,
    Filter,
    Quantity,
    Ranking,
    State,
    Stored,
    Threshold,
    column_of,
    concept,
)
from corpus.semantics import Role, SemanticModel

_OPERATORS = {">": "大于", ">=": "不小于", "<": "小于", "<=": "不大于", "contains": "包含", "not contains": "不包含"}
_AGGREGATES = {"avg": "平均", "min": "最低", "max": "最高"}
_CHANGES = {"share": "占比", "year": "同比增长", "month": "环比增长"}
_UNITS = {"year": "年份", "quarter": "季度", "month": "月份", "day": "日期"}


@dataclass(frozen=True)
class Slots:
    """A state in words, for comparing."""

    measures: frozenset[str]
    by: frozenset[str]
    where: frozenset[str]
    time: str
    top: str
    having: str

    def agreement(self, other: Slots) -> int:
        """How many of the six slots are the same."""
        pairs = zip(self._all(), other._all(), strict=True)
        return sum(a == b for a, b in pairs)

    def _all(self) -> tuple[object, ...]:
        return self.measures, self.by, self.where, self.time, self.top, self.having


def slots_of(state: State, model: SemanticModel) -> Slots:
    return Slots(
        frozenset(quantity_label(q, model) for q in state.quantities),
        frozenset(dimension_label(d, model) for d in state.dimensions),
        frozenset(filter_words(f, model) for f in state.filters),
        state.period.words if state.period else "",
        ranking_label(state.ranking),
        threshold_label(state.threshold, model),
    )


def quantity_label(quantity: Quantity, model: SemanticModel) -> str:
    """学校数量, 在校生数, 平均床位数, 满意率, 企业数量占比, 常住人口同比增长."""
    changed = f"比{quantity.back}年前增长" if quantity.back > 1 else _CHANGES.get(quantity.change, "")
    return base_label(quantity, model) + changed


def base_label(quantity: Quantity, model: SemanticModel) -> str:
    """The label without its change."""
    if quantity.metric:
        return next(m.label for m in model.metrics if m.name == quantity.metric)
    if quantity.column is None:
        return f"{entity(quantity.table, model)}数量"
    label = column_of(quantity.column, model).label
    if quantity.aggregate == "count":
        if column_of(quantity.column, model).role in (Role.FOREIGN, Role.KEY, Role.NAME):
            return f"{dimension_label(Dimension(quantity.column), model)}数量"
        return f"{label}数量"
    if quantity.aggregate == "median":
        return f"{label}中位数"
    front = _AGGREGATES.get(quantity.aggregate, "")
    return label if label.startswith(front) else front + label


def entity(table: str, model: SemanticModel) -> str:
    """The noun a table's rows count as."""
    found = model.table(table)
    return found.entity or found.label


def dimension_label(dimension: Dimension, model: SemanticModel) -> str:
    """区县, 部门, 办学性质, 月份."""
    if dimension.unit:
        return _UNITS[dimension.unit]
    assert dimension.column is not None
    found = concept(dimension.column, model)
    return entity(found[1:], model) if found.startswith("→") else found


def filter_words(one: Filter, model: SemanticModel) -> str:
    """民办, 云湖区、锦川区, 非云湖区, 大于5000万元."""
    words = "、".join(sorted(value_words(one, v, model) for v in one.values))
    if one.op in ("=", "in"):
        return words
    if one.op in ("!=", "not in"):
        return f"非{words}"
    return _OPERATORS.get(one.op, one.op) + words


def value_words(one: Filter, value: Stored, model: SemanticModel) -> str:
    """A stored value as people say it."""
    column = column_of(one.column, model)
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if key in column.codes:
        return column.codes[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_words(float(value)) + column.unit
    return str(value)


def number_words(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:g}"


def filter_name(one: Filter, model: SemanticModel) -> str:
    """What a filter's chip is headed with: 区县, 办学性质."""
    return dimension_label(Dimension(one.column), model)


def ranking_label(ranking: Ranking | None) -> str:
    """前5, 后3; empty without a limit."""
    if ranking is None or ranking.limit is None:
        return ""
    return f"{'前' if ranking.descending else '后'}{ranking.limit}"


def threshold_label(threshold: Threshold | None, model: SemanticModel) -> str:
    """大于10, 10至20, 大于平均, 大于青屏区."""
    if threshold is None:
        return ""
    if threshold.most is not None:
        return f"{number_words(threshold.value)}至{number_words(threshold.most)}"
    bound = "平均" if threshold.mean else number_words(threshold.value)
    bound = filter_words(threshold.than, model) if threshold.than else bound
    return _OPERATORS.get(threshold.op, threshold.op) + bound
