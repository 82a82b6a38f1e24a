"""One SQL text as the checks see it: the text, its tokens, DuckDB's own syntax tree and sqlglot's, each made when first needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import Token

from tools.query.worker import EngineParse

Node = dict[str, Any]
SOURCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY"})


@dataclass(frozen=True)
class TableRef:
    """A name in a FROM clause that stands for a stored table (names of WITH queries are resolved away)."""

    name: str
    schema: str
    catalog: str
    alias: str
    column_aliases: tuple[str, ...]
    position: int
    node: Node = field(compare=False, repr=False)


class Statement:
    """A SQL text and what the two parsers make of it."""

    def __init__(self, text: str, parse: Callable[[str], EngineParse]) -> None:
        self.text = text
        self._parse = parse

    @cached_property
    def tokens(self) -> list[Token]:
        """sqlglot's tokens; sqlglot.errors.TokenError when it cannot split the text."""
        return sqlglot.tokenize(self.text, read="duckdb")

    @cached_property
    def engine(self) -> EngineParse:
        """What DuckDB's parser says; QueryFailed when it could not be asked."""
        return self._parse(self.text)

    @cached_property
    def root(self) -> Node:
        """DuckDB's syntax tree of the one SELECT; ValueError when there is none."""
        if self.engine.tree is None:
            raise ValueError("not a SELECT")
        statements = json.loads(self.engine.tree)["statements"]
        if len(statements) != 1:
            raise ValueError("not one statement")
        node = statements[0]["node"]
        assert isinstance(node, dict)
        return node

    @cached_property
    def nodes(self) -> list[Node]:
        """Every node of DuckDB's tree."""
        return list(walk(self.root))

    @cached_property
    def tables(self) -> list[TableRef]:
        """The stored tables the statement reads, by DuckDB's tree, with WITH names resolved where they are visible."""
        return list(stored_tables(self.root))

    @cached_property
    def trees(self) -> list[exp.Expr | None]:
        """sqlglot's trees; sqlglot.errors.ParseError when it does not parse."""
        return list(sqlglot.parse(self.text, read="duckdb"))

    def place(self, position: int) -> str:
        """「第 1 行第 8 列」 for a byte position of DuckDB's parser, or an empty string. Names stay out of messages."""
        data = self.text.encode()
        if not 0 <= position < len(data):
            return ""
        before = data[:position].decode("utf-8", "ignore")
        line = before.count("\n") + 1
        return f"第 {line} 行第 {len(before) - (before.rfind(chr(10)) + 1) + 1} 列的"


def kind(node: Node) -> str:
    """The type of a tree node; empty for containers, and for constants and casts, whose `type` is a data type."""
    value = node.get("type")
    return value if isinstance(value, str) else ""


def is_source(node: Node) -> bool:
    """Whether the node stands in a FROM clause: a table, subquery, function, list of values or join."""
    return "class" not in node and kind(node) in SOURCES


def walk(root: Node) -> Iterator[Node]:
    """All dictionaries of a JSON tree, without recursion."""
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def stored_tables(root: Node) -> Iterator[TableRef]:
    """Base tables of a DuckDB tree. A WITH name hides a table only inside the query that declares it, and not before."""
    stack: list[tuple[Any, frozenset[str]]] = [(root, frozenset())]
    while stack:
        item, hidden = stack.pop()
        if isinstance(item, list):
            stack.extend((child, hidden) for child in item)
            continue
        if not isinstance(item, dict):
            continue
        declared = item.get("cte_map")
        if isinstance(declared, dict):
            for entry in declared.get("map", []):
                stack.append((entry["value"], hidden))
                hidden = hidden | {str(entry["key"]).lower()}
        if item.get("type") == "BASE_TABLE":
            name, schema, catalog = (str(item.get(key, "")) for key in ("table_name", "schema_name", "catalog_name"))
            if schema or catalog or name.lower() not in hidden:
                columns = tuple(str(column) for column in item.get("column_name_alias") or [])
                alias, position = str(item.get("alias", "")), int(item.get("query_location", -1))
                yield TableRef(name, schema, catalog, alias, columns, position, item)
        stack.extend((child, hidden) for key, child in item.items() if key != "cte_map")
