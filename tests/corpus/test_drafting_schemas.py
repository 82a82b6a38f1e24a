"""Joins found without declared keys, against the keys that 350 small real schemas declare."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from corpus.drafting import draft_semantics
from corpus.semantics import Cardinality

SCHEMAS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "schemas" / "schemas.jsonl"


@pytest.mark.skipif(not SCHEMAS.is_file(), reason="the collection of schemas is not here")
def test_most_declared_keys_are_found_from_names_and_a_few_rows() -> None:
    declared = found = both = 0
    for line in SCHEMAS.read_text("utf-8").splitlines()[::8]:
        schema = json.loads(line)
        connection = duckdb.connect()
        for table in schema["tables"]:
            columns = [c["name"] for c in table["columns"]]
            cells = [
                [str(row[i]) if i < len(row) and row[i] != "" else None for row in table["rows"]]
                for i in range(len(columns))
            ]
            data = pa.table(
                {name: pa.array(values, type=pa.string()) for name, values in zip(columns, cells, strict=True)}
            )
            connection.register("incoming", data)
            name = '"' + table["name"].replace('"', '""') + '"'
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
            connection.unregister("incoming")
        gold = {(a[0], a[1], b[0], b[1]) for a, b in schema["foreign_keys"]}
        mine = {
            (r.left, r.left_columns[0], r.right, r.right_columns[0])
            for r in draft_semantics(connection).relations
            if r.cardinality is not Cardinality.MANY_TO_MANY
        }
        declared, found, both = declared + len(gold), found + len(mine), both + len(gold & mine)
    assert both / declared >= 0.9
    assert both / found >= 0.75
