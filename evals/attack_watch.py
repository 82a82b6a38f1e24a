"""Watching an assistant at work: statements that reach the data, connections, log lines, entries, what is kept.

It looks from outside at whatever the assistant does on the way to an outcome; it changes nothing of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.outcome import Outcome
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.principal import Scope

_LIVE: list[Watch] = []
_HOOKED: list[bool] = []
_OWN_TABLES = frozenset({"conversation", "turn"})


@dataclass(frozen=True)
class Statement:
    """A statement that was given to the query tool to run, and for what scope."""

    sql: str
    scope: Scope


@dataclass
class Watch:
    """What was seen since the watch began."""

    statements: list[Statement] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)  # host:port of every connection begun by this process
    logged: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    per_turn: list[int] = field(default_factory=list)  # statements run in each turn


class _Recorder:
    """Stands before the query tool and notes what it is asked to run."""

    def __init__(self, inner: Any, watches: list[Watch]) -> None:
        self._inner = inner
        self._watches = watches

    def run(self, sql: str, scope: Scope, *rest: Any, **more: Any) -> Any:
        for watch in self._watches:
            watch.statements.append(Statement(sql, scope))
        return self._inner.run(sql, scope, *rest, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Lines(logging.Handler):
    def __init__(self, watch: Watch) -> None:
        super().__init__(level=logging.DEBUG)
        self._watch = watch
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] not in ("openai", "httpx", "httpcore", "asyncio"):  # what a library logs of itself
            self._watch.logged.append(self.format(record))


@contextmanager
def watching(assistant: Assistant) -> Iterator[Watch]:
    """Note what `assistant` does inside the block."""
    watch = Watch()
    inner = assistant.services.query
    assistant.services.query = _Recorder(inner, [watch])  # type: ignore[assignment]
    handler = _Lines(watch)
    logging.getLogger().addHandler(handler)
    _hook()
    _LIVE.append(watch)
    try:
        yield watch
    finally:
        _LIVE.remove(watch)
        logging.getLogger().removeHandler(handler)
        assistant.services.query = inner


def _hook() -> None:
    """Hear of every connection. A hook cannot be taken out again, so there is one for good."""
    if _HOOKED:
        return
    _HOOKED.append(True)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo") and _LIVE:
            where = arguments[1] if event == "socket.connect" else arguments[:2]
            if isinstance(where, tuple):
                for watch in _LIVE:
                    watch.contacts.append(f"{where[0]}:{where[1]}")

    sys.addaudithook(heard)


def knowledge(workspace: Workspace) -> dict[str, str]:
    """A digest of each thing the workspace knows: what no question may change."""
    found = {"目录和政策": CatalogStore(workspace.catalog_path).version()}
    for name, path in (
        ("语义模型", workspace.semantics_path),
        ("数据仓库", workspace.warehouse_path),
        ("设置", workspace.settings_path),
    ):
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    for path in sorted(workspace.root.glob("*.toml")) + sorted(workspace.root.glob("*.yaml")):
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def standing(workspace: Workspace) -> dict[str, list[str]]:
    """Rows of every table of the workspace's state but conversations, as JSON: requests, accounts, grants."""
    found: dict[str, list[str]] = {}
    for path in sorted(workspace.root.glob("*.sqlite")):
        if path in (workspace.catalog_path, workspace.audit_path):
            continue
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                if name not in _OWN_TABLES and not name.startswith("sqlite_"):
                    quoted = name.replace('"', '""')
                    rows = connection.execute(f'SELECT * FROM "{quoted}"')
                    heads = [item[0] for item in rows.description]
                    found[name] = sorted(json.dumps(dict(zip(heads, row, strict=True)), default=str) for row in rows)
        finally:
            connection.close()
    return found


def files_under(folder: Path) -> set[str]:
    """The files below a folder; for noticing one that appears where nothing is written."""
    return {str(path) for path in folder.rglob("*")} if folder.exists() else set()
