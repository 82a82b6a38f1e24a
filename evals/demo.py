"""The demo city's own questions: each answer's table against the rows of a query written by hand.

What was wrong is told apart: a wrong number stated as fact is worst, one with a warning less bad, asking back costs a
turn only. Where no number is right (`expect`), to ask back, to refuse or to say that there is nothing is the right answer.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Outcome, Refuse

CASES = Path(__file__).parent / "cases"
SUITE = CASES / "demo_city.yaml"
SUITE_200 = CASES / "demo_city_200.yaml"
SUITE_UNSEEN = CASES / "demo_city_unseen.yaml"

Expect = Literal["answer", "clarify", "refuse", "no_information"]
Verdict = Literal["right", "asked", "refused", "none", "warned", "stated"]
VERDICTS: dict[str, str] = {
    "right": "答对",
    "asked": "反问",
    "refused": "拒答",
    "none": "未给数",
    "warned": "答错有提示",
    "stated": "答错无提示",
}

# Warnings that only describe the data or repeat the question do not warn that the answer may be wrong.
_NO_WARNING = ("数据说明：", "按上一个问题理解为")


@dataclass(frozen=True)
class Case:
    id: str
    kind: str
    question: str
    sql: str = ""
    also: tuple[str, ...] = ()  # other readings that are as good
    expect: Expect = "answer"
    split: Literal["open", "held", "fresh"] = "open"  # held: for reporting only; fresh: written before a round of work
    values_only: bool = False  # how a period is written does not matter, only its numbers
    unordered_ties: bool = False  # the last places are tied: as many rows are enough


@dataclass(frozen=True)
class CaseResult:
    id: str
    kind: str
    split: str
    question: str
    expect: str
    verdict: Verdict
    outcome: str
    ms: float
    note: str = ""
    sql: str = ""

    @property
    def right(self) -> bool:
        return self.verdict == "right"


def load_cases(path: Path = SUITE) -> list[Case]:
    """The cases of a suite file."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    return [Case(**{**row, "also": tuple(row.get("also", ()))}) for row in rows]


def is_held(id: str, every: int = 3) -> bool:
    """Whether a case of this id is kept for reporting: about every third, whatever the order of the file."""
    return int(hashlib.sha256(id.encode()).hexdigest(), 16) % every == 0


def run_demo(
    assistant: Assistant, cases: list[Case], out: Path | None = None, principal: str = "evaluator"
) -> list[CaseResult]:
    """Ask every case; the gold queries run on the whole warehouse. Writes results.jsonl and summary.json under `out`."""
    results = []
    with duckdb.connect(str(assistant.workspace.warehouse_path), read_only=True) as gold:
        for case in cases:
            expected = [gold.execute(sql).fetchall() for sql in (case.sql, *case.also) if sql]
            results.append(judge(case, expected, assistant.ask(case.question, principal)))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.jsonl").write_text(
            "".join(json.dumps({**asdict(r), "right": r.right}, ensure_ascii=False) + "\n" for r in results), "utf-8"
        )
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def judge(case: Case, expected: list[list[tuple[Any, ...]]], outcome: Outcome) -> CaseResult:
    """What the outcome is worth; `expected` holds the rows of each acceptable reading."""
    sql = outcome.sql.text if isinstance(outcome, Answer) and outcome.sql else ""
    verdict = _verdict(case, expected, outcome)
    note = outcome.explanation if isinstance(outcome, Answer) and outcome.table else outcome.text[:80]
    if verdict == "warned":
        note += "｜" + "；".join(outcome.warnings)
    kind = f"{outcome.kind}:{outcome.status}" if isinstance(outcome, Answer) else outcome.kind
    return CaseResult(
        case.id,
        case.kind,
        case.split,
        case.question,
        case.expect,
        verdict,
        f"{outcome.route}/{kind}",
        round(sum(outcome.timings_ms.values()), 1),
        "" if verdict == "right" else note,
        "" if verdict == "right" else sql,
    )


