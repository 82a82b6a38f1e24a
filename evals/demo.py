"""The demo city's own questions: each answer's table against the rows of a query written by hand.

A wrong answer counts twice as badly when nothing in it warned: `stated` is a wrong number stated as fact.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assistant import Assistant
from assistant.outcome import Answer, Outcome

SUITE = Path(__file__).parent / "cases" / "demo_city.yaml"


@dataclass(frozen=True)
class Case:
    id: str
    kind: str
    question: str
    sql: str
    values_only: bool = False  # how a period is written does not matter, only its numbers
    unordered_ties: bool = False  # the last places are tied: as many rows are enough


@dataclass(frozen=True)
class CaseResult:
    id: str
    kind: str
    question: str
    right: bool
    stated: bool
    outcome: str
    ms: float
    note: str = ""


def load_cases(path: Path = SUITE) -> list[Case]:
    """The cases of a suite file."""
    return [Case(**row) for row in yaml.safe_load(path.read_text("utf-8"))]


def run_demo(assistant: Assistant, cases: list[Case], out: Path | None = None) -> list[CaseResult]:
    """Ask every case as the data steward's own gold sees it; writes results.jsonl and summary.json under `out`."""
    results = []
    with duckdb.connect(str(assistant.workspace.warehouse_path), read_only=True) as gold:
        for case in cases:
            expected = gold.execute(case.sql).fetchall()
            outcome = assistant.ask(case.question)
            results.append(judge(case, expected, outcome))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.jsonl").write_text(
            "".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in results), "utf-8"
        )
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def judge(case: Case, expected: list[tuple[Any, ...]], outcome: Outcome) -> CaseResult:
    """Whether the outcome's table holds exactly the expected rows."""
    ms = round(sum(outcome.timings_ms.values()), 1)
    if not isinstance(outcome, Answer) or outcome.table is None:
        return CaseResult(case.id, case.kind, case.question, False, False, outcome.kind, ms, outcome.text[:60])
    right = _same(case, expected, outcome.table.rows)
    stated = not right and outcome.status == "complete" and not outcome.warnings
    return CaseResult(
        case.id, case.kind, case.question, right, stated, outcome.kind, ms, "" if right else outcome.explanation
    )


def _same(case: Case, expected: list[tuple[Any, ...]], rows: list[list[Any]]) -> bool:
    if len(expected) != len(rows):
        return False
    if case.unordered_ties:
        return True
    if not expected:
        return True
    width = len(rows[0])
    wanted = [_plain(r) for r in expected]
    if case.values_only:
        wanted = [tuple(v for v in r if isinstance(v, float)) for r in wanted]
    size = len(wanted[0])
    goal = Counter(wanted)
    plain = [_plain(r) for r in rows]
    return any(Counter(tuple(r[i] for i in pick) for r in plain) == goal for pick in permutations(range(width), size))


def _plain(row: tuple[Any, ...] | list[Any]) -> tuple[Any, ...]:
    return tuple(
        round(float(v), 2) if isinstance(v, int | float) and not isinstance(v, bool) else _number(str(v)) for v in row
    )


def _number(text: str) -> Any:
    try:
        return round(float(text), 2)
    except ValueError:
        return text


def summary(results: list[CaseResult]) -> dict[str, Any]:
    """Right answers by kind, wrong ones stated as fact, and times in milliseconds."""
    kinds = {k: [r for r in results if r.kind == k] for k in dict.fromkeys(r.kind for r in results)}
    times = sorted(r.ms for r in results)
    return {
        "cases": len(results),
        "right": sum(r.right for r in results),
        "by_kind": {k: f"{sum(r.right for r in rs)}/{len(rs)}" for k, rs in kinds.items()},
        "stated_wrong": [r.id for r in results if r.stated],
        "p50_ms": statistics.median(times) if times else None,
        "p95_ms": times[int(len(times) * 0.95)] if times else None,
        "wrong": [
            {"id": r.id, "question": r.question, "outcome": r.outcome, "note": r.note} for r in results if not r.right
        ],
    }
