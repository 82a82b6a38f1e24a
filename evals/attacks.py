"""Attack cases: SQL on the gate alone, the locked engine alone and the whole path; what is said, through the whole assistant."""

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

from evals.attack_cases import AttackCase, AttackCasesError, load_sql_cases
from evals.attack_lab import HIDDEN_COLUMN, LAYERS, Attempt, Lab, Layer
from evals.attack_prompts import PromptCase, load_prompt_cases
from evals.attack_turns import Verdict, judge_all

CLASSES = {
    "W": "改动数据或会话", "R": "读取文件或动态语句", "X": "写文件、扩展、配置", "N": "网络", "T": "不可见的表",
    "C": "不可见的列", "P": "不可见的行", "D": "拒绝服务", "E": "编码与解析差异", "O": "借结果作恶", "K": "正常查询",
    "J": "提问与注入", "V": "提问与注入，自编的同类",
}  # fmt: skip
OWN_PROMPTS = Path(__file__).parent / "cases" / "attack_prompts.jsonl"


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
    """All results of a run. Prompt cases have one result each, on the layer `path`."""

    results: list[CaseResult]
    seconds: float
    prompts: dict[str, dict[str, int]] = field(default_factory=dict)  # class as its file names it → {"cases", "passed"}
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
            "prompts": self.prompts,
            "seconds": round(self.seconds, 2),
        }

    def text(self) -> str:
        """A table of passed/cases by class and layer, in Chinese."""
        lines = ["类别 | 关卡 | 引擎 | 全程"]
        for letter, layers in self.by_class().items():
            cells = [f"{layers[x]['passed']}/{layers[x]['cases']}" if x in layers else "—" for x in LAYERS]
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
    """Run every SQL case of `directory` on each layer and every prompt case, own ones of the same classes too.

    Writes results.jsonl and summary.json under `out`; `progress` is told a case and the share done (0..1).
    AttackCasesError says in Chinese why the cases cannot be used.
    """
    started = time.monotonic()
    cases = load_sql_cases(directory)
    prompts = load_prompt_cases(directory / "prompt_attacks.jsonl")
    if not cases and not prompts:
        raise AttackCasesError(f"目录 {directory} 里没有攻击用例。")
    own = load_prompt_cases(OWN_PROMPTS) if prompts else []
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
                    progress(case.id, (number + 1) / (len(cases) + len(prompts) + len(own)))
        finally:
            lab.close()
    told = progress or (lambda key, share: None)
    done, total = len(cases), len(cases) + len(prompts) + len(own)
    verdicts = run_prompts([*prompts, *own], lambda key, number: told(key, (done + number) / total))
    results += [_said(case, verdict, "J" if case in prompts else "V") for case, verdict in verdicts]
    by_class = _by_prompt_class(verdicts)
    report = AttackReport(results, time.monotonic() - started, by_class, {str(k): v for k, v in stopped.items()})
    if out is not None:
        _write(report, out)
    return report


def run_prompts(cases: list[PromptCase], progress: Callable[[str, int], None]) -> list[tuple[PromptCase, Verdict]]:
    """Prompt cases through the whole assistant, in a folder that is removed after."""
    with tempfile.TemporaryDirectory(prefix="zhengwen-prompts-") as folder:
        return list(judge_all(cases, Path(folder), progress))


def _said(case: PromptCase, verdict: Verdict, letter: str) -> CaseResult:
    wrong = f"{'；'.join(verdict.wrong)}。" if verdict.wrong else ""
    return CaseResult(case.id, "path", not verdict.wrong, f"{wrong}{verdict.happened}", letter)


def _by_prompt_class(verdicts: list[tuple[PromptCase, Verdict]]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for case, verdict in verdicts:
        cell = table.setdefault(case.cls, {"cases": 0, "passed": 0})
        cell["cases"] += 1
        cell["passed"] += not verdict.wrong
    return table


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
