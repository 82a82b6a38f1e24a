"""`zhengwen eval catalog DIR`: how well datasets are found, by style of question, and whether 没有 is said when it is so."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from corpus.catalog import Dataset, OpeningClass
from evals.beir import Query
from evals.search_bench import DEPTH, Looked, SearchBench, run_bench
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.shelf import Stage

NONE = "none"  # the style of questions that no entry answers
_OPENING = {kind.label: kind for kind in OpeningClass}


def run_catalog(
    folder: Path, out: Path, *, encoder: Encoder | None = None, stages: Sequence[Stage] = ("reranked",)
) -> dict[str, Any]:
    """Index the entries, ask every query, write what was found to `out`; returns the summary (see `run_bench`)."""
    bench = SearchBench(
        "catalog",
        "datasets",
        fill=lambda store, benchmark: store.put_datasets(dataset_of(row) for row in benchmark.corpus),
        look=_look,
        counted=lambda query, _benchmark: query.style != NONE,
        figures=_said_none,
    )
    return run_bench(bench, folder, out, encoder=encoder, stages=stages)


def _look(index: Index, text: str) -> Looked:
    found = index.search_datasets(text, DEPTH)
    return Looked(
        [(hit.id, hit.score) for hit in found.hits],
        {
            "no_information": not found.found,
            "confidence": found.confidence,
            "conditions": [condition.label for condition in found.conditions],
        },
    )


def _said_none(found: Sequence[tuple[Query, Looked]]) -> dict[str, Any]:
    """How often 没有 was said where there is nothing, and where there is something."""
    said = [(query.style == NONE, bool(looked.told["no_information"])) for query, looked in found]
    return {
        "no_answer_recognised": _share([none for nothing, none in said if nothing]),
        "wrongly_no_answer": _share([none for nothing, none in said if not nothing]),
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
