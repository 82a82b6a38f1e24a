"""Reciprocal rank of the first relevant result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def mrr(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """1 / rank of the first relevant id among the first `k`; 0 when there is none.

    >>> mrr(["x", "a", "b"], {"a": 1, "b": 1})
    0.5
    >>> mrr(["x"] * 10 + ["a"], {"a": 1})
    0.0
    """
    return next((1.0 / (rank + 1) for rank, key in enumerate(ranked[:k]) if relevant.get(key, 0) > 0), 0.0)
