"""`zhengwen eval retrieval DIR`: how well documents are found, on a folder in BEIR layout."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from evals.beir import Benchmark, read_benchmark, write_json, write_jsonl, write_run
from evals.ranking import mean_by_style, percentile, score_ranking
from retrieval.encoder import Encoder
from retrieval.index import Index

DEPTH = 20


def run_retrieval(folder: Path, out: Path, *, encoder: Encoder | None = None) -> dict[str, Any]:
    """Index the corpus, ask every query, write run.trec, results.jsonl and summary.json to `out`; returns the summary."""
    benchmark = read_benchmark(folder)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        started = time.perf_counter()
        index = Index.build(_store(benchmark, Path(scratch)), Path(scratch) / "index", encoder=encoder)
        built = time.perf_counter() - started
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
    summary = {
        "suite": "retrieval",
        "data": folder.name,
        "documents": len(benchmark.corpus),
        "metrics": mean_by_style(scored),
        "build_s": round(built, 2),
        "query_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }
    write_run(out / "run.trec", run)
    write_jsonl(out / "results.jsonl", rows)
    write_json(out / "summary.json", summary)
    return summary


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
