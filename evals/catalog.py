"""`zhengwen eval catalog DIR`: how well datasets are found, by style of question, and whether 没有 is said when it is so."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from corpus.catalog import Dataset, OpeningClass
from corpus.store import CatalogStore
from evals.beir import Benchmark, read_benchmark, write_json, write_jsonl, write_run
from evals.ranking import mean_by_style, percentile, score_ranking
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.shelf import Stage

DEPTH = 20
_OPENING = {kind.label: kind for kind in OpeningClass}


def run_catalog(
    folder: Path, out: Path, *, encoder: Encoder | None = None, stages: Sequence[Stage] = ("reranked",)
) -> dict[str, Any]:
    """Index the entries, ask every query, write run.trec, results.jsonl and summary.json to `out`; returns the summary.

    `stages`: how far the search goes; of several each gets a folder of its own, and the last one's measures are the summary's.
    """
    benchmark = read_benchmark(folder)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        store = CatalogStore(Path(scratch) / "catalog.sqlite")
        store.put_datasets(dataset_of(row) for row in benchmark.corpus)
        started = time.perf_counter()
        index = Index.build(store, Path(scratch) / "index", encoder=encoder)
        built = time.perf_counter() - started
        measured = {}
        for stage in stages:
            index.stage = stage
            measured[stage] = _ask(index, benchmark, out if len(stages) == 1 else out / stage)
    summary = {
        "suite": "catalog",
        "data": folder.name,
        "datasets": len(benchmark.corpus),
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
    said_none: dict[bool, list[bool]] = {True: [], False: []}
    for query in benchmark.queries:
        started = time.perf_counter()
        found = index.search_datasets(query.text, DEPTH)
        times.append((time.perf_counter() - started) * 1000)
        run[query.id] = [(hit.id, hit.score) for hit in found.hits]
        ranked = [key for key, _ in run[query.id]]
        none = query.style == "none"
        said_none[none].append(not found.found)
        rows.append(
            {
                "id": query.id,
                "ids": ranked[:10],
                "no_information": not found.found,
                "confidence": found.confidence,
                "conditions": [condition.label for condition in found.conditions],
            }
        )
        if not none:
            scored.append((query.style, score_ranking(ranked, benchmark.qrels.get(query.id, {}))))
    out.mkdir(parents=True, exist_ok=True)
    write_run(out / "run.trec", run)
    write_jsonl(out / "results.jsonl", rows)
    return {
        "metrics": mean_by_style(scored),
        "no_answer_recognised": _share(said_none[True]),
        "wrongly_no_answer": _share(said_none[False]),
        "query_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _date(value: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(value)[:10])
    return None


def dataset_of(row: dict[str, Any]) -> Dataset:
    """A row of the benchmark's corpus as a catalogue entry; fields that are absent stay empty."""
    return Dataset(
        id=str(row["_id"]),
        title=str(row.get("title") or ""),
        summary=str(row.get("text") or ""),
        publisher=str(row.get("publisher") or ""),
        region=str(row.get("region") or ""),
        topic=str(row.get("topic") or ""),
        industry=str(row.get("industry") or ""),
        update_frequency=str(row.get("update_frequency") or ""),
        formats=[str(name) for name in row.get("formats") or []],
        updated=_date(row.get("updated")),
        published=_date(row.get("published")),
        opening=_OPENING.get(str(row.get("open") or "")),
    )
