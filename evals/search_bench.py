"""What every bench of a search does: index a folder in BEIR layout, ask its queries, write what was found and how good it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.store import CatalogStore
from evals.beir import Benchmark, Query, read_benchmark, write_json, write_jsonl, write_run
from evals.ranking import mean_by_style, percentile, score_ranking
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.shelf import Stage

DEPTH = 20
TOLD = 10  # ids in a line of results.jsonl


@dataclass(frozen=True)
class Looked:
    """What one search gave: (id, score), best first, and what else its line of results.jsonl tells."""

    ranked: list[tuple[str, float]]
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchBench:
    """One kind of search. `counted`: whether a query has an answer to be scored; `figures`: what is measured besides."""

    suite: str
    things: str  # what the corpus holds, as the summary counts it
    fill: Callable[[CatalogStore, Benchmark], object]
    look: Callable[[Index, str], Looked]
    counted: Callable[[Query, Benchmark], bool]
    figures: Callable[[Sequence[tuple[Query, Looked]]], dict[str, Any]] = lambda _found: {}


def run_bench(
    bench: SearchBench, folder: Path, out: Path, *, encoder: Encoder | None = None, stages: Sequence[Stage]
) -> dict[str, Any]:
    """Index the corpus, ask every query, write run.trec, results.jsonl and summary.json to `out`; returns the summary.

    `stages`: how far the search goes; of several each gets a folder of its own, and the last one's measures are the summary's.
    """
    benchmark = read_benchmark(folder)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        store = CatalogStore(Path(scratch) / "catalog.sqlite")
        bench.fill(store, benchmark)
        started = time.perf_counter()
        index = Index.build(store, Path(scratch) / "index", encoder=encoder)
        built = time.perf_counter() - started
        measured = {}
        for stage in stages:
            index.stage = stage
            measured[stage] = _ask(bench, index, benchmark, out if len(stages) == 1 else out / stage)
    summary = {
        "suite": bench.suite,
        "data": folder.name,
        bench.things: len(benchmark.corpus),
        **measured[stages[-1]],
        "build_s": round(built, 2),
        **({"stages": measured} if len(stages) > 1 else {}),
    }
    write_json(out / "summary.json", summary)
    return summary


def _ask(bench: SearchBench, index: Index, benchmark: Benchmark, out: Path) -> dict[str, Any]:
    """Ask every query, write what was found; returns the measures."""
    found: list[tuple[Query, Looked]] = []
    scored, times = [], []
    for query in benchmark.queries:
        started = time.perf_counter()
        looked = bench.look(index, query.text)
        times.append((time.perf_counter() - started) * 1000)
        found.append((query, looked))
        if bench.counted(query, benchmark):
            ranked = [key for key, _ in looked.ranked]
            scored.append((query.style, score_ranking(ranked, benchmark.qrels.get(query.id, {}))))
    out.mkdir(parents=True, exist_ok=True)
    write_run(out / "run.trec", {query.id: looked.ranked for query, looked in found})
    write_jsonl(
        out / "results.jsonl",
        [{"id": q.id, "ids": [key for key, _ in looked.ranked[:TOLD]], **looked.told} for q, looked in found],
    )
    return {
        "metrics": mean_by_style(scored),
        **bench.figures(found),
        "query_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }
