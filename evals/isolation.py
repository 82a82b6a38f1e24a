"""What keeping people apart costs, and what it holds: scope databases, query processes, attacks beside ordinary questions."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from assistant import Assistant
from corpus.workspace import Workspace
from evals.isolation_attacks import under_attack
from tools.principal import Principal, Scope
from tools.query.tool import QueryTool
from tools.query.worker import WorkerPool
from tools.rights import DEMO_USERS
from tools.scope_db import scope_database

SCOPES = 20
REPEATS = 60
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Limit:
    """A measured value and the bound it has to keep."""

    value: float
    limit: float

    def summary(self) -> dict[str, Any]:
        return {"value": round(self.value, 2), "limit": self.limit, "held": self.value <= self.limit}


def run_isolation(root: Path, out: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Measure over a copy of the workspace at `root`; writes summary.json under `out` and returns what is in it.

    Times are wall time of this machine, with whatever else runs on it.
    """
    say = progress or (lambda text, share: None)
    with tempfile.TemporaryDirectory(prefix="zhengwen-isolation-") as folder:
        with Assistant.open(root) as assistant:
            services = assistant.services
            workspace = _beside(services.workspace, Path(folder) / "workspace")
            people = list(_people(sorted({d.publisher for d in services.datasets.values() if d.table})))[:SCOPES]
            scopes = [services.rights.scope(person, workspace.data_version) for person in people]
            semantics = services.semantics
        say("建立权限库", 0.05)
        built = _build_all(workspace, scopes)
        say("单次查询", 0.5)
        with QueryTool(workspace, semantics, 2) as tool:
            sql = _question(workspace, scopes[0])
            costs = _costs(workspace, tool, scopes[0], sql)
            say("攻击与正常查询同时进行", 0.6)
            attacked = under_attack(
                tool, scopes[0], sql, lambda share: say("攻击与正常查询同时进行", 0.6 + 0.4 * share)
            )
    limits = {
        "scopes_s": Limit(built["seconds"], 60.0),
        "opening_ms": Limit(costs["opening_ms"], 5.0),
        "isolation_p50_ms": Limit(costs["isolation_p50_ms"], 8.0),
        "slowest_attack_over_limit_s": Limit(attacked["slowest_over_limit_s"], 1.0),
        "others_p95_ratio": Limit(attacked["p95_ratio"], 2.0),
    }
    summary = {
        "limits": {name: limit.summary() for name, limit in limits.items()},
        "scopes": built,
        "query": costs,
        "attack": attacked,
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    out.mkdir(parents=True, exist_ok=True)
    partial = out / ".summary.json.partial"
    partial.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", "utf-8")
    partial.replace(out / "summary.json")
    return summary


def _beside(workspace: Workspace, root: Path) -> Workspace:
    """A workspace of its own over the same warehouse, so that measuring leaves nothing behind in the real one."""
    copy = Workspace.create(root, kind="measured")
    copy.update_manifest(data_version=workspace.data_version)
    shutil.copyfile(workspace.warehouse_path, copy.warehouse_path)
    return copy


def _people(departments: Iterable[str]) -> Iterable[Principal]:
    """The roles, and an official of each department."""
    yield from (DEMO_USERS[name] for name in ("citizen", "steward"))
    for department in departments:
        yield Principal(id=f"official {department}", role="official", department=department)


def _build_all(workspace: Workspace, scopes: list[Scope]) -> dict[str, Any]:
    started, cpu = time.perf_counter(), time.process_time()
    each = []
    for scope in scopes:
        before = time.perf_counter()
        scope_database(workspace, scope)
        each.append(time.perf_counter() - before)
    size = sum(path.stat().st_size for path in workspace.scopes_path.glob("*.duckdb"))
    return {
        "scopes": len(scopes),
        "different": len({scope.id for scope in scopes}),
        "seconds": round(time.perf_counter() - started, 2),
        "processor_s": round(time.process_time() - cpu, 2),
        "slowest_s": round(max(each), 2),
        "megabytes": round(size / 1e6, 1),
    }


def _question(workspace: Workspace, scope: Scope) -> str:
    """An ordinary question: groups of the largest table that the first of the people may see."""
    with duckdb.connect(str(scope_database(workspace, scope).path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE estimated_size BETWEEN 1000 AND 60000 ORDER BY estimated_size DESC"
        ).fetchall()
    table = str(rows[0][0])
    column = scope.tables[table].columns[-1]
    quoted = '"' + column.replace('"', '""') + '"'
    return f'SELECT {quoted} AS g, count(*) AS n FROM "{table}" GROUP BY {quoted} ORDER BY n DESC, g LIMIT 20'


def _costs(workspace: Workspace, tool: QueryTool, scope: Scope, sql: str) -> dict[str, float]:
    """Milliseconds of one question: in this process, through gate and child; and of opening a database for it."""
    database = tool.database(scope)
    with duckdb.connect(str(database), read_only=True) as connection:
        plain = _median(lambda: connection.execute(sql).fetchall())
    isolated = _median(lambda: tool.run(sql, scope))
    ready = _median(lambda: scope_database(workspace, scope))
    other = workspace.root / "other.duckdb"
    shutil.copyfile(database, other)
    pool = WorkerPool(1)
    try:
        pool.run(sql, database)
        turns = iter(range(1_000_000))
        scope_opening = _median(lambda: pool.run(sql, (database, other)[next(turns) % 2]))
    finally:
        pool.close()
    paths = iter(range(1_000_000))
    plain_opening = _median(lambda: _opened(str((database, other)[next(paths) % 2]), sql))
    return {
        "plain_p50_ms": round(plain, 2),
        "isolated_p50_ms": round(isolated, 2),
        "isolation_p50_ms": round(isolated - plain, 2),
        "scope_check_ms": round(ready, 2),
        "opened_scope_p50_ms": round(scope_opening + ready, 2),
        "opened_plain_p50_ms": round(plain_opening, 2),
        "opening_ms": round(scope_opening + ready - plain_opening, 2),
    }


def _opened(path: str, sql: str) -> None:
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute(sql).fetchall()


def _median(action: Callable[[], object]) -> float:
    action()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
