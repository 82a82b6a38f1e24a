"""Normalised discounted cumulative gain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Gain of the first `k`, discounted by log2(rank + 1), over that of the best order; linear gain, as trec_eval.

    >>> ndcg(["a", "b"], {"a": 1})
    1.0
    >>> round(ndcg(["x", "a"], {"a": 2}), 4)
    0.6309
    >>> round(ndcg(["b", "a"], {"a": 2, "b": 1}), 4)
    0.8597
    >>> ndcg(["x"], {})
    0.0
    """
    ideal = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)[:k]
    best = sum(grade / math.log2(rank + 2) for rank, grade in enumerate(ideal))
    got = sum(max(0, relevant.get(key, 0)) / math.log2(rank + 2) for rank, key in enumerate(ranked[:k]))
    return got / best if best else 0.0
