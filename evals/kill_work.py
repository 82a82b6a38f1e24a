"""The work that is killed: one process that does one kind of thing over and over, and tells of each that it has finished."""

from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from assistant import Assistant
from corpus.workspace import Workspace
from tools.audit import AuditLog
from tools.rights.policy_file import policy_path
from ui.cli.ingest_files import take_in

QUESTIONS = (
    "热线工单有多少件",
    "各部门的预算金额合计",
    "2024年A局的预算金额",
    "有条件共享的数据多久答复？",
    "人口登记信息有多少条",
    "我要申请共享人口登记信息数据",
)
PEOPLE = ("citizen", "official", "steward")
TABLE = "kill_round"
ROWS = 3000
STRICTNESS = (5, 40)  # smallest groups that the policy file asks for in turn


def work(kind: str, root: str, number: int, tell: Connection) -> None:
    """Do it until killed. Each finished piece is told as (kind, what); ("ready", "") comes first."""
    os.setpgrp()  # so that the kill takes the query processes too
    jobs = {"answer": answer, "audit": audit, "ingest": ingest, "scopes": scopes, "workers": workers}
    try:
        jobs[kind](Path(root), number, tell)
    except Exception as error:
        tell.send(("fault", f"{type(error).__name__} {error}"))


def answer(root: Path, number: int, tell: Connection) -> None:
    """Answer questions as several people, in conversations that go on."""
    with Assistant.open(root) as assistant:
        tell.send(("ready", ""))
        while True:
            who = PEOPLE[number % len(PEOPLE)]
            outcome = assistant.ask(QUESTIONS[number % len(QUESTIONS)], principal=who, conversation=f"kill-{who}")
            tell.send(("answer", outcome.id))
            number += 1


def audit(root: Path, number: int, tell: Connection) -> None:
    """Write entries from two threads."""
    log = AuditLog(Workspace.open(root).audit_path)
    log.hold()
    lock = threading.Lock()

    def write(name: str) -> None:
        count = 0
        while True:
            key = log.append("turn", name, {"question": "核对", "n": count})
            count += 1
            with lock:
                tell.send(("audit", key))

    tell.send(("ready", ""))
    threading.Thread(target=write, args=("citizen",), daemon=True).start()
    write("official")


def ingest(root: Path, number: int, tell: Connection) -> None:
    """Take in one table again and again, every time with another version in all its rows."""
    folder = root.with_name(f"{root.name}-files")
    folder.mkdir(exist_ok=True)
    path = folder / f"{TABLE}.csv"
    tell.send(("ready", ""))
    for version in range(number * 1000, number * 1000 + 1000):
        lines = [f"{n},{version}" for n in range(ROWS)]
        partial = path.with_suffix(".partial")
        partial.write_text("\n".join(["序号,版本", *lines]) + "\n", "utf-8")
        partial.replace(path)
        report = take_in([path], root, "table", None, None, False, quiet=True)
        if report.exit_code == 0:
            tell.send(("ingest", str(version)))


def scopes(root: Path, number: int, tell: Connection) -> None:
    """Build everybody's database again and again, under a policy that changes every time."""
    tell.send(("ready", ""))
    while True:
        number += 1
        path = policy_path(root)
        partial = path.with_suffix(".partial")
        partial.write_text(f"min_group: {STRICTNESS[number % 2]}\n", "utf-8")
        partial.replace(path)
        with Assistant.open(root) as assistant:
            for who in PEOPLE:
                assistant.services.planner_for(assistant.principal(who))
        tell.send(("scopes", str(number)))


def workers(root: Path, number: int, tell: Connection) -> None:
    """Answer while the query processes are killed at random; every question must still get an outcome."""
    with Assistant.open(root) as assistant:
        threading.Thread(target=_kill_children, args=(number,), daemon=True).start()
        tell.send(("ready", ""))
        while True:
            who = PEOPLE[number % len(PEOPLE)]
            outcome = assistant.ask(QUESTIONS[number % len(QUESTIONS)], principal=who)
            tell.send(("answer", outcome.id))
            number += 1


def _kill_children(seed: int) -> None:
    import random

    chance = random.Random(seed)
    me = os.getpid()
    while True:
        time.sleep(chance.uniform(0.01, 0.3))
        for child in _children(me):
            if chance.random() < 0.5:
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def _children(parent: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return found
