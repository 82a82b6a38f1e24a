"""What kind of question a gold query answers."""

from __future__ import annotations

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

SHAPES: dict[str, str] = {
    "set": "并交差与否定",
    "nested": "嵌套比较",
    "arithmetic": "列间计算",
    "join_group": "连接分组",
    "join": "连接",
    "group_top": "分组取前几",
    "having": "分组筛选",
    "group": "分组",
    "top": "取前几",
    "order": "排序",
    "aggregate": "汇总",
    "filter": "筛选",
    "list": "列出",
    "other": "其他",
}


def shape_of(gold: str) -> str:
    """The hardest thing that a gold query does, as a key of SHAPES."""
    try:
        tree = parse_one(gold, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return "other"
    if tree.find(exp.Union, exp.Intersect, exp.Except) or any(
        isinstance(n.parent, exp.Not) for n in tree.find_all(exp.In)
    ):
        return "set"
    if tree.find(exp.Add, exp.Sub, exp.Mul, exp.Div):
        return "arithmetic"
    if len(list(tree.find_all(exp.Select))) > 1:
        return "nested"
    grouped, joined = tree.find(exp.Group) is not None, tree.find(exp.Join) is not None
    limited = tree.find(exp.Limit) is not None
    if joined:
        return "join_group" if grouped else "join"
    if grouped:
        if tree.find(exp.Order):
            return "group_top"
        return "having" if tree.find(exp.Having) else "group"
    if limited:
        return "top"
    if tree.find(exp.Order):
        return "order"
    if tree.find(exp.AggFunc):
        return "aggregate"
    return "filter" if tree.find(exp.Where) else "list"
