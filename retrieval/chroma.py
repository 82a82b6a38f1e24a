"""Collections of a Chroma database on disk. The vectors are ours; Chroma never embeds, downloads or reports anything.

A vector's id is its record's ordinal and its number among the record's passages: 「17.0」.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
_FEW = 100  # the least Chroma is asked to gather before it writes


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
    """Brings one collection in step with a folder's vectors. VectorStoreFailed: Chroma could not do it.

    Chroma writes its graph to disk every `sync_threshold` changes; changes after the last time stay in a log, which each opening
    goes through again (10 s for 40,000). So the threshold and the batches are chosen to end on a write.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def count(self) -> int:
        """How many vectors the collection holds."""
        with _failing_clearly():
            return int(self._client.get_collection(self._name, embedding_function=None).count())

    def build(self, folder: Path) -> Iterator[float]:
        """Make the collection of all vectors of a folder; yields the share that is done."""
        vectors, ids, kept = _rows(folder, 0)
        writes = max(1, -(-len(kept) // _SYNC))
        graph = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 120}
        rhythm = {"sync_threshold": max(_FEW, len(kept) // writes), "batch_size": _FEW}
        with _failing_clearly():
            collection = self._client.create_collection(
                self._name, embedding_function=None, configuration={"hnsw": {**graph, **rhythm}}
            )
        done = 0
        for part in np.array_split(kept, writes):
            for rows in np.array_split(part, max(1, -(-len(part) // _BATCH))):
                self._add(collection, rows, vectors, ids)
                done += len(rows)
                yield done / max(1, len(kept))

    def update(self, folder: Path, first: int, gone: dict[int, int]) -> None:
        """Take out the records `gone` (ordinal → how many passages it had) and add the rows from `first` on."""
        vectors, ids, kept = _rows(folder, first)
        away = [f"{owner}.{part}" for owner, passages in gone.items() for part in range(passages)]
        with _failing_clearly():
            collection = self._client.get_collection(self._name, embedding_function=None)
            largest = max(len(away[-_BATCH:]), len(kept[-_BATCH:]))
            collection.modify(configuration={"hnsw": {"sync_threshold": max(_FEW, largest), "batch_size": _FEW}})
            for begin in range(0, len(away), _BATCH):
                collection.delete(ids=away[begin : begin + _BATCH])
        for begin in range(0, len(kept), _BATCH):
            self._add(collection, kept[begin : begin + _BATCH], vectors, ids)

    @staticmethod
    def _add(collection: Any, rows: NDArray[np.int64], vectors: Any, ids: list[str]) -> None:
        if len(rows):
            with _failing_clearly():
                collection.add(ids=[ids[row] for row in rows], embeddings=np.asarray(vectors[rows], dtype=np.float32))


def _rows(folder: Path, first: int) -> tuple[Any, list[str], NDArray[np.int64]]:
    """(all vectors, all ids, the rows from `first` on that are not zero: nothing is near a zero row)."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    owners = np.load(folder / "owners.npy")
    parts = np.arange(len(owners)) - np.searchsorted(owners, owners, side="left")
    ids = [f"{owner}.{part}" for owner, part in zip(owners.tolist(), parts.tolist(), strict=True)]
    # Block by block, so that the array is never in memory as a whole.
    blocks = [np.asarray(vectors[at : at + _SYNC]).any(axis=1) for at in range(first, len(owners), _SYNC)]
    return vectors, ids, first + np.flatnonzero(np.concatenate([*blocks, np.zeros(0, dtype=bool)]))
