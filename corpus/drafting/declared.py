"""Keys that a database declares itself."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from corpus.semantics import Relation


@dataclass(frozen=True)
class Declared:
    """Primary keys by table, and foreign keys (cardinality is measured later, from the rows)."""

    keys: dict[str, list[str]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    def merged(self, other: Declared) -> Declared:
        relations = self.relations + [r for r in other.relations if r not in self.relations]
        return Declared({**self.keys, **other.keys}, relations)


def declared_in_duckdb(connection: duckdb.DuckDBPyConnection) -> Declared:
    """Constraints of the connection's current schema."""
    keys: dict[str, list[str]] = {}
    relations: list[Relation] = []
    rows = connection.execute(
        "SELECT table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names "
        "FROM duckdb_constraints() WHERE database_name = current_database() AND schema_name = current_schema() "
        "AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') ORDER BY table_name, constraint_index"
    ).fetchall()
    for table, kind, columns, target, target_columns in rows:
        if kind == "PRIMARY KEY":
            keys[table] = list(columns)
        else:
            relations.append(
                Relation(left=table, left_columns=list(columns), right=target, right_columns=list(target_columns))
            )
    return Declared(keys, relations)


def declared_in_sqlite(path: Path) -> Declared:
    """Keys of a SQLite file. A foreign key without target columns means the target's primary key."""
    keys: dict[str, list[str]] = {}
    relations: list[Relation] = []
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
            )
        ]
        for table in tables:
            info = connection.execute("SELECT name, pk FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
            key = [name for name, _ in info]
            if key:
                keys[table] = key
        for table in tables:
            grouped: dict[int, list[tuple[str, str, str | None]]] = {}
            for number, _seq, target, left, right in connection.execute(
                'SELECT id, seq, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq', (table,)
            ):
                grouped.setdefault(number, []).append((target, left, right))
            for pairs in grouped.values():
                target = pairs[0][0]
                if target not in tables:
                    continue
                right_columns = [right for _, _, right in pairs if right] or keys.get(target, [])
                left_columns = [left for _, left, _ in pairs]
                if len(right_columns) == len(left_columns):
                    relations.append(
                        Relation(left=table, left_columns=left_columns, right=target, right_columns=right_columns)
                    )
    finally:
        connection.close()
    return Declared(keys, relations)
