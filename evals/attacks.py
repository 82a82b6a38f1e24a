"""Attack cases against the query service, layer by layer: the gate alone, the locked engine alone, and the whole path."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from evals.attack_cases import AttackCase, AttackCasesError, load_sql_cases, read_rows
from evals.attack_lab import HIDDEN_COLUMN, LAYERS, Attempt, Lab, Layer

CLASSES = {
    "W": "改动数据或会话", "R": "读取文件或动态语句", "X": "写文件、扩展、配置", "N": "网络", "T": "不可见的表",
    "C": "不可见的列", "P": "不可见的行", "D": "拒绝服务", "E": "编码与解析差异", "O": "借结果作恶", "K": "正常查询",
}  # fmt: skip


@dataclass(frozen=True)
class CaseResult:
    """One case on one layer. `note` says in Chinese what happened."""

    id: str
    layer: Layer
    passed: bool
    note: str
    cls: str = ""


@dataclass(frozen=True)
class AttackReport:
    """All results of a run. `prompt_cases` counts prompt cases found; they are not run here."""

    results: list[CaseResult]
    seconds: float
    prompt_cases: int = 0
    stopped: dict[str, int] = field(
        default_factory=dict
    )  # layer → attacks it refused or failed, before any row came back

    @property
    def passed(self) -> bool:
        return bool(self.results) and all(result.passed for result in self.results)

    @property
    def failures(self) -> list[CaseResult]:
        return [result for result in self.results if not result.passed]

    def by_class(self) -> dict[str, dict[str, dict[str, int]]]:
        """Class letter → layer → {"cases", "passed"}."""
        table: dict[str, dict[str, dict[str, int]]] = {}
        for result in self.results:
            cell = table.setdefault(result.cls, {}).setdefault(result.layer, {"cases": 0, "passed": 0})
            cell["cases"] += 1
            cell["passed"] += result.passed
        return table

    def summary(self) -> dict[str, object]:
        return {
            "passed": self.passed,
            "cases": len({result.id for result in self.results}),
            "results": len(self.results),
            "failures": [asdict(result) for result in self.failures],
            "by_class": self.by_class(),
            "stopped": self.stopped,
            "prompt_cases": {"found": self.prompt_cases, "run": 0},
            "seconds": round(self.seconds, 2),
        }

    def text(self) -> str:
        """A table of passed/cases by class and layer, in Chinese."""
        lines = ["类别 | 关卡 | 引擎 | 全程"]
        for letter, layers in self.by_class().items():
            cells = [f"{layers[layer]['passed']}/{layers[layer]['cases']}" for layer in LAYERS if layer in layers]
            lines.append(" | ".join([f"{letter} {CLASSES.get(letter, '')}", *cells]))
        lines += [f"未通过：{result.id}（{result.layer}）{result.note}" for result in self.failures]
        return "\n".join(lines)


def run_attacks(
    directory: Path,
    out: Path | None = None,
    *,
    layers: Iterable[Layer] = LAYERS,
    timeout_s: float = 5.0,
    progress: Callable[[str, float], None] | None = None,
) -> AttackReport:
    """Run every SQL case of `directory` on each layer; write results.jsonl and summary.json under `out`.

    AttackCasesError says in Chinese why the cases cannot be used.
    """
    started = time.monotonic()
    cases = load_sql_cases(directory)
    if not cases:
        raise AttackCasesError(f"目录 {directory} 里没有攻击用例。")
    try:
        lab_sql = (directory / "lab.sql").read_text("utf-8")
    except OSError as error:
        raise AttackCasesError(f"读不到 {directory / 'lab.sql'}。请检查目录是否正确。") from error
    chosen = list(layers)
    results: list[CaseResult] = []
    stopped = dict.fromkeys(chosen, 0)
    with tempfile.TemporaryDirectory(prefix="zhengwen-attacks-") as folder:
        lab = Lab(Path(folder), lab_sql, timeout_s)
        try:
            for number, case in enumerate(cases):
                for layer in chosen:
                    attempt, wrong = lab.judge(layer, case.sql, twin=not case.control)
                    results.append(_result(case, layer, attempt, wrong))
                    stopped[layer] += not case.control and attempt.outcome != "rows"
                if progress is not None:
                    progress(case.id, (number + 1) / len(cases))
        finally:
            lab.close()
    prompts = directory / "prompt_attacks.jsonl"
    found = len(read_rows(prompts)) if prompts.is_file() else 0
    report = AttackReport(results, time.monotonic() - started, found, {str(k): v for k, v in stopped.items()})
    if out is not None:
        _write(report, out)
    return report


def _result(case: AttackCase, layer: Layer, attempt: Attempt, wrong: list[str]) -> CaseResult:
    happened = {"refused": "拒绝", "failed": "未完成", "rows": f"返回 {len(attempt.rows)} 行"}[attempt.outcome]
    note = happened if attempt.outcome == "rows" else f"{happened}：{attempt.text[:200]}"
    passed = not wrong
    if case.control:
        answered = attempt.outcome == "rows"
        if names_hidden_column(case.sql):
            passed = passed and not answered
            note = f"点名了不可见的列，应当拒绝。{note}"
        else:
            passed = passed and answered
    if wrong:
        note = f"{'；'.join(wrong)}。{note}"
    return CaseResult(case.id, layer, passed, note, case.letter)


def names_hidden_column(sql: str) -> bool:
    """Whether a statement asks for the lab's hidden column by name (not in a text or a comment)."""
    try:
        trees = sqlglot.parse(sql, read="duckdb")
    except SqlglotError:
        return False
    names = (name.name for tree in trees if tree is not None for name in tree.find_all(exp.Identifier))
    return any(name.lower() == HIDDEN_COLUMN for name in names)


def _write(report: AttackReport, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps({"id": r.id, "layer": r.layer, "passed": r.passed, "note": r.note}, ensure_ascii=False)
            for r in report.results
        ]
        for name, text in (
            ("results.jsonl", "\n".join(lines) + "\n"),
            ("summary.json", json.dumps(report.summary(), ensure_ascii=False, indent=1) + "\n"),
        ):
            partial = out / f".{name}.partial"
            partial.write_text(text, "utf-8")
            partial.replace(out / name)
    except OSError as error:
        raise AttackCasesError(f"无法写入结果目录 {out}：{error.strerror}。请检查路径和磁盘空间。") from error
