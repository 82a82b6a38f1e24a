"""SQLite row sets as DuckDB databases, with nothing added but column types."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from corpus.drafting import declared_in_sqlite, draft_semantics
from corpus.semantics import SemanticModel
from evals.sql.cases import INSTANCES, instance_path

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})$")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?$")
_ARROW: dict[str, Any] = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}


@dataclass
class DatabaseUnderTest:
    """One database: its drafted semantic model and, per instance, the DuckDB rows and the SQLite original."""

    name: str
    semantics: SemanticModel
    instances: list[duckdb.DuckDBPyConnection]
    originals: list[sqlite3.Connection]

    @classmethod
    def open(cls, directory: Path, name: str) -> DatabaseUnderTest:
        """Attach all instances. A column gets one type for all of them."""
        paths = [instance_path(directory, name, k) for k in range(INSTANCES)]
        originals = [sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False) for path in paths]
        tables = {table: _columns(originals[0], table) for table in _tables(originals[0])}
        rows = [{table: _rows(original, table, columns) for table, columns in tables.items()} for original in originals]
        instances = [duckdb.connect() for _ in originals]
        for table, columns in tables.items():
            kinds = [column_type(row[i] for instance in rows for row in instance[table]) for i in range(len(columns))]
            for connection, instance in zip(instances, rows, strict=True):
                _create(connection, table, columns, kinds, instance[table])
        declared = declared_in_sqlite(paths[0])
        semantics = draft_semantics(instances[0], list(tables), declared=declared.relations, keys=declared.keys)
        return cls(name, semantics, instances, originals)

    def close(self) -> None:
        for connection in self.instances:
            connection.close()
        for original in self.originals:
            original.close()


def column_type(values: Iterable[Any]) -> str:
    """BIGINT or DOUBLE when every value is a plain number (empty cells do not count), else VARCHAR."""
    kind = "BIGINT"
    for value in values:
        if value is None:
            continue
        if isinstance(value, bytes):
            return "VARCHAR"
        if isinstance(value, float):
            whole = value == int(value) if abs(value) < 1e18 else False
        elif isinstance(value, int) or _INTEGER.match(value):
            whole = True
        elif _DECIMAL.match(value):
            whole = False
        else:
            return "VARCHAR"
        if not whole:
            kind = "DOUBLE"
    return kind


def _tables(original: sqlite3.Connection) -> list[str]:
    found = original.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    return [name for (name,) in found]


def _columns(original: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in original.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _rows(original: sqlite3.Connection, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    query = exp.select(*(exp.column(c, quoted=True) for c in columns)).from_(
        exp.Table(this=exp.to_identifier(table, quoted=True))
    )
    return original.execute(query.sql("sqlite")).fetchall()


def _create(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], kinds: list[str], rows: list[tuple[Any, ...]]
) -> None:
    data = pa.table(
        {
            column: pa.array([_cell(row[i], kind) for row in rows], type=_ARROW[kind])
            for i, (column, kind) in enumerate(zip(columns, kinds, strict=True))
        }
    )
    connection.register("incoming", data)
    source = exp.select(exp.Star()).from_("incoming")
    target = exp.Table(this=exp.to_identifier(table, quoted=True))
    connection.execute(exp.Create(this=target, kind="TABLE", expression=source).sql("duckdb"))
    connection.unregister("incoming")


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "BIGINT":
        return int(value)
    if kind == "DOUBLE":
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
