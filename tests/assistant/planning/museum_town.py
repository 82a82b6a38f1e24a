"""Cities, museums and exhibitions with nothing but table and column names known: what an attached database offers."""

from __future__ import annotations

from datetime import date

import duckdb

from assistant.planning.embedded import EmbeddedPlanner
from corpus.drafting import draft_semantics
from corpus.semantics import Relation
from retrieval.values import ValueIndex

TABLES = ["城市", "博物馆", "展览"]
RELATIONS = [
    Relation(left="博物馆", left_columns=["城市id"], right="城市", right_columns=["词条id"]),
    Relation(left="展览", left_columns=["博物馆id"], right="博物馆", right_columns=["词条id"]),
]


def connect() -> duckdb.DuckDBPyConnection:
    """Three cities, four museums, five exhibitions."""
    con = duckdb.connect()
    con.execute('CREATE TABLE "城市" ("词条id" VARCHAR, "名称" VARCHAR, "所属大区" VARCHAR, "博物馆数量" BIGINT)')
    con.execute(
        "INSERT INTO 城市 VALUES ('c1', '江口', '东南', 9), ('c2', '石门', '西北', 4), ('c3', '长浦', '东南', 6)"
    )
    con.execute(
        'CREATE TABLE "博物馆" ("词条id" VARCHAR, "名称" VARCHAR, "城市id" VARCHAR, "类别" VARCHAR, "地址" VARCHAR,'
        ' "馆长" VARCHAR, "面积" BIGINT, "成立时间" VARCHAR)'
    )
    con.execute(
        "INSERT INTO 博物馆 VALUES ('m1', '茶叶馆', 'c1', '专题', '江口路1号', '周立', 300, '1998'),"
        " ('m2', '自然馆', 'c1', '综合', '江口路2号', '吴敏', 900, '2005'),"
        " ('m3', '铁路馆', 'c2', '专题', '石门街3号', '郑远', 600, '2011'),"
        " ('m4', '海洋馆', 'c3', '综合', '长浦道4号', '王岚', 1200, '2016')"
    )
    con.execute(
        'CREATE TABLE "展览" ("展览名称" VARCHAR, "博物馆id" VARCHAR, "展厅" VARCHAR, "大型展品数" BIGINT,'
        ' "小型展品数" BIGINT, "票价" BIGINT, "观众人数" BIGINT)'
    )
    con.execute(
        "INSERT INTO 展览 VALUES ('春茶展', 'm1', '东厅', 2, 30, 20, 500), ('恐龙展', 'm2', '西厅', 7, 11, 60, 4000),"
        " ('蝴蝶展', 'm2', '东厅', 1, 90, 30, 1500), ('机车展', 'm3', '西厅', 9, 5, 40, 2500),"
        " ('鲸鱼展', 'm4', '东厅', 3, 12, 80, 6000)"
    )
    return con


def planner(con: duckdb.DuckDBPyConnection, *, strict: bool = True) -> EmbeddedPlanner:
    model = draft_semantics(con, TABLES, declared=RELATIONS, keys={"城市": ["词条id"], "博物馆": ["词条id"]})
    return EmbeddedPlanner(model, ValueIndex.build(con, model), date(2026, 7, 1), strict=strict)
