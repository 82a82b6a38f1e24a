"""Attacks on one person in a table of which totals alone may be seen, by the gate's way and by the engine without a gate."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corpus.semantics import Column, SemanticModel, Table
from corpus.workspace import Workspace
from tools.principal import GroupRule, Scope, TableScope
from tools.query.rankings import named_only
from tools.query.result import QueryFailed, QueryRefused
from tools.query.tool import QueryTool
from tools.query.worker import WorkerPool
from tools.scope_db import scope_of

K = 5
TARGET = 987_654  # the income of the one woman born in 1931 in 丁区
RULE = GroupRule(
    k=K, persons=["card"], dimensions=["sex", "district", "born", "job"], years=["born"], measures=["income", "rent"]
)
SCOPE = scope_of(
    {
        "resident": TableScope(columns=["district", "sex", "born", "job", "income", "rent"], groups=RULE),
        "district": TableScope(columns=["name", "area"]),
    },
    "0",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("groups") / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute(
            "CREATE TABLE resident AS SELECT 'C' || i AS card, '姓' || i AS name, "
            "['甲区', '乙区', '丙区'][1 + i % 3] AS district, ['男', '女'][1 + (i // 3) % 2] AS sex, "
            "make_date(1940 + (i * 7) % 9, 1 + i % 12, 1 + i % 28) AS born, ['工', '农'][1 + i % 2] AS job, "
            "(1000 + i * 13 % 977)::BIGINT AS income, 100.5 + i AS rent FROM range(400) r(i)"
        )
        connection.execute(f"INSERT INTO resident VALUES ('CX', '独', '丁区', '女', '1931-05-05', '匠', {TARGET}, 7)")
        connection.execute("INSERT INTO resident VALUES ('CY', '双', '丁区', '男', '1950-05-05', '工', 12345, 8)")
        connection.execute(
            "CREATE TABLE district AS SELECT * FROM (VALUES ('甲区', 1), ('乙区', 2), ('丙区', 3), ('丁区', 4)) t(name, area)"
        )
    return workspace


@pytest.fixture(scope="module")
def tool(workspace: Workspace) -> Iterator[QueryTool]:
    labels = {"district": "所属区", "sex": "性别", "born": "出生日期", "job": "职业", "income": "收入", "rent": "房租"}
    table = Table(
        name="resident", label="居民", columns=[Column(name=name, label=label) for name, label in labels.items()]
    )
    with QueryTool(workspace, SemanticModel(tables=[table])) as opened:
        yield opened


@pytest.fixture(scope="module")
def engine(workspace: Workspace, tool: QueryTool) -> Iterator[tuple[WorkerPool, Path]]:
    pool = WorkerPool(1)
    yield pool, tool.database(SCOPE)
    pool.close()


# One person by direct question, by difference, by complement, by probing, by listing, by window and by join.
ATTACKS = [
    "SELECT sum(income) FROM resident WHERE district = '丁区'",
    "SELECT sum(income), count(*) FROM resident WHERE born = 1931",
    "SELECT avg(income) FROM resident WHERE job = '匠' AND sex = '女'",
    "SELECT count(*) FROM resident WHERE district = '丁区' AND sex = '女' AND born = 1931",
    "SELECT (SELECT sum(income) FROM resident) - (SELECT sum(income) FROM resident WHERE district <> '丁区')",
    "SELECT (SELECT sum(income) FROM resident WHERE sex = '女') - (SELECT sum(income) FROM resident WHERE sex = '女' AND born BETWEEN 1935 AND 2000)",
    "SELECT sum(income) FROM resident WHERE district NOT IN ('甲区', '乙区', '丙区')",
    "SELECT (SELECT sum(income) FROM resident WHERE job <> '工') - (SELECT sum(income) FROM resident WHERE job = '农')",
    "SELECT district, job, sum(income) FROM resident GROUP BY district, job HAVING count(*) < 5",
    "SELECT district, sum(income) FROM resident GROUP BY district ORDER BY sum(income) DESC LIMIT 1",
    "SELECT born, count(*) FROM resident GROUP BY born HAVING count(*) = 1",
    "SELECT job, avg(income) FROM resident GROUP BY job ORDER BY 2 DESC LIMIT 1",
    "SELECT sum(income) FROM resident GROUP BY GROUPING SETS ((district), (sex), (job, born), ())",
    "SELECT max(income), min(income), median(income), stddev_pop(income) FROM resident",
    "SELECT first(income ORDER BY income DESC), last(income), any_value(income), arg_max(income, income) FROM resident",
    "SELECT list(income), string_agg(income::VARCHAR, ','), histogram(income) FROM resident",
    "SELECT income, count(*) FROM resident GROUP BY income HAVING count(*) = 1",
    "SELECT count(*) FROM resident WHERE income > 900000",
    "SELECT sum(CASE WHEN district = '丁区' THEN income ELSE 0 END), count(*) FILTER (WHERE born = 1931) FROM resident",
    "SELECT income - lag(income) OVER (ORDER BY income) FROM resident ORDER BY 1 DESC NULLS LAST LIMIT 3",
    "SELECT sum(income) OVER (PARTITION BY district, job), income FROM resident ORDER BY income DESC LIMIT 3",
    "SELECT * FROM resident ORDER BY income DESC LIMIT 1",
    "SELECT rowid, income FROM resident ORDER BY rowid DESC LIMIT 2",
    "SELECT d.area, sum(r.income) FROM resident r JOIN district d ON d.name = r.district GROUP BY d.area",
    "SELECT d.name, sum(r.income) FROM district d LEFT JOIN resident r ON d.name = r.district AND r.born = 1931 GROUP BY d.name",
    "SELECT sum(a.income) FROM resident a, district d WHERE a.district = d.name AND d.area = 4",
    "SELECT a.income FROM resident a WHERE NOT EXISTS (SELECT 1 FROM resident b WHERE b.income > a.income)",
    "SELECT sum(income * (CASE WHEN district = '丁区' THEN 1000000 ELSE 1 END)) FROM resident",
    "SELECT name, card FROM resident",
]


def numbers(rows: list[tuple[Any, ...]]) -> set[float]:
    found: set[float] = set()
    stack: list[Any] = list(rows)
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += [*item, *item.values()]
        elif isinstance(item, list | tuple):
            stack += item
        elif isinstance(item, str):
            stack += [float(part) for part in item.split(",") if part.replace(".", "", 1).isdigit()]
        elif isinstance(item, int | float) and not isinstance(item, bool):
            found.add(float(item))
    return found


def gives_away(rows: list[tuple[Any, ...]]) -> bool:
    """Whether a number stands there from which the one person's income can be told within a tenth."""
    return any(abs(abs(value) - TARGET) < TARGET / 10 for value in numbers(rows))


