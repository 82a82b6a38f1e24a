"""What a plan's columns are called, and the measures that its values are made of."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from assistant.planning.plan import (
    Col,
    Expression,
    Growth,
    Measure,
    Number,
    Ratio,
    TimeBucket,
    Value,
    YearsSince,
)
from corpus.semantics import SemanticModel

AGGREGATE_LABEL = {"sum": "合计", "avg": "平均", "min": "最低", "max": "最高", "median": "中位数"}
UNIT_LABEL = {"year": "年份", "quarter": "季度", "month": "月份", "day": "日期"}


def key_label(key: Expression, model: SemanticModel) -> str:
    """The column heading of a key."""
    if isinstance(key, Col):
        return model.table(key.table).column(key.name).label
    if isinstance(key, TimeBucket):
        return UNIT_LABEL[key.unit]
    if isinstance(key, YearsSince):
        return f"{model.table(key.column.table).column(key.column.name).label}至{key.year}年的年数"
    if isinstance(key, Number):
        return f"{key.value:g}"
    op = {"+": "与", "-": "减", "*": "乘", "/": "除以"}[key.op]
    joined = f"{key_label(key.left, model)}{op}{key_label(key.right, model)}"
    return joined + ("之和" if key.op == "+" else "")


def value_label(value: Value, model: SemanticModel) -> str:
    """The column heading of a value: its own label when it has one, else one made from what it measures."""
    if value.label:
        return value.label
    if isinstance(value, Ratio):
        over = value_label(value.over, model)
        return f"{over}占比" if value.under is None or value.percent else f"{over}/{value_label(value.under, model)}"
    if isinstance(value, Growth):
        kind = {"year": "同比", "month": "环比", "quarter": "环比", "day": "环比"}[value.unit]
        return f"{value_label(value.of, model)}{kind}{'增长(%)' if value.percent else '增加'}"
    if value.metric:
        return next(m.label for m in model.metrics if m.name == value.metric)
    if value.of is None:
        return f"{model.table(value.table).entity or model.table(value.table).label}数量" if value.table else "数量"
    name = key_label(value.of, model)
    if value.aggregate in ("count", "count_distinct"):
        return f"{name}数"
    if value.aggregate == "sum":
        return name if isinstance(value.of, Col) else f"{name}合计"
    if value.aggregate == "median":
        return f"{name}中位数"
    word = AGGREGATE_LABEL[value.aggregate]
    return name if name.startswith(word) else f"{word}{name}"  # 平均办理时长 is one already


def measures_of(value: Value) -> list[Measure]:
    """The plain measures that a value is made of."""
    if isinstance(value, Measure):
        return [value]
    if isinstance(value, Ratio):
        return [m for m in (value.over, value.under) if m is not None]
    return [value.of]


def metric_columns(model: SemanticModel, name: str) -> set[str]:
    """The columns of its own table that a named metric reads."""
    metric = next(m for m in model.metrics if m.name == name)
    tree = sqlglot.parse_one(metric.expression, dialect="duckdb")
    return {column.name for column in tree.find_all(exp.Column)}
