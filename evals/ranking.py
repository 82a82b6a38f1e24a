"""Scores of ranked lists, all together and by style of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.metrics.mrr import mrr
from evals.metrics.ndcg import ndcg
from evals.metrics.recall import recall
from evals.metrics.success import success


def score_ranking(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """The five measures of one list."""
    return {
        "ndcg@10": ndcg(ranked, relevant),
        "mrr@10": mrr(ranked, relevant),
        "recall@10": recall(ranked, relevant),
        "success@1": success(ranked, relevant, 1),
        "success@5": success(ranked, relevant, 5),
    }


def mean_by_style(rows: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """(style, measures) rows to means per style and over "all", with the number of questions as "n".

    >>> mean_by_style([("need", {"x": 1.0}), ("noisy", {"x": 0.0})])["all"]
    {'n': 2, 'x': 0.5}
    """
    groups: dict[str, list[Mapping[str, float]]] = {"all": [measures for _, measures in rows]}
    for style, measures in rows:
        if style != "all":
            groups.setdefault(style, []).append(measures)
    result: dict[str, dict[str, float]] = {}
    for style, members in groups.items():
        if members:
            means = {name: round(sum(m[name] for m in members) / len(members), 4) for name in members[0]}
            result[style] = {"n": len(members), **means}
    return result


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank).

    >>> percentile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
