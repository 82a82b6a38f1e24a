"""Nearest passages by vector.

The vectors lie beside the index as one array of half floats, and in Chroma. A small array is scanned exactly, which needs no
start-up: a single command answers before Chroma would be imported. A large one, or any once Chroma is open, is asked of
Chroma. What the lexical search has narrowed down is always compared exactly, from the array: Chroma is slow with a filter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.chroma import ChromaVectors
from retrieval.encoder import Vectors

EXACT_LIMIT = 40_000  # rows scanned in about 5 ms
_ROWS = 20_000  # copied or compared at a time

Owners = NDArray[np.int32]


class DenseIndex:
    def __init__(self, folder: Path, chroma: ChromaVectors) -> None:
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._owners: Owners = np.load(folder / "owners.npy")
        if len(self._vectors) != len(self._owners):
            raise ValueError(folder)
        self._chroma = chroma
        if len(self._vectors) <= EXACT_LIMIT:
            self._vectors = np.asarray(self._vectors, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._owners)

    def search(self, query: Vectors, limit: int, within: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The nearest records with the cosine of their nearest passage, descending; only `within` when given."""
        if not len(self) or limit <= 0 or not query.any() or (within is not None and not within):
            return []
        if within is not None:
            scores = self.scores(query, sorted(within))
            return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
        wanted = min(limit * 2, len(self))
        asked = self._chroma.nearest(query, wanted) if self._chroma.is_open or len(self) > EXACT_LIMIT else None
        owners, similarities = asked or self._scan(query, wanted)
        best: dict[int, float] = {}
        for owner, similarity in zip(owners, similarities, strict=True):
            best.setdefault(int(owner), float(similarity))
        return list(best.items())[:limit]

    def _scan(self, query: Vectors, wanted: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Owners and cosines of the nearest rows, descending; a block at a time, in single precision."""
        parts = [
            np.asarray(self._vectors[begin : begin + _ROWS], dtype=np.float32) @ query
            for begin in range(0, len(self._vectors), _ROWS)
        ]
        everything = np.concatenate(parts)
        rows = np.argpartition(-everything, wanted - 1)[:wanted]
        rows = rows[np.argsort(-everything[rows], kind="stable")]
        return self._owners[rows], everything[rows]

    def scores(self, query: Vectors, ordinals: Sequence[int]) -> dict[int, float]:
        """Cosine of the nearest passage of each record that has one."""
        starts = np.searchsorted(self._owners, ordinals, side="left")
        ends = np.searchsorted(self._owners, ordinals, side="right")
        rows = np.concatenate(
            [np.arange(a, b) for a, b in zip(starts, ends, strict=True)] or [np.zeros(0, dtype=np.int64)]
        )
        if not len(rows):
            return {}
        similarities = np.asarray(self._vectors[rows], dtype=np.float32) @ query
        best: dict[int, float] = {}
        for row, similarity in zip(rows, similarities, strict=True):
            owner = int(self._owners[row])
            best[owner] = max(best.get(owner, -1.0), float(similarity))
        return best


class VectorWriter:
    """Writes vectors.npy and owners.npy row by row; nothing is readable before `close`. Memory holds the owners only."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._owners: list[Owners] = []
        self._file = (folder / "vectors.npy").open("wb")
        self._head(0)

    def _head(self, rows: int) -> None:
        """numpy leaves room in the header for the number of rows to grow, so that it can be written again in place."""
        shape: dict[str, Any] = {"descr": "<f2", "fortran_order": False, "shape": (rows, self._dimensions)}
        self._file.seek(0)
        np.lib.format.write_array_header_1_0(self._file, shape)

    def keep(self, before: Path, removed: Sequence[int]) -> dict[int, int]:
        """Take over the rows of another folder but those of the `removed` records; returns how many rows each of these had."""
        vectors = np.load(before / "vectors.npy", mmap_mode="r")
        owners: Owners = np.load(before / "owners.npy")
        going = np.isin(owners, np.asarray(removed, dtype=np.int32))
        for begin in range(0, len(owners), _ROWS):
            block = slice(begin, begin + _ROWS)
            self._file.write(np.ascontiguousarray(vectors[block][~going[block]]).tobytes())
        self._owners.append(owners[~going])
        return Counter(owners[going].tolist())

    def add(self, vectors: Vectors, owners: Sequence[int]) -> None:
        """`owners` are record ordinals per row; over all calls they ascend."""
        self._file.write(vectors.astype("<f2").tobytes())
        self._owners.append(np.asarray(owners, dtype=np.int32))

    @property
    def rows(self) -> int:
        return sum(map(len, self._owners))

    def close(self) -> None:
        everything = np.concatenate([*self._owners, np.zeros(0, dtype=np.int32)])
        self._head(len(everything))
        self._file.close()
        np.save(self._folder / "owners.npy", everything)
