"""Numbers of the ranking, found on halves of benchmarks and checked on the other halves."""

from __future__ import annotations

from retrieval.rerank import Weights
from retrieval.shelf import Tuning

DATASETS = Tuning(
    boosts={"title": 2.0, "source": 0.8, "items": 0.8, "keywords": 0.5, "body": 1.0},
    weights=Weights(
        lexical=0.05,
        pairs=0.03,
        dense=1.2,
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
        lexical=0.11,
        pairs=0.0,
        dense=1.05,
        title=0.0,
        focus=0.12,
        cover=0.55,
        window=0.0,
        near=0.0,
        phrase=0.2,
        spelling=0.0,
        stretch=0.13,
        runs=0.5,
        long=-0.12,
        short=-0.18,
    ),
)
