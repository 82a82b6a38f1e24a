"""No WITH query, alias or derived table takes the name of a table of the scope and passes for it."""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement, is_source

MESSAGE = "临时结果或别名不能与已有的表同名，请换一个名字。"


def no_shadowing(statement: Statement, context: Context) -> Finding | None:
    for node in statement.nodes:
        declared = node.get("cte_map")
        if isinstance(declared, dict):
            names = [str(entry["key"]).lower() for entry in declared.get("map", [])]
            if any(name in context.columns for name in names) or len(set(names)) < len(names):
                return Finding("no_shadowing", MESSAGE)
        if is_source(node):
            alias = str(node.get("alias") or "").lower()
            if alias in context.columns and alias != str(node.get("table_name", "")).lower():
                return Finding("no_shadowing", MESSAGE)
    return None
