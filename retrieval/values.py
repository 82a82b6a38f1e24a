"""Which values stand in which columns, so that a question's words can be found among them.

Built from a scope's own database: what a person may not see is not here either.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from corpus.semantics import Column, Role, SemanticModel, Table

MAX_DISTINCT = 100_000
MAX_TEXTS = 3_000  # free texts and keys: many different ones are not what people name
MAX_LENGTH = 40
_FORM = 2  # raised when what is kept changes: copies of another form are made anew
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL", "UBIGINT", "UINTEGER")
_SPAN = re.compile(r"(?<=\d)[到至~](?=\d)")
_SUFFIXES = (
    "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "街道办事处", "有限责任公司", "股份有限公司", "有限公司",
    "自治州", "自治县", "管理局", "委员会", "街道", "地区", "新区", "区", "县", "市", "省", "镇", "乡", "局", "站", "族", "国", "类", "型", "业",
)  # fmt: skip


@dataclass(frozen=True)
class ValueHit:
    """A value found: `value` as stored, `score` 1 for the exact text and less for a short form."""

    table: str
    column: str
    value: str
    score: float


@dataclass(frozen=True)
class Range:
    """Smallest and largest value of a column: numbers, or ISO texts for times."""

    low: float | str | None
    high: float | str | None


@dataclass
class ValueIndex:
    """Exact and shortened values → where they stand; and the range of each number and time column."""

    exact: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    codes: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)  # meaning → table, column, stored
    ranges: dict[str, Range] = field(default_factory=dict)  # "table.column"
    filled: dict[str, float | str] = field(
        default_factory=dict
    )  # "table.column" → last time with a value, where later ones have none
    short: dict[str, list[str]] = field(default_factory=dict)  # short form → full values
    longest: int = 0
    kinds: set[tuple[str, str]] = field(default_factory=set)  # columns of categories
    _held: dict[tuple[str, str], list[str]] = field(default_factory=dict, repr=False)  # their values, when asked for

    @classmethod
    def build(
        cls, connection: duckdb.DuckDBPyConnection, model: SemanticModel, *, max_distinct: int = MAX_DISTINCT
    ) -> ValueIndex:
        """Read every column that people name values of. Columns with more than `max_distinct` texts are left out."""
        index = cls()
        present = {str(r[0]) for r in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for table in model.tables:
            if table.name not in present:
                continue
            for column in table.columns:
                index._read(connection, table.name, column, max_distinct)
            index._read_filled(connection, table)
        index._shorten()
        return index

    def _read(self, connection: duckdb.DuckDBPyConnection, table: str, column: Column, max_distinct: int) -> None:
        source, name = _quoted(table), _quoted(column.name)
        kind = column.type.upper()
        if kind.startswith(_NUMERIC) or kind.startswith(("DATE", "TIMESTAMP")) or column.role == Role.TIME:
            low, high = connection.execute(f"SELECT min({name}), max({name}) FROM {source}").fetchone() or (None, None)
            self.ranges[f"{table}.{column.name}"] = Range(_plain(low), _plain(high))
        for stored, meaning in column.codes.items():
            self.codes.setdefault(meaning, []).append((table, column.name, stored))
        for stored, words in column.value_synonyms.items():
            for word in words:
                self.codes.setdefault(word, []).append((table, column.name, stored))
        if not kind.startswith("VARCHAR") or column.role == Role.TIME:
            return
        if column.role == Role.CATEGORY:
            self.kinds.add((table, column.name))
        if column.role == Role.TEXT and column.sensitivity != "none":
            return
        most = max_distinct if column.role in (Role.NAME, Role.CATEGORY, Role.FOREIGN) else min(max_distinct, MAX_TEXTS)
        rows = connection.execute(
            f"SELECT DISTINCT {name} FROM {source} WHERE length({name}) BETWEEN 1 AND ? LIMIT ?", [MAX_LENGTH, most + 1]
        ).fetchall()
        if len(rows) > most:
            return
        for (value,) in rows:
            if value not in column.codes and not re.fullmatch(r"[\d.\-/: ]*", value):
                self.exact.setdefault(value, []).append((table, column.name))

    def _read_filled(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        """The last time each number of a table of figures is known for: next year's rows may be there, still empty."""
        measures = [c.name for c in table.columns if c.role == Role.MEASURE]
        if not table.time_column or table.time_column not in table.primary_key or not measures:
            return
        time = _quoted(table.time_column)
        last = ", ".join(f"max({time}) FILTER (WHERE {_quoted(m)} IS NOT NULL)" for m in measures)
        row = connection.execute(f"SELECT {last} FROM {_quoted(table.name)}").fetchone() or ()
        high = self.range(table.name, table.time_column).high
        for measure, value in zip(measures, row, strict=False):
            known = _plain(value)
            if known is not None and known != high:
                self.filled[f"{table.name}.{measure}"] = known

    def latest(self, table: str, time: str, measures: Iterable[str]) -> float | str | None:
        """The last time at which none of `measures` is empty throughout; None where the times are not known."""
        high = self.range(table, time).high
        known = [self.filled[f"{table}.{m}"] for m in measures if f"{table}.{m}" in self.filled]
        return min(known, key=lambda v: (isinstance(v, str), v)) if known else high

    def _shorten(self) -> None:
        """Short forms (城关区 → 城关); one that stands for more than four values says nothing and is left out."""
        short: dict[str, list[str]] = {}
        for value in list(self.exact):
            for form in _short_forms(value):
                if form not in self.exact:
                    short.setdefault(form, []).append(value)
        self.short = {form: values for form, values in short.items() if len(values) <= 4}
        self.longest = max((len(v) for v in (*self.exact, *self.codes)), default=0)

    def find(self, text: str) -> list[ValueHit]:
        """Where `text` stands as a value, exactly, as the meaning of a code, or as a short form."""
        hits = [ValueHit(t, c, text, 1.0) for t, c in self.exact.get(text, [])]
        if not hits and _SPAN.search(text):  # 18到34岁: kept as 18-34岁
            written = _SPAN.sub("-", text)
            hits = [ValueHit(t, c, written, 1.0) for t, c in self.exact.get(written, [])]
        if not hits and text not in self.codes and len(text) == 2 and f"已{text}" in self.codes:  # 拒绝: 已拒绝
            return [replace(h, score=0.9) for h in self.find(f"已{text}")]
        for table, column, stored in self.codes.get(text, []):
            hits.append(ValueHit(table, column, stored, 1.0))
            # what one column's value is also called, it is called in the others too (but for keys, whose roles differ)
            others = [
                (t, c) for t, c in self.exact.get(stored, []) if (t, c) in self.kinds and (t, c) != (table, column)
            ]
            hits += [ValueHit(t, c, stored, 1.0) for t, c in others]
        if not hits and len(text) == 2 and text.endswith("性"):  # 女性: the value is 女
            return [replace(h, score=0.9) for h in self.find(text[0])]
        for value in self.short.get(text, []) if not hits else []:
            hits += [ValueHit(t, c, value, 0.8) for t, c in self.exact.get(value, [])]
        return hits

    def of(self, table: str, column: Column) -> dict[str, str]:
        """Stored value → meaning, of a column of kinds."""
        if not self._held:
            for value, places in self.exact.items():
                for place in places:
                    if place in self.kinds:
                        self._held.setdefault(place, []).append(value)
        return {v: v for v in self._held.get((table, column.name), [])} | column.codes

    def range(self, table: str, column: str) -> Range:
        return self.ranges.get(f"{table}.{column}", Range(None, None))

    def save(self, path: Path) -> None:
        """Write as JSON, replacing the file in one step."""
        columns = sorted({place for places in self.exact.values() for place in places})
        number = {place: i for i, place in enumerate(columns)}
        data = {
            "form": _FORM,
            "columns": columns,
            "exact": {v: [number[p] for p in places] for v, places in self.exact.items()},
            "codes": self.codes,
            "ranges": {k: [r.low, r.high] for k, r in self.ranges.items()},
            "filled": self.filled,
            "short": self.short,
            "kinds": sorted(self.kinds),
        }
        partial = path.with_suffix(f".{os.getpid()}.partial")  # two processes may build it at once
        partial.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> ValueIndex:
        """Read what `save` wrote; ValueError when the file is not that."""
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if data.get("form") != _FORM:
            raise ValueError("another form of value index")
        columns = [(t, c) for t, c in data["columns"]]
        index = cls(
            exact={v: [columns[i] for i in places] for v, places in data["exact"].items()},
            codes={m: [(t, c, s) for t, c, s in places] for m, places in data["codes"].items()},
            ranges={k: Range(low, high) for k, (low, high) in data["ranges"].items()},
            filled=data["filled"],
            short=data["short"],
            kinds={(t, c) for t, c in data["kinds"]},
        )
        index.longest = max((len(v) for v in (*index.exact, *index.codes)), default=0)
        return index


def _short_forms(value: str) -> Iterable[str]:
    if re.search(r"[A-Za-z0-9]", value):
        return
    for suffix in _SUFFIXES:
        if value.endswith(suffix) and len(value) - len(suffix) >= 2:
            yield value[: -len(suffix)]
            break
    if re.search(r"([\u4e00-\u9fff])\1", value) and len(value) >= 4:
        yield re.sub(r"([\u4e00-\u9fff])\1", r"\1", value)  # 中医医院: 中医院
    place = re.match(r"^[\u4e00-\u9fff]{2,3}[省市区县](?=[\u4e00-\u9fff]{2,})", value)
    if place and len(value) - place.end() >= 3:
        yield value[place.end() :]
        yield "市" + value[place.end() :] if place[0].endswith("市") else value[place.end() :]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: Any) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return float(value)
