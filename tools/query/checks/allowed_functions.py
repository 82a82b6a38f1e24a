"""Functions come from an allow-list kept beside this file; in FROM, from its own short part."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

NAME = "allowed_functions"
LIST = Path(__file__).with_name("functions_allowed.txt")


@cache
def allowed() -> dict[str, frozenset[str]]:
    """Part of the list → its function names; the part `table` is what may stand in FROM."""
    parts: dict[str, set[str]] = {}
    names: set[str] = set()
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("["):
            names = parts.setdefault(line.strip("[]"), set())
        else:
            names.update(line.split())
    return {part: frozenset(names) for part, names in parts.items()}


@cache
def scalar_names() -> frozenset[str]:
    return frozenset[str]().union(*(names for part, names in allowed().items() if part != "table"))


def allowed_functions(statement: Statement, context: Context) -> Finding | None:
    in_from = {id(node["function"]) for node in statement.nodes if node.get("type") == "TABLE_FUNCTION"}
    for node in statement.nodes:
        if node.get("class") not in ("FUNCTION", "WINDOW"):
            continue
        name = str(node["function_name"]).lower()
        names = allowed()["table"] if id(node) in in_from else scalar_names()
        foreign = str(node.get("schema") or "main").lower() != "main" or bool(node.get("catalog"))
        if name not in names or foreign:
            place = statement.place(int(node.get("query_location", -1)))
            return Finding(NAME, f"{place}函数不在允许使用的函数之列。")
    return None
