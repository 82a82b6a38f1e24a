"""How the audit log lies in its SQLite file: entries, the seal on the last of them, and what was moved to archives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tools.audit_chain import Head, Row, digest_of, genesis, preferred_algorithm

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS entry (
        n INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, body TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS seal (
        one INTEGER PRIMARY KEY CHECK (one = 1), algorithm TEXT NOT NULL, count INTEGER NOT NULL, hash TEXT NOT NULL)""",
)
# What the log says of one person is read on their account page. A log from before has no such index until it is held.
BY_PRINCIPAL = "CREATE INDEX IF NOT EXISTS entry_by_principal ON entry (principal, n)"
ARCHIVED = """CREATE TABLE IF NOT EXISTS archived (
    n INTEGER PRIMARY KEY, hash TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL)"""
COLUMNS = "n, at, kind, principal, body, previous, hash"


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of a new log. A log that has entries and lost its seal does not get a new one."""
    algorithm = preferred_algorithm()
    connection.execute("BEGIN IMMEDIATE")
    for statement in (*SCHEMA, BY_PRINCIPAL):
        connection.execute(statement)
    if not connection.execute("SELECT 1 FROM entry").fetchone():
        connection.execute("INSERT OR IGNORE INTO seal VALUES (1, ?, 0, ?)", (algorithm, genesis(algorithm)))
    connection.execute("COMMIT")


def seal_of(connection: sqlite3.Connection) -> tuple[str, Head] | None:
    """The algorithm and the last entry; None when the seal is gone."""
    try:
        row = connection.execute("SELECT algorithm, count, hash FROM seal").fetchone()
    except sqlite3.OperationalError:  # no such table
        return None
    return (str(row[0]), Head(int(row[1]), str(row[2]))) if row else None


def add(
    connection: sqlite3.Connection, algorithm: str, last: Head, at: str, kind: str, principal: str, text: str
) -> Head:
    """Write the next entry and the seal on it, in the transaction that is open."""
    row = Row(last.count + 1, at, kind, principal, text, last.hash, "")
    head = Head(row.n, digest_of(algorithm, row, row.n))
    connection.execute(
        f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row.n, at, kind, principal, text, row.previous, head.hash),
    )
    connection.execute("UPDATE seal SET count = ?, hash = ?", (head.count, head.hash))
    return head


def rows_of(connection: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Row]:
    """Entries in order of number."""
    for row in connection.execute(f"SELECT {COLUMNS} FROM entry WHERE {where} ORDER BY n", values):
        yield Row(*row)


def archived(connection: sqlite3.Connection) -> list[tuple[Head, str, str]]:
    """Per archive, in order: the last entry in it, the file's name, the file's SHA-256."""
    try:
        rows = connection.execute("SELECT n, hash, file, sha256 FROM archived ORDER BY n").fetchall()
    except sqlite3.OperationalError:  # nothing was ever archived
        return []
    return [(Head(int(n), str(digest)), str(file), str(sha256)) for n, digest, file, sha256 in rows]
