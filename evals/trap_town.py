"""A small town in which every join can lie: clinics with visits and subsidies (a chasm), doctors and prescriptions (fans,
a bridge of many to many), two clinics of one name, an area without clinics, a clinic without visits, units above units,
and bus lines that nothing links to the rest. The rows are few enough to add up by hand.
"""

from __future__ import annotations

from datetime import date

import duckdb

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table
from retrieval.values import ValueIndex

TODAY = date(2026, 7, 1)


def _key(name: str, label: str) -> Column:
    return Column(name=name, label=label, role=Role.KEY)


def _name(label: str, *said: str) -> Column:
    return Column(name="name", label=label, role=Role.NAME, synonyms=list(said))


def _to(name: str, label: str) -> Column:
    return Column(name=name, label=label, role=Role.FOREIGN)


def _kind(name: str, label: str, *said: str) -> Column:
    return Column(name=name, label=label, role=Role.CATEGORY, synonyms=list(said))


def _number(name: str, label: str, additivity: Additivity, unit: str, kind: str = "BIGINT", *said: str) -> Column:
    return Column(
        name=name, label=label, type=kind, role=Role.MEASURE, additivity=additivity, unit=unit, synonyms=list(said)
    )


def _time(name: str, label: str, grain: str) -> Column:
    return Column(name=name, label=label, type="DATE", role=Role.TIME, grain=grain)


_SUM, _STOCK, _RATE = Additivity.SUM, Additivity.SNAPSHOT, Additivity.AVERAGE

MODEL = SemanticModel(
    tables=[
        Table(
            name="area", label="片区信息", entity="片区", measure_word="个", primary_key=["code"],
            columns=[_key("code", "片区代码"), _name("片区名称"), _number("land", "土地面积", _STOCK, "平方公里")],
        ),
        Table(
            name="clinic", label="诊所名录", entity="诊所", measure_word="家", primary_key=["id"],
            columns=[
                _key("id", "诊所编号"), _name("诊所名称"), _to("area", "所属片区"), _kind("kind", "诊所性质", "性质"),
                _number("beds", "床位数", _STOCK, "张", "BIGINT", "床位"),
            ],
        ),
        Table(
            name="doctor", label="医生名册", entity="医生", synonyms=["大夫"], measure_word="位", primary_key=["id"],
            columns=[
                _key("id", "医生编号"), _name("医生姓名"), _to("clinic", "所在诊所"), _kind("title", "医生职称", "职称"),
                _number("salary", "月薪", _RATE, "元"),
            ],
        ),
        Table(
            name="visit", label="就诊记录", entity="就诊", measure_word="次", primary_key=["id"], time_column="day",
            columns=[
                _key("id", "就诊编号"), _to("clinic", "就诊诊所"), _to("doctor", "接诊医生"), _time("day", "就诊日期", "date"),
                _kind("kind", "就诊类型"), _number("fee", "就诊费用", _SUM, "元"),
            ],
        ),
        Table(
            name="medicine", label="药品目录", entity="药品", synonyms=["药"], measure_word="种", primary_key=["id"],
            columns=[
                _key("id", "药品编号"), _name("药品名称"), _kind("kind", "药品类别"), _number("price", "药品单价", _RATE, "元", "DOUBLE"),
            ],
        ),
        Table(
            name="prescription", label="处方明细", entity="处方", measure_word="条", primary_key=["visit", "medicine"],
            columns=[
                _to("visit", "就诊编号"), _to("medicine", "药品编号"), _number("quantity", "用药数量", _SUM, "盒"),
                _number("cost", "药费", _SUM, "元"),
            ],
        ),
        Table(
            name="subsidy", label="诊所补贴月报", time_column="month", primary_key=["clinic", "month"],
            columns=[
                _to("clinic", "诊所编号"), _time("month", "月份", "month"), _number("amount", "补贴金额", _SUM, "元", "BIGINT", "补贴"),
                _number("staff", "在岗人数", _STOCK, "人"),
            ],
        ),
        Table(
            name="checkup", label="检查记录", entity="检查", measure_word="次", time_column="day",
            columns=[_to("clinic", "被查诊所"), _time("day", "检查日期", "date"), _kind("result", "检查结果")],
        ),
        Table(
            name="park", label="公园名录", entity="公园", measure_word="个", primary_key=["id"],
            columns=[_key("id", "公园编号"), _name("公园名称"), _to("area", "所在片区"), _number("size", "公园面积", _STOCK, "公顷")],
        ),
        Table(
            name="bus", label="公交线路", entity="公交线路", measure_word="条", primary_key=["id"],
            columns=[_key("id", "线路编号"), _name("线路名称"), _number("length", "线路长度", _STOCK, "公里")],
        ),
        Table(
            name="unit", label="编制单位", entity="编制单位", measure_word="个", primary_key=["id"],
            columns=[_key("id", "单位编号"), _name("单位名称"), _to("parent", "上级单位"), _number("posts", "编制数", _STOCK, "个")],
        ),
    ],
    relations=[
        Relation(left=left, left_columns=[column], right=right, right_columns=[key])
        for left, column, right, key in (
            ("clinic", "area", "area", "code"),
            ("doctor", "clinic", "clinic", "id"),
            ("visit", "clinic", "clinic", "id"),
            ("visit", "doctor", "doctor", "id"),
            ("prescription", "visit", "visit", "id"),
            ("prescription", "medicine", "medicine", "id"),
            ("subsidy", "clinic", "clinic", "id"),
            ("checkup", "clinic", "clinic", "id"),
            ("park", "area", "area", "code"),
            ("unit", "parent", "unit", "id"),
        )
    ],
)  # fmt: skip

