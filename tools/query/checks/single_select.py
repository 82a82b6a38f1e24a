"""Exactly one statement, and a SELECT: by DuckDB's own parser and by sqlglot, who must agree."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

NAME = "single_select"
ONLY_SELECT = Finding(NAME, "只能执行查询（SELECT），不能修改数据、设置或调用命令。")


def single_select(statement: Statement, context: Context) -> Finding | None:
    if not statement.engine.valid:
        return Finding(NAME, "查询语句有语法错误。")
    kinds = statement.engine.kinds
    if not kinds:
        return Finding(NAME, "没有可执行的查询语句。")
    if len(kinds) > 1 and set(kinds) == {"SELECT"}:
        return Finding(NAME, "一次只能执行一条查询语句。")
    if kinds != ["SELECT"] or statement.engine.tree is None:
        return ONLY_SELECT
    try:
        trees = [tree for tree in statement.trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    except SqlglotError:
        return Finding(NAME, "查询语句无法解析，请改用常见的写法。")
    if len(trees) != 1:
        return Finding(NAME, "一次只能执行一条查询语句。")
    root: exp.Expr = trees[0]
    while isinstance(root, exp.Subquery):
        root = root.this
    if not isinstance(root, (exp.Select, exp.SetOperation)):
        return ONLY_SELECT
    return None
