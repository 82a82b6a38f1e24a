"""`zhengwen eval retrieval DIR`: how well documents are found, on a folder in BEIR layout."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from evals.beir import Benchmark, read_benchmark, write_json, write_jsonl, write_run
from evals.ranking import mean_by_style, percentile, score_ranking
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.shelf import Stage

DEPTH = 20


def run_retrieval(
    folder: Path, out: Path, *, encoder: Encoder | None = None, stages: Sequence[Stage] = ("reranked",)
) -> dict[str, Any]:
    """Index the corpus, ask every query, write run.trec, results.jsonl and summary.json to `out`; returns the summary.

    `stages`: how far the search goes; of several each gets a folder of its own, and the last one's measures are the summary's.
    """
    benchmark = read_benchmark(folder)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        started = time.perf_counter()
        index = Index.build(_store(benchmark, Path(scratch)), Path(scratch) / "index", encoder=encoder)
        built = time.perf_counter() - started
        measured = {}
        for stage in stages:
            index.stage = stage
            measured[stage] = _ask(index, benchmark, out if len(stages) == 1 else out / stage)
    summary = {
        "suite": "retrieval",
        "data": folder.name,
        "documents": len(benchmark.corpus),
        **measured[stages[-1]],
        "build_s": round(built, 2),
        **({"stages": measured} if len(stages) > 1 else {}),
    }
    write_json(out / "summary.json", summary)
    return summary


def _ask(index: Index, benchmark: Benchmark, out: Path) -> dict[str, Any]:
    """Ask every query, write what was found; returns the measures."""
    run: dict[str, list[tuple[str, float]]] = {}
    rows, scored, times = [], [], []
    for query in benchmark.queries:
        started = time.perf_counter()
        found = index.search_articles(query.text, DEPTH)
        times.append((time.perf_counter() - started) * 1000)
        run[query.id] = list({hit.document: hit.score for hit in reversed(found.hits)}.items())[::-1]
        ranked = [key for key, _ in run[query.id]]
        rows.append({"id": query.id, "ids": ranked[:10], "confidence": found.confidence})
        if query.id in benchmark.qrels:
            scored.append((query.style, score_ranking(ranked, benchmark.qrels[query.id])))
    out.mkdir(parents=True, exist_ok=True)
    write_run(out / "run.trec", run)
    write_jsonl(out / "results.jsonl", rows)
    return {
        "metrics": mean_by_style(scored),
        "query_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }


def _store(benchmark: Benchmark, scratch: Path) -> CatalogStore:
    """Every document as a policy text of one article: what is measured is the search that the service uses."""
    store = CatalogStore(scratch / "catalog.sqlite")
    store.put_documents(
        PolicyDocument(
            id=str(row["_id"]),
            title=str(row.get("title") or ""),
            articles=[Article(locator="全文", text=str(row.get("text") or ""))],
        )
        for row in benchmark.corpus
    )
    return store
