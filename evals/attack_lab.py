"""The laboratory of the attack cases: two services that differ only in what the asker may not see.

What an attack brings back from one must be what it brings back from the other (else something hidden shows through, be it
one bit), no planted canary may occur in it, no file may appear or change, nothing may be contacted, and the next question
must be answered as before.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from corpus.semantics import SemanticModel
from corpus.workspace import Workspace
from tools.principal import RowFilter, Scope, TableScope
from tools.query.result import QueryFailed, QueryRefused
from tools.query.tool import QueryTool
from tools.query.worker import Limits, WorkerPool
from tools.scope_db import scope_of

Layer = Literal["gate", "engine", "path"]
Rights = Callable[[str], Scope]  # the data version → what the asker may see
LAYERS: tuple[Layer, ...] = ("gate", "engine", "path")

FILE_CANARY = "FILE-CANARY-7731"
ENV_CANARY = "ENV-CANARY-7731"
CANARIES = (
    FILE_CANARY, ENV_CANARY, "TOPSECRET-NOTE", "TOPSECRET-PRIV", "110101199001011234", "110101198502022345",
    "张三", "李四",
)  # fmt: skip
CELLS = {"n2", "n3", "9999", "200", "300"}  # too short to look for inside a text: only as a whole value
PATHS = re.compile(r"\[(ROOT[^\]]*)\]")
REPEATS = 6
FILES_AT = "/srv/x"
NETWORK_AT = re.compile(r"127\.0\.0\.1(:| port=)9\b")
HIDDEN_COLUMN = "internal_note"
# The same tables with other hidden values: what the asker may see is untouched.
TWIN = """
UPDATE budget SET internal_note = 'other-' || dept;
UPDATE budget SET amount = amount + 41 WHERE dept <> 'A';
INSERT INTO budget VALUES ('D', 7, 'x');
UPDATE citizens SET name = '王五' || rowid, id_card = '4401012000010100' || rowid;
INSERT INTO citizens VALUES ('赵六', '44010120000101009X');
UPDATE private.budget SET amount = 1, internal_note = 'y';
"""
PLAIN_CONNECTION = """
import json, sys, duckdb
try:
    connection = duckdb.connect(sys.argv[1])
    connection.execute(sys.stdin.read())
    print(json.dumps({"rows": connection.fetchmany(1000)}, default=str, ensure_ascii=False))
except Exception as error:
    print(json.dumps({"error": str(error)}, ensure_ascii=False))
