"""What ingested tables mean: drafted, then merged under whatever the owner has written."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import duckdb
import sqlglot
from sqlglot import exp

from corpus.catalog import DataItem, Dataset, OpeningClass
from corpus.catalog_table import CATALOG_TABLE
from corpus.drafting import Declared, draft_semantics
from corpus.drafting.labels import clean_header
from corpus.drafting.roles import additivity_of
from corpus.ingest.table_load import LoadedTable, quoted
from corpus.semantics import Column, Metric, Relation, Role, SemanticModel, Table


def describe(
    connection: duckdb.DuckDBPyConnection,
    loaded: list[LoadedTable],
    gone: list[str],
    declared: Declared,
    model: SemanticModel,
    warnings: list[str],
) -> SemanticModel:
    """`model` with the `loaded` tables described and the `gone` ones taken out.

    The owner's words win: a table that the model already has keeps its entry and its columns' entries as long as a
    column's name and type are the same; only new columns are drafted, and columns that left the table go.
    """
    names = [table.name for table in loaded]
    kept = [table for table in model.tables if table.name not in gone]
    present = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    context = [t.name for t in kept if t.name in present and t.name != CATALOG_TABLE and t.name not in names]
    draft = _drafted(connection, context, loaded, declared, warnings)
    tables = {table.name: table for table in kept}
    for item in loaded:
        drafted = _with_headers(draft.table(item.name), item)
        drafted = drafted.model_copy(update={"updated": newest(connection, drafted)})
        tables[item.name] = _merged(tables.get(item.name), drafted)
    columns = {name: {column.name for column in table.columns} for name, table in tables.items()}
    relations = [r for r in model.relations if _holds(r, columns)]
    for relation in draft.relations:
        new = relation.left in names or relation.right in names
        if new and _holds(relation, columns) and not any(_same(relation, other) for other in relations):
            relations.append(relation)
    metrics = []
    for metric in model.metrics:
        if _computable(metric, columns):
            metrics.append(metric)
        else:
            warnings.append(f"指标「{metric.label}」用到的表或列已不存在，已从语义模型中移除。")
    return SemanticModel(tables=list(tables.values()), relations=relations, metrics=metrics, verified=model.verified)


def _drafted(
    connection: duckdb.DuckDBPyConnection,
    context: list[str],
    loaded: list[LoadedTable],
    declared: Declared,
    warnings: list[str],
) -> SemanticModel:
    """The draft, or bare names and types when drafting fails: the data come in all the same."""
    names = context + [table.name for table in loaded]
    try:
        return draft_semantics(connection, names, declared=declared.relations, keys=declared.keys)
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError):
        raise
    except Exception as error:
        warnings.append(
            f"语义模型没有能够自动起草（{type(error).__name__}），新表只登记了列名和类型，请在语义模型中补充。"
        )
        tables = []
        for table in loaded:
            described = connection.execute(f"DESCRIBE {quoted(table.name)}").fetchall()
            columns = [Column(name=name, label=name, type=kind) for name, kind, *_ in described]
            tables.append(Table(name=table.name, label=table.title, columns=columns, rows=table.rows))
        return SemanticModel(tables=tables)


def with_catalog(model: SemanticModel, table: Table, metrics: list[Metric]) -> SemanticModel:
    """`model` with the catalogue's own table and its metrics; what the owner wrote about them stays."""
    known = next((t for t in model.tables if t.name == table.name), None)
    merged = _merged(known, table)
    if merged.time_column not in ("published", "updated"):
        merged = merged.model_copy(update={"time_column": table.time_column})
    names = {(metric.table, metric.name) for metric in model.metrics}
    return SemanticModel(
        tables=[t for t in model.tables if t.name != table.name] + [merged],
        relations=model.relations,
        metrics=model.metrics + [m for m in metrics if (m.table, m.name) not in names],
        verified=model.verified,
    )


