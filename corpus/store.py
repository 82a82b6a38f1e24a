"""The catalogue store: datasets and policy documents in one SQLite file, replaced by id, read whole or by id."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.catalog import Dataset
from corpus.policy import PolicyDocument

SCHEMA = """
CREATE TABLE IF NOT EXISTS dataset (id TEXT PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (id TEXT PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL);
"""


class CatalogStore:
    """Datasets and policy documents by id. Every write is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connect() as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def put_datasets(self, datasets: Iterable[Dataset]) -> tuple[int, int]:
        """Add or replace; returns (added or changed, unchanged)."""
        return self._put("dataset", ((d.id, d.model_dump_json(exclude_defaults=True)) for d in datasets))

    def put_documents(self, documents: Iterable[PolicyDocument]) -> tuple[int, int]:
        """Add or replace; returns (added or changed, unchanged)."""
        return self._put("document", ((d.id, d.model_dump_json(exclude_defaults=True)) for d in documents))

    def _put(self, table: str, rows: Iterable[tuple[str, str]]) -> tuple[int, int]:
        changed = unchanged = 0
        with self._connect() as connection:
            known = dict(connection.execute(f"SELECT id, hash FROM {table}"))
            for key, body in rows:
                digest = hashlib.sha256(body.encode()).hexdigest()
                if known.get(key) == digest:
                    unchanged += 1
                    continue
                connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", (key, digest, body))
                known[key] = digest
                changed += 1
        return changed, unchanged

    def remove_datasets(self, ids: Iterable[str]) -> None:
        with self._connect() as connection:
            connection.executemany("DELETE FROM dataset WHERE id = ?", [(i,) for i in ids])

    def datasets(self) -> list[Dataset]:
        """All datasets, in order of id."""
        with self._connect() as connection:
            return [
                Dataset.model_validate_json(b) for (b,) in connection.execute("SELECT body FROM dataset ORDER BY id")
            ]

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

    def version(self) -> str:
        """A digest of all content."""
        both = [self.hashes("dataset"), self.hashes("document")]
        return hashlib.sha256(json.dumps(both, sort_keys=True).encode()).hexdigest()[:12]
