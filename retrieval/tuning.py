"""Numbers of the ranking, found on halves of benchmarks and checked on the other halves."""

from __future__ import annotations

from retrieval.rerank import Weights
from retrieval.shelf import Tuning

DATASETS = Tuning(
    boosts={"title": 2.0, "source": 0.8, "items": 0.8, "keywords": 0.5, "body": 1.0},
    weights=Weights(),
)
ARTICLES = Tuning(
    boosts={"title": 1.0, "source": 0.5, "items": 0.5, "keywords": 0.5, "body": 1.2},
    weights=Weights(title=0.2, focus=0.05, window=0.4, spelling=0.05),
)
