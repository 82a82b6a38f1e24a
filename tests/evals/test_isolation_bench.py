"""The bench of heavy statements: each ends, none brings the service down, and the others are answered meanwhile."""

from __future__ import annotations

from pathlib import Path

import duckdb

from corpus.semantics import SemanticModel
from corpus.workspace import Workspace
from evals.isolation_attacks import Effort, heavy, under_attack
from tools.principal import TableScope
from tools.query.tool import QueryTool
from tools.scope_db import scope_of


def test_heavy_statements_end_and_the_others_are_answered(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("CREATE TABLE school AS SELECT i % 9 AS district, 'x' || i AS name FROM range(20000) r(i)")
    scope = scope_of({"school": TableScope(columns=["district", "name"])}, "0")
    sql = 'SELECT "district" AS g, count(*) AS n FROM "school" GROUP BY "district" ORDER BY n DESC, g'
    stages: list[float] = []
    with QueryTool(workspace, SemanticModel(), 2) as tool:
        found = under_attack(tool, scope, sql, stages.append, Effort(calm=10, attackers=2, time_limit_s=1.0))
    assert found["alive"] and stages[-1] == 1.0
    assert set(found["ends"]) == set(heavy("school"))
    ends = {name: end["end"] for name, end in found["ends"].items()}
    assert set(ends.values()) <= {"refused", "timeout", "memory", "crash", "rows"}
    for name in ("长文本", "万亿行", "两万列", "三千层括号"):
        assert ends[name] == "refused"
    assert ends["万亿行（自身相乘）"] == "timeout"
