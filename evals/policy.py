"""`zhengwen eval policy DIR --corpus LAWS`: whole turns over real laws — the right article first and among those cited, what must be said, 没有 where it is so.

Every question is put to the assistant as a person would put it, over a workspace into which the laws were read. Ranking alone
is measured beside it, so that a fault can be told: not found, or found and not shown.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.outcome import Answer, Outcome, Refuse
from assistant.settings import load_settings
from corpus.workspace import Workspace
from evals.answer_keys import all_met
from evals.beir import EvalInput, read_jsonl, write_json, write_jsonl
from evals.ranking import mean_by_style, percentile

CITED = 5

Place = tuple[str, str]  # (name of the file, locator of the article)


@dataclass(frozen=True)
class PolicyQuestion:
    """`gold`: (file, article); `mode`: any of them, all of them, or none (the corpus does not answer)."""

    id: str
    text: str
    style: str
    gold: list[Place]
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


def run_policy(folder: Path, corpus: Path, out: Path, *, today: date | None = None) -> dict[str, Any]:
    """Read the laws under `corpus` into a workspace, ask every question, write results.jsonl and summary.json; returns the summary.

    `today`: the day on which a text must be in force to be quoted; the clock's when left out.
    """
    from corpus.ingest import ingest

    questions = read_questions(folder)
    if not corpus.is_dir():
        raise EvalInput(f"找不到政策文本文件夹 {corpus}。请用 --corpus 指出它在哪里。")
    with tempfile.TemporaryDirectory(prefix="zhengwen-eval-") as scratch:
        workspace = Workspace.create(Path(scratch) / "workspace")
        ingest([corpus], workspace, kind="policy")
        settings = load_settings(workspace)
        if today is not None:
            settings = settings.model_copy(update={"today": today})
        with Assistant.open(workspace.root, settings=settings) as assistant:
            summary, rows = ask_policy(assistant, questions)
    out.mkdir(parents=True, exist_ok=True)
    write_jsonl(out / "results.jsonl", rows)
    write_json(out / "summary.json", summary)
    return summary


def ask_policy(
    assistant: Assistant, questions: Sequence[PolicyQuestion]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(summary, rows {"id","outcome","articles"}) of all questions put to one assistant, each in a conversation of its own."""
    documents = assistant.store.documents()
    files = {document.id: Path(document.source).name for document in documents}
    today = assistant.services.today
    rows, scored, times = [], [], []
    declined: dict[bool, list[bool]] = {True: [], False: []}
    assistant.prepare()
    for question in questions:
        started = time.perf_counter()
        outcome = assistant.ask(question.text)
        times.append((time.perf_counter() - started) * 1000)
        hits = assistant.index.search_articles(question.text, 10, assistant.services.settings.city, today).hits
        ranked = [(files[hit.document], hit.locator) for hit in hits]
        cited = cited_articles(outcome, files)
        declined[question.mode == "none"].append(declines(outcome))
        if question.mode != "none":
            scored.append((question.style, measures(question, outcome, cited, ranked)))
        rows.append(
            {
                "id": question.id,
                "outcome": outcome.model_dump(mode="json"),
                "cited": [f"{file}#{article}" for file, article in cited],
                "ranked": [f"{file}#{article}" for file, article in ranked],
            }
        )
    several = [
        values["all_cited"] for q, (_, values) in zip(_answerable(questions), scored, strict=True) if q.mode == "all"
    ]
    summary = {
        "suite": "policy",
        "documents": len(documents),
        "articles": sum(len(document.articles) for document in documents),
        "metrics": mean_by_style(scored),
        "several_articles_all_cited": round(sum(several) / len(several), 4) if several else None,
        "unanswerable_recognised": _share(declined[True]),
        "wrongly_declined": _share(declined[False]),
        "turn_ms": {"p50": round(percentile(times, 0.5), 2), "p95": round(percentile(times, 0.95), 2)},
    }
    return summary, rows


def _answerable(questions: Sequence[PolicyQuestion]) -> list[PolicyQuestion]:
    return [question for question in questions if question.mode != "none"]


def cited_articles(outcome: Outcome, files: dict[str, str]) -> list[Place]:
    """(file, article) of the articles that an outcome cites, in order, each once."""
    places = []
    for citation in outcome.citations:
        document, _, locator = citation.id.partition("#")
        if citation.kind == "article" and document in files:
            places.append((files[document], locator))
    return list(dict.fromkeys(places))


def declines(outcome: Outcome) -> bool:
    """Whether it says that there is no answer here."""
    return isinstance(outcome, Refuse) or (isinstance(outcome, Answer) and outcome.status == "no_information")


def measures(
    question: PolicyQuestion, outcome: Outcome, cited: Sequence[Place], ranked: Sequence[Place]
) -> dict[str, float]:
    """0 or 1 for each measure: of the outcome, and (rank_…) of the ranking alone. A turn that declines cites nothing."""
    gold, shown = set(question.gold), set(cited)
    said = "\n".join([outcome.text, *(citation.quote for citation in outcome.citations)])
    five = set(ranked[:CITED])
    complete = gold <= shown if question.mode == "all" else bool(gold & shown)
    return {
        "first": float(bool(cited) and cited[0] in gold),
        "cited": float(bool(gold & shown)),
        "all_cited": float(complete),
        "keys": float(not declines(outcome) and all_met(question.keys, said)),
        "sources": float(len(shown)),
        "rank_first": float(bool(ranked) and ranked[0] in gold),
        "rank_in_five": float(bool(gold & five)),
        "rank_all_in_five": float(gold <= five if question.mode == "all" else bool(gold & five)),
    }


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
