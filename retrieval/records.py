"""What the index knows about each record, by ordinal: shown fields, facets and the words the reranker looks at."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.entries import Entry
from retrieval.text import normalise

_SCHEMA = """
CREATE TABLE record (
  ordinal INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, locator TEXT NOT NULL, hash TEXT NOT NULL,
  title TEXT NOT NULL, text TEXT NOT NULL, plain TEXT NOT NULL, region TEXT NOT NULL, level TEXT NOT NULL, effective TEXT, expired INTEGER NOT NULL,
  day INTEGER NOT NULL, tags TEXT NOT NULL, title_words BLOB NOT NULL, body_words BLOB NOT NULL);
CREATE INDEX record_by_id ON record (kind, id);
"""
_COLUMNS = "ordinal, kind, id, locator, title, text, plain, region, level, effective, expired, day, tags, title_words, body_words"

Words = NDArray[np.uint32]


def word_codes(words: Iterable[str]) -> Words:
    """Words as 32-bit codes, in order. Two words that share a code are rarer than a typing error."""
    return np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint32)


@dataclass(frozen=True)
class Record:
    ordinal: int
    kind: str
    id: str
    locator: str
    title: str
    text: str
    plain: str  # title and body, normalised
    region: str
    level: str
    effective: date | None
    expired: bool
    day: int
    tags: frozenset[str]
    title_words: Words
    body_words: Words

    def in_force(self, today: date) -> bool:
        return not self.expired and (self.effective is None or self.effective <= today)


class Records:
    """Read side. One connection per call: cheap in SQLite, and safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._uri = f"file:{path}?mode=ro"

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, timeout=10)

    def get(self, ordinals: Sequence[int]) -> dict[int, Record]:
        """Records by ordinal; unknown ordinals are left out."""
        if not ordinals:
            return {}
        marks = ",".join("?" * len(ordinals))
        connection = self._connect()
        try:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM record WHERE ordinal IN ({marks})", list(ordinals)
            ).fetchall()
        finally:
            connection.close()
        return {row[0]: _record(row) for row in rows}

    def count(self, kind: str) -> int:
        connection = self._connect()
        try:
            return int(connection.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()[0])
        finally:
            connection.close()


def _record(row: tuple[object, ...]) -> Record:
    ordinal, kind, key, locator, title, text, plain, region, level, effective, expired, day, tags, head, body = row
    return Record(
        ordinal=int(str(ordinal)),
        kind=str(kind),
        id=str(key),
        locator=str(locator),
        title=str(title),
        text=str(text),
        plain=str(plain),
        region=str(region),
        level=str(level),
        effective=date.fromisoformat(str(effective)) if effective else None,
        expired=bool(expired),
        day=int(str(day)),
        tags=frozenset(str(tags).split()),
        title_words=np.frombuffer(head, dtype=np.uint32),  # type: ignore[call-overload]
        body_words=np.frombuffer(body, dtype=np.uint32),  # type: ignore[call-overload]
    )


def write_records(path: Path, rows: Iterable[tuple[int, Entry, Words, Words]]) -> Iterator[int]:
    """Write (ordinal, entry, title words, body words) rows; yields each ordinal as it is written. One transaction."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        with connection:
            for ordinal, entry, head, body in rows:
                connection.execute(
                    "INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        ordinal,
                        entry.kind,
                        entry.id,
                        entry.locator,
                        entry.hash,
                        entry.title,
                        entry.text,
                        normalise(f"{entry.title} {entry.fields['body']}"),
                        entry.region,
                        entry.level,
                        entry.effective.isoformat() if entry.effective else None,
                        int(entry.expired),
                        entry.day,
                        " ".join(entry.tags),
                        head.tobytes(),
                        body.tobytes(),
                    ),
                )
                yield ordinal
    finally:
        connection.close()
