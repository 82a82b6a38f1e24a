"""Share of the relevant results that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def recall(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Relevant ids among the first `k` over all relevant ids; 0 when nothing is relevant.

    >>> recall(["a", "x", "b"], {"a": 2, "b": 1, "c": 1, "x": 0}, 2)
    0.3333333333333333
    """
    wanted = {key for key, grade in relevant.items() if grade > 0}
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0
