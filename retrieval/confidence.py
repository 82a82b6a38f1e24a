"""How sure a search may be that it found what was asked: absolute, unlike a score, which only orders one list.

The main signal is how much of what the question names the best candidates hold; the thresholds were set on halves of benchmarks.
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
    best = max(0.5 * c.features.named + 0.3 * c.features.dense + 0.2 * c.features.focus for c in found[:5])
    return round(_logistic(12.0 * (best - 0.208)), 4)


def article_confidence(question: Question, found: Sequence[Candidate]) -> float:
    """0..1; 0.5 is where 没有找到 begins."""
    if not found or not question.words:
        return 0.0
    best = max(0.5 * c.features.named + 0.25 * c.features.dense + 0.25 * c.features.window for c in found[:5])
    return round(_logistic(12.0 * (best - 0.2)), 4)