def _verdict(case: Case, expected: list[list[tuple[Any, ...]]], outcome: Outcome) -> Verdict:
    if isinstance(outcome, Clarify):
        return "right" if case.expect == "clarify" else "asked"
    if isinstance(outcome, Refuse):
        if case.expect == "refuse":
            return "right" if outcome.reason in ("forbidden", "unsafe") else "refused"
        return "right" if case.expect == "no_information" and outcome.reason == "out_of_scope" else "refused"
    if not isinstance(outcome, Answer) or outcome.table is None:
        # Data that are catalogued and not here to be queried are best answered by their catalogue entry.
        nothing = isinstance(outcome, Answer) and (
            outcome.status == "no_information" or outcome.route == "find_dataset"
        )
        return "right" if case.expect == "no_information" and nothing else "none"
    if case.expect == "no_information" and _is_empty(outcome.table.rows):
        return "right"
    if case.expect == "answer" and any(same_rows(case, rows, outcome.table.rows) for rows in expected):
        return "right"
    return "warned" if outcome.status != "complete" or warns(outcome.warnings) else "stated"


def warns(warnings: list[str]) -> bool:
    """Whether anything said with the answer tells the reader to doubt it."""
    return any(not w.startswith(_NO_WARNING) for w in warnings)


def _is_empty(rows: list[list[Any]]) -> bool:
    return all(v is None for row in rows for v in row)


def same_rows(case: Case, expected: list[tuple[Any, ...]], rows: list[list[Any]]) -> bool:
    """Whether the answer's rows hold the expected ones and no other; it may have more columns."""
    if len(expected) != len(rows):
        return False
    if case.unordered_ties or not expected:
        return True
    wanted = [_plain(r) for r in expected]
    if case.values_only:
        wanted = [tuple(v for v in r if isinstance(v, float)) for r in wanted]
    size = len(wanted[0])
    goal = Counter(wanted)
    plain = [_plain(r) for r in rows]
    picks = permutations(range(len(rows[0])), size)
    return any(Counter(tuple(r[i] for i in pick) for r in plain) == goal for pick in picks)


def _plain(row: tuple[Any, ...] | list[Any]) -> tuple[Any, ...]:
    return tuple(
        _number(str(v)) if isinstance(v, bool) or not isinstance(v, int | float) else round(round(float(v), 6), 2)
        for v in row  # sums of the same numbers in another order may differ in their last places
    )


def _number(text: str) -> Any:
    try:
        return round(float(text), 2)
    except ValueError:
        return text


def summary(results: list[CaseResult]) -> dict[str, Any]:
    """Verdicts over all, by split and by kind; what was wrong, case by case; times in milliseconds."""
    times = sorted(r.ms for r in results)
    return {
        "cases": len(results),
        "right": sum(r.right for r in results),
        "all": counts(results),
        "by_split": {s: counts([r for r in results if r.split == s]) for s in sorted({r.split for r in results})},
        "by_kind": {k: counts([r for r in results if r.kind == k]) for k in dict.fromkeys(r.kind for r in results)},
        "stated_wrong": [r.id for r in results if r.verdict == "stated"],
        "p50_ms": statistics.median(times) if times else None,
        "p95_ms": times[int(len(times) * 0.95)] if times else None,
        "wrong": [asdict(r) for r in results if not r.right],
    }


def counts(results: list[CaseResult]) -> dict[str, int]:
    """How many cases there are of each verdict."""
    found = Counter(r.verdict for r in results)
    return {"cases": len(results)} | {v: found[v] for v in VERDICTS}  # type: ignore[index]


def show(results: list[CaseResult]) -> str:
    """The tables by split and by kind as text."""
    report = summary(results)
    head = "| | 题数 | 正确率 | " + " | ".join(VERDICTS.values()) + " |"
    lines = [head, "|---" * (len(VERDICTS) + 3) + "|", _line("全部", report["all"])]
    lines += [_line({"open": "开发", "held": "留出", "fresh": "新写"}[s], c) for s, c in report["by_split"].items()]
    lines += [_line(k, c) for k, c in report["by_kind"].items()]
    return "\n".join([*lines, f"用时 p50 {report['p50_ms']} 毫秒，p95 {report['p95_ms']} 毫秒"])


def _line(name: str, of: dict[str, int]) -> str:
    rate = f"{of['right'] / of['cases']:.1%}" if of["cases"] else "—"
    return f"| {name} | {of['cases']} | {rate} | " + " | ".join(str(of[v]) for v in VERDICTS) + " |"
