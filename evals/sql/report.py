"""The bench's result: files for machines, a table for people."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.sql.shapes import SHAPES


@dataclass(frozen=True)
class SqlResult:
    """One question's result. `outcome`: answer, none (no plan), error (the plan's SQL failed), unscored (the gold failed)."""

    id: str
    database: str
    shape: str
    question: str
    gold: str
    sql: str | None
    correct: bool
    outcome: str
    ms: float
    note: str = ""

    def row(self) -> dict[str, Any]:
        """The contract's result row."""
        return {
            "id": self.id,
            "sql": self.sql,
            "correct": self.correct,
            "outcome": self.outcome,
            "ms": round(self.ms, 2),
        }


@dataclass(frozen=True)
class SqlReport:
    results: list[SqlResult]
    seconds: float

    @property
    def accuracy(self) -> float:
        """Share of all questions whose rows are right on every instance: 0 to 1."""
        return _share(self.results)

    def by(self, key: Callable[[SqlResult], str]) -> dict[str, tuple[int, int]]:
        """Group → (right, all), in order of first appearance."""
        groups: dict[str, list[SqlResult]] = {}
        for result in self.results:
            groups.setdefault(key(result), []).append(result)
        return {name: (sum(r.correct for r in group), len(group)) for name, group in groups.items()}

    def summary(self) -> dict[str, Any]:
        times = sorted(r.ms for r in self.results)
        quantile = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else (times[0] if times else 0.0)
        return {
            "questions": len(self.results),
            "correct": sum(r.correct for r in self.results),
            "accuracy": round(self.accuracy, 4),
            "outcomes": {k: n for k, (_, n) in sorted(self.by(lambda r: r.outcome).items())},
            "by_database": {k: {"correct": c, "questions": n} for k, (c, n) in self.by(lambda r: r.database).items()},
            "by_shape": {
                k: {"correct": c, "questions": n}
                for k, (c, n) in sorted(self.by(lambda r: r.shape).items(), key=lambda kv: list(SHAPES).index(kv[0]))
            },
            "ms": {"p50": round(statistics.median(times), 2) if times else 0.0, "p95": round(quantile, 2)},
            "seconds": round(self.seconds, 1),
        }

    def write(self, out: Path) -> None:
        """results.jsonl (the contract), details.jsonl (for reading errors) and summary.json into `out`."""
        out.mkdir(parents=True, exist_ok=True)
        _lines(out / "results.jsonl", [r.row() for r in self.results])
        details = [
            {**r.row(), "db": r.database, "shape": r.shape, "question": r.question, "gold": r.gold, "note": r.note}
            for r in self.results
        ]
        _lines(out / "details.jsonl", details)
        (out / "summary.json").write_text(json.dumps(self.summary(), ensure_ascii=False, indent=1), "utf-8")


def show_report(report: SqlReport) -> str:
    """Tables by database and by shape, as text with Chinese headings."""
    summary = report.summary()
    lines = [
        f"共 {summary['questions']} 题，答对 {summary['correct']} 题，正确率 {report.accuracy:.3f}，用时 {report.seconds:.0f} 秒。"
    ]
    outcomes = summary["outcomes"]
    lines.append(
        f"给出查询 {outcomes.get('answer', 0)}，没有读懂 {outcomes.get('none', 0)}，执行出错 {outcomes.get('error', 0)}，"
        f"标准答案无法执行 {outcomes.get('unscored', 0)}；规划中位 {summary['ms']['p50']} 毫秒，九五分位 {summary['ms']['p95']} 毫秒。"
    )
    for title, groups in (("数据库", report.by(lambda r: r.database)), ("题型", report.by(lambda r: SHAPES[r.shape]))):
        lines.append("")
        lines.append(f"{_padded(title, 28)}{'答对':>5}{'题数':>5}{'正确率':>6}")
        for name, (right, total) in groups.items():
            lines.append(f"{_padded(name, 28)}{right:>7}{total:>7}{right / total:>9.3f}")
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - sum(2 if ord(c) > 0x2E7F else 1 for c in text))


def _share(results: list[SqlResult]) -> float:
    return sum(r.correct for r in results) / len(results) if results else 0.0


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
