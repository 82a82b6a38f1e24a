"""How sure a search may be that it found what was asked: absolute, unlike a score, which only orders one list.

The main signal is how much of the question the best candidates explain; words weigh by how telling they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.question import Question
from retrieval.shelf import Candidate


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


def dataset_confidence(question: Question, found: Sequence[Candidate]) -> float:
    """0..1; 0.5 is where 没有找到 begins."""
    if not found or not question.words:
        return 0.0
    best = max((0.6 * c.features.cover + 0.4 * max(c.features.title, c.features.dense) for c in found[:5]), default=0.0)
    return round(_logistic(8.0 * (best - 0.35)), 4)


def article_confidence(question: Question, found: Sequence[Candidate]) -> float:
    """0..1; 0.5 is where 没有找到 begins."""
    if not found or not question.words:
        return 0.0
    best = max((0.5 * c.features.window + 0.5 * c.features.cover for c in found[:5]), default=0.0)
    return round(_logistic(8.0 * (best - 0.35)), 4)
