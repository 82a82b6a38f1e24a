"""Fills the database of a scope from the warehouse: columns dropped or masked, rows filtered, persons in groups."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
from sqlglot import exp

from corpus.workspace import WorkspaceError
from tools.group_table import HeldBack, write_grouped
from tools.masks import mask
from tools.principal import TableScope

ORIGIN = "warehouse"  # the name under which the warehouse is attached while building


def build(
    warehouse: Path, tables: Mapping[str, TableScope], target: Path, key: str = "", base: Path | None = None
) -> dict[str, HeldBack]:
    """Write `tables` into a new database at `target`; returns what the grouped ones hold back.

    With `base`, a database that holds some of the same tables already, that is copied and the others are added. WorkspaceError
    when the warehouse does not fit; duckdb.Error and OSError as they come; KeyError names an unknown way of masking.
    """
    if not warehouse.is_file():
        raise WorkspaceError("工作区里还没有数据表。请先运行 zhengwen demo，或用 zhengwen ingest 导入数据。")
    if base is not None:
        shutil.copyfile(base, target)
    held: dict[str, HeldBack] = {}
    connection = duckdb.connect(str(target))
    try:
        attach = exp.Attach(this=exp.alias_(exp.Literal.string(str(warehouse)), ORIGIN))
        connection.execute(attach.sql("duckdb") + " (READ_ONLY)")
        present = _columns(connection, ORIGIN)
        done = {name for name, _ in _columns(connection, None)}
        for name, table in tables.items():
            if not table.columns or name in done:
                continue
            if any((name, column) not in present for column in _needed(table)):
                raise WorkspaceError(f"数据仓库与语义模型不一致：表 {name} 的列对不上。请重新运行 zhengwen ingest。")
            if table.groups is not None:
                source = exp.table_(name, db="main", catalog=ORIGIN, quoted=True)
                held[name] = write_grouped(connection, name, table, source)
                continue
            select = select_of(name, table, key)
            create = exp.Create(this=exp.table_(name, quoted=True), kind="TABLE", expression=select)
            connection.execute(create.sql("duckdb"))
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return held


def select_of(name: str, table: TableScope, key: str = "") -> exp.Select:
    """The query over the attached warehouse that yields what may be seen of one table row by row."""
    columns: list[exp.Expr] = []
    for column in table.columns:
        reference = exp.column(exp.to_identifier(column, quoted=True))
        way = table.masks.get(column)
        shown = mask(way, reference, key) if way is not None else reference
        columns.append(exp.alias_(shown, column, quoted=True))
    query = exp.select(*columns).from_(exp.table_(name, db="main", catalog=ORIGIN, quoted=True))
    for rows in table.rows:
        text = exp.cast(exp.column(exp.to_identifier(rows.column, quoted=True)), exp.DataType.Type.VARCHAR)
        values = [exp.Literal.string(value) for value in rows.values]
        query = query.where(text.isin(*values) if values else exp.false())
    return query


def _needed(table: TableScope) -> list[str]:
    grouped = table.groups
    persons = grouped.persons if grouped is not None else []
    return [*table.columns, *persons, *(rows.column for rows in table.rows)]


def _columns(connection: duckdb.DuckDBPyConnection, database: str | None) -> set[tuple[str, str]]:
    """(table, column) of a database's main schema; None: of the one that is being written."""
    query = (
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = coalesce(?, current_database()) AND schema_name = 'main'"
    )
    return {(str(table), str(column)) for table, column in connection.execute(query, [database]).fetchall()}
