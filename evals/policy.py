"""`zhengwen eval policy DIR --corpus LAWS`: whether the right article comes first, is among those cited, and is quoted where it answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.policy import PolicyDocument
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from evals.answer_keys import all_met
from evals.beir import EvalInput, read_jsonl, write_json, write_jsonl
from evals.ranking import mean_by_style, percentile
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.quotes import best_span

CITED = 5


@dataclass(frozen=True)
class PolicyQuestion:
    """`gold`: (file, article); `mode`: any of them, all of them, or none (the corpus does not answer)."""

    id: str
    text: str
    style: str
    gold: list[tuple[str, str]]
    mode: str
    keys: list[str]


def read_questions(folder: Path) -> list[PolicyQuestion]:
    """The questions of the layout; EvalInput when a field is missing."""
    found = []
    for row in read_jsonl(folder / "questions.jsonl"):
        try:
            gold = [(str(g["file"]), str(g["article"])) for g in row["gold"]]
            found.append(
                PolicyQuestion(
                    row["_id"], row["text"], row["style"], gold, row["gold_mode"], list(row.get("answer_keys") or [])
                )
            )
        except (KeyError, TypeError) as error:
            raise EvalInput(f"评测问题 {row.get('_id', '?')} 缺少字段 {error}。请检查 questions.jsonl。") from error
    return found


def run_policy(
    folder: Path, corpus: Path, out: Path, *, today: date | None = None, encoder: Encoder | None = None
) -> dict[str, Any]:
    """Read the laws under `corpus`, rank articles for every question, write results.jsonl and summary.json; returns the summary."""
    from corpus.ingest import ingest

    questions = read_questions(folder)
    if not corpus.is_dir():
        raise EvalInput(f"找不到政策文本文件夹 {corpus}。请用 --corpus 指出它在哪里。")
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        workspace = Workspace.create(Path(scratch) / "workspace")
        ingest([corpus], workspace, kind="policy")
        documents = CatalogStore(workspace.catalog_path).documents()
    return score_policy(questions, documents, out, today=today, encoder=encoder)


def score_policy(
    questions: Sequence[PolicyQuestion],
    documents: Sequence[PolicyDocument],
    out: Path,
    *,
    today: date | None = None,
    encoder: Encoder | None = None,
) -> dict[str, Any]:
    """The same over documents that are parsed already. `source` of a document ends with the file's name."""
    out.mkdir(parents=True, exist_ok=True)
    files = {document.id: Path(document.source).name for document in documents}
    rows, scored, times = [], [], []
    declined: dict[bool, list[bool]] = {True: [], False: []}
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        store = CatalogStore(Path(scratch) / "catalog.sqlite")
        store.put_documents(documents)
        index = Index.build(store, Path(scratch) / "index", encoder=encoder)
        for question in questions:
            started = time.perf_counter()
            found = index.search_articles(question.text, 10, today=today)
            times.append((time.perf_counter() - started) * 1000)
            ranked = [(files[hit.document], hit.locator) for hit in found.hits]
            quotes = []
            for hit in found.hits[:CITED]:
                start, end = best_span(question.text, hit.text)
                quotes.append(hit.text[start:end])
            declined[question.mode == "none"].append(not found.found)
            if question.mode != "none":
                scored.append((question.style, _measures(question, ranked, quotes)))
            rows.append(
                {
                    "id": question.id,
                    "articles": [f"{file}#{article}" for file, article in ranked],
                    "quote": quotes[0] if quotes else "",
                    "no_information": not found.found,
                    "confidence": found.confidence,
                }
            )
    summary = {
        "suite": "policy",
        "documents": len(documents),
        "articles": sum(len(document.articles) for document in documents),
        "metrics": mean_by_style(scored),
        "unanswerable_recognised": _share(declined[True]),
        "wrongly_declined": _share(declined[False]),
        "query_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }
    write_jsonl(out / "results.jsonl", rows)
    write_json(out / "summary.json", summary)
    return summary


def _measures(question: PolicyQuestion, ranked: Sequence[tuple[str, str]], quotes: Sequence[str]) -> dict[str, float]:
    gold = set(question.gold)
    cited = set(ranked[:CITED])
    return {
        "first": float(bool(ranked) and ranked[0] in gold),
        "among_five": float(bool(gold & cited)),
        "all_cited": float(gold <= cited) if question.mode == "all" else float(bool(gold & cited)),
        "keys_in_first_quote": float(all_met(question.keys, quotes[0])) if quotes else 0.0,
        "keys_in_three_quotes": float(all_met(question.keys, "\n".join(quotes[:3]))),
    }


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
