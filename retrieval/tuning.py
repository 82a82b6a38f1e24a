"""Numbers of the ranking, found on halves of benchmarks and checked on the other halves."""

from __future__ import annotations

from retrieval.rerank import Weights
from retrieval.shelf import Tuning

DATASETS = Tuning(
    boosts={"title": 2.0, "source": 0.8, "items": 0.8, "keywords": 0.5, "body": 1.0},
    weights=Weights(
        lexical=0.05,
        pairs=0.03,
        dense=0.7,
        title=0.3,
        focus=0.12,
        cover=1.0,
        window=0.0,
        near=0.05,
        phrase=0.08,
        spelling=0.03,
    ),
)
ARTICLES = Tuning(
    boosts={"title": 1.0, "source": 0.5, "items": 0.5, "keywords": 0.5, "body": 1.2},
    weights=Weights(
        lexical=0.36,
        pairs=0.04,
        dense=0.85,
        title=0.03,
        focus=0.0,
        cover=0.08,
        window=0.2,
        near=0.1,
        phrase=1.0,
        spelling=0.05,
    ),
)