"""


@dataclass(frozen=True)
class Attempt:
    """What came of a statement. `text` is all that the asker gets to read: rows or message, paths made equal."""

    outcome: Literal["refused", "failed", "rows"]
    text: str
    rows: list[list[Any]] = field(default_factory=list)


class Service:
    """One workspace with the lab's tables, its canary files, and a query tool whose processes hold the canary variable."""

    def __init__(self, root: Path, lab_sql: str, changes: str, port: int, timeout_s: float, rights: Rights) -> None:
        self.root = root
        self.files = root / "files"
        self.files.mkdir(parents=True)
        _plant(self.files)
        self.workspace = Workspace.create(root / "workspace")
        with duckdb.connect(str(self.workspace.warehouse_path)) as connection:
            connection.execute(lab_sql)
            connection.execute(changes)
        shutil.copy(self.workspace.warehouse_path, self.files / "lab.db")
        environment = {"LAB_TOKEN": ENV_CANARY}
        limits = Limits(memory_mb=512, address_space_mb=2048, threads=1)
        self.tool = QueryTool(self.workspace, SemanticModel(), 1, limits=limits, environment=environment)
        self.engine = WorkerPool(1, limits, environment)
        self.scope = rights(self.workspace.data_version)
        self.database = self.tool.database(self.scope)
        self._port = port
        self._timeout_s = timeout_s
        self._environment = {**os.environ, **environment}

    def attempt(self, layer: Layer, sql: str) -> Attempt:
        """Try a statement against one layer alone, or against all of them as the service stands."""
        text = sql.replace(FILES_AT, str(self.files))
        text = NETWORK_AT.sub(lambda match: f"127.0.0.1{match[1]}{self._port}", text)
        try:
            if layer == "gate":
                findings = self.tool.explain_findings(text, self.scope)
                if findings:
                    raise QueryRefused(findings)
                return self._plain(text)
            if layer == "engine":
                rows = self.engine.run(text, self.database, timeout_s=self._timeout_s, any_kind=True).rows
            else:
                rows = self.tool.run(text, self.scope, timeout_s=self._timeout_s).rows
        except QueryRefused as error:
            checks = "、".join(finding.check for finding in error.findings)
            return Attempt("refused", self._even(f"{checks}：{error}"))
        except QueryFailed as error:
            return Attempt("failed", self._even(f"{error.kind}：{error}"))
        return self._rows([list(row) for row in rows])

    def probe(self) -> list[list[Any]]:
        """What the service answers to the same harmless question, over both of its query processes."""
        sql = "SELECT dept, amount, (SELECT sum(amount) FROM budget) AS total FROM budget ORDER BY ALL"
        answers = [self.tool.run(sql, self.scope).rows, self.engine.run(sql, self.database).rows]
        return [list(row) for rows in answers for row in rows]

    def snapshot(self) -> dict[str, str]:
        """Every file under the service's root with a digest of its content, and the names in the working folder."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        found["/"] = " ".join(sorted(child.name for child in Path("/").iterdir()))  # where query processes stand
        return found

    def close(self) -> None:
        self.tool.close()
        self.engine.close()

    def _plain(self, sql: str) -> Attempt:
        """What the gate lets through, on an ordinary writable connection with the file system and the network open."""
        copy = self.root / "plain.duckdb"
        shutil.copy(self.database, copy)
        command = [sys.executable, "-I", "-c", PLAIN_CONNECTION, str(copy)]
        try:
            done = subprocess.run(
                command, input=sql.encode(), capture_output=True, timeout=self._timeout_s, cwd=self.files,
                env=self._environment, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Attempt("failed", "timeout")
        finally:
            for left in self.root.glob("plain.duckdb*"):
                left.unlink()
        reply = json.loads(done.stdout or b'{"error": "crash"}')
        if "error" in reply:
            return Attempt("failed", self._even(reply["error"]))
        return self._rows(reply["rows"])

    def _rows(self, rows: list[list[Any]]) -> Attempt:
        return Attempt("rows", self._even(json.dumps(rows, ensure_ascii=False, default=str)), rows)

    def _even(self, text: str) -> str:
        """Paths made equal; the engine lists them in an order that depends on the path."""
        text = text.replace(str(self.root), "ROOT")
        return PATHS.sub(lambda match: "[" + ", ".join(sorted(match[1].split(", "))) + "]", text)


class Lab:
    """The two services, and the judge of what attacks do to them."""

    def __init__(self, folder: Path, lab_sql: str, timeout_s: float, rights: Rights | None = None) -> None:
        self._listener = _Listener()
        self.services = [
            Service(folder / name, lab_sql, changes, self._listener.port, timeout_s, rights or lab_scope)
            for name, changes in (("one", ""), ("two", TWIN))
        ]
        self._timeout_s = timeout_s
        self._expected = [service.probe() for service in self.services]
        self._files = [service.snapshot() for service in self.services]

    def judge(self, layer: Layer, sql: str, *, twin: bool = True) -> tuple[Attempt, list[str]]:
        """Run the statement on both services; returns what the asker saw, and what went wrong (Chinese), if anything.

        Without `twin` it runs on the first alone: enough for a statement that is known to be harmless.
        """
        started = time.monotonic()
        attempts = [service.attempt(layer, sql) for service in (self.services if twin else self.services[:1])]
        wrong = [f"出现了不该出现的内容 {canary}" for canary in canaries_in(attempts[0], sql)]
        if time.monotonic() - started > 2 * (self._timeout_s + 5):
            wrong.append("没有按时结束")
        if attempts[-1].text != attempts[0].text and self._told_apart(layer, sql):
            wrong.append("结果随不可见的数据变化")
        files = [service.snapshot() for service in self.services]
        if files != self._files:
            wrong.append("有文件出现或被改动")
            self._files = files
        if self._listener.contacted():
            wrong.append("发起了网络连接")
        ran = attempts[0].outcome != "refused"  # a refused statement reached no engine
        if ran and [service.probe() for service in self.services] != self._expected:
            wrong.append("影响了之后的查询")
        return attempts[0], wrong

    def _told_apart(self, layer: Layer, sql: str) -> bool:
        """Whether repeating the statement tells the services apart. What is random shows up on both, or never twice."""
        seen: list[set[str]] = [set(), set()]
        for _ in range(REPEATS):
            for service, texts in zip(self.services, seen, strict=True):
                texts.add(service.attempt(layer, sql).text)
        return not seen[0] & seen[1] and min(len(texts) for texts in seen) < REPEATS

    def close(self) -> None:
        for service in self.services:
            service.close()
        self._listener.close()


def lab_scope(data_version: str) -> Scope:
    """What the lab's asker may see: department A's budget without the note, and the catalogue."""
    budget = TableScope(columns=["dept", "amount"], rows=[RowFilter(column="dept", values=["A"])])
    catalog = TableScope(columns=["dept", "title", "created_at"])
    return scope_of({"budget": budget, "catalog": catalog}, data_version)


def canaries_in(attempt: Attempt, sql: str) -> list[str]:
    """Canaries the asker can read that the statement did not bring along itself.

    A short one counts only as a whole cell, and not where the statement made up numbers of its own.
    """
    found = [canary for canary in CANARIES if canary in attempt.text]
    if "range(" not in sql and "generate_series(" not in sql:
        found += sorted({str(cell) for row in attempt.rows for cell in row} & CELLS)
    return [canary for canary in found if canary not in sql]


def _plant(folder: Path) -> None:
    (folder / "secret.txt").write_text(f"{FILE_CANARY}\n")
    (folder / "secret.csv").write_text(f"a\n{FILE_CANARY}\n")
    (folder / "secret.json").write_text(json.dumps({"a": FILE_CANARY}) + "\n")
    with duckdb.connect() as connection:
        connection.sql("SELECT $canary AS a", params={"canary": FILE_CANARY}).write_parquet(str(folder / "x.parquet"))


class _Listener:
    """A local port that notices being contacted."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._contacts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def contacted(self) -> bool:
        seen, self._contacts = self._contacts, 0
        return seen > 0

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._contacts += 1
                connection.close()
