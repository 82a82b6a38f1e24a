"""A small city of shops for the planner's tests: districts, shops, sales and inspections, as a model and as rows."""

from __future__ import annotations

from datetime import date

import duckdb

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table
from retrieval.values import ValueIndex

TODAY = date(2026, 7, 1)


def _key(name: str, label: str) -> Column:
    return Column(name=name, label=label, role=Role.KEY)


def _measure(name: str, label: str, kind: str, additivity: Additivity, unit: str = "", scale: float = 1.0) -> Column:
    return Column(name=name, label=label, type=kind, role=Role.MEASURE, additivity=additivity, unit=unit, scale=scale)


MODEL = SemanticModel(
    tables=[
        Table(
            name="district",
            label="城区",
            entity="城区",
            synonyms=["区"],
            measure_word="个",
            primary_key=["code"],
            columns=[
                _key("code", "城区代码"),
                Column(name="name", label="城区名称", role=Role.NAME),
                _measure("area", "面积", "DOUBLE", Additivity.SUM, "平方公里"),
            ],
        ),
        Table(
            name="shop",
            label="商店",
            entity="商店",
            synonyms=["门店"],
            measure_word="家",
            primary_key=["id"],
            columns=[
                _key("id", "商店编号"),
                Column(name="name", label="商店名称", role=Role.NAME),
                Column(name="code", label="城区代码", role=Role.FOREIGN, synonyms=["所属城区"]),
                Column(name="kind", label="商店类型", role=Role.CATEGORY, synonyms=["类型"]),
                _measure("staff", "员工数", "BIGINT", Additivity.SNAPSHOT, "人"),
                _measure("floor", "营业面积", "BIGINT", Additivity.SNAPSHOT, "平方米"),
                _measure("capital", "注册资金", "DOUBLE", Additivity.SUM, "万元", 10_000),
                Column(
                    name="opened",
                    label="开业日期",
                    type="DATE",
                    role=Role.TIME,
                    grain="date",
                    synonyms=["开业", "开业时间"],
                ),
            ],
        ),
        Table(
            name="sale",
            label="销售月报",
            entity="销售月报",
            time_column="month",
            primary_key=["id", "month"],
            columns=[
                Column(name="id", label="商店编号", role=Role.FOREIGN, synonyms=["商店"]),
                Column(name="month", label="月份", type="DATE", role=Role.TIME, grain="month"),
                _measure("amount", "销售额", "DOUBLE", Additivity.SUM, "万元", 10_000),
                _measure("visits", "客流量", "BIGINT", Additivity.SUM, "人次"),
            ],
        ),
        Table(
            name="inspection",
            label="检查记录",
            entity="检查",
            synonyms=["检查"],
            measure_word="次",
            time_column="day",
            columns=[
                Column(name="id", label="商店编号", role=Role.FOREIGN, synonyms=["商店"]),
                Column(name="day", label="检查日期", type="DATE", role=Role.TIME, grain="date"),
                Column(name="result", label="检查结果", role=Role.CATEGORY, codes={"1": "合格", "2": "不合格"}),
            ],
        ),
    ],
    relations=[
        Relation(left="shop", left_columns=["code"], right="district", right_columns=["code"]),
        Relation(left="sale", left_columns=["id"], right="shop", right_columns=["id"]),
        Relation(left="inspection", left_columns=["id"], right="shop", right_columns=["id"]),
    ],
)


def connect() -> duckdb.DuckDBPyConnection:
    """The rows: two districts with shops, one without; every shop has two months of sales; one was never inspected."""
    con = duckdb.connect()
    con.execute("CREATE TABLE district (code VARCHAR, name VARCHAR, area DOUBLE)")
    con.execute("INSERT INTO district VALUES ('1', '东城区', 10), ('2', '西城区', 20), ('3', '南城区', 30)")
    con.execute(
        "CREATE TABLE shop (id VARCHAR, name VARCHAR, code VARCHAR, kind VARCHAR, staff BIGINT, floor BIGINT,"
        " capital DOUBLE, opened DATE)"
    )
    con.execute(
        "INSERT INTO shop VALUES ('a', '大山书店', '1', '书店', 10, 200, 100, '2018-03-01'),"
        " ('b', '小河书店', '1', '书店', 4, 100, 50, '2021-05-01'),"
        " ('c', '明月花店', '2', '花店', 2, 40, 20, '2020-06-01'),"
        " ('d', '清风茶店', '2', '茶店', 8, 160, 300, '2016-01-01')"
    )
    con.execute("CREATE TABLE sale (id VARCHAR, month DATE, amount DOUBLE, visits BIGINT)")
    con.execute(
        "INSERT INTO sale VALUES ('a', '2024-12-01', 5, 50), ('a', '2025-01-01', 10, 100), ('a', '2025-02-01', 20, 200),"
        " ('b', '2025-01-01', 3, 30), ('b', '2025-02-01', 4, 40), ('c', '2025-01-01', 1, 10), ('c', '2025-02-01', 2, 20),"
        " ('d', '2025-01-01', 7, 70), ('d', '2025-02-01', 9, 90)"
    )
    con.execute("CREATE TABLE inspection (id VARCHAR, day DATE, result VARCHAR)")
    con.execute(
        "INSERT INTO inspection VALUES ('a', '2025-01-10', '1'), ('a', '2025-02-10', '2'), ('a', '2025-03-10', '1'),"
        " ('b', '2025-01-15', '1'), ('d', '2024-11-01', '2')"
    )
    return con


def planner(con: duckdb.DuckDBPyConnection, *, strict: bool = False) -> EmbeddedPlanner:
    return EmbeddedPlanner(MODEL, ValueIndex.build(con, MODEL), TODAY, strict=strict)
