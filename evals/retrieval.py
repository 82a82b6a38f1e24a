"""`zhengwen eval retrieval DIR`: how well documents are found, on a folder in BEIR layout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from evals.beir import Benchmark
from evals.search_bench import DEPTH, Looked, SearchBench, run_bench
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.shelf import Stage


def run_retrieval(
    folder: Path, out: Path, *, encoder: Encoder | None = None, stages: Sequence[Stage] = ("reranked",)
) -> dict[str, Any]:
    """Index the documents, ask every query, write what was found to `out`; returns the summary (see `run_bench`)."""
    bench = SearchBench(
        "retrieval",
        "documents",
        fill=_fill,
        look=_look,
        counted=lambda query, benchmark: query.id in benchmark.qrels,
    )
    return run_bench(bench, folder, out, encoder=encoder, stages=stages)


def _look(index: Index, text: str) -> Looked:
    """Documents by their best article."""
    found = index.search_articles(text, DEPTH)
    best = list({hit.document: hit.score for hit in reversed(found.hits)}.items())[::-1]
    return Looked(best, {"confidence": found.confidence})


def _fill(store: CatalogStore, benchmark: Benchmark) -> None:
    """Every document as a policy text of one article: what is measured is the search that the service uses."""
    store.put_documents(
        PolicyDocument(
            id=str(row["_id"]),
            title=str(row.get("title") or ""),
            articles=[Article(locator="全文", text=str(row.get("text") or ""))],
        )
        for row in benchmark.corpus
    )
