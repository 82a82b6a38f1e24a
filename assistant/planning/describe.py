"""How a plan reads in Chinese: what the asker is told was understood."""

from __future__ import annotations

from assistant.planning.compiling.rollup import key_label, value_label
from assistant.planning.plan import (
    Among,
    And,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Difference,
    Expression,
    Growth,
    Measure,
    Member,
    Not,
    Or,
    Plan,
    Query,
    Ratio,
    SetPlan,
    Value,
)
from corpus.semantics import SemanticModel

_OPERATORS = {
    "=": "为", "!=": "不为", ">": "大于", ">=": "不小于", "<": "小于", "<=": "不大于", "contains": "包含",
    "not contains": "不包含", "in": "为", "not in": "不为", "is null": "为空", "not null": "不为空",
}  # fmt: skip
_SETS = {"union": "或者", "intersect": "并且同时", "except": "但不包括"}


def describe(query: Query, model: SemanticModel) -> str:
    """One sentence: 从「学校」中，筛选…，按…分组，计算…，按…从高到低，取前5."""
    if isinstance(query, SetPlan):
        return f"{describe(query.left, model)}{_SETS[query.op]}：{describe(query.right, model)}"
    if isinstance(query, Difference):
        verb = {"-": "之差", "/": "之比", "+": "之和", "%": "相比的增长率"}[query.op]
        return f"{_brief(query.left, model)}与{_brief(query.right, model)}{verb}"
    return _plan(query, model)


def _brief(plan: Plan, model: SemanticModel) -> str:
    what = "、".join(value_label(v, model) for v in plan.values) or "、".join(key_label(k, model) for k in plan.keys)
    condition = condition_text(plan.where, model)
    return f"“{condition}”的{what}" if condition else what


def _plan(plan: Plan, model: SemanticModel) -> str:
    parts = [f"在“{model.table(plan.root).label}”中"]
    if plan.where is not None:
        parts.append(f"筛选{condition_text(plan.where, model)}")
    keys = "、".join(key_label(k, model) for k in plan.keys)
    values = "、".join(_value(v, model) for v in plan.values)
    if plan.values:
        parts.append(f"按{keys}分组，计算{values}" if keys else f"计算{values}")
    elif keys:
        parts.append(f"列出{keys}")
    for having in plan.having:
        bound = _of(having.inside, having.against, model) if having.against is not None else _number(having.value)
        bound = "各组的平均数" if having.mean else bound
        parts.append(f"只保留{value_label(having.measure, model)}{_OPERATORS[having.op]}{bound}的")
    if plan.order and (plan.limit is not None or not plan.values):
        parts.append(
            "按" + "、".join(f"{_order(o.by, model)}{'从高到低' if o.descending else '从低到高'}" for o in plan.order)
        )
    if plan.limit is not None:
        within = "、".join(key_label(k, model) for k in plan.limit_per)
        taken = f"取前{plan.limit}" if not plan.offset else f"取第{plan.offset + 1}"
        taken += f"到第{plan.offset + plan.limit}" if plan.offset and plan.limit > 1 else ""
        parts.append(f"每个{within}{taken}" if within else taken)
    return "，".join(parts)


def _order(by: Value | Expression, model: SemanticModel) -> str:
    return value_label(by, model) if isinstance(by, Measure | Ratio | Growth) else key_label(by, model)


def _value(value: Value, model: SemanticModel) -> str:
    text = value_label(value, model)
    if not isinstance(value, Measure):
        return text
    if value.of is not None and value.aggregate == "sum" and not value.metric and not value.label:
        text = f"{key_label(value.of, model)}之和"
    return f"{text}（{condition_text(value.where, model)}）" if value.where is not None else text


def condition_text(condition: Condition | None, model: SemanticModel) -> str:
    """A condition in words; empty for none."""
    if condition is None:
        return ""
    if isinstance(condition, And):
        return "且".join(_inside(p, model) for p in condition.parts)
    if isinstance(condition, Or):
        return "或".join(_inside(p, model) for p in condition.parts)
    if isinstance(condition, Not):
        return f"不满足（{condition_text(condition.part, model)}）"
    if isinstance(condition, Member):
        other = model.table(condition.other.table).label
        return f"{'没有' if condition.negated else '有'}“{other}”记录"
    if isinstance(condition, Among):
        return f"{key_label(condition.column, model)}属于（{_plan(condition.groups, model)}）"
    if isinstance(condition, CompareToAggregate):
        return f"{key_label(condition.left, model)}{_OPERATORS[condition.op]}{_of(condition.where, condition.measure, model)}"
    left = key_label(condition.left, model)
    if condition.right is not None:
        return f"{left}{_OPERATORS[condition.op]}{key_label(condition.right, model)}"
    return f"{left}{_OPERATORS[condition.op]}{_shown(condition, model)}"


def _of(where: Condition | None, measure: Measure, model: SemanticModel) -> str:
    """Whose number something is compared with."""
    whose = condition_text(where, model)
    return f"（{whose}）的{value_label(measure, model)}" if whose else value_label(measure, model)


def _inside(part: Condition, model: SemanticModel) -> str:
    text = condition_text(part, model)
    return f"（{text}）" if isinstance(part, Or | And) else text


def _shown(condition: Compare, model: SemanticModel) -> str:
    """The value as people know it: codes by their meaning, units added."""
    column = model.table(condition.left.table).column(condition.left.name) if isinstance(condition.left, Col) else None
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    texts = []
    for value in values:
        if value is None:
            continue
        if isinstance(value, bool):
            texts.append("是" if value else "否")
        elif column is not None and str(value) in column.codes:
            texts.append(f"“{column.codes[str(value)]}”")
        elif isinstance(value, str):
            texts.append(f"“{value}”" if not value[:4].isdigit() else value)
        else:
            texts.append(_number(value) + (column.unit if column else ""))
    return "或".join(texts)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:g}"
