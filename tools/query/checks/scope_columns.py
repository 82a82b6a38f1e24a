"""A column name must come from a table of the scope or be made in the statement. What is left over is refused.

Which of several tables a bare name belongs to is left to the engine, whose database holds no hidden column.
"""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Node, Statement, is_source

NAME = "scope_columns"
PSEUDO = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "ordinality"})
GENERATED = frozenset({"range", "generate_series", "unnest"})  # what the columns of generated rows are called


def scope_columns(statement: Statement, context: Context) -> Finding | None:
    stored: dict[str, frozenset[str]] = {}  # the name a stored table goes by → its columns
    for table in statement.tables:
        columns = context.columns.get(table.name.lower(), frozenset())
        if len(table.column_aliases) > len(columns):
            return Finding(NAME, f"{statement.place(table.position)}表没有这么多可查询的列。")
        name = (table.alias or table.name).lower()
        stored[name] = stored.get(name, frozenset()) | columns | {alias.lower() for alias in table.column_aliases}
    derived = derived_sources(statement)
    made = {name for node in statement.nodes for name in made_columns(node)}
    known = PSEUDO.union(GENERATED, made, derived, stored, *stored.values())
    for node in statement.nodes:
        bad = any(name not in known for name in listed_columns(node))
        if node.get("class") == "COLUMN_REF":
            parts = [str(part).lower() for part in node["column_names"]]
            if len(parts) > 1 and parts[0] == "main" and parts[1] in stored:
                parts = parts[1:]
            if len(parts) > 1 and parts[0] in stored and parts[0] not in derived | made:
                bad = parts[1] not in stored[parts[0]]
            else:
                bad = parts[0] not in known
        if bad:
            place = statement.place(int(node.get("query_location", -1)))
            return Finding(NAME, f"{place}列不存在，或不在可查询的范围内。")
    return None


def derived_sources(statement: Statement) -> set[str]:
    """Names of what stands in FROM and is no stored table: subqueries, generated rows, WITH queries under any alias."""
    tables = {id(table.node) for table in statement.tables}
    names = {str(node.get("alias", "")) for node in statement.nodes if is_source(node) and id(node) not in tables}
    for node in statement.nodes:
        if isinstance(node.get("cte_map"), dict):
            names.update(str(entry["key"]) for entry in node["cte_map"].get("map", []))
    return {name.lower() for name in names} - {""}


def made_columns(node: Node) -> list[str]:
    """Column names that a node introduces: aliases of expressions, column lists of tables, lambda parameters."""
    names = [str(node["alias"])] if node.get("class") and node.get("alias") else []
    for key in ("column_name_alias", "aliases", "expected_names"):
        names += [str(item) for item in node.get(key) or [] if isinstance(item, str)]
    if node.get("class") == "LAMBDA":
        left = node.get("lhs") or {}
        parameters = [left, *(left.get("children") or [])]
        names += [str(item["column_names"][0]) for item in parameters if item.get("class") == "COLUMN_REF"]
    if node.get("class") == "STAR":
        names += [str(item["value"]) for item in node.get("rename_list") or []]
    return [name.lower() for name in names]


def listed_columns(node: Node) -> list[str]:
    """Columns a node names without a reference: of EXCLUDE, REPLACE and RENAME, and of JOIN … USING."""
    names = [str(item) for item in node.get("using_columns") or []]
    if node.get("class") == "STAR":
        names += [str(item) for item in node.get("exclude_list") or []]
        names += [str(item["key"]) for item in node.get("replace_list") or []]
        for item in [*(node.get("rename_list") or []), *(node.get("qualified_exclude_list") or [])]:
            key = item.get("key", item)
            names.append(str(key.get("column", "") if isinstance(key, dict) else key))
    return [name.lower() for name in names]
