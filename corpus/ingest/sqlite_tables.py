"""Tables of a SQLite file → DuckDB, read by Python's own sqlite3: DuckDB's extension is not needed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from corpus.ingest.report import IngestError
from corpus.ingest.table_load import BATCH, LoadedTable, quoted

_PLAIN = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d+)?")


def load_sqlite(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    *,
    names: dict[str, str] | None = None,
    columns: dict[str, list[str]] | None = None,
    instances: Sequence[Path] = (),
) -> list[LoadedTable]:
    """Create (or replace) in `connection` every table of the SQLite file at `path`.

    A column is BIGINT or DOUBLE when every value in it is a plain number, in this file and in the same table of each of
    `instances` (other fillings of the same schema); else VARCHAR. `names` and `columns` rename tables and their columns.
    Runs in the caller's transaction. IngestError if a file is no readable SQLite database.
    """
    origin = open_sqlite(path)
    others = [open_sqlite(instance) for instance in instances if instance != path]
    try:
        loaded = []
        for table in sqlite_tables(origin):
            headers = _columns(origin, table)
            if not headers:
                continue
            kinds = [
                _kind(_values(source, table, position) for source in (origin, *others))
                for position in range(len(headers))
            ]
            name = (names or {}).get(table, table)
            shown = (columns or {}).get(table, headers)
            rows = _create(connection, origin, table, name, shown, kinds)
            loaded.append(LoadedTable(name=name, part=table, title=table, columns=shown, headers=headers, rows=rows))
        return loaded
    except sqlite3.DatabaseError as error:
        raise IngestError("SQLite 文件已损坏或已加密，无法读取。") from error
    finally:
        for source in (origin, *others):
            source.close()


def open_sqlite(path: Path) -> sqlite3.Connection:
    """A read-only connection; text that is not UTF-8 is read as GB18030."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise IngestError("不是有效的 SQLite 数据库（可能已加密或损坏）。")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = _decoded
    return connection


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def sqlite_tables(origin: sqlite3.Connection) -> list[str]:
    """The names of the tables, in the order of their creation."""
    try:
        rows = origin.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
        )
        return [name for (name,) in rows]
    except sqlite3.DatabaseError as error:
        raise IngestError("SQLite 文件已损坏或已加密，无法读取。") from error


def _columns(origin: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in origin.execute("SELECT * FROM pragma_table_info(?)", (table,))]


def column_headers(origin: sqlite3.Connection) -> dict[str, list[str]]:
    """Table → its columns, for every table."""
    return {table: _columns(origin, table) for table in sqlite_tables(origin)}


def _values(origin: sqlite3.Connection, table: str, position: int) -> Iterable[Any]:
    columns = _columns(origin, table)
    if position >= len(columns):
        return
    column = quoted(columns[position])
    for (value,) in origin.execute(f"SELECT DISTINCT {column} FROM {quoted(table)} WHERE {column} IS NOT NULL"):
        yield value


def _kind(sources: Iterable[Iterable[Any]]) -> str:
    """BIGINT, DOUBLE or VARCHAR, whichever holds every value; text that spells a plain number is one."""
    kind = ""
    for values in sources:
        for value in values:
            if isinstance(value, int):
                kind = kind or "BIGINT"
            elif isinstance(value, float):
                kind = "DOUBLE"
            elif isinstance(value, str) and (found := _PLAIN.fullmatch(value)):
                kind = "DOUBLE" if found[2] else kind or "BIGINT"
            else:
                return "VARCHAR"
    return kind or "VARCHAR"


def _create(
    connection: duckdb.DuckDBPyConnection,
    origin: sqlite3.Connection,
    table: str,
    name: str,
    columns: list[str],
    kinds: list[str],
) -> int:
    listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in zip(columns, kinds, strict=True))
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({listed})")
    types = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
    count = 0
    rows = origin.execute(f"SELECT * FROM {quoted(table)}")
    while batch := list(islice(rows, BATCH)):
        arrays = [
            pa.array([_as(kind, value) for value in cells], types[kind])
            for kind, cells in zip(kinds, zip(*batch, strict=True), strict=True)
        ]
        connection.register("incoming_batch", pa.Table.from_arrays(arrays, names=columns))
        connection.execute(f"INSERT INTO {quoted(name)} SELECT * FROM incoming_batch")
        connection.unregister("incoming_batch")
        count += len(batch)
    return count


def _as(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "BIGINT":
        return int(value)
    if kind == "DOUBLE":
        return float(value)
    if isinstance(value, bytes):
        return _decoded(value)
    # SQLite shows 3.0 as 3.0, and so does Python.
    return value if isinstance(value, str) else str(value)
