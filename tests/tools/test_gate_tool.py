"""The one door to the data: results, refusals and failures as a caller of the query tool meets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from corpus.semantics import SemanticModel
from corpus.workspace import Workspace
from tools.principal import RowFilter, TableScope
from tools.query.result import QueryFailed, QueryRefused
from tools.query.tool import QueryTool
from tools.scope_db import scope_of

SCOPE = scope_of(
    {
        "school": TableScope(columns=["区", "年份", "学生数"]),
        "budget": TableScope(columns=["dept", "amount"], rows=[RowFilter(column="dept", values=["A"])]),
    },
    "0",
)


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryTool]:
    workspace = Workspace.create(tmp_path_factory.mktemp("tool") / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute(
            "CREATE TABLE school AS SELECT '区' || (i % 5) AS 区, 2020 + i % 4 AS 年份, i AS 学生数, '秘密' AS 校长 FROM range(2000) r(i)"
        )
        connection.execute("CREATE TABLE budget AS SELECT * FROM (VALUES ('A', 1), ('B', 2)) t(dept, amount)")
        connection.execute("CREATE TABLE citizens AS SELECT '张三' AS name")
    with QueryTool(workspace, SemanticModel()) as opened:
        yield opened


def test_a_result_carries_what_an_answer_cites(tool: QueryTool) -> None:
    sql = "SELECT 区, sum(学生数) AS 合计 FROM School GROUP BY 区 ORDER BY 区"
    result = tool.run(sql, SCOPE)
    assert result.sql == sql and result.columns == ["区", "合计"] and result.types == ["VARCHAR", "HUGEINT"]
    assert result.rows[0] == ("区0", 399000) and len(result.rows) == 5 and not result.truncated
    assert result.tables == ["school"] and result.data_version == "0" and result.elapsed_ms > 0


def test_max_rows_is_obeyed(tool: QueryTool) -> None:
    result = tool.run("SELECT 学生数 FROM school --", SCOPE, max_rows=10)
    assert len(result.rows) == 10 and result.truncated
    assert not tool.run("SELECT 1 AS x", SCOPE, max_rows=1).truncated


def test_rows_outside_the_scope_do_not_exist(tool: QueryTool) -> None:
    assert tool.run("SELECT * FROM budget", SCOPE).rows == [("A", 1)]
    assert tool.run("SELECT sum(amount) FROM budget WHERE dept = 'B' OR true", SCOPE).rows == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM citizens",
        "SELECT 校长 FROM school",
        "DROP TABLE school",
        "",
        "去年有多少所学校",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    ],
)
def test_a_refusal_is_findings_in_chinese(tool: QueryTool, sql: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        tool.run(sql, SCOPE)
    assert caught.value.findings == tool.explain_findings(sql, SCOPE)
    assert all(finding.message.endswith("。") for finding in caught.value.findings)


def test_what_the_gate_lets_through_may_still_fail_and_says_nothing_more(tool: QueryTool) -> None:
    for sql in (
        "SELECT CAST(区 AS INTEGER) FROM school",
        "SELECT * LIKE '%校长' FROM school",
        "SELECT (s).校长 FROM school s",
    ):
        with pytest.raises((QueryFailed, QueryRefused)) as caught:
            tool.run(sql, SCOPE)
        assert "校长" not in str(caught.value) and "区0" not in str(caught.value)


def test_a_slow_query_is_stopped_and_the_tool_goes_on(tool: QueryTool) -> None:
    slow = "SELECT count(*) FROM school a, school b, school c WHERE a.学生数 * b.学生数 % 7 = c.学生数"
    with pytest.raises(QueryFailed) as caught:
        tool.run(slow, SCOPE, timeout_s=0.7)
    assert caught.value.kind == "timeout"
    assert tool.run("SELECT 1 AS x", SCOPE).rows == [(1,)]


def test_threads_get_their_own_answers(tool: QueryTool) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(8):
            rows = tool.run(f"SELECT {number} AS n, count(*) FROM school WHERE 年份 = 2021", SCOPE).rows
            if rows != [(number, 500)]:
                wrong.append(rows)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_workspace_without_tables_is_one_sentence(tmp_path: Path) -> None:
    with (
        QueryTool(Workspace.create(tmp_path / "ws"), SemanticModel()) as tool,
        pytest.raises(QueryFailed, match="还没有数据表"),
    ):
        tool.run("SELECT 1 AS x", SCOPE)


def test_a_closed_tool_refuses(tmp_path: Path) -> None:
    tool = QueryTool(Workspace.create(tmp_path / "ws"), SemanticModel())
    tool.close()
    with pytest.raises(QueryFailed, match="关闭"):
        tool.run("SELECT 1 AS x", SCOPE)
