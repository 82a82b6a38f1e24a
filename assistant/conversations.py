"""Conversations and their outcomes, kept in the workspace's state.sqlite: history belongs to the person who asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from assistant.outcome import OUTCOME, Outcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY, principal TEXT NOT NULL, title TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS turn (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (conversation, position)
);
"""


class StateError(Exception):
    """The conversations cannot be read or written; the message is a Chinese sentence for people."""


class ConversationSummary(BaseModel):
    id: str
    title: str
    updated: str  # ISO time


class Conversations:
    """Outcomes by conversation. Every write is one transaction; a reader sees whole turns only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)
        # While one connection stays, closing another does not write the log back into the file: a turn costs 1 ms, not 20.
        self._held = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._held.execute("SELECT count(*) FROM (SELECT 1 FROM conversation LIMIT 1)").fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._held.close()

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=30)
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=NORMAL")  # with a write-ahead log: whole after any crash
            with connection:
                yield connection
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise StateError(_explain(self._path, error)) from error
        finally:
            if connection is not None:
                connection.close()

    def add(self, outcome: Outcome) -> bool:
        """Append a turn to its conversation, which is made when it is new; False, and nothing, when it is another's."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        title = outcome.question.strip().replace("\n", " ")[:40] or "新对话"
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            owner = connection.execute(
                "SELECT principal FROM conversation WHERE id = ?", (outcome.conversation,)
            ).fetchone()
            if owner is not None and owner[0] != outcome.principal:
                return False
            connection.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated = excluded.updated",
                (outcome.conversation, outcome.principal, title, now),
            )
            connection.execute(
                "INSERT INTO turn SELECT ?, ?, coalesce(max(position), 0) + 1, ? FROM turn WHERE conversation = ?",
                (outcome.id, outcome.conversation, outcome.model_dump_json(), outcome.conversation),
            )
        return True

    def owner(self, conversation: str) -> str | None:
        """Whose conversation it is; None when there is none."""
        with self._connect() as connection:
            row = connection.execute("SELECT principal FROM conversation WHERE id = ?", (conversation,)).fetchone()
        return str(row[0]) if row else None

    def history(self, conversation: str, principal: str) -> list[Outcome]:
        """The turns of a conversation in order; empty when it is another person's or absent."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT turn.body FROM turn JOIN conversation ON conversation.id = turn.conversation "
                "WHERE conversation.id = ? AND conversation.principal = ? ORDER BY turn.position",
                (conversation, principal),
            ).fetchall()
        return [OUTCOME.validate_json(body) for (body,) in rows]

    def outcome(self, turn: str) -> Outcome | None:
        """One turn by its id."""
        with self._connect() as connection:
            row = connection.execute("SELECT body FROM turn WHERE id = ?", (turn,)).fetchone()
        return OUTCOME.validate_json(row[0]) if row else None

    def before(self, turn: str) -> list[Outcome]:
        """The turns of the same conversation that came before one, in order."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT earlier.body FROM turn JOIN turn AS earlier ON earlier.conversation = turn.conversation "
                "WHERE turn.id = ? AND earlier.position < turn.position ORDER BY earlier.position",
                (turn,),
            ).fetchall()
        return [OUTCOME.validate_json(body) for (body,) in rows]

    def of(self, principal: str) -> list[ConversationSummary]:
        """A person's conversations, the newest first."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT id, title, updated FROM conversation WHERE principal = ? ORDER BY updated DESC, rowid DESC",
                (principal,),
            ).fetchall()
        return [ConversationSummary(id=i, title=t, updated=u) for i, t, u in rows]

    def rename(self, conversation: str, principal: str, title: str) -> bool:
        """Give a conversation another title; False when it is not this person's."""
        with self._connect() as connection:
            done = connection.execute(
                "UPDATE conversation SET title = ? WHERE id = ? AND principal = ?",
                (title.strip()[:80], conversation, principal),
            )
        return done.rowcount > 0

    def delete(self, conversation: str, principal: str) -> bool:
        """Remove a conversation with its turns; False when it is not this person's."""
        with self._connect() as connection:
            done = connection.execute(
                "DELETE FROM conversation WHERE id = ? AND principal = ?", (conversation, principal)
            )
        return done.rowcount > 0


def _explain(path: Path, error: sqlite3.Error) -> str:
    """What is wrong with the file, and what to do."""
    if isinstance(error, sqlite3.OperationalError):
        return f"对话记录 {path} 现在无法读写。请检查磁盘空间和写权限后重试。"
    return (
        f"对话记录 {path} 已损坏，无法读取。请从备份恢复；没有备份就把它改名移走，再运行时会新建（原有对话会看不到）。"
    )
