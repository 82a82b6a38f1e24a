"""Whether anything relevant was found early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def success(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 1) -> float:
    """1 when one of the first `k` ids is relevant, else 0.

    >>> success(["x", "a"], {"a": 1}, 1), success(["x", "a"], {"a": 1}, 5)
    (0.0, 1.0)
    """
    return float(any(relevant.get(key, 0) > 0 for key in ranked[:k]))
