"""`zhengwen eval scale`: build time, memory, search times and the cost of a change, on a catalogue of any size.

Each stage runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.catalog import Dataset
from corpus.store import CatalogStore
from corpus.workspace import WorkspaceError
from evals.apart import Progress, run_apart
from evals.beir import write_json
from evals.catalog import dataset_of
from evals.ranking import percentile
from evals.scale_catalog import Probe, changed, probes, vary

LIMITS = {"build_s": 600.0, "peak_mib": 3072.0, "p50_ms": 25.0, "p95_ms": 60.0, "change_s": 30.0}
_QUESTIONS = 500
_WARM = 50
_SHARE = 100  # one entry in so many changes


def run_scale(entries: int, out: Path, source: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Measure a catalogue of `entries` and write summary.json to `out`; returns the summary.

    `source`: a folder with catalogue files (*.jsonl) to vary; None: the demo city's catalogue. WorkspaceError: nothing to vary.
    Times are seconds of the wall (`cpu_s`: of the processor, over the whole stage), memory is the peak resident set in MiB, search times are milliseconds.
    """
    report = progress or (lambda _stage, _share: None)
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="zhengwen-scale-", dir=out))
    try:
        bases = _bases(source, scratch)
        summary: dict[str, Any] = {
            "suite": "scale",
            "entries": entries,
            "varied_from": len(bases),
            "cores": os.cpu_count(),
            "load_before": [round(value, 2) for value in os.getloadavg()],
        }
        for name, stage in (("catalogue", _fill), ("build", _build), ("search", _search), ("change", _change)):
            summary[name] = run_apart(name, stage, (scratch, entries, bases), report)
        summary["load_after"] = [round(value, 2) for value in os.getloadavg()]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    measured = {
        "build_s": summary["build"]["seconds"],
        "peak_mib": max(summary[stage]["peak_mib"] for stage in ("build", "search", "change")),
        "p50_ms": summary["search"]["p50_ms"],
        "p95_ms": summary["search"]["p95_ms"],
        "change_s": summary["change"]["seconds"],
    }
    summary["limits"] = {
        name: {"measured": measured[name], "limit": limit, "held": measured[name] <= limit}
        for name, limit in LIMITS.items()
    }
    write_json(out / "summary.json", summary)
    return summary


def _bases(source: Path | None, scratch: Path) -> list[Dataset]:
    """The real entries to vary, from catalogue files or from a demo city that is built for it."""
    if source is None:
        from corpus.demo import build_demo

        return CatalogStore(build_demo(scratch / "demo").catalog_path).datasets()
    files = sorted(source.glob("*.jsonl")) if source.is_dir() else []
    if not files:
        raise WorkspaceError(f"文件夹 {source} 里没有目录文件（*.jsonl）。请换一个文件夹。")
    if (source / "corpus.jsonl").is_file():
        from evals.beir import read_benchmark

        return [dataset_of(row) for row in read_benchmark(source).corpus]
    from corpus.ingest import ingest
    from corpus.workspace import Workspace

    workspace = Workspace(scratch / "real")
    ingest(files, workspace, kind="catalog")
    found = CatalogStore(workspace.catalog_path).datasets()
    if not found:
        raise WorkspaceError(f"文件夹 {source} 里没有读出目录条目。请检查文件格式。")
    return found


def _counted(entries: Iterator[Dataset], total: int, text: str, report: Progress) -> Iterator[Dataset]:
    for number, entry in enumerate(entries):
        if number % 2000 == 0:
            report(text, number / total)
        yield entry


def _fill(scratch: Path, entries: int, bases: list[Dataset], report: Progress) -> dict[str, Any]:
    started = time.perf_counter()
    CatalogStore(scratch / "catalog.sqlite").put_datasets(_counted(vary(bases, entries), entries, "生成目录", report))
    size = (scratch / "catalog.sqlite").stat().st_size
    return {"seconds": _since(started), "mib": round(size / 2**20, 1)}


def _build(scratch: Path, entries: int, bases: list[Dataset], report: Progress) -> dict[str, Any]:
    from retrieval.index import Index

    started = time.perf_counter()
    stages = _Stages(report)
    Index.build(CatalogStore(scratch / "catalog.sqlite"), scratch / "index", stages)
    return {"seconds": _since(started), "stages_s": stages.seconds, "mib": _sizes(scratch / "index")}


