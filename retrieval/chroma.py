"""Collections of a Chroma database, on disk or on a server. The vectors are ours; Chroma never embeds, downloads or reports anything.

A vector's id is its record's ordinal and its number among the record's passages: 「17.0」.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors


class VectorStoreFailed(Exception):
    """Chroma could not write, or its copy does not hold what it should; the message is what it said."""


_BATCH = 5000  # Chroma's limit is 5,461
_SYNC = 50_000  # vectors between two writes of the whole graph to disk, while many are added
_FEW = 100  # the least Chroma is asked to gather before it writes
_AGAIN = 30.0  # seconds after which a server that failed is asked again


@dataclass(frozen=True)
class Database:
    """Where vectors are: in a version's own folder, or on a server, whose collections go on from version to version.

    `collections` names the collection of each shelf.
    """

    place: str
    collections: Mapping[str, str]

    @property
    def served(self) -> bool:
        return is_server(self.place)


def is_server(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def database(folder: Path, server: str, collections: Mapping[str, str]) -> Database:
    """The database of the version in `folder`; `server`: an http address, or nothing."""
    return Database(server or str(folder / "chroma"), collections)


def new_names(kinds: tuple[str, ...], server: str, before: Mapping[str, str]) -> dict[str, str]:
    """Names for the collections of a new version: a server holds those of many indexes, so each index signs its own."""
    if not server:
        return {kind: kind for kind in kinds}
    owner = _owner(before) or uuid.uuid4().hex[:12]
    return {kind: f"zhengwen-{owner}-{uuid.uuid4().hex[:8]}-{kind}" for kind in kinds}


def _owner(names: Mapping[str, str]) -> str:
    parts = next(iter(names.values()), "").split("-")
    return parts[1] if len(parts) == 4 else ""


def open_client(place: str) -> Any:
    """A client for a folder or a server; telemetry off, no tenant but the default."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    if not is_server(place):
        return chromadb.PersistentClient(place, settings=settings)
    address = urlsplit(place)
    secure = address.scheme == "https"
    port = address.port or (443 if secure else 8000)
    return chromadb.HttpClient(address.hostname or "", port, ssl=secure, settings=settings)


class ChromaVectors:
    """Opened on first use or by `open`: the import alone takes most of a second.

    A database that cannot be read is remembered in `fault`, and the caller scans the vectors itself. A folder is not tried again, a
    server after half a minute.
    """

    def __init__(self, source: Database, kind: str) -> None:
        self._source = source
        self._name = source.collections[kind]
        self._collection: Any = None
        self._lock = threading.Lock()
        self._failed = 0.0
        self.fault = ""

    @property
    def is_open(self) -> bool:
        return self._collection is not None

    def open(self) -> bool:
        """Whether the collection can be asked."""
        with self._lock:
            if self._collection is None and self._may_try():
                try:
                    client = open_client(self._source.place)
                    collection = client.get_collection(self._name, embedding_function=None)
                    collection.count()
                    self._collection, self.fault = collection, ""
                except Exception as error:  # chromadb raises its own, its Rust core's and sqlite's errors
                    self._fail("无法打开", error)
        return self.is_open

    def _may_try(self) -> bool:
        return not self.fault or (self._source.served and time.monotonic() - self._failed > _AGAIN)

    def _fail(self, what: str, error: Exception) -> None:
        self._collection, self._failed = None, time.monotonic()
        todo = "请检查这个服务" if self._source.served else "请运行 zhengwen ingest 重新建立索引"
        self.fault = f"向量库 {self._source.place} {what}，已改用逐条比较。{todo}。（{type(error).__name__}）"

    def nearest(self, query: Vectors, limit: int) -> tuple[NDArray[np.int32], NDArray[np.float32]] | None:
        """Ordinals of records, one a passage, and cosines, descending; None when Chroma cannot answer."""
        if not self.open():
            return None
        try:
            found = self._collection.query(query_embeddings=[query], n_results=limit, include=["distances"])
        except Exception as error:
            self._fail("查询失败", error)
            return None
        owners = np.asarray([int(key.partition(".")[0]) for key in found["ids"][0]], dtype=np.int32)
        return owners, 1.0 - np.asarray(found["distances"][0], dtype=np.float32)


def holds(source: Database, counts: dict[str, int]) -> bool:
    """Whether the database can be opened and its collections hold so many vectors each."""
    try:
        client = open_client(source.place)
        try:
            return all(
                client.get_collection(source.collections[kind], embedding_function=None).count() == count
                for kind, count in counts.items()
            )
        finally:
            client.clear_system_cache()
    except Exception:  # chromadb raises its own, its Rust core's and sqlite's errors
        return False


def forget(source: Database, kept: Mapping[str, str]) -> None:
    """Remove the collections that other versions of this index left on the server, but those `kept`; faults are left alone."""
    owner = _owner(source.collections)
    if not source.served or not owner:
        return
    with suppress(Exception):  # tidying: a server that is away now is tidied by the next build
        client = open_client(source.place)
        for collection in client.list_collections():
            name = str(getattr(collection, "name", collection))
            if name.startswith(f"zhengwen-{owner}-") and name not in {*source.collections.values(), *kept.values()}:
                client.delete_collection(name)


@contextmanager
def _failing_clearly() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # chromadb raises its own, its Rust core's and sqlite's errors
        raise VectorStoreFailed(f"{type(error).__name__}: {error}") from error


def open_for_writing(source: Database) -> Any:
    """As `open_client`. VectorStoreFailed: the folder's database cannot be opened, or the server does not answer."""
    with _failing_clearly():
        return open_client(source.place)


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
                # Upsert: on a server an interrupted update may have left some of these already.
                collection.upsert(
                    ids=[ids[row] for row in rows], embeddings=np.asarray(vectors[rows], dtype=np.float32)
                )


def _rows(folder: Path, first: int) -> tuple[Any, list[str], NDArray[np.int64]]:
    """(all vectors, all ids, the rows from `first` on that are not zero: nothing is near a zero row)."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    owners = np.load(folder / "owners.npy")
    parts = np.arange(len(owners)) - np.searchsorted(owners, owners, side="left")
    ids = [f"{owner}.{part}" for owner, part in zip(owners.tolist(), parts.tolist(), strict=True)]
    # Block by block, so that the array is never in memory as a whole.
    blocks = [np.asarray(vectors[at : at + _SYNC]).any(axis=1) for at in range(first, len(owners), _SYNC)]
    return vectors, ids, first + np.flatnonzero(np.concatenate([*blocks, np.zeros(0, dtype=bool)]))