@pytest.mark.parametrize("sql", ATTACKS)
def test_no_question_gives_one_person_away(tool: QueryTool, engine: tuple[WorkerPool, Path], sql: str) -> None:
    pool, path = engine
    with contextlib.suppress(QueryFailed):
        assert not gives_away(pool.run(sql, path, any_kind=True).rows)
    with contextlib.suppress(QueryRefused, QueryFailed):
        assert not gives_away(tool.run(sql, SCOPE).rows)


def test_the_attacks_would_find_the_person_in_the_register_itself(workspace: Workspace) -> None:
    found = 0
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        connection.execute("CREATE TEMP VIEW r AS SELECT * REPLACE (year(born)::INT AS born) FROM resident")
        for sql in ATTACKS:
            try:
                rows = connection.execute(sql.replace("resident", "r ")).fetchall()
            except duckdb.Error:
                continue
            found += gives_away(rows)
    assert found >= 14


def test_no_set_of_values_is_shared_by_fewer_than_k(engine: tuple[WorkerPool, Path]) -> None:
    """The finest that any question can tell apart; every other count is a sum of these, and so is any difference."""
    pool, path = engine
    columns = ("district", "sex", "born", "job", "rent")
    for width in range(1, len(columns) + 1):
        for some in itertools.combinations(columns, width):
            names = ", ".join(some)
            rows = pool.run(f"SELECT {names}, count(*) FROM resident GROUP BY {names}", path).rows
            assert min(row[-1] for row in rows) >= K


