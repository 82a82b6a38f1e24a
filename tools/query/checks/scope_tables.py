"""Every table is one of the scope's, by its full name: schema `main` or none, no other catalogue, no file in disguise."""

from __future__ import annotations

from sqlglot import exp

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

NAME = "scope_tables"


def scope_tables(statement: Statement, context: Context) -> Finding | None:
    for table in statement.tables:
        if table.catalog or table.schema.lower() not in ("", "main") or table.name.lower() not in context.columns:
            # The same words for what does not exist and what may not be seen; the name itself stays out.
            return Finding(NAME, f"{statement.place(table.position)}表不存在，或不在可查询的范围内。")
    # sqlglot must not see a table that DuckDB did not show: where the two read a text differently, it is refused.
    seen = {table.name.lower() for table in statement.tables}
    for tree in statement.trees:
        if tree is None:
            continue
        declared = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
        for node in tree.find_all(exp.Table):
            if isinstance(node.this, exp.Identifier) and not {node.name.lower()} & (seen | declared):
                return Finding(NAME, "查询语句的写法有歧义，请改用常见的写法。")
    return None
