"""Joins that lie: the trap town's questions through the planner and DuckDB; a wrong number is worse than none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml

from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.judging.ambiguity import choices
from assistant.strength import counts_what_nobody_named, plan_strength
from evals.demo import Case, same_rows
from evals.trap_town import connect, planner

SUITE = Path(__file__).parent / "cases" / "traps.yaml"
WEAK = 0.45  # a reading weaker than this is not answered

Verdict = Literal["right", "asked", "none", "told", "wrong"]
VERDICTS: dict[str, str] = {
    "right": "答对",
    "asked": "反问",
    "none": "不答",
    "told": "答错有提示",
    "wrong": "答错无提示",
}


@dataclass(frozen=True)
class TrapCase:
    """A question and the rows that are right; none are where no number may be given."""

    id: str
    question: str
    rows: tuple[tuple[Any, ...], ...]
    also: tuple[tuple[tuple[Any, ...], ...], ...] = ()

    @property
    def kind(self) -> str:
        return self.id.rsplit("-", 1)[0]


@dataclass(frozen=True)
class TrapResult:
    id: str
    kind: str
    question: str
    verdict: Verdict
    sql: str = ""
    rows: str = ""
    note: str = ""

    @property
    def right(self) -> bool:
        return self.verdict == "right"


def load_traps(path: Path = SUITE) -> list[TrapCase]:
    """The questions with their rows."""

    def table(rows: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
        return tuple(tuple(r) for r in rows)

    raw = yaml.safe_load(path.read_text("utf-8"))
    return [TrapCase(c["id"], c["q"], table(c["rows"]), tuple(table(a) for a in c.get("also", ()))) for c in raw]


def run_traps(cases: Sequence[TrapCase], out: Path | None = None) -> list[TrapResult]:
    """Ask every case; writes results.jsonl and summary.json under `out`."""
    with connect() as connection:
        asked = planner(connection)
        results = [ask(case, asked, connection) for case in cases]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps({**asdict(r), "right": r.right}, ensure_ascii=False) + "\n" for r in results)
        (out / "results.jsonl").write_text(lines, "utf-8")
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def ask(case: TrapCase, asked: EmbeddedPlanner, connection: duckdb.DuckDBPyConnection) -> TrapResult:
    """One question: the best reading's rows against the right ones."""
    planning = asked.plan(case.question)
    if not planning.candidates or plan_strength(planning) < WEAK or counts_what_nobody_named(planning):
        verdict: Verdict = "none" if case.rows else "right"
        return TrapResult(case.id, case.kind, case.question, verdict)
    if len(choices(planning, asked.model)) > 1:
        return TrapResult(case.id, case.kind, case.question, "asked" if case.rows else "right")
    best = planning.candidates[0]
    rows = [list(r) for r in connection.execute(best.sql).fetchall()]
    right = any(_same(case, wanted, rows) for wanted in (case.rows, *case.also))
    verdict = "right" if right else "told" if best.reading.unused else "wrong"
    note = "；".join((*best.reading.unused, *best.reading.assumptions))
    return TrapResult(case.id, case.kind, case.question, verdict, best.sql, str(rows[:12]), note)


def _same(case: TrapCase, wanted: Sequence[tuple[Any, ...]], rows: list[list[Any]]) -> bool:
    """Rows in any order and columns in any order; nothing and 0 are one."""
    filled = [[0 if v is None else v for v in row] for row in rows]
    return same_rows(Case(case.id, case.kind, case.question), list(wanted), filled)


def summary(results: list[TrapResult]) -> dict[str, Any]:
    """Verdicts over all and by kind."""
    kinds = dict.fromkeys(r.kind for r in results)
    return {
        "cases": len(results),
        "right": sum(r.right for r in results),
        "all": Counter(r.verdict for r in results),
        "by_kind": {k: Counter(r.verdict for r in results if r.kind == k) for k in kinds},
        "wrong": [asdict(r) for r in results if not r.right],
    }


def show(results: list[TrapResult]) -> str:
    """The verdicts by kind as text."""
    lines = ["| | 题数 | " + " | ".join(VERDICTS.values()) + " |", "|---" * (len(VERDICTS) + 2) + "|"]
    for name in ("全部", *dict.fromkeys(r.kind for r in results)):
        of = [r.verdict for r in results if name in ("全部", r.kind)]
        lines.append(f"| {name} | {len(of)} | " + " | ".join(str(of.count(v)) for v in VERDICTS) + " |")  # type: ignore[arg-type]
    return "\n".join(lines)
