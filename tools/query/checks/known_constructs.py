"""Only node types that are known to be harmless: SHOW, SUMMARIZE, PIVOT, recursion and whatever comes later are not."""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import SOURCES, Statement

QUERIES = {"SELECT_NODE", "SET_OPERATION_NODE"}
MODIFIERS = {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER"}
ORDERS = {"ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
TYPES = {
    "DECIMAL_TYPE_INFO",
    "LIST_TYPE_INFO",
    "STRUCT_TYPE_INFO",
    "ARRAY_TYPE_INFO",
    "STRING_TYPE_INFO",
    "UNBOUND_TYPE_INFO",
}
EXPRESSIONS = {
    "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION",
    "LAMBDA", "LAMBDA_REF", "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW",
}  # fmt: skip
OTHERS = QUERIES | SOURCES | MODIFIERS | ORDERS | TYPES
REFUSED = {
    "SHOW_REF": "不支持 DESCRIBE、SHOW、SUMMARIZE 等命令。",
    "PIVOT": "不支持 PIVOT 和 UNPIVOT，请用条件汇总代替。",
    "RECURSIVE_CTE_NODE": "不支持递归查询（WITH RECURSIVE）。",
    "PARAMETER": "查询语句不能含有未给值的参数。",
}
OTHER = "查询语句用到了不支持的写法。"


def known_constructs(statement: Statement, context: Context) -> Finding | None:
    for node in statement.nodes:
        kind, family = node.get("type"), node.get("class")
        if not isinstance(kind, str):  # a container of the tree, or a type inside a cast or a constant
            continue
        known = family in EXPRESSIONS if family is not None else kind in OTHERS
        if not known:
            message = REFUSED.get(kind) or REFUSED.get(str(family)) or OTHER
            return Finding("known_constructs", message)
        if node.get("at_clause") is not None or (
            kind == "UNBOUND_TYPE_INFO" and (node.get("schema") or node.get("catalog"))
        ):
            return Finding("known_constructs", OTHER)
    return None
