"""Writes a table of personal records into a scope's database in groups: see `tools.small_groups` for what that promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from tools.principal import GroupRule, TableScope
from tools.small_groups import Codes, TooFewPersons, group_rows, shared_totals

HELD_BACK = "未列出"  # what a text shows in place of a value that would single out too few; other types show nothing
INCOMING = "incoming_groups"
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class HeldBack:
    """How many of a grouped table's rows do not show a value, to keep groups large enough: of dimensions, and of measures."""

    k: int
    rows: int
    columns: dict[str, int]
    measures: dict[str, int]


def write_grouped(connection: duckdb.DuckDBPyConnection, name: str, table: TableScope, source: exp.Table) -> HeldBack:
    """Create table `name` from `source` as its group rule says, then leave out rows that its filters do not let be seen.

    A table with fewer persons than one group needs comes out empty.
    """
    rule = table.groups
    assert rule is not None
    read = connection.execute(_reading(rule, source).sql("duckdb")).fetch_arrow_table()
    try:
        grouped, held = _grouped(read, rule)
    except TooFewPersons:
        grouped = read.slice(0, 0).select([*rule.dimensions, *rule.measures])
        held = HeldBack(rule.k, 0, {}, {})
    connection.register(INCOMING, grouped)
    try:
        query = exp.select(*(exp.column(exp.to_identifier(c, quoted=True)) for c in table.columns)).from_(INCOMING)
        for rows in table.rows:
            text = exp.cast(exp.column(exp.to_identifier(rows.column, quoted=True)), exp.DataType.Type.VARCHAR)
            query = query.where(text.isin(*[exp.Literal.string(value) for value in rows.values]))
        create = exp.Create(this=exp.table_(name, quoted=True), kind="TABLE", expression=query)
        connection.execute(create.sql("duckdb"))
    finally:
        connection.unregister(INCOMING)
    return held


def _reading(rule: GroupRule, source: exp.Table) -> exp.Select:
    """Dimensions (of dates the year), measures, and one text per row that tells its person apart."""
    columns: list[exp.Expr] = []
    for name in rule.dimensions:
        column: exp.Expr = exp.column(exp.to_identifier(name, quoted=True))
        if name in rule.years:
            column = exp.cast(exp.func("year", column), exp.DataType.Type.INT)
        columns.append(exp.alias_(column, name, quoted=True))
    columns += [exp.column(exp.to_identifier(name, quoted=True)) for name in rule.measures]
    person: exp.Expr | None = None
    for name in rule.persons:
        text = exp.cast(exp.column(exp.to_identifier(name, quoted=True)), exp.DataType.Type.VARCHAR)
        person = text if person is None else _with(person, text)
    assert person is not None
    return exp.select(*columns, exp.alias_(person, SEPARATOR, quoted=True)).from_(source)


def _with(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.DPipe(this=exp.DPipe(this=left, expression=exp.Literal.string(SEPARATOR)), expression=right)


def _grouped(read: pa.Table, rule: GroupRule) -> tuple[pa.Table, HeldBack]:
    persons = _codes(read.column(SEPARATOR)) - 1
    grouping = group_rows([_codes(read.column(name)) for name in rule.dimensions], persons, rule.k)
    order = np.argsort(grouping.group, kind="stable")
    columns: dict[str, Any] = {}
    held: dict[str, int] = {}
    held_measures: dict[str, int] = {}
    for depth, name in enumerate(rule.dimensions):
        shows = grouping.kept > depth
        held[name] = int((~shows).sum())
        column = read.column(name).combine_chunks()
        instead = HELD_BACK if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else None
        columns[name] = pc.if_else(pa.array(shows), column, pa.scalar(instead, column.type))
    for name in rule.measures:
        column = read.column(name).combine_chunks()
        values = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
        shared = shared_totals(values, grouping.group, persons, rule.k)
        held_measures[name] = int(np.isnan(shared).sum() - np.isnan(values).sum())
        kind = column.type if pa.types.is_integer(column.type) else pa.float64()
        columns[name] = pa.array(shared, mask=np.isnan(shared)).cast(kind)
    table = pa.table(columns).take(pa.array(order))
    return table, HeldBack(rule.k, len(order), _some(held), _some(held_measures))


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def _codes(column: pa.ChunkedArray) -> Codes:
    """A number per value in the values' order; 0 where there is none."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = np.asarray(pc.sort_indices(encoded.dictionary), np.int64)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    indices = np.asarray(encoded.indices.fill_null(-1), np.int64)
    codes = np.zeros(len(indices), np.int64)
    named = indices >= 0
    codes[named] = rank[indices[named]] + 1
    return codes