def _with_headers(table: Table, loaded: LoadedTable) -> Table:
    """The drafted table under the names its source gave: headers know units that safe names lost."""
    headers = dict(zip(loaded.columns, loaded.headers, strict=True))
    columns = []
    for column in table.columns:
        header = clean_header(headers.get(column.name, column.name))
        unit, scale = header.unit, header.scale
        if column.name in loaded.percents and not unit:
            unit = "%"
        changes: dict[str, object] = {}
        if header.label and headers.get(column.name, "").strip():
            changes["label"] = header.label
        if unit and column.role is not Role.TIME:
            changes |= {"unit": unit, "scale": scale}
            if column.role is Role.MEASURE:
                changes["additivity"] = additivity_of(header.label, unit, column.name)
        if header.qualifier and header.qualifier not in column.description:
            changes["description"] = "；".join(filter(None, [column.description, header.qualifier]))
        columns.append(column.model_copy(update=changes))
    return table.model_copy(update={"label": loaded.title, "columns": columns, "rows": loaded.rows})


def _merged(owner: Table | None, drafted: Table) -> Table:
    """The owner's entry brought up to date with the table's columns and rows."""
    if owner is None:
        return drafted
    known = {column.name: column for column in owner.columns}
    columns = [_merged_column(known.get(column.name), column) for column in drafted.columns]
    names = {column.name for column in columns}
    changes: dict[str, object] = {"columns": columns, "rows": drafted.rows, "updated": drafted.updated}
    if not set(owner.primary_key) <= names:
        changes["primary_key"] = drafted.primary_key
    if owner.time_column is not None and owner.time_column not in names:
        changes["time_column"] = drafted.time_column
    return owner.model_copy(update=changes)


def _merged_column(owner: Column | None, drafted: Column) -> Column:
    if owner is None:
        return drafted
    if owner.type == drafted.type:
        return owner
    # Another type means other roles and units, but what people call the column stays.
    words = {"label": owner.label, "synonyms": owner.synonyms, "description": owner.description, "note": owner.note}
    return drafted.model_copy(update={**words, "sensitivity": owner.sensitivity})


def _holds(relation: Relation, columns: dict[str, set[str]]) -> bool:
    return set(relation.left_columns) <= columns.get(relation.left, set()) and set(
        relation.right_columns
    ) <= columns.get(relation.right, set())


def _same(one: Relation, other: Relation) -> bool:
    ends = {(one.left, tuple(one.left_columns)), (one.right, tuple(one.right_columns))}
    return ends == {(other.left, tuple(other.left_columns)), (other.right, tuple(other.right_columns))}


def _computable(metric: Metric, columns: dict[str, set[str]]) -> bool:
    if metric.table not in columns:
        return False
    try:
        tree = sqlglot.parse_one(metric.expression, read="duckdb")
    except sqlglot.errors.ParseError:
        return True  # the owner's own words: not for an ingest to judge
    known = {name.lower() for name in columns[metric.table]}
    return all(column.name.lower() in known for column in tree.find_all(exp.Column))


def newest(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The newest day in a table's time column, as ISO; "" if it has none."""
    if table.time_column is None:
        return ""
    row = connection.execute(f"SELECT max({quoted(table.time_column)}) FROM {quoted(table.name)}").fetchone()
    value = row[0] if row else None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and 1900 < value < 2200 else ""


def table_dataset_id(name: str) -> str:
    """The id of the catalogue entry of an ingested table."""
    return "table-" + hashlib.sha256(name.encode()).hexdigest()[:16]


def table_dataset(table: Table, source: str, form: str, opening: OpeningClass, region: str) -> Dataset:
    """The catalogue entry of an ingested table."""
    labels = "、".join(column.label for column in table.columns[:30])
    return Dataset(
        id=table_dataset_id(table.name),
        title=table.label,
        region=region,
        summary=f"由文件 {source} 导入的数据表，共 {table.rows:,} 行，包括{labels}{'等' if len(table.columns) > 30 else ''}字段。",
        items=[
            DataItem(
                name=column.label,
                type=column.type,
                meaning=column.description,
                sensitivity=column.sensitivity,
                column=column.name,
            )
            for column in table.columns
        ],
        formats=[form],
        opening=opening,
        rows=table.rows,
        updated=date.fromisoformat(table.updated) if len(table.updated) == 10 else None,
        table=table.name,
        source=source,
    )
