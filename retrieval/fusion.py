"""Several ranked lists into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def fuse(lists: Iterable[tuple[float, Sequence[tuple[int, float]]]], constant: float = 20.0) -> list[tuple[int, float]]:
    """Weighted reciprocal ranks: each list is (weight, [(ordinal, score)…] best first).

    A weak list gets a small weight: it can then bring in what the strong list misses, but not push its first one down.

    >>> fuse([(1.0, [(7, 9.0), (8, 5.0)]), (0.2, [(8, 0.9), (9, 0.8)])])[0][0]
    7
    """
    total: dict[int, float] = {}
    for weight, ranked in lists:
        for rank, (ordinal, _) in enumerate(ranked):
            total[ordinal] = total.get(ordinal, 0.0) + weight / (constant + rank + 1)
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))
