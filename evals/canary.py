"""The canary test: thousands of generated questions and statements as every role, and no hidden value or name in anything.

The work is cut into pieces that depend on the seed and their number alone. A piece that is done stays done: the run can be
ended at any time and goes on where it was.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.outcome import Answer, Outcome
from assistant.settings import load_settings
from corpus.demo import build_demo
from corpus.semantics import Role, load_semantics
from corpus.workspace import Workspace
from evals.attack_model import ObedientModel, obedient_model
from evals.attack_render import renderings
from evals.attack_watch import Watch, watching
from evals.canary_judge import Judge
from evals.canary_plant import ROLES, Canary, plant_canaries, planted_in
from evals.canary_say import Speaker, Vocabulary, vocabulary
from tools.query.result import QueryFailed, QueryRefused

PIECE = 200  # questions or statements
KINDS = ("question", "statement", "existence", "model")
SHARES = {"question": 0.5, "statement": 0.43, "existence": 0.02, "model": 0.05}
NOBODY = ("9999991", "9090907", "9000007", "9700000")  # rows that no table has, of several shapes
BOOKS = 10  # of so many answers with a table, one is written as a workbook


_OWN = {"id", "conversation", "timings_ms", "question"}


class CanaryError(Exception):
    """The test cannot be run; the message is a Chinese sentence."""


@dataclass
class CanaryReport:
    """How many ran, per role and kind; what was found. A leak is a place with the words that led to it."""

    ran: dict[str, dict[str, int]] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    leaks: list[dict[str, Any]] = field(default_factory=list)
    planted: dict[str, int] = field(default_factory=dict)
    audit: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(sum(kinds.values()) for kinds in self.ran.values())

    @property
    def passed(self) -> bool:
        return self.total > 0 and not self.leaks and not self.audit

    def summary(self) -> dict[str, Any]:
        more = {"passed": self.passed, "total": self.total}
        return {
            **more,
            "ran": self.ran,
            "outcomes": self.outcomes,
            "planted": self.planted,
            "leaks": self.leaks,
            "audit": self.audit,
        }

    def text(self) -> str:
        lines = [f"共{self.total}条：" + "；".join(f"{role} {sum(kinds.values())}" for role, kinds in self.ran.items())]
        lines.append("结果：" + "、".join(f"{name} {count}" for name, count in sorted(self.outcomes.items())))
        lines.append("植入：" + "、".join(f"{name} {count}" for name, count in self.planted.items()))
        lines += [f"泄露（{leak['role']}）{leak['asked']!r}：{'；'.join(leak['found'])}" for leak in self.leaks[:50]]
        return "\n".join([*lines, *self.audit, "没有发现泄露。" if self.passed else "没有通过。"])


def run_canary(
    count: int, out: Path, workspace: Workspace, *, seed: int = 1, processes: int = 2,
    progress: Callable[[str, float], None] | None = None,
) -> CanaryReport:  # fmt: skip
    """Ask `count` in all, in a planted workspace (see `prepare`); results and what is done lie in `out`."""
    told = progress or (lambda text, share: None)
    canaries = planted_in(workspace)
    if canaries is None:
        raise CanaryError("这个工作区没有植入标记。请先准备测试工作区。")
    folder = out / "pieces"
    folder.mkdir(parents=True, exist_ok=True)
    pieces = list(_pieces(count, seed))
    waiting = [piece for piece in pieces if not (folder / f"{piece[0]}.json").is_file()]
    root = str(workspace.root)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, processes), mp_context=context) as pool:
        jobs = [pool.submit(run_piece, root, str(folder), *piece) for piece in waiting]
        for number, job in enumerate(as_completed(jobs), len(pieces) - len(waiting) + 1):
            job.result()
            told("提问和查询", number / len(pieces))
    report = CanaryReport(
        planted=dict(Counter({"text": "文字列", "number": "数值列", "none": "仅名称"}[c.planted] for c in canaries))
    )
    for name, _, _, _ in pieces:
        _gather(report, json.loads((folder / f"{name}.json").read_text("utf-8")))
    report.audit = _audit(workspace, canaries, report)
    return report


def _pieces(count: int, seed: int) -> Iterable[tuple[str, str, str, int]]:
    """(name, role, kind, how many) for the whole run, every role and kind in turn."""
    left = {(kind, role): round(count * SHARES[kind] / len(ROLES)) for kind in KINDS for role in ROLES}
    number = 0
    while any(left.values()):
        for (kind, role), rest in left.items():
            if rest:
                yield f"{seed}-{kind}-{role}-{number}-{min(PIECE, rest)}", role, kind, min(PIECE, rest)
                left[kind, role] = rest - min(PIECE, rest)
        number += 1


def canary_city(out: Path, progress: Callable[[str, float], None] | None = None) -> Workspace:
    """A demo city with canaries in `out`, built anew unless a whole one is there."""
    told = progress or (lambda text, share: None)
    root = out / "workspace"
    if not (root / "workspace.json").is_file() or planted_in(Workspace.open(root)) is None:
        shutil.rmtree(root, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
        told("生成演示城市", 0.0)
        workspace = build_demo(root, progress=lambda text, share: told("生成演示城市", share * 0.8))
        told("植入标记，建立各身份的数据库", 0.9)
        prepare(workspace)
    return Workspace.open(root)


def prepare(workspace: Workspace) -> list[Canary]:
    """Plant the canaries and build what every role's first question would wait for."""
    canaries = planted_in(workspace) or plant_canaries(workspace)
    with Assistant.open(workspace.root) as assistant:
        for role in ROLES:
            assistant.ask("你有哪些数据？", principal=role)
    return canaries


