"""A column name must come from a table of the scope or be made in the statement. What is left over is refused."""

from __future__ import annotations

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Node, Statement, is_source

NAME = "scope_columns"
PSEUDO = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "ordinality"}
GENERATED = {"range", "generate_series", "unnest"}


def scope_columns(statement: Statement, context: Context) -> Finding | None:
    """Names only: which of several tables a bare name belongs to is left to the engine, whose database holds no hidden column."""
    stored: dict[str, frozenset[str]] = {}  # the name a table goes by → its columns
    known: set[str] = set(PSEUDO | GENERATED)
    for table in statement.tables:
        columns = context.columns.get(table.name.lower(), frozenset())
        known |= columns
        if len(table.column_aliases) > len(columns):
            return Finding(NAME, f"{statement.place(table.position)}表没有这么多可查询的列。")
        name = (table.alias or table.name).lower()
        extra = {alias.lower() for alias in table.column_aliases}
        stored[name] = stored.get(name, frozenset()) | columns | extra
    made = {name for node in statement.nodes for name in declared_names(node)}
    known |= made | set(stored)
    derived = {str(node["alias"]).lower() for node in statement.nodes if is_source(node) and node.get("alias")}
    aliases_of_tables = {(table.alias or table.name).lower() for table in statement.tables}
    ambiguous = (derived - aliases_of_tables) | with_names(statement)
    for node in statement.nodes:
        if any(name not in known for name in listed_names(node)):
            return Finding(
                NAME, f"{statement.place(int(node.get('query_location', -1)))}列不存在，或不在可查询的范围内。"
            )
        if node.get("class") != "COLUMN_REF":
            continue
        parts = [str(part).lower() for part in node["column_names"]]
        if len(parts) > 1 and parts[0] == "main" and parts[1] in stored:
            parts = parts[1:]
        bad = parts[0] not in known
        if len(parts) > 1 and parts[0] in stored and parts[0] not in ambiguous and parts[0] not in made:
            bad = parts[1] not in stored[parts[0]]
        if bad:
            place = statement.place(int(node.get("query_location", -1)))
            return Finding(NAME, f"{place}列不存在，或不在可查询的范围内。")
    return None


def with_names(statement: Statement) -> set[str]:
    return {
        str(entry["key"]).lower()
        for node in statement.nodes
        if isinstance(node.get("cte_map"), dict)
        for entry in node["cte_map"].get("map", [])
    }


def declared_names(node: Node) -> list[str]:
    """Names that a node of the tree introduces: aliases, column lists, WITH names, lambda parameters."""
    names = [str(node[key]) for key in ("alias", "key") if isinstance(node.get(key), str) and node[key]]
    for key in ("column_name_alias", "aliases", "expected_names"):
        names += [str(item) for item in node.get(key) or [] if isinstance(item, str)]
    if node.get("class") == "LAMBDA":
        left = node.get("lhs") or {}
        parameters = [left, *(left.get("children") or [])]
        names += [str(item["column_names"][0]) for item in parameters if item.get("class") == "COLUMN_REF"]
    if node.get("class") == "STAR":
        names += [str(item["value"]) for item in node.get("rename_list") or []]
    return [name.lower() for name in names]


def listed_names(node: Node) -> list[str]:
    """Columns a node names without a reference: of EXCLUDE, REPLACE and RENAME, and of JOIN … USING."""
    names = [str(item) for item in node.get("using_columns") or []]
    if node.get("class") == "STAR":
        names += [str(item) for item in node.get("exclude_list") or []]
        names += [str(item["key"]) for item in node.get("replace_list") or []]
        for item in [*(node.get("rename_list") or []), *(node.get("qualified_exclude_list") or [])]:
            key = item.get("key", item)
            names.append(str(key.get("column", "") if isinstance(key, dict) else key))
    return [name.lower() for name in names]
