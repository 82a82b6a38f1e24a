"""A town of hospitals for the planner's tests: towns with yearly people, hospitals, doctors, monthly figures, complaints."""

from __future__ import annotations

from datetime import date

import duckdb

from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table

TODAY = date(2026, 7, 1)


def _measure(
    name: str, label: str, unit: str, additivity: Additivity, kind: str = "BIGINT", scale: float = 1
) -> Column:
    return Column(name=name, label=label, type=kind, role=Role.MEASURE, additivity=additivity, unit=unit, scale=scale)


MODEL = SemanticModel(
    tables=[
        Table(
            name="town",
            label="街镇",
            entity="街镇",
            measure_word="个",
            primary_key=["tid"],
            columns=[
                Column(name="tid", label="街镇编码", role=Role.KEY),
                Column(name="tname", label="街镇名称", role=Role.NAME),
                _measure("land", "辖区面积", "平方公里", Additivity.SUM, "DOUBLE"),
            ],
        ),
        Table(
            name="people",
            label="人口年报",
            grain="一个街镇一年",
            time_column="year",
            primary_key=["tid", "year"],
            columns=[
                Column(name="tid", label="街镇编码", role=Role.FOREIGN, synonyms=["街镇"]),
                Column(name="year", label="年份", type="BIGINT", role=Role.TIME, grain="year"),
                _measure("residents", "常住人口", "人", Additivity.SNAPSHOT),
                _measure("births", "出生人口", "人", Additivity.SUM),
                _measure("deaths", "死亡人口", "人", Additivity.SUM),
            ],
        ),
        Table(
            name="hospital",
            label="医院",
            entity="医院",
            synonyms=["医疗机构"],
            measure_word="家",
            primary_key=["hid"],
            columns=[
                Column(name="hid", label="医院编号", role=Role.KEY),
                Column(name="hname", label="医院名称", role=Role.NAME),
                Column(name="tid", label="街镇编码", role=Role.FOREIGN, synonyms=["所在街镇"]),
                Column(name="level", label="医院等级", role=Role.CATEGORY, synonyms=["等级"]),
                Column(name="nature", label="办院性质", role=Role.CATEGORY, synonyms=["性质"]),
                _measure("beds", "床位数", "张", Additivity.SNAPSHOT),
                _measure("floor", "建筑面积", "平方米", Additivity.SUM),
                _measure("fee", "挂号费", "元", Additivity.AVERAGE),
                Column(
                    name="founded",
                    label="成立日期",
                    type="DATE",
                    role=Role.TIME,
                    grain="date",
                    synonyms=["成立时间", "成立"],
                ),
            ],
        ),
        Table(
            name="doctor",
            label="医生",
            entity="医生",
            measure_word="名",
            primary_key=["did"],
            columns=[
                Column(name="did", label="医生编号", role=Role.KEY),
                Column(name="dname", label="姓名", role=Role.NAME),
                Column(name="hid", label="医院编号", role=Role.FOREIGN, synonyms=["所在医院"]),
                Column(name="dept", label="科室", role=Role.CATEGORY),
                Column(name="title", label="职称", role=Role.CATEGORY),
                _measure("salary", "月薪", "元", Additivity.AVERAGE),
                Column(
                    name="born", label="出生日期", type="DATE", role=Role.TIME, grain="date", synonyms=["出生", "生日"]
                ),
            ],
        ),
        Table(
            name="visit",
            label="诊疗月报",
            grain="一家医院一个月",
            time_column="month",
            primary_key=["hid", "month"],
            columns=[
                Column(name="hid", label="医院编号", role=Role.FOREIGN, synonyms=["医院"]),
                Column(name="month", label="月份", type="DATE", role=Role.TIME, grain="month"),
                _measure("visits", "门诊人次", "人次", Additivity.SUM),
                _measure("income", "医疗收入", "万元", Additivity.SUM, "DOUBLE", 10_000),
                _measure("inpatients", "在院人数", "人", Additivity.SNAPSHOT),
                _measure("wait", "候诊时间", "分钟", Additivity.AVERAGE, "DOUBLE"),
            ],
        ),
        Table(
            name="complaint",
            label="投诉记录",
            entity="投诉",
            synonyms=["投诉"],
            measure_word="件",
            time_column="day",
            primary_key=["cid"],
            columns=[
                Column(name="cid", label="投诉编号", role=Role.KEY),
                Column(name="hid", label="医院编号", role=Role.FOREIGN, synonyms=["被投诉医院"]),
                Column(name="day", label="投诉日期", type="DATE", role=Role.TIME, grain="date"),
                Column(
                    name="kind", label="投诉类型", role=Role.CATEGORY, codes={"F": "收费", "A": "服务态度", "E": "环境"}
                ),
                Column(name="closed", label="是否办结", type="BOOLEAN", role=Role.CATEGORY, synonyms=["办结"]),
                _measure("hours", "办理时长", "小时", Additivity.AVERAGE, "DOUBLE"),
            ],
        ),
    ],
    relations=[
        Relation(left="people", left_columns=["tid"], right="town", right_columns=["tid"]),
        Relation(left="hospital", left_columns=["tid"], right="town", right_columns=["tid"]),
        Relation(left="doctor", left_columns=["hid"], right="hospital", right_columns=["hid"]),
        Relation(left="visit", left_columns=["hid"], right="hospital", right_columns=["hid"]),
        Relation(left="complaint", left_columns=["hid"], right="hospital", right_columns=["hid"]),
    ],
)

