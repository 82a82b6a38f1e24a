"""The statement's shape is bounded: tables joined, columns returned, subqueries, size of the tree."""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

NAME = "bounded_shape"
MAX_NODES = 8_000
MAX_TABLES = 24
MAX_COLUMNS = 200
MAX_QUERIES = 60


def bounded_shape(statement: Statement, context: Context) -> Finding | None:
    if len(statement.nodes) > MAX_NODES:
        return Finding(NAME, "查询语句过于复杂，请拆成几次查询。")
    queries = sources = 0
    for node in statement.nodes:
        kind = node.get("type")
        if kind in ("SELECT_NODE", "SET_OPERATION_NODE"):
            queries += 1
            if len(node.get("select_list") or []) > MAX_COLUMNS:
                return Finding(NAME, f"一次最多查询 {MAX_COLUMNS} 列，请减少列数。")
        elif kind in ("BASE_TABLE", "TABLE_FUNCTION") and "class" not in node:
            sources += 1
    if sources > MAX_TABLES:
        return Finding(NAME, f"一次最多用到 {MAX_TABLES} 张表，请拆成几次查询。")
    if queries > MAX_QUERIES:
        return Finding(NAME, f"子查询超过 {MAX_QUERIES} 个，请拆成几次查询。")
    return None