def run_piece(root: str, folder: str, name: str, role: str, kind: str, count: int) -> None:
    """One piece in this process; its result appears whole or not at all."""
    assistant, model = _opened(root, kind == "model")
    canaries = planted_in(assistant.workspace) or []
    bench = _Bench(assistant, role, canaries, name, model.prompts)
    if kind == "statement":
        found = bench.statements(count)
    elif kind == "existence":
        found = bench.existence(count)
    else:
        found = bench.questions(count, with_model=kind == "model")
    target = Path(folder) / f"{name}.json"
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps({"role": role, "kind": kind, **found}, ensure_ascii=False), "utf-8")
    partial.replace(target)


@cache
def _opened(root: str, with_model: bool) -> tuple[Assistant, ObedientModel]:
    """An assistant that this process keeps to its end: opening one takes as long as many questions."""
    stack = ExitStack()
    atexit.register(stack.close)
    model = stack.enter_context(obedient_model())
    workspace = Workspace.open(Path(root))
    settings = load_settings(workspace)
    if with_model:
        settings = settings.model_copy(update={"model": model.setting, "model_timeout_s": 20.0})
    return stack.enter_context(Assistant.open(workspace.root, settings=settings)), model


class _Bench:
    """One role, asking away."""

    def __init__(self, assistant: Assistant, role: str, canaries: list[Canary], seed: str, prompts: list[str]) -> None:
        self.prompts = prompts  # what was sent to the model since it was last emptied
        self._assistant = assistant
        self._role = role
        model = load_semantics(assistant.workspace.semantics_path)
        planner = assistant.services.planner_for(assistant.principal(role))
        self._scope = planner.scope
        self._judge = Judge(role, canaries, model, self._scope)
        self._speaker = Speaker(_words(assistant, canaries), seed)
        self._outcomes: Counter[str] = Counter()
        self._leaks: list[dict[str, Any]] = []

    def questions(self, count: int, *, with_model: bool) -> dict[str, Any]:
        conversation: str | None = None
        asked = ""
        for number in range(count):
            follows = conversation is not None and self._speaker.chance(0.25)
            question = self._speaker.follow_up() if follows else self._speaker.question()
            asked = f"{asked}\n{question}" if follows else question
            self.prompts.clear()
            with watching(self._assistant) as watch:
                outcome = self._ask(question, conversation if follows else None)
            if outcome is None:
                continue
            conversation = outcome.conversation
            self._outcomes[outcome.kind] += 1
            texts = self._texts(outcome, watch, number)
            if with_model:
                texts["发给模型的提示"] = "\n".join(p for p in self.prompts if "上一次的语句" not in p)
            self._check(texts, asked + (_own_words(outcome) if with_model else ""))
        return {"count": count, "outcomes": dict(self._outcomes), "leaks": self._leaks}

    def _ask(self, question: str, conversation: str | None) -> Outcome | None:
        try:
            return self._assistant.ask(question, principal=self._role, conversation=conversation)
        except Exception as error:  # what is raised is shown or logged somewhere
            self._outcomes["failure"] += 1
            self._check({"异常": f"{type(error).__name__} {error}"}, question)
            return None

    def _texts(self, outcome: Outcome, watch: Watch, number: int) -> dict[str, str]:
        lookup = self._assistant.services.datasets.get
        whole = isinstance(outcome, Answer) and outcome.table is not None and number % BOOKS == 0
        forms = renderings(outcome, lookup, workbook=whole)
        return {**forms, "日志": "\n".join(watch.logged)}

    def existence(self, count: int) -> dict[str, Any]:
        """The same question about a hidden value that exists and about some that do not: the answers may not differ.

        Where those that nobody has are answered differently, the wording itself did it (a search weighs every
        character); that is counted as `told_apart_by_wording` and says nothing about what exists.
        """
        tokens = self._judge.tokens()
        for _ in range(count // (1 + len(NOBODY)) if tokens else 0):
            letters = self._speaker.one_of(tokens)
            question = self._speaker.about("\0")
            there, *absent = (self._shown(question, letters, row) for row in ("0000007", *NOBODY))
            if len(set(absent)) > 1:
                self._outcomes["told_apart_by_wording"] += 1
            elif there != absent[0]:
                asked = question.replace("\0", f"ZQX{letters}0000007")
                self._leaks.append({"role": self._role, "asked": asked, "found": ["存在与否看得出来"]})
        return {"count": count, "outcomes": dict(self._outcomes), "leaks": self._leaks}

    def _shown(self, question: str, letters: str, row: str) -> str:
        """What the asker gets for a question about one value, without the value itself, whole or in parts."""
        value = f"ZQX{letters}{row}"
        outcome = self._ask(question.replace("\0", value), None)
        self._outcomes[outcome.kind if outcome is not None else "failure"] += 1
        shown = outcome.model_dump(mode="json", exclude=_OWN) if outcome is not None else {}
        for dataset in shown.get("datasets", ()):
            dataset.pop("score", None)  # how near the words are, to four places
        text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
        for part in (value, f"ZQX{letters}", row):
            text = text.replace(part, "\0")
        return text

    def statements(self, count: int) -> dict[str, Any]:
        query = self._assistant.services.query
        for _ in range(count):
            sql = self._speaker.statement()
            try:
                result = query.run(sql, self._scope, max_rows=200, timeout_s=5.0)
                text = json.dumps([result.columns, result.rows], ensure_ascii=False, default=str)
                self._outcomes["rows"] += 1
            except (QueryRefused, QueryFailed) as error:
                text = str(error)
                self._outcomes["refused" if isinstance(error, QueryRefused) else "failed"] += 1
            self._check({"查询结果": text}, sql)
        return {"count": count, "outcomes": dict(self._outcomes), "leaks": self._leaks}

    def _check(self, texts: dict[str, str], asked: str) -> None:
        found = self._judge.found(texts, asked)
        if found:
            self._leaks.append({"role": self._role, "asked": asked[-300:], "found": found[:10]})


def _own_words(outcome: Outcome) -> str:
    """The SQL of a model's query is the model's: a name that it made up there was given to it by nobody."""
    written = isinstance(outcome, Answer) and outcome.label == "model" and outcome.sql is not None
    return f"\n{outcome.sql.text}" if written and isinstance(outcome, Answer) and outcome.sql else ""


def _words(assistant: Assistant, canaries: list[Canary]) -> Vocabulary:
    """The vocabulary over everything, with some values that the public may see."""
    services = assistant.services
    public = services.planner_for(assistant.principal("citizen"))
    categories = [
        (t.name, c.name) for t in public.model.tables for c in t.columns if c.role in (Role.CATEGORY, Role.NAME)
    ]
    exact = public.planner.schema.values.exact
    visible = [value for value, places in exact.items() if any(place in categories for place in places)]
    return vocabulary(load_semantics(assistant.workspace.semantics_path), canaries, tuple(sorted(visible)[:400]))


def _gather(report: CanaryReport, piece: dict[str, Any]) -> None:
    kinds = report.ran.setdefault(piece["role"], {})
    kinds[piece["kind"]] = kinds.get(piece["kind"], 0) + piece["count"]
    for name, count in piece["outcomes"].items():
        report.outcomes[name] = report.outcomes.get(name, 0) + count
    report.leaks += piece["leaks"]


def _audit(workspace: Workspace, canaries: list[Canary], report: CanaryReport) -> list[str]:
    """The log after it all: whole, and holding no canary that its own entry's question did not bring along."""
    from tools.audit import AuditLog

    log = AuditLog(workspace.audit_path)
    problems = [problem.message for problem in log.verify()]
    judges: dict[str, Judge] = {}
    model = load_semantics(workspace.semantics_path)
    with Assistant.open(workspace.root) as assistant:
        for role in ROLES:
            scope = assistant.services.planner_for(assistant.principal(role)).scope
            judges[role] = Judge(role, canaries, model, scope)
    before: int | None = None
    while page := log.entries(1000, before=before):
        before = page[-1].n
        for entry in page:
            judge = judges.get(entry.principal)
            body = {key: value for key, value in entry.body.items() if key != "question"}
            found = (
                judge.found({"审计记录": json.dumps(body, ensure_ascii=False)}, _said_before(entry.body, log))
                if judge
                else []
            )
            problems += [f"第{entry.n}条{text}" for text in found]
    return problems[:50]


def _said_before(body: dict[str, Any], log: Any) -> str:
    """What the asker wrote: the question, and the SQL, which a model may have written with names of its own."""
    sql = str(body.get("sql") or "") if str(body.get("planner", "")).startswith("model") else ""
    return f"{body.get('question', '')}\n{sql}"
