"""Rows of text → a typed table of the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field
from sqlglot import exp

BATCH = 50_000
SAMPLE = 2_000
# How sources write that there is no number; in a column of numbers these become NULL.
NO_NUMBER = ["-", "--", "—", "——", "/", "…", "...", "null", "none", "nan", "na", "n/a", "无", "暂无", "不详", "*"]
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = r"^[+-]?\d+$"
_COMPACT = r"^(19|20)\d{6}$"
_GROUPED = r"^[+-]?\d{1,3}([,，]\d{3})+(\.\d+)?$"
_PERCENT = r"^[+-]?\d+(\.\d+)?\s*[%％]$"
_DATE = r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$"
_STAMP = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$"
# Digits under these headers name a thing; they are not for counting with.
_IDENTIFIER = re.compile(
    r"(代码|编码|编号|号码|证号|电话|手机|邮编|邮政编码|账号|帐号|卡号|学号|工号|文号|批号|案号|单号|车牌|序列号|密码)$|(^|_)(id|code|no|phone|tel|zip)$",
    re.I,
)
_DAY_HEADER = re.compile(r"日期|时间|年月日|date|day", re.I)


class LoadedTable(BaseModel):
    """A table now in the warehouse. `headers` are the columns' original names, in order."""

    model_config = ConfigDict(frozen=True)

    name: str
    part: str  # the sheet or inner table it came from; "" when the file is one table
    title: str
    columns: list[str]
    headers: list[str]
    rows: int
    warnings: list[str] = Field(default_factory=list)
    percents: list[str] = Field(default_factory=list)  # columns whose % signs were taken off


def load_rows(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[str],
    headers: list[str],
    rows: Iterable[list[str]],
    *,
    part: str = "",
    title: str = "",
) -> LoadedTable:
    """Create (or replace) table `name` from rows of text, each as wide as `columns`; types come from all the values.

    Runs in the caller's transaction.
    """
    incoming = quoted(f"{name}__incoming")
    listed = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
    connection.execute(f"CREATE OR REPLACE TABLE {incoming} ({listed})")
    count = 0
    for batch in _batches(rows):
        arrays = [pa.array([cell.strip() or None for cell in cells], pa.string()) for cells in zip(*batch, strict=True)]
        connection.register("incoming_batch", pa.Table.from_arrays(arrays, names=columns))
        connection.execute(f"INSERT INTO {incoming} SELECT * FROM incoming_batch")
        connection.unregister("incoming_batch")
        count += len(batch)
    warnings: list[str] = []
    percents: list[str] = []
    casts = []
    for column, header in zip(columns, headers, strict=True):
        kind, dropped = _column_type(connection, incoming, column, header)
        casts.append(f"{_cast(column, kind)} AS {quoted(column)}")
        if kind == "PERCENT":
            percents.append(column)
        if dropped:
            warnings.append(f"列「{header or column}」有 {dropped} 个值不是数字（如「-」「无」），按空值处理。")
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT {', '.join(casts)} FROM {incoming}")
    connection.execute(f"DROP TABLE {incoming}")
    return LoadedTable(
        name=name,
        part=part,
        title=title or name,
        columns=columns,
        headers=headers,
        rows=count,
        warnings=warnings,
        percents=percents,
    )


def _batches(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def quoted(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def _tests() -> dict[str, str]:
    """What a value v may be, as a condition on it."""
    return {
        "numbers": f"regexp_matches(v, '{_NUMBER}')",
        "whole": f"regexp_matches(v, '{_WHOLE}')",
        "grouped": f"(regexp_matches(v, '{_GROUPED}') OR regexp_matches(v, '{_NUMBER}'))",
        "percents": f"regexp_matches(v, '{_PERCENT}')",
        "days": f"regexp_matches(v, '{_DATE}') AND TRY_CAST({_day('v')} AS DATE) IS NOT NULL",
        "times": f"(regexp_matches(v, '{_DATE}') AND TRY_CAST({_day('v')} AS DATE) IS NOT NULL "
        f"OR regexp_matches(v, '{_STAMP}') AND TRY_CAST(v AS TIMESTAMP) IS NOT NULL)",
        "compact": f"regexp_matches(v, '{_COMPACT}') AND try_strptime(v, '%Y%m%d') IS NOT NULL",
    }


def _column_type(connection: duckdb.DuckDBPyConnection, table: str, column: str, header: str) -> tuple[str, int]:
    """(the type that every value of a column has, how many values only say that there is none)."""
    source = f"(SELECT {quoted(column)} AS v FROM {table} WHERE {quoted(column)} IS NOT NULL)"
    # What the first values are not, the column is not: most tests need no look at all rows.
    left = _passed(connection, f"(FROM {source} LIMIT {SAMPLE})", _tests())
    if left:
        left = _passed(connection, source, {name: test for name, test in _tests().items() if name in left})
    if not left:
        return "VARCHAR", 0
    row = connection.execute(
        f"""SELECT count(*) FILTER (WHERE list_contains($none, lower(v))),
            count(*) FILTER (WHERE NOT list_contains($none, lower(v))),
            count(*) FILTER (WHERE regexp_matches(v, '^0\\d')),
            max(length(v)) FILTER (WHERE NOT list_contains($none, lower(v))),
            count(*) FILTER (WHERE contains(v, '.') AND NOT list_contains($none, lower(v)))
        FROM {source}""",
        {"none": NO_NUMBER},
    ).fetchone()
    assert row is not None
    missing, known, padded, longest, points = row
    if not known:
        return "VARCHAR", 0
    if "days" in left:
        return "DATE", missing
    if "times" in left:
        return "TIMESTAMP", missing
    if "compact" in left and _DAY_HEADER.search(header):
        return "COMPACT", missing
    if _IDENTIFIER.search(header.strip()) or padded:
        return "VARCHAR", 0
    if "whole" in left:
        return ("BIGINT", missing) if longest <= 14 else ("VARCHAR", 0)
    if "numbers" in left:
        return "DOUBLE", missing
    if "grouped" in left:
        return "GROUPED" if points else "GROUPED_WHOLE", missing
    return "PERCENT", missing


def _passed(connection: duckdb.DuckDBPyConnection, source: str, tests: dict[str, str]) -> set[str]:
    """The tests that every value of `source` passes, those that only say there is none left out."""
    row = connection.execute(
        f"SELECT {', '.join(f'bool_and({test})' for test in tests.values())} "
        f"FROM {source} WHERE NOT list_contains($none, lower(v))",
        {"none": NO_NUMBER},
    ).fetchone()
    assert row is not None
    return {name for name, passed in zip(tests, row, strict=True) if passed is not False}


def _day(value: str) -> str:
    return f"regexp_replace(regexp_replace({value}, '[/.年月]', '-', 'g'), '日$', '')"


def _cast(column: str, kind: str) -> str:
    value = quoted(column)
    if kind == "DATE":
        return f"TRY_CAST({_day(value)} AS DATE)"
    if kind == "COMPACT":
        return f"CAST(try_strptime({value}, '%Y%m%d') AS DATE)"
    if kind.startswith("GROUPED"):
        number = "BIGINT" if kind == "GROUPED_WHOLE" else "DOUBLE"
        return f"TRY_CAST(regexp_replace({value}, '[,，]', '', 'g') AS {number})"
    if kind == "PERCENT":
        return f"TRY_CAST(regexp_replace({value}, '\\s*[%％]$', '') AS DOUBLE)"
    return value if kind == "VARCHAR" else f"TRY_CAST({value} AS {kind})"
