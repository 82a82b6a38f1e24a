"""The kill test: a service at work is killed at a random moment; what was acknowledged is there, and nothing is wider than allowed.

After every kill the workspace is opened as after any restart. The log must be whole and hold every acknowledged entry;
every acknowledged answer must be stored; an ingest is there wholly or not at all; every person's database must hold
exactly what a fresh build under today's policy and data holds.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb

from assistant import Assistant
from corpus.workspace import Workspace
from evals.attack_town import build_town
from evals.kill_service import serve_and_kill
from evals.kill_work import PEOPLE, TABLE, work
from tools.audit import AuditLog

KINDS = ("answer", "ingest", "scopes", "audit", "workers")
SERVE_EVERY = 10  # of so many rounds, one kills the web service itself
LONGEST = 2.5  # seconds between the work's beginning and the kill
EARLY = 0.35  # the share of rounds in which the kill waits for nothing to be finished
PATIENCE = 120.0  # seconds to begin in, and to finish what is waited for


@dataclass
class KillReport:
    """How many rounds of each kind, how much was acknowledged in them, and what was wrong after."""

    rounds: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return bool(self.rounds) and not self.faults

    def summary(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "rounds": self.rounds,
            "acknowledged": self.acknowledged,
            "faults": self.faults,
            "seconds": round(self.seconds, 1),
        }

    def text(self) -> str:
        said = {
            "answer": "回答",
            "ingest": "导入",
            "scopes": "重建权限数据库",
            "audit": "写审计",
            "workers": "杀查询进程",
            "serve": "网页服务",
        }
        lines = [
            f"{said[kind]}：{count}轮，中断前已确认{self.acknowledged.get(kind, 0)}件"
            for kind, count in self.rounds.items()
        ]
        return "\n".join([*lines, *self.faults[:50], "全部完好。" if self.passed else "有缺失或不一致。"])


def run_kill(
    rounds: int, folder: Path | None = None, *, seed: int = 1, kinds: tuple[str, ...] = KINDS, serve_every: int = SERVE_EVERY,
    progress: Callable[[str, float], None] | None = None,
) -> KillReport:  # fmt: skip
    """Kill `rounds` times in one workspace, which goes on from round to round as a deployment would."""
    started = time.monotonic()
    report, chance = KillReport(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="zhengwen-kill-") as made:
        root = (folder or Path(made)) / "workspace"
        if not root.exists():
            build_town(root)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["evals.kill_work"])
        for number in range(rounds):
            kind = "serve" if serve_every and number % serve_every == serve_every - 1 else kinds[number % len(kinds)]
            delay = chance.uniform(0, LONGEST)
            least = 0 if chance.random() < EARLY else chance.randint(1, 4)
            if kind == "serve":
                told = serve_and_kill(root, delay, number)
            else:
                told = _killed(context, kind, root, number, delay, least)
            report.rounds[kind] = report.rounds.get(kind, 0) + 1
            report.acknowledged[kind] = report.acknowledged.get(kind, 0) + len(told)
            report.faults += [f"第{number + 1}轮（{kind}）：{fault}" for fault in after_kill(root, told)]
            if progress is not None:
                progress(f"第{number + 1}轮，问题{len(report.faults)}处", (number + 1) / rounds)
    report.seconds = time.monotonic() - started
    return report


def _killed(context: Any, kind: str, root: Path, number: int, delay: float, least: int) -> list[tuple[str, str]]:
    """Start the work, kill it `delay` seconds after `least` pieces were finished, and return what it had told until then."""
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(kind, str(root), number, theirs), daemon=True)
    process.start()
    theirs.close()
    told: list[tuple[str, str]] = []
    if mine.poll(PATIENCE) and mine.recv()[0] == "ready":
        late = time.monotonic() + PATIENCE
        while len(told) < least and process.is_alive() and time.monotonic() < late:
            told += _heard(mine, 0.5)
        end = time.monotonic() + delay
        while (left := end - time.monotonic()) > 0:
            told += _heard(mine, left)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    while more := _heard(mine, 0.0):  # what was told before the end and not yet read
        told += more
    mine.close()
    return told


def _heard(pipe: Connection, seconds: float) -> list[tuple[str, str]]:
    """At most one message, waiting for it no longer than `seconds`; none when the other end is gone."""
    try:
        return [pipe.recv()] if pipe.poll(seconds) else []
    except (EOFError, OSError):
        time.sleep(min(seconds, 0.05))
        return []


def after_kill(root: Path, told: list[tuple[str, str]]) -> list[str]:
    """What is wrong in the workspace now; `told` is what was acknowledged."""
    try:
        workspace = Workspace.open(root)  # finishes what an ingest had decided
        log = AuditLog(workspace.audit_path)
        faults = [problem.message for problem in log.verify()]
        faults += [f"工作中出错：{what}" for kind, what in told if kind == "fault"]
        faults += _lost_entries(log, told)
        with Assistant.open(root) as assistant:
            for kind, key in told:
                if kind == "answer" and assistant.services.conversations.outcome(key) is None:
                    faults.append(f"已确认的回答 {key} 不见了")
            faults += _ingested(workspace, [int(key) for kind, key in told if kind == "ingest"])
            for who in PEOPLE:
                assistant.ask("热线工单有多少件", principal=who)
            served = {who: _database(assistant, who) for who in PEOPLE}
        return faults + _not_as_built_anew(workspace, served)
    except Exception as error:
        return [f"重新打开失败：{type(error).__name__} {error}"]


def _lost_entries(log: AuditLog, told: list[tuple[str, str]]) -> list[str]:
    lost = [key for kind, key in told if kind == "audit" and log.entry(key) is None]
    answers = {key for kind, key in told if kind == "answer"}
    before: int | None = None
    while answers and (page := log.entries(1000, before=before)):
        before = page[-1].n
        answers -= {str(entry.body.get("id")) for entry in page}
    return [f"已确认的审计记录 {key} 不见了" for key in [*lost, *sorted(answers)]]


def _ingested(workspace: Workspace, versions: list[int]) -> list[str]:
    """Whether the ingested table is of one version, and not older than what was acknowledged."""
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        names = {str(name) for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        table = next((name for name in names if TABLE in name), None)
        if table is None:
            return ["已确认的导入不见了"] if versions else []
        found = connection.execute(f'SELECT DISTINCT "版本" FROM "{table}"').fetchall()
    if len(found) != 1:
        return [f"导入的表里混有{len(found)}个版本"]
    return (
        [f"导入的表是版本{found[0][0]}，已确认的是{max(versions)}"]
        if versions and int(found[0][0]) < max(versions)
        else []
    )


def _database(assistant: Assistant, who: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a person's database holds: table → its rows, the first of them the columns."""
    scope = assistant.services.planner_for(assistant.principal(who)).scope
    held: dict[str, list[tuple[Any, ...]]] = {}
    with duckdb.connect(str(assistant.services.query.database(scope)), read_only=True) as connection:
        for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
            rows = connection.execute(f'SELECT * FROM "{name}" ORDER BY ALL')
            held[str(name)] = [tuple(item[0] for item in rows.description), *rows.fetchall()]
    return held


def _not_as_built_anew(workspace: Workspace, served: dict[str, dict[str, list[tuple[Any, ...]]]]) -> list[str]:
    """Compare what is served with databases built from nothing, of the same data and policy."""
    with tempfile.TemporaryDirectory(prefix="zhengwen-anew-") as folder:
        copy = Path(folder) / "workspace"
        ignored = shutil.ignore_patterns(
            "scopes", "*.sqlite-wal", "*.sqlite-shm", ".ingest-*", "audit.sqlite*", "state.sqlite*"
        )
        shutil.copytree(workspace.root, copy, ignore=ignored)
        with Assistant.open(copy) as assistant:
            anew = {who: _database(assistant, who) for who in PEOPLE}
    faults = []
    for who in PEOPLE:
        for table in sorted({*served[who], *anew[who]}):
            if served[who].get(table) != anew[who].get(table):
                faults.append(f"{who} 的数据库里，表 {table} 与按现行规则重建的不同")
    return faults
