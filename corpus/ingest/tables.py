"""A table file → tables of the warehouse: CSV, XLSX (each sheet), JSONL, Parquet, SQLite, DuckDB."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from corpus.drafting import Declared, declared_in_sqlite
from corpus.ingest.csv_rows import CsvFile
from corpus.ingest.json_records import read_json
from corpus.ingest.report import FileReport, IngestError
from corpus.ingest.sqlite_tables import column_headers, load_sqlite, open_sqlite
from corpus.ingest.table_load import LoadedTable, load_rows, quoted
from corpus.ingest.table_names import column_names, safe_name, table_title, unique
from corpus.ingest.xlsx_rows import as_text, open_sheets
from corpus.semantics import Relation

MAX_COLUMNS = 1000


@dataclass
class TableFile:
    """The tables of one file now in the warehouse, and the keys the file declared for them."""

    loaded: list[LoadedTable]
    declared: Declared = field(default_factory=Declared)


@dataclass(frozen=True)
class _Namer:
    """Chooses warehouse names: the ones the file had before, else new ones that nobody has."""

    before: dict[str, str]
    taken: set[str]

    def name(self, part: str, title: str) -> str:
        if part in self.before:
            return self.before[part]
        chosen = unique(safe_name(title, "t_data"), self.taken)
        self.taken.add(chosen)
        return chosen


def load_tables(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    report: FileReport,
    *,
    before: dict[str, str],
    taken: Iterable[str],
) -> TableFile:
    """Load the file's tables in the caller's transaction and fill in `report`.

    `before` maps the file's sheets or inner tables to the warehouse tables they had; `taken` are names of other tables.
    """
    namer = _Namer(before, set(taken) - set(before.values()))
    suffix = path.suffix.lower()
    kind = _database_kind(path) if suffix in DATABASE_SUFFIXES else ""
    if kind == "sqlite":
        file = _sqlite(path, connection, report, namer)
    elif kind == "duckdb":
        file = TableFile(_duckdb(path, connection, report, namer))
    elif suffix in (".parquet", ".pq"):
        file = TableFile(_parquet(path, connection, report, namer))
    elif suffix == ".xlsx":
        file = TableFile(_xlsx(path, connection, report, namer))
    elif suffix in (".json", ".jsonl", ".ndjson"):
        file = TableFile(_json(path, connection, report, namer))
    else:
        file = TableFile(_csv(path, connection, report, namer))
    if not file.loaded:
        raise IngestError("文件里没有数据表。")
    report.read = sum(table.rows for table in file.loaded) + report.skipped_count
    report.titles = [
        f"{table.title}（{table.name}，{table.rows:,} 行 {len(table.columns)} 列）" for table in file.loaded
    ]
    for table in file.loaded:
        report.warnings.extend(table.warnings)
    return file


DATABASE_SUFFIXES = frozenset({".sqlite", ".sqlite3", ".db", ".db3", ".duckdb", ".ddb"})


def _database_kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3"):
        return "sqlite"
    if head[8:12] == b"DUCK":
        return "duckdb"
    raise IngestError("不是有效的 SQLite 或 DuckDB 数据库（可能已加密或损坏）。")


def _checked(headers: list[str]) -> list[str]:
    if len(headers) > MAX_COLUMNS:
        raise IngestError(f"有 {len(headers)} 列，超过上限 {MAX_COLUMNS} 列，请检查分隔符。")
    return column_names(headers)


def _csv(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> list[LoadedTable]:
    file = CsvFile(path)
    report.format = f"CSV（{file.encoding.upper().removesuffix('-SIG')}）"

    def on_broken(line: int, reason: str) -> None:
        report.skip(f"第{line}行", reason)

    title = table_title(path.stem)
    rows = (cells for _, cells in file.rows(on_broken))
    table = load_rows(connection, namer.name("", title), _checked(file.header), file.header, rows, title=title)
    if not table.rows:
        raise IngestError(
            f"没有一行可以读取（{report.skipped_count} 行有误）。" if report.skipped_count else "只有表头，没有数据。"
        )
    return [table]


def _xlsx(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> list[LoadedTable]:
    report.format = "XLSX"
    loaded = []
    sheets = open_sheets(path)
    for sheet in sheets:
        where = f"工作表「{sheet.name}」"
        if sheet.hidden:
            report.skip(where, "隐藏的工作表")
            continue
        if len(sheet.header) < 2:
            report.skip(where, "不是数据表（不到两列）")
            continue
        title = table_title(path.stem, sheet.name if len(sheets) > 1 else "")
        rows = (cells for _, cells in sheet.rows())
        table = load_rows(
            connection,
            namer.name(sheet.name, title),
            _checked(sheet.header),
            sheet.header,
            rows,
            part=sheet.name,
            title=title,
        )
        if sheet.overhanging:
            report.warnings.append(f"{where}有 {sheet.overhanging} 行在表头右侧还有内容，没有读取。")
        if table.rows:
            loaded.append(table)
        else:
            connection.execute(f"DROP TABLE {quoted(table.name)}")
            report.skip(where, "只有表头，没有数据")
    return loaded


def _json(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> list[LoadedTable]:
    file = read_json(path, report.skip)
    report.format = file.layout.upper()
    headers = list(dict.fromkeys(str(key) for _, record in file.records for key in record))
    if not headers:
        raise IngestError("JSON 里没有可以读取的记录。")

    def cell(value: object) -> str:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else as_text(value)

    rows = ([cell(record.get(header)) for header in headers] for _, record in file.records)
    title = table_title(path.stem)
    return [load_rows(connection, namer.name("", title), _checked(headers), headers, rows, title=title)]


def _sqlite(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> TableFile:
    report.format = "SQLite"
    origin = open_sqlite(path)
    try:
        headers = column_headers(origin)
    finally:
        origin.close()
    names = {table: namer.name(table, table) for table, columns in headers.items() if columns}
    columns = {table: _checked(headers[table]) for table in names}
    loaded = load_sqlite(path, connection, names=names, columns=columns)
    return TableFile(loaded, _renamed(declared_in_sqlite(path), headers, names, columns))


def _renamed(
    declared: Declared, headers: dict[str, list[str]], names: dict[str, str], columns: dict[str, list[str]]
) -> Declared:
    """The keys a file declared, in warehouse names."""

    def new(table: str, old: list[str]) -> list[str]:
        lower = {header.lower(): name for header, name in zip(headers[table], columns[table], strict=True)}
        return [lower[column.lower()] for column in old]

    return Declared(
        {names[table]: new(table, key) for table, key in declared.keys.items() if table in names},
        [
            Relation(
                left=names[r.left],
                left_columns=new(r.left, r.left_columns),
                right=names[r.right],
                right_columns=new(r.right, r.right_columns),
            )
            for r in declared.relations
            if r.left in names and r.right in names
        ],
    )


def _parquet(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> list[LoadedTable]:
    report.format = "Parquet"
    try:
        relation = connection.from_parquet(str(path))
    except duckdb.Error as error:
        raise IngestError("文件已损坏，不是有效的 Parquet。") from error
    title = table_title(path.stem)
    return [_copied(connection, relation, namer.name("", title), part="", title=title)]


def _duckdb(path: Path, connection: duckdb.DuckDBPyConnection, report: FileReport, namer: _Namer) -> list[LoadedTable]:
    report.format = "DuckDB"
    # A connection of its own: ATTACH cannot be undone inside a transaction.
    try:
        origin = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise IngestError("DuckDB 文件已损坏、正被占用，或由更新的版本写成，无法打开。") from error
    try:
        names = origin.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main' ORDER BY table_oid"
        ).fetchall()
        loaded = []
        for (table,) in names:
            reader = origin.execute(f"SELECT * FROM {quoted(table)}").to_arrow_reader(100_000)
            title = table_title(path.stem, table) if len(names) == 1 else table
            loaded.append(
                _copied(connection, connection.from_arrow(reader), namer.name(table, table), part=table, title=title)
            )
        return loaded
    finally:
        origin.close()


def _nested(kind: str) -> bool:
    return kind == "BLOB" or kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]")


def _copied(
    connection: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, name: str, *, part: str, title: str
) -> LoadedTable:
    headers = [str(column) for column in relation.columns]
    columns = _checked(headers)
    selected = []
    for header, column, kind in zip(headers, columns, relation.types, strict=True):
        value = f"CAST({quoted(header)} AS VARCHAR)" if _nested(str(kind)) else quoted(header)
        selected.append(f"{value} AS {quoted(column)}")
    try:
        relation.project(", ".join(selected)).to_view("incoming_relation")
        connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM incoming_relation")
    except duckdb.Error as error:
        raise IngestError("文件里的数据无法读取，可能已损坏。") from error
    finally:
        connection.execute("DROP VIEW IF EXISTS incoming_relation")
    row = connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
    return LoadedTable(
        name=name, part=part, title=title, columns=columns, headers=headers, rows=int(row[0]) if row else 0
    )
