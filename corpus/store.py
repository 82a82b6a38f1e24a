"""The catalogue store: datasets and policy documents in one SQLite file, replaced by id, read whole or by id.

It also remembers which ingested file said what, so that a repeated ingest knows what is new and what is gone.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from corpus.catalog import Dataset
from corpus.policy import PolicyDocument
from corpus.workspace import WorkspaceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS dataset (id TEXT PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (id TEXT PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS source (path TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class Source(BaseModel):
    """One ingested file: `hash` is of its bytes, `settings` of how it was read."""

    model_config = ConfigDict(frozen=True)

    path: str  # absolute
    kind: str
    hash: str
    settings: str
    datasets: list[str] = Field(default_factory=list)  # ids
    documents: list[str] = Field(default_factory=list)  # ids
    tables: dict[str, str] = Field(default_factory=dict)  # sheet or inner table → warehouse table
    report: str = ""  # what was said about it, as JSON


class Counts(NamedTuple):
    added: int
    updated: int
    unchanged: int
    removed: int


class CatalogStore:
    """Datasets and policy documents by id. Every write is one transaction.

    WorkspaceError if the file is not a readable catalogue.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open or make the store at `path`. Not `durable`: writes need not survive a crash (a copy being prepared)."""
        self._path = path
        self._durable = durable
        with self._connect() as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=30)
        except sqlite3.OperationalError as error:
            raise WorkspaceError(f"无法打开数据目录 {self._path}：请检查路径和权限。") from error
        try:
            if not self._durable:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("PRAGMA journal_mode = MEMORY")
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            if "full" in str(error) or "disk I/O" in str(error):
                raise WorkspaceError(f"无法写入数据目录 {self._path}：磁盘已满或不可写。请清理空间后重试。") from error
            if "readonly" in str(error):
                raise WorkspaceError(f"无法写入数据目录 {self._path}：没有写权限。") from error
            raise
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise WorkspaceError(f"数据目录 {self._path} 已损坏。请从备份恢复，或删除后重新导入。") from error
        finally:
            connection.close()

    def put_datasets(self, datasets: Iterable[Dataset]) -> tuple[int, int]:
        """Add or replace; returns (added or changed, unchanged)."""
        with self._connect() as connection:
            counts = _put(connection, "dataset", datasets)
        return counts.added + counts.updated, counts.unchanged

    def put_documents(self, documents: Iterable[PolicyDocument]) -> tuple[int, int]:
        """Add or replace; returns (added or changed, unchanged)."""
        with self._connect() as connection:
            counts = _put(connection, "document", documents)
        return counts.added + counts.updated, counts.unchanged

    def replace_source(
        self, source: Source, datasets: Iterable[Dataset] = (), documents: Iterable[PolicyDocument] = ()
    ) -> Counts:
        """Put what a file says and drop what it said before and no file says now, in one transaction.

        `source.datasets` and `source.documents` are the ids that the file stands for from now on.
        """
        with self._connect() as connection:
            before = self._source(connection, source.path)
            counts = [_put(connection, "dataset", datasets), _put(connection, "document", documents)]
            connection.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (source.path, source.model_dump_json()))
            removed = 0
            if before is not None:
                removed += _drop_unclaimed(connection, "dataset", set(before.datasets) - set(source.datasets))
                removed += _drop_unclaimed(connection, "document", set(before.documents) - set(source.documents))
        added, updated, unchanged, _ = (sum(parts) for parts in zip(*counts, strict=True))
        return Counts(added, updated, unchanged, removed)

    def source(self, path: str) -> Source | None:
        """What was ingested from the file at `path` (absolute)."""
        with self._connect() as connection:
            return self._source(connection, path)

    def sources(self) -> list[Source]:
        """Every ingested file, in order of path."""
        with self._connect() as connection:
            return [
                Source.model_validate_json(b) for (b,) in connection.execute("SELECT body FROM source ORDER BY path")
            ]

    @staticmethod
    def _source(connection: sqlite3.Connection, path: str) -> Source | None:
        row = connection.execute("SELECT body FROM source WHERE path = ?", (path,)).fetchone()
        return Source.model_validate_json(row[0]) if row else None

    def remove_datasets(self, ids: Iterable[str]) -> None:
        with self._connect() as connection:
            connection.executemany("DELETE FROM dataset WHERE id = ?", [(i,) for i in ids])

    def remove_documents(self, ids: Iterable[str]) -> None:
        with self._connect() as connection:
            connection.executemany("DELETE FROM document WHERE id = ?", [(i,) for i in ids])

    def datasets(self) -> list[Dataset]:
        """All datasets, in order of id."""
        with self._connect() as connection:
            return [
                Dataset.model_validate_json(b) for (b,) in connection.execute("SELECT body FROM dataset ORDER BY id")
            ]

    def each_dataset(self) -> Iterator[Dataset]:
        """All datasets, in order of id, one at a time."""
        with self._connect() as connection:
            for (body,) in connection.execute("SELECT body FROM dataset ORDER BY id"):
                yield Dataset.model_validate_json(body)

    def documents(self) -> list[PolicyDocument]:
        """All policy documents, in order of id."""
        with self._connect() as connection:
            rows = connection.execute("SELECT body FROM document ORDER BY id")
            return [PolicyDocument.model_validate_json(b) for (b,) in rows]

    def dataset(self, key: str) -> Dataset | None:
        with self._connect() as connection:
            row = connection.execute("SELECT body FROM dataset WHERE id = ?", (key,)).fetchone()
        return Dataset.model_validate_json(row[0]) if row else None

    def document(self, key: str) -> PolicyDocument | None:
        with self._connect() as connection:
            row = connection.execute("SELECT body FROM document WHERE id = ?", (key,)).fetchone()
        return PolicyDocument.model_validate_json(row[0]) if row else None

    def hashes(self, kind: str) -> dict[str, str]:
        """id → content hash, for `kind` "dataset" or "document": what an index compares itself with."""
        if kind not in ("dataset", "document"):
            raise ValueError(kind)
        with self._connect() as connection:
            return dict(connection.execute(f"SELECT id, hash FROM {kind}"))

    def holds(self, source: Source) -> bool:
        """Whether every dataset and document that `source` stands for is here."""
        with self._connect() as connection:
            return all(
                connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (key,)).fetchone()
                for table, ids in (("dataset", source.datasets), ("document", source.documents))
                for key in ids
            )

    def version(self) -> str:
        """A digest of all content."""
        both = [self.hashes("dataset"), self.hashes("document")]
        return hashlib.sha256(json.dumps(both, sort_keys=True).encode()).hexdigest()[:12]


def _put(connection: sqlite3.Connection, table: str, entries: Iterable[Dataset] | Iterable[PolicyDocument]) -> Counts:
    added = updated = unchanged = 0
    for entry in entries:
        body = entry.model_dump_json(exclude_defaults=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        before = connection.execute(f"SELECT hash FROM {table} WHERE id = ?", (entry.id,)).fetchone()
        if before == (digest,):
            unchanged += 1
            continue
        connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", (entry.id, digest, body))
        added += before is None
        updated += before is not None
    return Counts(added, updated, unchanged, 0)


def _drop_unclaimed(connection: sqlite3.Connection, table: str, ids: set[str]) -> int:
    """Delete the entries that no remaining source stands for."""
    if not ids:
        return 0
    field = {"dataset": "datasets", "document": "documents"}[table]
    for (body,) in connection.execute("SELECT body FROM source"):
        ids -= set(json.loads(body)[field])
    return sum(connection.execute(f"DELETE FROM {table} WHERE id = ?", (key,)).rowcount for key in ids)
