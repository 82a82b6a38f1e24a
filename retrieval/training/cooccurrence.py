"""First vectors from counting: which words stand near each other, as positive pointwise information, reduced by SVD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from retrieval.decomposition import strongest
from retrieval.encoder import Vectors, unit
from retrieval.text import normalise

_CLAUSES = re.compile(r"[。！？；\n]+")
_CHUNK = 60_000


def _clauses(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for clause in _CLAUSES.split(normalise(line)):
            if 6 <= len(clause) <= 160:
                yield clause


def count_pairs(lines: Iterable[str], tokenizer: Any, size: int) -> tuple[Any, Vectors]:
    """(symmetric sparse counts of two pieces in one clause, how often each piece occurs)."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    total = csr_matrix((size, size), dtype=np.float32)
    seen = np.zeros(size, dtype=np.float32)
    batch: list[str] = []

    def add(batch: list[str]) -> Any:
        rows: list[int] = []
        columns: list[int] = []
        for number, encoding in enumerate(tokenizer.encode_batch(batch, add_special_tokens=False)):
            ids = encoding.ids
            np.add.at(seen, ids, 1.0)
            distinct = set(ids)
            rows += [number] * len(distinct)
            columns += distinct
        lengths = np.bincount(rows, minlength=len(batch)).astype(np.float32)
        values = 1.0 / np.sqrt(np.maximum(lengths, 1.0))[rows]
        matrix = csr_matrix((values.astype(np.float32), (rows, columns)), shape=(len(batch), size))
        return (matrix.T @ matrix).tocsr()

    for clause in _clauses(lines):
        batch.append(clause)
        if len(batch) == _CHUNK:
            total = total + add(batch)
            batch = []
    if batch:
        total = total + add(batch)
    total.setdiag(0.0)
    return total, seen


def first_vectors(counts: Any, seen: Vectors, dimensions: int, smallest: float = 0.25) -> Vectors:
    """Rows of unit length scaled by how telling the piece is: rare pieces weigh more in a sum (smooth inverse frequency)."""
    from scipy.sparse import coo_matrix

    pairs = counts.tocoo()
    keep = pairs.data >= smallest
    row, column, value = pairs.row[keep], pairs.col[keep], pairs.data[keep].astype(np.float64)
    size = counts.shape[0]
    left = np.bincount(row, weights=value, minlength=size)
    smoothed = left**0.75
    information = np.log(value * smoothed.sum() / (left[row] * smoothed[column]))
    positive = information > 0
    matrix = coo_matrix(
        (information[positive].astype(np.float32), (row[positive], column[positive])), shape=(size, size)
    ).tocsr()
    vectors, strengths, _ = strongest(matrix, dimensions)
    scaled = unit(vectors * np.sqrt(strengths))
    share = seen / max(1.0, float(seen.sum()))
    weights: Vectors = (1e-3 / (1e-3 + share)).astype(np.float32)
    result: Vectors = scaled * weights[:, None]
    result[0] = 0.0
    return result
