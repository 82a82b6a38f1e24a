"""A town of inns for the planner's tests: inns with ranks, their months of guests and prices, and the fines they paid."""

from __future__ import annotations

from datetime import date

import duckdb

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Metric, Relation, Role, SemanticModel, Table
from retrieval.values import ValueIndex

TODAY = date(2026, 3, 1)


def _measure(name: str, label: str, unit: str, additivity: Additivity, *also: str) -> Column:
    return Column(
        name=name,
        label=label,
        type="DOUBLE",
        role=Role.MEASURE,
        additivity=additivity,
        unit=unit,
        synonyms=list(also),
        scale=10_000 if unit == "万元" else 1,
    )


def _time(name: str, label: str, grain: str, *also: str) -> Column:
    return Column(name=name, label=label, type="DATE", role=Role.TIME, grain=grain, synonyms=list(also))


MODEL = SemanticModel(
    tables=[
        Table(
            name="quarter",
            label="片区",
            entity="片区",
            measure_word="个",
            primary_key=["quarter_name"],
            columns=[Column(name="quarter_name", label="片区名称", role=Role.NAME, synonyms=["片区"])],
        ),
        Table(
            name="inn",
            label="客栈名录",
            entity="客栈",
            synonyms=["客栈", "旅店"],
            measure_word="家",
            primary_key=["inn_id"],
            columns=[
                Column(name="inn_id", label="客栈编号", role=Role.KEY),
                Column(name="inn_name", label="客栈名称", role=Role.NAME),
                Column(name="quarter_name", label="所在片区", role=Role.FOREIGN, synonyms=["片区"]),
                Column(
                    name="star",
                    label="客栈星级",
                    role=Role.CATEGORY,
                    synonyms=["星级"],
                    codes={"5": "五星", "4": "四星", "3": "三星", "0": "未评定"},
                ),
                Column(name="state", label="经营状态", role=Role.CATEGORY, codes={"1": "营业", "2": "歇业"}),
                _time("opened", "开业日期", "date"),
                _time("closed", "歇业日期", "date"),
                _measure("rooms", "客房数", "间", Additivity.SNAPSHOT, "房间"),
                _measure("floor", "建筑面积", "平方米", Additivity.SNAPSHOT),
            ],
            time_column="opened",
        ),
        Table(
            name="stay",
            label="客栈入住月报",
            synonyms=["入住"],
            time_column="month",
            primary_key=["inn_id", "month"],
            grain="一家客栈一个月",
            columns=[
                Column(name="inn_id", label="客栈编号", role=Role.FOREIGN),
                _time("month", "月份", "month"),
                _measure("guests", "入住人次", "人次", Additivity.SUM),
                _measure("child_guests", "儿童入住人次", "人次", Additivity.SUM),
                _measure("staff", "从业人数", "人", Additivity.SNAPSHOT, "员工"),
                _measure("price", "平均房价", "元", Additivity.AVERAGE, "房价"),
            ],
        ),
        Table(
            name="fine",
            label="客栈处罚记录",
            entity="处罚",
            synonyms=["处罚"],
            measure_word="件",
            primary_key=["fine_id"],
            time_column="fined_on",
            columns=[
                Column(name="fine_id", label="处罚编号", role=Role.KEY),
                Column(name="inn_id", label="客栈编号", role=Role.FOREIGN),
                _time("fined_on", "处罚日期", "date"),
                _measure("amount", "罚款金额", "元", Additivity.SUM, "罚款"),
            ],
        ),
    ],
    relations=[
        Relation(left="inn", left_columns=["quarter_name"], right="quarter", right_columns=["quarter_name"]),
        Relation(left="stay", left_columns=["inn_id"], right="inn", right_columns=["inn_id"]),
        Relation(left="fine", left_columns=["inn_id"], right="inn", right_columns=["inn_id"]),
    ],
    metrics=[
        Metric(
            name="child_share",
            label="儿童占比",
            table="stay",
            expression="sum(child_guests) * 100.0 / nullif(sum(guests), 0)",
            unit="%",
        )
    ],
)


def connect() -> duckdb.DuckDBPyConnection:
    """Two quarters with inns and one without; four inns; two of them have a price for the last month."""
    con = duckdb.connect()
    con.execute("CREATE TABLE quarter (quarter_name VARCHAR)")
    con.execute("INSERT INTO quarter VALUES ('河东片区'), ('河西片区'), ('山前片区')")
    con.execute(
        "CREATE TABLE inn (inn_id VARCHAR, inn_name VARCHAR, quarter_name VARCHAR, star VARCHAR, state VARCHAR,"
        " opened DATE, closed DATE, rooms DOUBLE, floor DOUBLE)"
    )
    con.execute(
        "INSERT INTO inn VALUES ('a', '望月客栈', '河东片区', '5', '1', '2015-01-01', NULL, 80, 4000),"
        " ('b', '听涛客栈', '河东片区', '4', '1', '2019-05-01', NULL, 40, 1500),"
        " ('c', '竹影客栈', '河西片区', '3', '2', '2018-03-01', '2025-06-30', 20, 900),"
        " ('d', '石桥客栈', '河西片区', '0', '2', '2025-02-01', '2026-01-15', 10, 300)"
    )
    con.execute(
        "CREATE TABLE stay (inn_id VARCHAR, month DATE, guests DOUBLE, child_guests DOUBLE, staff DOUBLE, price DOUBLE)"
    )
    con.execute(
        "INSERT INTO stay VALUES ('a', '2025-11-01', 300, 30, 50, 500), ('a', '2025-12-01', 100, 20, 52, 400),"
        " ('a', '2026-01-01', 200, NULL, 54, 600), ('b', '2025-11-01', 90, 9, 20, 300),"
        " ('b', '2025-12-01', 60, 6, 20, 200), ('b', '2026-01-01', 50, NULL, 22, 250)"
    )
    con.execute("CREATE TABLE fine (fine_id VARCHAR, inn_id VARCHAR, fined_on DATE, amount DOUBLE)")
    con.execute(
        "INSERT INTO fine VALUES ('1', 'a', '2025-04-01', 1000), ('2', 'a', '2025-09-01', 500),"
        " ('3', 'c', '2025-03-01', 3000), ('4', 'c', '2024-03-01', 200)"
    )
    return con


def planner(con: duckdb.DuckDBPyConnection, *, strict: bool = False) -> EmbeddedPlanner:
    return EmbeddedPlanner(MODEL, ValueIndex.build(con, MODEL), TODAY, strict=strict)
