"""A statement has a bounded length, so that nothing later works on an unbounded text."""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

MAX_CHARACTERS = 20_000


def bounded_length(statement: Statement, context: Context) -> Finding | None:
    if not statement.text.strip():
        return Finding("bounded_length", "查询语句是空的。")
    if len(statement.text) > MAX_CHARACTERS:
        return Finding("bounded_length", f"查询语句超过 {MAX_CHARACTERS} 个字符，请缩短后再试。")
    return None
