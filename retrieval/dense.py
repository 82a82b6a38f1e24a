"""Nearest passages by vector.

The vectors lie beside the index as one array, and in Chroma. A small array is scanned exactly, which needs no start-up: a
single command answers before Chroma would be imported. A large one, or any once Chroma is open, is asked of Chroma.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.chroma import ChromaVectors
from retrieval.encoder import Vectors

EXACT_LIMIT = 40_000  # rows scanned in about 5 ms


class DenseIndex:
    def __init__(self, folder: Path, chroma: ChromaVectors) -> None:
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._owners: NDArray[np.int32] = np.load(folder / "owners.npy")
        self._chroma = chroma
        if len(self._vectors) <= EXACT_LIMIT:
            self._vectors = np.asarray(self._vectors, dtype=np.float32)

    @staticmethod
    def write(folder: Path, vectors: Vectors, owners: Sequence[int]) -> None:
        """`owners` are record ordinals per row, ascending."""
        np.save(folder / "vectors.npy", vectors.astype(np.float16))
        np.save(folder / "owners.npy", np.asarray(owners, dtype=np.int32))

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
        rows, similarities = asked or self._scan(query, wanted)
        best: dict[int, float] = {}
        for row, similarity in zip(rows, similarities, strict=True):
            best.setdefault(int(self._owners[row]), float(similarity))
        return list(best.items())[:limit]

    def _scan(self, query: Vectors, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        everything = np.asarray(self._vectors @ query.astype(self._vectors.dtype), dtype=np.float32)
        rows = np.argpartition(-everything, wanted - 1)[:wanted]
        rows = rows[np.argsort(-everything[rows], kind="stable")]
        return rows, everything[rows]

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
