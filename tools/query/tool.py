"""The one door to the data: checked SQL, on the asker's own database, in a process that can be killed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from corpus.semantics import SemanticModel
from corpus.workspace import Workspace, WorkspaceError
from tools.principal import Scope
from tools.query.gate import inspect
from tools.query.held_back import held_back_in
from tools.query.result import Finding, QueryFailed, QueryRefused, QueryResult
from tools.query.statement import Statement
from tools.query.worker import Limits, WorkerPool
from tools.scope_db import ScopeDatabase, opened


class QueryTool:
    """Runs queries for people. Thread-safe: `pool` queries run at once, the others wait within their time limit."""

    def __init__(
        self,
        workspace: Workspace,
        semantics: SemanticModel,
        pool: int = 2,
        *,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment` is added to the otherwise empty environment of the query processes."""
        self._workspace = workspace
        self._semantics = semantics
        self._pool = WorkerPool(pool, limits, environment)
        self._pool.start()

    def run(
        self, sql: str, scope: Scope, *, max_rows: int = 1000, timeout_s: float = 15.0, who: str = ""
    ) -> QueryResult:
        """Check `sql`, run it on the database of `scope`, return at most `max_rows` rows within `timeout_s` seconds.

        `who` asks: the key of their fair share of the query processes.

        The time to build the scope's database, once per version of the data, is not counted.
        QueryRefused carries the findings of the gate; QueryFailed a redacted Chinese message.
        """
        started = time.perf_counter()
        statement = Statement(sql, lambda text: self._pool.parse(text, timeout_s))
        findings = inspect(statement, scope)
        if findings:
            raise QueryRefused(findings)
        building = time.perf_counter()
        with self._ready(scope) as database:
            started += time.perf_counter() - building
            notes, findings = held_back_in(statement, database.held_back, self._semantics)
            if findings:
                raise QueryRefused(findings)
            remaining = max(0.1, timeout_s - (time.perf_counter() - started))
            rows = self._pool.run(sql, database.path, max_rows=max_rows, timeout_s=remaining, who=who)
        names = {name.lower(): name for name in scope.tables}
        return QueryResult(
            sql=sql,
            columns=rows.columns,
            types=rows.types,
            rows=rows.rows,
            truncated=rows.truncated,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            data_version=database.data_version,
            tables=sorted({names[table.name.lower()] for table in statement.tables}),
            notes=notes,
        )

    def explain_findings(self, sql: str, scope: Scope) -> list[Finding]:
        """What the gate would hold against `sql`; empty when it may run."""
        return inspect(Statement(sql, self._pool.parse), scope)

    def database(self, scope: Scope) -> Path:
        """The database that holds what `scope` may see, built now if it is absent or out of date."""
        with self._ready(scope) as database:
            return database.path

    def close(self) -> None:
        """End the query processes."""
        self._pool.close()

    def __enter__(self) -> QueryTool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _ready(self, scope: Scope) -> Iterator[ScopeDatabase]:
        try:
            with opened(self._workspace, scope) as database:
                yield database
        except WorkspaceError as error:
            raise QueryFailed("error", str(error)) from error