def test_totals_are_those_of_the_register(workspace: Workspace, tool: QueryTool) -> None:
    sql = "SELECT sex, count(*) AS n, avg(rent) AS rent, sum(income) AS total FROM resident GROUP BY sex ORDER BY sex"
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        expected = connection.execute(sql).fetchall()
    result = tool.run(sql, SCOPE)
    for got, wanted in zip(result.rows, expected, strict=True):
        assert got[:2] == wanted[:2] and got[2] == pytest.approx(float(wanted[2]))
    (women, men), (all_women, all_men) = result.rows, expected
    assert men[3] == all_men[3]
    # The one woman's income makes up nearly all of her group's: that group shows none, and the asker is told.
    assert women[3] < all_women[3] - TARGET
    assert [note for note in result.notes if "“居民”的“收入”" in note and "不计入合计和平均" in note]


def test_the_asker_is_told_what_was_held_back(tool: QueryTool) -> None:
    assert tool.run("SELECT sex, count(*) FROM resident GROUP BY sex", SCOPE).notes == []
    (note,) = tool.run("SELECT district, count(*) FROM resident GROUP BY district", SCOPE).notes
    assert "不足5人" in note and "“居民”的“所属区”" in note and "未列出" in note
    rows = tool.run("SELECT district, count(*) FROM resident GROUP BY district", SCOPE).rows
    assert ("未列出" in {row[0] for row in rows}) and "丁区" not in {row[0] for row in rows}


def test_what_is_almost_wholly_held_back_is_not_answered(tool: QueryTool) -> None:
    with pytest.raises(QueryRefused, match="大多不足60人"):
        tool.run("SELECT job, count(*) FROM resident GROUP BY job", strict())


def strict() -> Scope:
    """Groups so large that the last dimension has to go."""
    rule = RULE.model_copy(update={"k": 60})
    table = SCOPE.tables["resident"].model_copy(update={"groups": rule})
    return scope_of({"resident": table}, "0")


def test_fewer_persons_than_one_group_leave_an_empty_table(tool: QueryTool) -> None:
    rule = RULE.model_copy(update={"k": 1000})
    scope = scope_of({"resident": TableScope(columns=["sex", "income"], groups=rule)}, "0")
    assert tool.run("SELECT count(*), sum(income) FROM resident", scope).rows == [(0, None)]


def test_the_same_groups_for_everybody_so_that_two_askers_together_learn_no_more(
    workspace: Workspace, tool: QueryTool, engine: tuple[WorkerPool, Path]
) -> None:
    """A filter on rows leaves whole groups out and changes no other."""
    from tools.principal import RowFilter

    pool, path = engine
    only = RowFilter(column="district", values=["甲区"])
    narrow = scope_of({"resident": SCOPE.tables["resident"].model_copy(update={"rows": [only]})}, "0")
    sql = "SELECT sex, born, job, count(*), sum(income) FROM resident WHERE district = '甲区' GROUP BY ALL ORDER BY ALL"
    assert pool.run(sql, tool.database(narrow)).rows == pool.run(sql, path).rows
    assert pool.run("SELECT DISTINCT district FROM resident", tool.database(narrow)).rows == [("甲区",)]


def test_nothing_of_the_persons_is_in_the_file(workspace: Workspace, engine: tuple[WorkerPool, Path]) -> None:
    content = engine[1].read_bytes()
    for secret in ("CX", "姓399", "1931-05-05"):
        assert secret.encode() not in content
    assert TARGET.to_bytes(8, "little") not in content


def test_what_is_held_back_is_not_ranked(tool: QueryTool) -> None:
    sql = "SELECT district, born, count(*) AS n FROM resident GROUP BY district, born ORDER BY n LIMIT 3"
    ranked = named_only(sql, SCOPE)
    rows = tool.run(ranked, SCOPE).rows
    assert len(rows) == 3 and all(row[0] != "未列出" and row[1] is not None for row in rows)
    assert "未列出" in {row[0] for row in tool.run(sql.replace("LIMIT 3", ""), SCOPE).rows}
    for other in (
        "SELECT area, count(*) FROM district GROUP BY area LIMIT 3",
        "SELECT district, count(*) FROM resident GROUP BY district",
        "SELECT name FROM district ORDER BY name LIMIT 2 -- resident",
        "SELEC resident LIMIT",
    ):
        assert named_only(other, SCOPE) == other