ROWS = """
area        | 1 北片区 10 | 2 南片区 20 | 3 东片区 30
clinic      | c1 康宁诊所 1 公办 10 | c2 康宁诊所 2 民办 20 | c3 仁爱诊所 1 民办 30 | c4 惠民诊所 2 公办 40
doctor      | d1 张一 c1 主任 9000 | d2 李二 c1 主治 6000 | d3 王三 c2 主治 5000 | d4 赵四 c3 主任 8000 | d5 钱五 c4 主治 7000
visit       | v1 c1 d1 2025-01-05 门诊 100 | v2 c1 d2 2025-01-20 急诊 200 | v3 c1 d1 2025-02-10 门诊 300
visit       | v4 c2 d3 2025-02-11 门诊 400 | v5 c3 d4 2025-03-01 急诊 500 | v6 c3 d4 2024-12-30 门诊 600
medicine    | m1 阿莫西林 抗生素 10 | m2 头孢 抗生素 20 | m3 布洛芬 止痛药 5 | m4 曲马多 止痛药 50
prescription| v1 m1 2 20 | v1 m2 1 20 | v2 m1 1 10 | v3 m3 4 20 | v3 m1 1 10 | v4 m1 1 10 | v4 m3 2 10 | v5 m2 3 60
subsidy     | c1 2024-12-01 100 5 | c1 2025-01-01 1000 5 | c1 2025-02-01 1000 6 | c2 2025-01-01 500 3 | c2 2025-02-01 700 4
subsidy     | c3 2025-01-01 300 2 | c3 2025-02-01 300 2 | c4 2025-01-01 800 7 | c4 2025-02-01 900 8
checkup     | c1 2025-01-10 合格 | c1 2025-02-10 不合格 | c1 2025-03-10 合格 | c3 2025-01-15 不合格 | c4 2024-11-01 合格
park        | p1 桃园 1 3 | p2 李园 1 5 | p3 梅园 3 8
bus         | b1 1路 10 | b2 2路 20 | b3 3路 30
unit        | u1 总院 - 5 | u2 甲分院 u1 10 | u3 乙分院 u1 20 | u4 丙站 u2 2
"""


def connect() -> duckdb.DuckDBPyConnection:
    """The town's tables in memory."""
    connection = duckdb.connect()
    for table in MODEL.tables:
        columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    for line in ROWS.strip().splitlines():
        name, *rows = (part.strip() for part in line.split("|"))
        for row in rows:
            values = [None if v == "-" else v for v in row.split()]
            connection.execute(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(values))})', values)
    return connection


def planner(connection: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    """The planner over the town, as people use it."""
    return EmbeddedPlanner(MODEL, ValueIndex.build(connection, MODEL), TODAY)
