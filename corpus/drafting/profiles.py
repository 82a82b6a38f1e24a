"""A bounded look at each table: enough rows to tell what its columns hold, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb
from sqlglot import exp

from corpus.drafting.times import common_grain, grain_of

WHOLE = 4000  # rows: a smaller table is read whole
SLICES, SLICE = 6, 300  # a larger one at six places


@dataclass(frozen=True)
class ColumnProfile:
    """One column of the sample. `values` are the filled cells in row order; lists and structs as text."""

    name: str
    type: str
    values: list[Any]
    rows: int  # sampled rows, empty cells included
    comment: str = ""

    @cached_property
    def distinct(self) -> list[Any]:
        return list(dict.fromkeys(self.values))

    @cached_property
    def texts(self) -> list[str]:
        """Up to 300 distinct values as text."""
        return [str(v) for v in self.distinct[:300]]

    @cached_property
    def text_set(self) -> frozenset[str]:
        """All sampled values as text."""
        return frozenset(str(v) for v in self.distinct)

    @cached_property
    def prefix(self) -> str:
        """What all values begin with, up to the first digit: item_city_1, item_city_2 → item_city_."""
        first, last = min(self.text_set, default=""), max(self.text_set, default="")
        same = next(
            (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
        )
        digit = next((i for i, c in enumerate(first) if c.isdigit()), len(first))
        return first[: min(same, digit)]

    @property
    def empty(self) -> bool:
        return not self.values

    @property
    def unique(self) -> bool:
        """Whether no sampled value repeats and none is missing."""
        return self.rows > 0 and len(self.distinct) == self.rows

    @cached_property
    def numeric(self) -> bool:
        return is_numeric_type(self.type)

    @cached_property
    def integral(self) -> bool:
        return self.numeric and all(v == v and abs(v) < 1e18 and float(v) == int(v) for v in self.values)

    @cached_property
    def grain(self) -> str:
        """The time grain of a text column's values, empty when they are no times."""
        return "" if self.empty or self.numeric else common_grain(self.texts)

    @cached_property
    def number_grain(self) -> str:
        """The time grain of a numeric column whose every value could be a year, a month or a date in digits."""
        if self.empty or not self.integral:
            return ""
        grains = {grain_of(str(int(v))) for v in self.distinct[:300]}
        return grains.pop() if len(grains) == 1 else ""

    @cached_property
    def mean_length(self) -> float:
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0


@dataclass(frozen=True)
class TableProfile:
    name: str
    rows: int
    columns: list[ColumnProfile] = field(default_factory=list)
    comment: str = ""

    @property
    def whole(self) -> bool:
        """Whether the sample is the table."""
        return self.rows <= WHOLE

    def column(self, name: str) -> ColumnProfile:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def is_numeric_type(type_name: str) -> bool:
    head = type_name.upper().partition("(")[0]
    return head in {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
        "REAL",
    }


def temporal_grain(type_name: str) -> str:
    """date or timestamp for DuckDB's own time types, clock for TIME, else empty."""
    head = type_name.upper()
    if head == "DATE":
        return "date"
    if head.startswith("TIMESTAMP"):
        return "timestamp"
    return "clock" if head.startswith("TIME") else ""


def table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables and views of the current schema, in order of creation where the engine keeps it."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = current_schema() "
        "AND NOT internal ORDER BY table_oid"
    ).fetchall()
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND schema_name = current_schema() "
        "AND NOT internal ORDER BY view_oid"
    ).fetchall()
    return [name for (name,) in rows + views]


def profile_table(connection: duckdb.DuckDBPyConnection, name: str) -> TableProfile:
    """Sample one table. The same rows each time."""
    described = connection.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = current_database() "
        "AND schema_name = current_schema() AND table_name = ? ORDER BY column_index",
        [name],
    ).fetchall()
    (count,) = _row(connection, exp.select(exp.Count(this=exp.Star())).from_(quoted(name)))
    sample = _sample(connection, name, count)
    columns = [
        ColumnProfile(column, kind, _cells(sample, i, kind), len(sample), comment or "")
        for i, (column, kind, comment) in enumerate(described)
    ]
    remark = connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = current_schema() "
        "AND table_name = ?",
        [name],
    ).fetchone()
    return TableProfile(name, count, columns, (remark[0] or "") if remark else "")


def _cells(sample: list[tuple[Any, ...]], index: int, kind: str) -> list[Any]:
    filled = [row[index] for row in sample if row[index] is not None]
    nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
    return [repr(v) for v in filled] if nested else filled


def _sample(connection: duckdb.DuckDBPyConnection, name: str, count: int) -> list[tuple[Any, ...]]:
    every = exp.select(exp.Star()).from_(quoted(name))
    if count <= WHOLE:
        whole: list[tuple[Any, ...]] = connection.execute(every.sql("duckdb")).fetchall()
        return whole
    rows: list[tuple[Any, ...]] = []
    for i in range(SLICES):
        start = i * (count - SLICE) // (SLICES - 1)
        rows += connection.execute(every.copy().limit(SLICE).offset(start).sql("duckdb")).fetchall()
    return rows


def is_unique(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> bool:
    """Whether the columns together tell every row of the table apart, none of them empty."""
    names = [exp.column(c, quoted=True) for c in columns]
    rows = exp.Count(this=exp.Star())
    if len(columns) == 1:
        query = exp.select(rows, exp.Count(this=exp.Distinct(expressions=names)), exp.Count(this=names[0].copy()))
        total, different, filled = _row(connection, query.from_(quoted(table)))
        return bool(total == different == filled)
    inner = exp.select(*names).distinct().from_(quoted(table))
    for column in names:
        inner = inner.where(column.copy().is_(exp.null()).not_())
    (different,) = _row(connection, exp.select(rows.copy()).from_(inner.subquery("d")))
    (total,) = _row(connection, exp.select(rows.copy()).from_(quoted(table)))
    return bool(total == different)


def quoted(name: str) -> exp.Table:
    return exp.to_table(exp.to_identifier(name, quoted=True).sql("duckdb"), dialect="duckdb")


def _row(connection: duckdb.DuckDBPyConnection, query: exp.Expression) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(query.sql("duckdb")).fetchone()
    assert row is not None
    return row