class _Stages:
    """Passes progress on and adds up the seconds of each stage."""

    def __init__(self, report: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report
        self._stage = ""
        self._since = 0.0

    def __call__(self, stage: str, share: float) -> None:
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + now - self._since, 2)
        self._stage, self._since = stage, now
        self._report(stage, share)


def _search(scratch: Path, entries: int, bases: list[Dataset], report: Progress) -> dict[str, Any]:
    from retrieval.index import Index

    started = time.perf_counter()
    index = Index.open(scratch / "index", CatalogStore(scratch / "catalog.sqlite"))
    opened = _since(started)
    started = time.perf_counter()
    index.warm().join()
    index.datasets("全国学校名录")
    warmed = _since(started)
    asked = probes(_sample(bases, entries, _WARM + min(_QUESTIONS, entries // 20)))
    times: list[tuple[Probe, float]] = []
    ranks: dict[str, list[bool]] = {}
    for number, probe in enumerate(asked):
        started = time.perf_counter()
        hits = index.datasets(probe.text, 10)
        elapsed = (time.perf_counter() - started) * 1000
        if number >= _WARM:
            times.append((probe, elapsed))
            ranks.setdefault(probe.style, []).append(probe.id in {hit.id for hit in hits})
        if number % 25 == 0:
            report("检索", number / len(asked))
    return {
        "questions": len(times),
        "open_s": opened,
        "warm_s": warmed,
        "p50_ms": round(percentile([ms for _, ms in times], 0.5), 2),
        "p95_ms": round(percentile([ms for _, ms in times], 0.95), 2),
        "max_ms": round(max(ms for _, ms in times), 2),
        "p95_ms_by_style": {
            style: round(percentile([ms for probe, ms in times if probe.style == style], 0.95), 2) for style in ranks
        },
        "source_in_ten": {style: round(sum(found) / len(found), 3) for style, found in ranks.items()},
    }


def _change(scratch: Path, entries: int, bases: list[Dataset], report: Progress) -> dict[str, Any]:
    """The whole catalogue again with one entry in a hundred edited, a tenth of those deleted and as many new."""
    from retrieval.index import Index

    store = CatalogStore(scratch / "catalog.sqlite")
    number = max(1, entries // _SHARE)
    gone = max(1, number // 10)
    started = time.perf_counter()
    again = vary(bases, entries + gone)
    store.put_datasets(
        _counted(
            (changed(entry) if place % _SHARE == 50 else entry for place, entry in enumerate(again)),
            entries,
            "再次导入",
            report,
        )
    )
    store.remove_datasets([f"n{place * _SHARE:06d}" for place in range(gone)])
    stored = _since(started)
    started = time.perf_counter()
    stages = _Stages(report)
    index = Index.build(store, scratch / "index", stages)
    indexed = _since(started)
    removed = {f"n{place * _SHARE:06d}" for place in range(gone)}
    asked = probes(_sample(bases, entries, 50))
    shown = {hit.id for probe in asked for hit in index.datasets(probe.text, 20)}
    return {
        "edited": number,
        "deleted": gone,
        "added": gone,
        "store_s": stored,
        "index_s": indexed,
        "seconds": round(stored + indexed, 2),
        "stages_s": stages.seconds,
        "deleted_still_found": len(shown & removed),
    }


def _sample(bases: list[Dataset], entries: int, count: int) -> list[Dataset]:
    chosen = set(random.Random(11).sample(range(entries), min(count, entries)))
    return [entry for place, entry in enumerate(vary(bases, entries)) if place in chosen]


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def _sizes(folder: Path) -> dict[str, float]:
    """MiB by part of the index version, and in all."""
    sizes: dict[str, float] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            parts = path.relative_to(folder).parts
            name = "/".join(parts[1:3]) if len(parts) > 2 else parts[-1]
            name = "chroma" if "chroma" in parts else name
            sizes[name] = sizes.get(name, 0.0) + path.stat().st_size / 2**20
    return {
        **{name: round(size, 1) for name, size in sizes.items() if size >= 0.1},
        "all": round(sum(sizes.values()), 1),
    }