ROWS: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "town": (
        "tid VARCHAR, tname VARCHAR, land DOUBLE",
        [("t1", "青山镇", 40.0), ("t2", "绿水镇", 25.0), ("t3", "白云街道", 10.0)],
    ),
    "people": (
        "tid VARCHAR, year BIGINT, residents BIGINT, births BIGINT, deaths BIGINT",
        [
            ("t1", 2024, 19000, 150, 100),
            ("t1", 2025, 20000, 160, 120),
            ("t2", 2024, 10000, 60, 90),
            ("t2", 2025, 10000, 50, 80),
            ("t3", 2024, 28000, 300, 110),
            ("t3", 2025, 30000, 330, 100),
        ],
    ),
    "hospital": (
        "hid VARCHAR, hname VARCHAR, tid VARCHAR, level VARCHAR, nature VARCHAR, beds BIGINT, floor BIGINT,"
        " fee BIGINT, founded DATE",
        [
            ("h1", "城东医院", "t1", "三级", "公立", 500, 40000, 20, date(1958, 10, 1)),
            ("h2", "康乐医院", "t1", "二级", "民营", 120, 9000, 30, date(2005, 5, 20)),
            ("h3", "绿水医院", "t2", "二级", "公立", 200, 15000, 10, date(1986, 3, 15)),
            ("h4", "仁爱诊所", "t3", "一级", "民营", 20, 1500, 15, date(2016, 8, 8)),
            ("h5", "白云医院", "t3", "三级", "公立", 800, 60000, 20, date(1972, 1, 1)),
        ],
    ),
    "doctor": (
        "did VARCHAR, dname VARCHAR, hid VARCHAR, dept VARCHAR, title VARCHAR, salary BIGINT, born DATE",
        [
            ("d1", "赵安", "h1", "内科", "主任医师", 30000, date(1970, 2, 3)),
            ("d2", "钱宁", "h1", "外科", "副主任医师", 24000, date(1978, 6, 1)),
            ("d3", "孙平", "h1", "儿科", "医师", 15000, date(1992, 9, 10)),
            ("d4", "李康", "h2", "内科", "医师", 12000, date(1990, 12, 25)),
            ("d5", "周健", "h3", "内科", "主任医师", 26000, date(1968, 4, 4)),
            ("d6", "吴福", "h3", "外科", "医师", 13000, date(1995, 7, 7)),
            ("d7", "郑寿", "h5", "内科", "副主任医师", 25000, date(1980, 1, 30)),
            ("d8", "王芳", "h5", "儿科", "主任医师", 32000, date(1965, 11, 11)),
        ],
    ),
    "visit": (
        "hid VARCHAR, month DATE, visits BIGINT, income DOUBLE, inpatients BIGINT, wait DOUBLE",
        [
            ("h1", date(2024, 1, 1), 900, 90.0, 380, 40.0),
            ("h1", date(2024, 12, 1), 1000, 100.0, 400, 30.0),
            ("h1", date(2025, 1, 1), 1200, 110.0, 420, 32.0),
            ("h1", date(2025, 2, 1), 1100, 130.0, 410, 28.0),
            ("h3", date(2024, 1, 1), 300, 20.0, 110, 20.0),
            ("h3", date(2024, 12, 1), 400, 30.0, 120, 25.0),
            ("h3", date(2025, 1, 1), 500, 40.0, 130, 15.0),
            ("h3", date(2025, 2, 1), 300, 35.0, 100, 10.0),
            ("h5", date(2024, 1, 1), 1800, 200.0, 600, 50.0),
            ("h5", date(2024, 12, 1), 2000, 240.0, 640, 45.0),
            ("h5", date(2025, 1, 1), 2400, 260.0, 700, 55.0),
            ("h5", date(2025, 2, 1), 2100, 250.0, 650, 50.0),
        ],
    ),
    "complaint": (
        "cid VARCHAR, hid VARCHAR, day DATE, kind VARCHAR, closed BOOLEAN, hours DOUBLE",
        [
            ("c1", "h1", date(2025, 1, 5), "F", True, 24.0),
            ("c2", "h1", date(2025, 2, 14), "A", True, 48.0),
            ("c3", "h5", date(2025, 2, 20), "F", False, None),
            ("c4", "h5", date(2024, 12, 31), "E", True, 12.0),
            ("c5", "h5", date(2026, 6, 30), "A", False, None),
            ("c6", "h2", date(2026, 6, 1), "F", True, 36.0),
        ],
    ),
}


def connect() -> duckdb.DuckDBPyConnection:
    """The rows above. 康乐医院 and 仁爱诊所 have no figures; 仁爱诊所 has no doctor; 绿水医院 and 仁爱诊所 no complaint."""
    con = duckdb.connect()
    for name, (columns, rows) in ROWS.items():
        con.execute(f"CREATE TABLE {name} ({columns})")
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    return con
