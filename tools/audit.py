"""The audit log: an append-only SQLite table whose entries are chained by hash, so that tampering can be proved and placed.

Each entry's hash covers its number, the hash before it and its content. Two records of the last entry (the seal) make a cut
tail visible too: one row in the database, written with the entry, and a small file beside it (`<name>.head`), written right
after. The file may lag behind by the entries of a crash, and may never be ahead. Who can rewrite every entry, the seal and
the file can forge a whole log; `head()` is what to note elsewhere, and `verify(expected=…)` compares with such a note.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.audit_chain import ChainError, Head, Problem, Row, chain_problems, digest_of, genesis, preferred_algorithm

__all__ = ["AuditError", "AuditLog", "Entry", "Head", "Problem"]

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS entry (
        n INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, body TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS seal (
        one INTEGER PRIMARY KEY CHECK (one = 1), algorithm TEXT NOT NULL, count INTEGER NOT NULL, hash TEXT NOT NULL)""",
)
COLUMNS = "n, at, kind, principal, body, previous, hash"
MAX_NAMED = 1000  # removed entries that are named one by one


class AuditError(Exception):
    """The log cannot be read or written; the message is a Chinese sentence for people."""


@dataclass(frozen=True)
class Entry:
    """One entry. `id` is its number and the start of its hash; `at` is UTC, ISO 8601."""

    id: str
    n: int
    at: str
    kind: str
    principal: str
    body: dict[str, Any]
    hash: str


