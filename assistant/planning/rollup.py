"""What a plan's columns are called, and which parts of it stand on which fact table."""

from __future__ import annotations

from dataclasses import replace

import sqlglot
from sqlglot import exp

from assistant.planning.joins import JoinGraph
from assistant.planning.plan import (
    And,
    Arithmetic,
    Col,
    Compare,
    Condition,
    Expression,
    Growth,
    Measure,
    Number,
    Plan,
    Ratio,
    TimeBucket,
    Value,
    YearsSince,
    columns_in,
    columns_of,
    conjunction,
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
    return f"{AGGREGATE_LABEL[value.aggregate]}{name}" if value.aggregate != "median" else f"{name}中位数"


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


def split_by_fact(plan: Plan, model: SemanticModel, graph: JoinGraph) -> list[Plan]:
    """One plan for each table whose rows are aggregated; a plan over one table comes back alone.

    Two measures of two tables in one join would multiply each other's rows (a chasm trap), so each is summed by itself,
    under those conditions that hold for it: a time is tested on the table's own time, what it does not have is not tested.
    """
    measures = [m for v in plan.values for m in measures_of(v)]
    for order in plan.order:
        if isinstance(order.by, Measure | Ratio | Growth):
            measures += measures_of(order.by)
    tables = list(dict.fromkeys(m.table or plan.root for m in measures))
    if len(tables) < 2:
        return [plan]
    parts = []
    for table in tables:
        own = tuple(dict.fromkeys(m for m in measures if (m.table or plan.root) == table))
        where = _held_by(plan.where, table, plan.root, model, graph)
        parts.append(
            replace(plan, root=table, values=own, where=where, order=(), limit=None, limit_per=(), group=(), having=())
        )
    return parts


def _held_by(
    condition: Condition | None, table: str, root: str, model: SemanticModel, graph: JoinGraph
) -> Condition | None:
    """The part of a condition that a fact table can be tested for without repeating its rows."""
    if condition is None or table == root:
        return condition
    parts = condition.parts if isinstance(condition, And) else (condition,)
    held: list[Condition] = []
    for part in parts:
        if isinstance(part, And):
            inner = _held_by(part, table, root, model, graph)
            held += [inner] if inner is not None else []
            continue
        if all(graph.safe(table, c.table) for c in columns_in(part)):
            held.append(part)
        elif isinstance(part, Compare) and (moved := _own_time(part, table, root, model)) is not None:
            held.append(moved)
    return conjunction(held)


def _own_time(test: Compare, table: str, root: str, model: SemanticModel) -> Compare | None:
    """A test of the root's time as a test of another table's time, where both are of one kind."""
    mine, theirs = model.table(root).time_column, model.table(table).time_column
    columns = columns_of(test.left)
    if not mine or not theirs or columns != [Col(root, mine)] or not isinstance(test.left, Col):
        return None
    here, there = model.table(root).column(mine), model.table(table).column(theirs)
    if here.type == there.type:
        return Compare(Col(table, theirs), test.op, test.value)
    if isinstance(test.value, str) and not there.type.upper().startswith(("DATE", "TIMESTAMP", "VARCHAR")):
        year, whole = int(test.value[:4]), test.value.endswith("01-01")
        op = "<=" if test.op == "<" and not whole else test.op
        return Compare(Col(table, theirs), op, year)
    if isinstance(test.value, int) and there.type.upper().startswith(("DATE", "TIMESTAMP")):
        return Compare(TimeBucket(Col(table, theirs), "year"), test.op, test.value)
    return None


__all__ = ["Arithmetic", "key_label", "measures_of", "split_by_fact", "value_label"]
