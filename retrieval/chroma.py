"""Collections of a Chroma database on disk. The vectors are ours; Chroma never embeds, downloads or reports anything.

A vector's id is its record's ordinal and its number among the record's passages: 「17.0」.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors


class VectorStoreFailed(Exception):
    """Chroma could not write, or its copy does not hold what it should; the message is what it said."""


_BATCH = 5000  # Chroma's limit is 5,461
_SYNC = 50_000  # vectors between two writes of the whole graph to disk, while many are added


def open_client(path: Path) -> Any:
    """A client for the folder; telemetry off, no tenant but the default."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False, allow_reset=False))


class ChromaVectors:
    """Opened on first use or by `open`: the import alone takes most of a second.

    A database that cannot be read is remembered in `fault` and not tried again; the caller then scans the vectors itself.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._collection: Any = None
        self._lock = threading.Lock()
        self.fault = ""

    @property
    def is_open(self) -> bool:
        return self._collection is not None

    def open(self) -> bool:
        """Whether the collection can be asked."""
        with self._lock:
            if self._collection is None and not self.fault:
                try:
                    collection = open_client(self._path).get_collection(self._name, embedding_function=None)
                    collection.count()
                    self._collection = collection
                except Exception as error:  # chromadb raises its own, its Rust core's and sqlite's errors
                    self.fault = f"向量库 {self._path} 无法打开，已改用逐条比较。请运行 zhengwen ingest 重新建立索引。（{type(error).__name__}）"
        return self.is_open

    def nearest(self, query: Vectors, limit: int) -> tuple[NDArray[np.int32], NDArray[np.float32]] | None:
        """Ordinals of records, one a passage, and cosines, descending; None when Chroma cannot answer."""
        if not self.open():
            return None
        try:
            found = self._collection.query(query_embeddings=[query], n_results=limit, include=["distances"])
        except Exception as error:
            self.fault = f"向量库 {self._path} 查询失败，已改用逐条比较。请运行 zhengwen ingest 重新建立索引。（{type(error).__name__}）"
            self._collection = None
            return None
        owners = np.asarray([int(key.partition(".")[0]) for key in found["ids"][0]], dtype=np.int32)
        return owners, 1.0 - np.asarray(found["distances"][0], dtype=np.float32)


def holds(path: Path, counts: dict[str, int]) -> bool:
    """Whether the database can be opened and its collections hold so many vectors each."""
    try:
        client = open_client(path)
        try:
            return all(
                client.get_collection(name, embedding_function=None).count() == count for name, count in counts.items()
            )
        finally:
            client.clear_system_cache()
    except Exception:  # chromadb raises its own, its Rust core's and sqlite's errors
        return False


@contextmanager
def _failing_clearly() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # chromadb raises its own, its Rust core's and sqlite's errors
        raise VectorStoreFailed(f"{type(error).__name__}: {error}") from error


def open_for_writing(path: Path) -> Any:
    """As `open_client`. VectorStoreFailed: there is a database that cannot be opened."""
    with _failing_clearly():
        return open_client(path)


class ChromaWriter:
    """Adds to and removes from one collection, which is made when it is absent. `close` when all is added.

    VectorStoreFailed: Chroma could not do it.
    """

    def __init__(self, client: Any, name: str, expected: int) -> None:
        """`expected`: about how many vectors will be added."""
        # The graph is written out every so many vectors; what comes after is kept as a log that each opening reads again.
        threshold = max(100, min(_SYNC, expected // -(-expected // _SYNC))) if expected else 100
        rhythm = {"sync_threshold": threshold, "batch_size": 100}
        graph = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 120}
        with _failing_clearly():
            if name in [collection.name for collection in client.list_collections()]:
                self._collection = client.get_collection(name, embedding_function=None)
                self._collection.modify(configuration={"hnsw": rhythm})
            else:
                self._collection = client.create_collection(
                    name, embedding_function=None, configuration={"hnsw": {**graph, **rhythm}}
                )
        self._ids: list[str] = []
        self._rows: list[Vectors] = []

    def count(self) -> int:
        """How many vectors the collection holds."""
        with _failing_clearly():
            return int(self._collection.count())

    def add(self, vectors: Vectors, owners: Sequence[int]) -> None:
        """Rows with the ordinals of their records, ascending. Zero rows are left out: nothing is near them."""
        part, before = 0, -1
        for vector, owner in zip(vectors, owners, strict=True):
            part = part + 1 if owner == before else 0
            before = owner
            if vector.any():
                self._ids.append(f"{owner}.{part}")
                self._rows.append(vector)
        while len(self._ids) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        with _failing_clearly():
            self._collection.add(ids=self._ids[:_BATCH], embeddings=np.stack(self._rows[:_BATCH]))
        del self._ids[:_BATCH], self._rows[:_BATCH]

    def remove(self, ordinals: Sequence[int], passages: Sequence[int]) -> None:
        """Forget records that have so many passages each."""
        ids = [f"{owner}.{part}" for owner, count in zip(ordinals, passages, strict=True) for part in range(count)]
        for begin in range(0, len(ids), _BATCH):
            with _failing_clearly():
                self._collection.delete(ids=ids[begin : begin + _BATCH])

    def close(self) -> int:
        """Write what is left; returns how many vectors the collection holds."""
        while self._ids:
            self._flush()
        return self.count()
