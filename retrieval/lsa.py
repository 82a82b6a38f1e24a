"""The encoder that needs nothing but the corpus: latent semantic analysis over hashed words and character pairs.

Words that occur in the same entries come close. Fitted when the index is built (scipy's sparse algebra), kept as one npz,
applied with numpy alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.decomposition import strongest
from retrieval.encoder import Vectors, unit
from retrieval.segment import Segmenter, grams

BUCKETS = 1 << 16
_GRAM_WEIGHT = 0.4


def _features(segmenter: Segmenter, text: str) -> tuple[list[int], list[float]]:
    """Bucket → damped count of the words and character pairs of a text."""
    counts: dict[int, float] = {}
    for word in segmenter.words(text):
        bucket = zlib.crc32(word.encode()) % BUCKETS
        counts[bucket] = counts.get(bucket, 0.0) + 1.0
    for gram in grams(text):
        bucket = zlib.crc32(b"g" + gram.encode()) % BUCKETS
        counts[bucket] = counts.get(bucket, 0.0) + _GRAM_WEIGHT
    return list(counts), [float(np.log1p(value)) for value in counts.values()]


class LsaEncoder:
    def __init__(self, segmenter: Segmenter, idf: Vectors, projection: NDArray[np.float16], name: str) -> None:
        self._segmenter = segmenter
        self._idf = idf
        self._projection = projection
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return int(self._projection.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            buckets, values = _features(self._segmenter, text)
            if buckets:
                weights = np.asarray(values, dtype=np.float32) * self._idf[buckets]
                rows[row] = weights @ self._projection[buckets].astype(np.float32)
        return unit(rows)

    def encode_query(self, text: str) -> Vectors:
        row: Vectors = self.encode([text])[0]
        return row

    def save(self, path: Path) -> None:
        np.savez(path, idf=self._idf, projection=self._projection, name=np.asarray(self._name))

    @classmethod
    def load(cls, path: Path, segmenter: Segmenter) -> LsaEncoder:
        with np.load(path, allow_pickle=False) as kept:
            return cls(segmenter, kept["idf"], kept["projection"], str(kept["name"]))


def fit_lsa(
    texts: Sequence[str],
    segmenter: Segmenter,
    dimensions: int = 192,
    sample: int = 40_000,
    progress: Callable[[float], None] | None = None,
) -> LsaEncoder:
    """Fit on `texts` (an even sample when there are more); the same texts give the same encoder."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    step = max(1, -(-len(texts) // sample))
    chosen = texts[::step]
    indptr, indices, values = [0], [], []
    for number, text in enumerate(chosen):
        buckets, counts = _features(segmenter, text)
        indices += buckets
        values += counts
        indptr.append(len(indices))
        if progress and number % 500 == 0:
            progress(0.7 * number / len(chosen))
    shape = (len(chosen), BUCKETS)
    matrix = csr_matrix((np.asarray(values, dtype=np.float32), indices, indptr), shape=shape)
    frequency = np.bincount(np.asarray(indices, dtype=np.int64), minlength=BUCKETS).astype(np.float32)
    idf = np.log((1 + len(chosen)) / (1 + frequency)).astype(np.float32)
    idf[frequency == 0] = 0.0
    weighted = matrix.multiply(idf).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    weighted = (
        csr_matrix((1.0 / lengths, (range(len(chosen)), range(len(chosen)))), shape=(len(chosen),) * 2) @ weighted
    )
    size = min(dimensions, min(shape) - 1)
    if size < 1:
        return LsaEncoder(segmenter, idf, np.zeros((BUCKETS, 1), dtype=np.float16), "lsa:empty")
    _, strengths, right = strongest(weighted, size)
    # Strong directions (what everything shares) are damped, weak ones kept: square root instead of the full strength.
    projection = (right * (1.0 / np.sqrt(np.maximum(strengths, 1e-6)))).astype(np.float16)
    if progress:
        progress(1.0)
    digest = zlib.crc32(projection.tobytes())
    return LsaEncoder(segmenter, idf, projection, f"lsa:{size}:{digest:08x}")
