"""One collection of a Chroma database on disk. The vectors are ours; Chroma never embeds, downloads or reports anything."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors

_BATCH = 5000  # Chroma's limit is 5,461


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

    def nearest(self, query: Vectors, limit: int) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """Row numbers and cosines, descending; None when Chroma cannot answer."""
        if not self.open():
            return None
        try:
            found = self._collection.query(query_embeddings=[query], n_results=limit, include=["distances"])
        except Exception as error:
            self.fault = f"向量库 {self._path} 查询失败，已改用逐条比较。请运行 zhengwen ingest 重新建立索引。（{type(error).__name__}）"
            self._collection = None
            return None
        rows = np.asarray([int(key) for key in found["ids"][0]], dtype=np.int64)
        return rows, 1.0 - np.asarray(found["distances"][0], dtype=np.float32)


def write_collection(client: Any, name: str, vectors: Vectors) -> None:
    """Put `vectors` under their row numbers. Zero rows are left out: nothing is near them."""
    configuration = {"hnsw": {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 120}}
    collection = client.create_collection(name, embedding_function=None, configuration=configuration)
    kept = np.flatnonzero(vectors.any(axis=1))
    for begin in range(0, len(kept), _BATCH):
        rows = kept[begin : begin + _BATCH]
        collection.add(ids=[str(row) for row in rows], embeddings=vectors[rows])
