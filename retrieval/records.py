"""What the index knows about each record, by ordinal: shown fields, facets and the words the reranker looks at."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import Empty, LifoQueue

import numpy as np
from numpy.typing import NDArray

from retrieval.entries import Entry
from retrieval.text import normalise

_SCHEMA = """
CREATE TABLE record (
  ordinal INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, locator TEXT NOT NULL, hash TEXT NOT NULL,
  title TEXT NOT NULL, text TEXT NOT NULL, plain TEXT NOT NULL, region TEXT NOT NULL, level TEXT NOT NULL, effective TEXT, ends TEXT,
  day INTEGER NOT NULL, tags TEXT NOT NULL, title_words BLOB NOT NULL, body_words BLOB NOT NULL);
CREATE INDEX record_by_id ON record (kind, id);
CREATE TABLE source (id TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = (
    "ordinal, kind, id, locator, title, text, plain, region, level, effective, ends, day, tags, title_words, body_words"
)

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
    ends: date | None
    day: int
    tags: frozenset[str]
    title_words: Words
    body_words: Words

    def in_force(self, today: date) -> bool:
        """Whether the text applies on `today`: from its effective day on, and before the day on which it ends."""
        return (self.effective is None or self.effective <= today) and (self.ends is None or today < self.ends)


class Records:
    """Read side, safe from any thread. Connections are kept: a version that was replaced and removed can still be read."""

    def __init__(self, path: Path) -> None:
        self._uri = f"file:{path}?mode=ro"
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._idle.put(self._connect())

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, timeout=10, check_same_thread=False)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            try:
                connection = self._connect()
            except sqlite3.OperationalError:  # the files are gone: wait for the one that has them open
                connection = self._idle.get(timeout=10)
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def get(self, ordinals: Sequence[int]) -> dict[int, Record]:
        """Records by ordinal; unknown ordinals are left out."""
        if not ordinals:
            return {}
        marks = ",".join("?" * len(ordinals))
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM record WHERE ordinal IN ({marks})", list(ordinals)
            ).fetchall()
        return {row[0]: _record(row) for row in rows}

    def ordinals(self, kind: str, ids: Sequence[str]) -> list[int]:
        """Ordinals of the records of these datasets or documents."""
        marks = ",".join("?" * len(ids))
        with self._connection() as connection:
            found = connection.execute(f"SELECT ordinal FROM record WHERE kind = ? AND id IN ({marks})", [kind, *ids])
            return [ordinal for (ordinal,) in found]

    def count(self, kind: str) -> int:
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()[0])

    def sources(self) -> dict[str, str]:
        """Id → content hash of every dataset or document that was indexed, also of those without a record."""
        with self._connection() as connection:
            return dict(connection.execute("SELECT id, hash FROM source"))


def _record(row: tuple[object, ...]) -> Record:
    ordinal, kind, key, locator, title, text, plain, region, level, effective, ends, day, tags, head, body = row
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
        ends=date.fromisoformat(str(ends)) if ends else None,
        day=int(str(day)),
        tags=frozenset(str(tags).split()),
        title_words=np.frombuffer(head, dtype=np.uint32),  # type: ignore[call-overload]
        body_words=np.frombuffer(body, dtype=np.uint32),  # type: ignore[call-overload]
    )


class RecordWriter:
    """Writes records into a new or a copied file; nothing counts before `close`."""

    def __init__(self, path: Path) -> None:
        fresh = not path.exists()
        self._connection = sqlite3.connect(path)
        self._connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + (_SCHEMA if fresh else ""))

    @property
    def next_ordinal(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(ordinal) + 1, 0) FROM record").fetchone()[0])

    def remove(self, ids: Iterable[str]) -> list[tuple[int, list[str], str]]:
        """Forget datasets or documents; returns (ordinal, tags, region) of each record that went."""
        gone: list[tuple[int, list[str], str]] = []
        for key in ids:
            for kind in ("dataset", "article"):  # the index on records begins with the kind
                found = self._connection.execute(
                    "SELECT ordinal, tags, region FROM record WHERE kind = ? AND id = ?", (kind, key)
                ).fetchall()
                gone += [(ordinal, tags.split(), region) for ordinal, tags, region in found]
            self._connection.execute("DELETE FROM source WHERE id = ?", (key,))
        self._connection.executemany("DELETE FROM record WHERE ordinal = ?", [(ordinal,) for ordinal, _, _ in gone])
        return gone

    def add_source(self, key: str, digest: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (key, digest))

    def add(self, ordinal: int, entry: Entry, head: Words, body: Words) -> None:
        """One record with the codes of the words in its title and in all else."""
        self._connection.execute(
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
                entry.ends.isoformat() if entry.ends else None,
                entry.day,
                " ".join(entry.tags),
                head.tobytes(),
                body.tobytes(),
            ),
        )

    def close(self) -> int:
        """Finish; returns how many records there are."""
        self._connection.commit()
        count = int(self._connection.execute("SELECT count(*) FROM record").fetchone()[0])
        self._connection.close()
        return count
