"""Rows that say who did it to whom, over a small town of matches, twin schools and songs: read literally."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from assistant.planning.embedded import EmbeddedPlanner
from corpus.drafting import draft_semantics
from corpus.semantics import Cardinality, Relation
from retrieval.values import ValueIndex

KEYS = [
    ("比赛记录", "赢方id", "校队"),
    ("比赛记录", "输方id", "校队"),
    ("结对支教学校", "薄弱学校id", "学校"),
    ("结对支教学校", "支教学校id", "学校"),
    ("改编剧目", "剧目id", "剧目"),
]
TABLES = ["校队", "比赛记录", "学校", "结对支教学校", "剧目", "改编剧目"]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    con.execute("CREATE TABLE 校队 (词条id BIGINT, 队名 VARCHAR, 成立时间 BIGINT)")
    con.execute("INSERT INTO 校队 VALUES (1, '飞鹰', 2001), (2, '猛虎', 2005), (3, '蓝鲸', 2010)")
    con.execute("CREATE TABLE 比赛记录 (杯赛名称 VARCHAR, 赢方id BIGINT, 输方id BIGINT, 比分 VARCHAR)")
    con.execute(
        "INSERT INTO 比赛记录 VALUES ('春季杯', 1, 2, '3:1'), ('秋季杯', 1, 3, '2:0'), ('春季杯', 2, 3, '1:0'), ('夏季杯', 1, 3, '4:0')"
    )
    con.execute("CREATE TABLE 学校 (词条id BIGINT, 学校名称 VARCHAR, 所属镇 VARCHAR)")
    con.execute("INSERT INTO 学校 VALUES (1, '一中', '东镇'), (2, '二中', '东镇'), (3, '三中', '西镇')")
    con.execute("CREATE TABLE 结对支教学校 (支教学校id BIGINT, 薄弱学校id BIGINT, 开始年份 BIGINT)")
    con.execute("INSERT INTO 结对支教学校 VALUES (1, 2, 2019), (1, 3, 2020)")
    con.execute("CREATE TABLE 剧目 (词条id BIGINT, 剧名 VARCHAR, 作者 VARCHAR)")
    con.execute("INSERT INTO 剧目 VALUES (1, '白塔', '林山'), (2, '长桥', '林山'), (3, '旧巷', '何水')")
    con.execute("CREATE TABLE 改编剧目 (剧目id BIGINT, 剧团 VARCHAR)")
    con.execute("INSERT INTO 改编剧目 VALUES (1, '青年团'), (1, '市团'), (3, '市团')")
    yield con
    con.close()


@pytest.fixture(scope="module")
def plans(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    declared = [
        Relation(
            left=a,
            left_columns=[c],
            right=b,
            right_columns=["词条id"],
            cardinality=Cardinality.MANY_TO_ONE,
            declared=True,
        )
        for a, c, b in KEYS
    ]
    model = draft_semantics(con, TABLES, declared=declared)
    return EmbeddedPlanner(model, ValueIndex.build(con, model), date(2026, 7, 1), strict=True)


def _rows(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner, question: str) -> list[tuple[object, ...]]:
    sql = plans.plan(question).sql
    assert sql is not None
    return sorted(con.execute(sql).fetchall())


def test_a_verb_that_is_a_keys_role(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert _rows(con, plans, "每支校队赢了多少场") == [("猛虎", 1), ("飞鹰", 3)]


def test_things_that_rows_tell_of_are_counted_once(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert _rows(con, plans, "有多少剧目被改编过") == [(2,)]
    assert _rows(con, plans, "给出被改编过的剧目的全部信息") == [(1, "白塔", "林山"), (3, "旧巷", "何水")]


def test_where_it_happened_is_not_asked_for(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert _rows(con, plans, "哪支校队在杯赛赢的次数最多") == [("飞鹰",)]
