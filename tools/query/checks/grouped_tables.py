"""Tables that hold persons in groups are summed up, not listed, and their measures are counted, summed or averaged only.

What such a table stores gives no person away whatever is asked. This check is for the truth of answers: in place of a
person's own value a row shows a share of its group's, so that a maximum, a median or a filter by amount would mislead.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.query.checks.allowed_functions import allowed
from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Node, Statement

NAME = "grouped_tables"
TRUE_FOR_SHARES = frozenset({"sum", "avg", "mean", "count"})
LISTED = Finding(NAME, "个人记录只供汇总查询：请按分组统计数量、合计或平均值，不能逐条列出。")
MISUSED = Finding(NAME, "个人记录里的数值只能合计、平均或计数，不能取最大、最小、中位数，也不能按它筛选、排序或分组。")


def grouped_tables(statement: Statement, context: Context) -> Finding | None:
    rules = {name.lower(): table.groups for name, table in context.scope.tables.items() if table.groups is not None}
    used = [table for table in statement.tables if table.name.lower() in rules]
    if not used:
        return None
    aliases = {(table.alias or table.name).lower() for table in used}
    if any(table.column_aliases for table in used):
        return MISUSED
    nodes = {id(table.node) for table in used}
    for node in statement.nodes:
        grouped = node.get("type") == "SELECT_NODE" and any(
            id(source) in nodes for source in sources(node["from_table"])
        )
        if grouped and not sums_up(node):
            return LISTED
    measures = {name.lower() for table in used if (rule := rules[table.name.lower()]) for name in rule.measures}
    true = {id(column) for node in statement.nodes for column in truly_used(node)}
    for node in statement.nodes:
        if node.get("class") == "COLUMN_REF":
            names = [str(name).lower() for name in node["column_names"]]
            whole_row = names[-1] in aliases and len(names) == 1
            if whole_row or (not measures.isdisjoint(names) and id(node) not in true):
                return MISUSED
    return None


def sources(node: Node) -> Iterator[Node]:
    """What stands in a FROM clause itself, joins taken apart, without what its subqueries read."""
    if node.get("type") == "JOIN":
        for side in ("left", "right"):
            yield from sources(node[side])
    else:
        yield node


def sums_up(select: Node) -> bool:
    """Whether a SELECT yields groups and names what it yields; DISTINCT makes groups too."""
    items = list(own_nodes(select.get("select_list") or []))
    if any(item.get("class") == "STAR" for item in items):
        return False
    if select.get("group_expressions"):
        return True
    distinct = [item for item in select.get("modifiers") or [] if item.get("type") == "DISTINCT_MODIFIER"]
    if distinct and not any(item.get("distinct_on_targets") for item in distinct):
        return True
    aggregates = allowed()["aggregates"]
    return any(
        item.get("class") == "FUNCTION" and str(item["function_name"]).lower() in aggregates | {"count_star"}
        for item in items
    )


def own_nodes(part: object) -> Iterator[Node]:
    """Nodes of expressions that belong to this SELECT: not those of subqueries, nor of windows."""
    stack = [part]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict) and item.get("class") not in ("SUBQUERY", "WINDOW"):
            yield item
            stack.extend(item.values())


def truly_used(node: Node) -> Iterator[Node]:
    """Columns that an aggregate takes as they are, and that is true for shares of a group."""
    if node.get("class") != "FUNCTION" or str(node.get("function_name")).lower() not in TRUE_FOR_SHARES:
        return
    if node.get("distinct"):
        return
    for child in node.get("children") or []:
        inner = child
        while inner.get("class") == "CAST":
            inner = inner["child"]
        if inner.get("class") == "COLUMN_REF":
            yield inner
