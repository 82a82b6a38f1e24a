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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.audit_chain import ChainError, Head, Problem, Row, chain_problems, genesis, is_whole, preferred_algorithm
from tools.audit_private import without_personal
from tools.audit_store import ARCHIVED, BY_PRINCIPAL, COLUMNS, add, archived, create, rows_of, seal_of

__all__ = ["AuditError", "AuditLog", "Entry", "Head", "Problem"]

NO_SEAL = "审计日志的封签不见了，日志可能被改动过。请用 zhengwen audit verify 检查。"
# Clocks may go back: the rows of a span are all from its first to its last, so that they are one piece of the chain.
SPAN = "n >= (SELECT min(n) FROM entry WHERE at >= ? AND at < ?) AND n <= (SELECT max(n) FROM entry WHERE at >= ? AND at < ?)"
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
            with self._connect() as connection:
                connection.execute(BY_PRINCIPAL)
                self._held = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
                self._held.execute("SELECT count(*) FROM (SELECT 1 FROM entry LIMIT 1)").fetchall()

    def close(self) -> None:
        """Let go of the file; the log can go on being used."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def append(self, kind: str, principal: str, body: dict[str, Any]) -> str:
        """Add an entry and return its id. AuditError when it could not be written: then nothing was.

        Personal values in the body's texts are masked first.
        """
        text = json.dumps(without_personal(body), ensure_ascii=False, sort_keys=True, default=str)
        text, kind, principal = (part.encode("utf-8", "backslashreplace").decode() for part in (text, kind, principal))
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")  # one writer at a time, from reading the last hash to adding the next
            seal = seal_of(connection)
            if seal is None:
                raise AuditError(NO_SEAL)
            head = add(connection, *seal, now(), kind, principal, text)
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
        """Everything that shows tampering; empty when the log is whole. `expected` is an earlier `head()`.

        A head noted without its number has count 0: then any entry may be the one.
        """
        recorded = self._read_head()  # before the entries are read, so that one appended meanwhile is not missed
        with self._connect() as connection:
            connection.execute("BEGIN")
            problems = self._problems(connection, recorded, expected)
            connection.execute("COMMIT")
        return sorted(set(problems), key=lambda problem: (problem.n or 0, problem.kind))

    def _problems(self, connection: sqlite3.Connection, recorded: Head | None, expected: Head | None) -> list[Problem]:
        problems: list[Problem] = []
        seal = seal_of(connection)
        moved = archived(connection)
        if seal is None:
            problems.append(Problem("seal", None, "审计日志的封签不见了。"))
            newest = connection.execute("SELECT max(n) FROM entry").fetchone()[0]
            seal = preferred_algorithm(), Head(newest or 0, "")
        algorithm, last = seal
        base = moved[-1][0] if moved else Head(0, genesis(algorithm))
        try:
            if not is_whole(rows_of(connection), algorithm, last, base):
                problems += chain_problems(list(rows_of(connection)), algorithm, last, base)
        except ChainError as error:
            raise AuditError(str(error)) from error
        for gone, file, _ in moved:
            told = (f'%"hash": "{gone.hash}"%',)
            if not any(row.kind == "archive" for row in rows_of(connection, "kind = 'archive' AND body LIKE ?", told)):
                problems.append(
                    Problem(
                        "removed", gone.count, f"第 {gone.count} 条及以前的记录被移走，日志里没有归档 {file} 的记录。"
                    )
                )
        if last.count > base.count and recorded is None:
            problems.append(Problem("seal", None, f"日志旁的校验文件 {self._head_path.name} 不见了，或内容不对。"))
        for head in (expected, recorded):
            if head is not None:
                problems += _against(head, connection, last, base)
        return problems

    @contextmanager
    def reading(self) -> Iterator[tuple[str, Head, Callable[[str, str], Iterator[Row]]]]:
        """The log as it stands now: its algorithm, the last archived entry, and rows of a span of time.

        The function takes two ISO times and gives the unbroken rows from the first to before the second.
        """
        with self._connect() as connection:
            connection.execute("BEGIN")
            seal = seal_of(connection)
            if seal is None:
                raise AuditError(NO_SEAL)
            moved = archived(connection)
            base = moved[-1][0] if moved else Head(0, genesis(seal[0]))
            yield seal[0], base, lambda begin, end: rows_of(connection, SPAN, (begin, end, begin, end))
            connection.execute("COMMIT")

    def move_out(self, last: Head, file: str, sha256: str, by: str) -> None:
        """Drop the entries up to `last`, which stand in a file, and record in the chain which they were."""
        body = {"file": file, "sha256": sha256, "n": last.count, "hash": last.hash}
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            seal = seal_of(connection)
            there = next((row.hash for row in rows_of(connection, "n = ?", (last.count,))), None)
            if seal is None or there != last.hash:
                raise AuditError("归档时日志已经变化，没有移走任何记录。请用 zhengwen audit verify 检查后重试。")
            text = json.dumps(body, ensure_ascii=False, sort_keys=True)
            head = add(connection, *seal, now(), "archive", by, text)
            connection.execute(ARCHIVED)
            connection.execute("INSERT INTO archived VALUES (?, ?, ?, ?)", (last.count, last.hash, file, sha256))
            connection.execute("DELETE FROM entry WHERE n <= ?", (last.count,))
            connection.execute("COMMIT")
        self._write_head(head)

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")  # damaged text is evidence
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
                connection.execute("PRAGMA journal_mode = WAL")
                create(connection)
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
            seal = seal_of(connection)
        if seal is None:
            raise AuditError(NO_SEAL)
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


def _against(head: Head, connection: sqlite3.Connection, seal: Head, base: Head) -> list[Problem]:
    """What a note of an earlier head shows: entries gone since, or another entry in its place."""
    if head.count > seal.count:
        gone = range(seal.count + 1, min(head.count, seal.count + MAX_NAMED) + 1)
        return [Problem("removed", n, f"第 {n} 条记录被删除。") for n in gone]
    if not head.count:
        known = head.hash in ("", base.hash) or any(rows_of(connection, "hash = ?", (head.hash,)))
        lost = "日志里没有校验值与留存的相同的记录，它和它之后的记录被删除或改动。"
        return [] if known else [Problem("removed", None, lost)]
    if head.count <= base.count:
        there = base.hash if head.count == base.count else head.hash  # older ones are in the archive
    else:
        there = next((row.hash for row in rows_of(connection, "n = ?", (head.count,))), head.hash)
    if there != head.hash:
        return [Problem("changed", head.count, f"第 {head.count} 条记录与留存的校验值不符。")]
    return []


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


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