class AuditLog:
    """Several threads and processes may write to one log: every call opens its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._head_path = path.with_name(path.name + ".head")
        self._held: sqlite3.Connection | None = None

    def hold(self) -> None:
        """Keep one connection until `close`: then an entry costs one write to the disk, not the tidying up after each."""
        if self._held is None:
            with self._connect():
                self._held = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
                self._held.execute("SELECT count(*) FROM (SELECT 1 FROM entry LIMIT 1)").fetchall()

    def close(self) -> None:
        """Let go of the file; the log can go on being used."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def append(self, kind: str, principal: str, body: dict[str, Any]) -> str:
        """Add an entry and return its id. AuditError when it could not be written: then nothing was."""
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
        text, kind, principal = (part.encode("utf-8", "backslashreplace").decode() for part in (text, kind, principal))
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")  # one writer at a time, from reading the last hash to adding the next
            seal = _seal(connection)
            if seal is None:
                raise AuditError("审计日志的封签不见了，日志可能被改动过。请用 zhengwen audit verify 检查。")
            algorithm, last = seal
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            row = Row(last.count + 1, at, kind, principal, text, last.hash, "")
            head = Head(row.n, digest_of(algorithm, row, row.n))
            connection.execute(
                f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.n, at, kind, principal, text, row.previous, head.hash),
            )
            connection.execute("UPDATE seal SET count = ?, hash = ?", (head.count, head.hash))
            connection.execute("COMMIT")
        self._write_head(head)
        return _entry_id(head.count, head.hash)

    def entries(
        self, limit: int = 100, principal: str | None = None, kind: str | None = None, before: int | None = None
    ) -> list[Entry]:
        """The newest entries first, at most `limit`; `before` continues below an entry's number."""
        conditions = [("principal = ?", principal), ("kind = ?", kind), ("n < ?", before)]
        asked = [(text, value) for text, value in conditions if value is not None]
        where = " AND ".join(text for text, _ in asked) or "1"
        values = [*(value for _, value in asked), limit]
        with self._connect() as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM entry WHERE {where} ORDER BY n DESC LIMIT ?", values)
            return [_entry(Row(*row)) for row in rows]

    def entry(self, key: str) -> Entry | None:
        """The entry with this id, or None."""
        number = key.partition("-")[0]
        if not (number.isascii() and number.isdecimal() and len(number) <= 18):
            return None
        with self._connect() as connection:
            row = connection.execute(f"SELECT {COLUMNS} FROM entry WHERE n = ?", (int(number),)).fetchone()
        found = _entry(Row(*row)) if row else None
        return found if found is not None and found.id == key else None

    def head(self) -> Head:
        """The last entry, to be noted somewhere this machine's users cannot write."""
        return self._sealed()[1]

    def algorithm(self) -> str:
        """The hash of this log: sm3, or sha256 where the platform lacked it when the log began."""
        return self._sealed()[0]

    def verify(self, expected: Head | None = None) -> list[Problem]:
        """Everything that shows tampering; empty when the log is whole. `expected` is an earlier `head()`."""
        recorded = self._read_head()  # before the entries are read, so that one appended meanwhile is not missed
        with self._connect() as connection:
            connection.execute("BEGIN")
            seal = _seal(connection)
            rows = [Row(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM entry ORDER BY n")]
            connection.execute("COMMIT")
        problems: list[Problem] = []
        if seal is None:
            problems.append(Problem("seal", None, "审计日志的封签不见了。"))
            seal = preferred_algorithm(), Head(rows[-1].n if rows else 0, "")
        algorithm, last = seal
        try:
            problems += chain_problems(rows, algorithm, last)
        except ChainError as error:
            raise AuditError(str(error)) from error
        if rows and recorded is None:
            problems.append(Problem("seal", None, f"日志旁的校验文件 {self._head_path.name} 不见了，或内容不对。"))
        for head in (expected, recorded):
            if head is not None:
                problems += _against(head, rows, last)
        return sorted(set(problems), key=lambda problem: (problem.n or 0, problem.kind))

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")  # damaged text is evidence
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
                connection.execute("PRAGMA journal_mode = WAL")
                _create(connection)
            yield connection
        except sqlite3.Error as error:
            raise AuditError(
                f"审计日志 {self._path.name} 无法读写，本次操作没有记录。请检查磁盘空间、权限和文件是否完好。"
            ) from error
        finally:
            if connection is not None:
                connection.close()

    def _sealed(self) -> tuple[str, Head]:
        with self._connect() as connection:
            seal = _seal(connection)
        if seal is None:
            raise AuditError("审计日志的封签不见了，日志可能被改动过。请用 zhengwen audit verify 检查。")
        return seal

    def _write_head(self, head: Head) -> None:
        """Record the head beside the database, never going back. Failing here leaves the file behind, which is allowed."""
        try:
            descriptor = os.open(self._head_path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                known = _parse_head(os.pread(descriptor, 200, 0))
                if known is None or known.count < head.count:
                    data = f"{head.count} {head.hash}\n".encode()
                    os.pwrite(descriptor, data, 0)
                    os.ftruncate(descriptor, len(data))
            finally:
                os.close(descriptor)
        except OSError:
            return

    def _read_head(self) -> Head | None:
        try:
            with self._head_path.open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_SH)
                return _parse_head(handle.read(200))
        except OSError:
            return None


def _against(head: Head, rows: list[Row], seal: Head) -> list[Problem]:
    """What a note of an earlier head shows: entries gone since, or another entry in its place."""
    if head.count > seal.count:
        gone = range(seal.count + 1, min(head.count, seal.count + MAX_NAMED) + 1)
        return [Problem("removed", n, f"第 {n} 条记录被删除。") for n in gone]
    if not head.count:
        return []
    there = next((row for row in rows if row.n == head.count), None)
    if there is not None and there.hash != head.hash:
        return [Problem("changed", head.count, f"第 {head.count} 条记录与留存的校验值不符。")]
    return []


def _create(connection: sqlite3.Connection) -> None:
    algorithm = preferred_algorithm()
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA:
        connection.execute(statement)
    if not connection.execute("SELECT 1 FROM entry").fetchone():  # a log that lost its seal does not get a new one
        connection.execute("INSERT OR IGNORE INTO seal VALUES (1, ?, 0, ?)", (algorithm, genesis(algorithm)))
    connection.execute("COMMIT")


def _seal(connection: sqlite3.Connection) -> tuple[str, Head] | None:
    try:
        row = connection.execute("SELECT algorithm, count, hash FROM seal").fetchone()
    except sqlite3.OperationalError:  # no such table
        return None
    return (str(row[0]), Head(int(row[1]), str(row[2]))) if row else None


def _parse_head(data: bytes) -> Head | None:
    parts = data.decode("ascii", "replace").split()
    return Head(int(parts[0]), parts[1]) if len(parts) == 2 and parts[0].isdecimal() else None


def _entry_id(number: int, digest: str) -> str:
    return f"{number}-{digest[:10]}"


def _entry(row: Row) -> Entry:
    try:
        body = json.loads(row.body)
    except ValueError:
        body = {}  # a damaged entry is shown empty; verify() names it
    content = body if isinstance(body, dict) else {}
    return Entry(_entry_id(row.n, row.hash), row.n, row.at, row.kind, row.principal, content, row.hash)
