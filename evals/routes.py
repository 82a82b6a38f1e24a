"""Where questions go: the six routes, and the refusals of what is hidden and of what is no question.

A refusal counts as `forbidden` or `unsafe` whatever route it came by; a forbidden one must name a dataset of the catalogue.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from assistant import Assistant
from assistant.outcome import Outcome, Refuse
from assistant.steps.route import TITLES as ROUTE_TITLES
from evals.demo import CASES

SUITE = CASES / "routes.yaml"
TITLES: dict[str, str] = {**ROUTE_TITLES, "forbidden": "不让看", "unsafe": "只能查询"}


@dataclass(frozen=True)
class RouteCase:
    id: str
    question: str
    route: str  # one of TITLES
    also: tuple[str, ...] = ()  # other routes that are as good
    split: Literal["open", "held"] = "open"


@dataclass(frozen=True)
class RouteResult:
    id: str
    question: str
    split: str
    expected: str
    got: str
    right: bool
    note: str = ""


def load_routes(path: Path = SUITE) -> list[RouteCase]:
    """The cases of a suite file."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    return [RouteCase(**{**row, "also": tuple(row.get("also", ()))}) for row in rows]


def run_routes(
    assistant: Assistant, cases: list[RouteCase], out: Path | None = None, principal: str = "citizen"
) -> list[RouteResult]:
    """Ask every case. Writes results.jsonl and summary.json under `out`."""
    results = [judge(case, assistant.ask(case.question, principal)) for case in cases]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in results)
        (out / "results.jsonl").write_text("".join(lines), "utf-8")
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def judge(case: RouteCase, outcome: Outcome) -> RouteResult:
    """Where the question went against where it belongs."""
    got = route_of(outcome)
    right = got == case.route or got in case.also
    note = "" if right else f"{outcome.kind}：{outcome.text[:80]}"
    return RouteResult(case.id, case.question, case.split, case.route, got, right, note)


def route_of(outcome: Outcome) -> str:
    """One of TITLES; `unnamed` for a refusal that does not say which dataset it is about."""
    if isinstance(outcome, Refuse) and outcome.reason == "unsafe":
        return "unsafe"
    if isinstance(outcome, Refuse) and outcome.reason == "forbidden":
        return "forbidden" if any(c.kind == "dataset" for c in outcome.citations) else "unnamed"
    return outcome.route


def summary(results: list[RouteResult]) -> dict[str, Any]:
    """Accuracy over all, by split and by route; what was taken for what; the wrong ones."""
    return {
        "cases": len(results),
        "all": _share(results),
        "by_split": {s: _share([r for r in results if r.split == s]) for s in sorted({r.split for r in results})},
        "by_route": {
            t: _share([r for r in results if r.expected == t]) for t in TITLES if any(r.expected == t for r in results)
        },
        "taken_for": dict(Counter(f"{r.expected}→{r.got}" for r in results if not r.right)),
        "wrong": [asdict(r) for r in results if not r.right],
    }


def _share(results: list[RouteResult]) -> str:
    right = sum(r.right for r in results)
    return f"{right}/{len(results)}" + (f" {right / len(results):.1%}" if results else "")


def show(results: list[RouteResult]) -> str:
    """The report as text."""
    report = summary(results)
    splits = "，".join(f"{ {'open': '开发', 'held': '留出'}[s] } {v}" for s, v in report["by_split"].items())
    lines = [
        f"分流正确 {report['all']}（{splits}）",
        "| 类型 | 正确 |",
        "|---|---|",
        *(f"| {TITLES[t]} | {v} |" for t, v in report["by_route"].items()),
    ]
    if report["taken_for"]:
        wrong = "，".join(f"{pair} {n}" for pair, n in sorted(report["taken_for"].items(), key=lambda p: -p[1]))
        lines.append(f"分错的：{wrong}")
    return "\n".join(lines)
