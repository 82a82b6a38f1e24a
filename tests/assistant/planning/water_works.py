"""Water works for the planner's tests: plants, monthly supply kept by text months, pipes between stations, repairs."""

from __future__ import annotations

from datetime import date, datetime

import duckdb

from corpus.semantics import Additivity, Column, Metric, Relation, Role, SemanticModel, Table

TODAY = date(2026, 3, 18)


def _measure(
    name: str, label: str, unit: str, additivity: Additivity, kind: str = "DOUBLE", scale: float = 1
) -> Column:
    return Column(name=name, label=label, type=kind, role=Role.MEASURE, additivity=additivity, unit=unit, scale=scale)


MODEL = SemanticModel(
    tables=[
        Table(
            name="plant",
            label="水厂",
            entity="水厂",
            synonyms=["自来水厂"],
            measure_word="座",
            primary_key=["pid"],
            columns=[
                Column(name="pid", label="水厂编号", role=Role.KEY),
                Column(name="pname", label="水厂名称", role=Role.NAME),
                Column(name="source", label="水源类型", role=Role.CATEGORY, synonyms=["水源"]),
                _measure("capacity", "设计能力", "万立方米", Additivity.SUM, scale=10_000),
                _measure("staff", "职工人数", "人", Additivity.SNAPSHOT, "BIGINT"),
                Column(
                    name="built",
                    label="投产年份",
                    type="BIGINT",
                    role=Role.TIME,
                    grain="year",
                    synonyms=["投产时间", "投产"],
                ),
            ],
        ),
        Table(
            name="supply",
            label="供水月报",
            grain="一座水厂一个月",
            time_column="ym",
            primary_key=["pid", "ym"],
            columns=[
                Column(name="pid", label="水厂编号", role=Role.FOREIGN, synonyms=["水厂"]),
                Column(name="ym", label="统计月份", type="VARCHAR", role=Role.TIME, grain="month"),
                _measure("made", "供水量", "万立方米", Additivity.SUM, scale=10_000),
                _measure("sold", "售水量", "万立方米", Additivity.SUM, scale=10_000),
                _measure("pure", "水质合格率", "%", Additivity.AVERAGE),
                _measure("power", "耗电量", "千瓦时", Additivity.SUM),
            ],
        ),
        Table(
            name="station",
            label="泵站",
            entity="泵站",
            measure_word="座",
            primary_key=["sid"],
            columns=[
                Column(name="sid", label="泵站编号", role=Role.KEY),
                Column(name="sname", label="泵站名称", role=Role.NAME),
                _measure("height", "扬程", "米", Additivity.AVERAGE),
            ],
        ),
        Table(
            name="pipe",
            label="管道",
            entity="管道",
            synonyms=["水管"],
            measure_word="条",
            primary_key=["pipe_id"],
            columns=[
                Column(name="pipe_id", label="管道编号", role=Role.KEY),
                Column(name="material", label="管材", role=Role.CATEGORY, synonyms=["材质"]),
                _measure("length", "长度", "公里", Additivity.SUM),
                _measure("bore", "管径", "毫米", Additivity.AVERAGE, "BIGINT"),
                Column(name="from_sid", label="起点泵站编号", role=Role.FOREIGN, synonyms=["起点泵站", "起点"]),
                Column(name="to_sid", label="终点泵站编号", role=Role.FOREIGN, synonyms=["终点泵站", "终点"]),
                Column(
                    name="laid",
                    label="铺设年份",
                    type="BIGINT",
                    role=Role.TIME,
                    grain="year",
                    synonyms=["铺设时间", "铺设"],
                ),
            ],
        ),
        Table(
            name="repair",
            label="抢修记录",
            entity="抢修",
            synonyms=["抢修"],
            measure_word="次",
            time_column="called",
            primary_key=["rid"],
            columns=[
                Column(name="rid", label="抢修编号", role=Role.KEY),
                Column(name="pipe_id", label="管道编号", role=Role.FOREIGN, synonyms=["管道"]),
                Column(name="called", label="报修时间", type="TIMESTAMP", role=Role.TIME, grain="timestamp"),
                Column(
                    name="cause", label="故障原因", role=Role.CATEGORY, codes={"1": "爆管", "2": "漏水", "3": "停电"}
                ),
                _measure("cost", "抢修费用", "元", Additivity.SUM, "BIGINT"),
            ],
        ),
    ],
    relations=[
        Relation(left="supply", left_columns=["pid"], right="plant", right_columns=["pid"]),
        Relation(left="pipe", left_columns=["from_sid"], right="station", right_columns=["sid"]),
        Relation(left="pipe", left_columns=["to_sid"], right="station", right_columns=["sid"]),
        Relation(left="repair", left_columns=["pipe_id"], right="pipe", right_columns=["pipe_id"]),
    ],
    metrics=[
        Metric(
            name="leakage",
            label="漏损率",
            table="supply",
            expression="100.0 * (sum(made) - sum(sold)) / sum(made)",
            synonyms=["管网漏损率"],
            unit="%",
        )
    ],
)

ROWS: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "plant": (
        "pid VARCHAR, pname VARCHAR, source VARCHAR, capacity DOUBLE, staff BIGINT, built BIGINT",
        [
            ("p1", "南湖水厂", "地表水", 20.0, 80, 1985),
            ("p2", "北山水厂", "地下水", 5.0, 30, 1998),
            ("p3", "西溪水厂", "地表水", 10.0, 40, 2012),
        ],
    ),
    "supply": (
        "pid VARCHAR, ym VARCHAR, made DOUBLE, sold DOUBLE, pure DOUBLE, power DOUBLE",
        [
            ("p1", "2025-02", 500.0, 400.0, 99.0, 9000.0),
            ("p1", "2025-12", 600.0, 480.0, 98.0, 10000.0),
            ("p1", "2026-01", 550.0, 440.0, 99.5, 9500.0),
            ("p1", "2026-02", 520.0, 416.0, 100.0, 9100.0),
            ("p2", "2025-02", 100.0, 90.0, 97.0, 2000.0),
            ("p2", "2025-12", 120.0, 108.0, 96.0, 2400.0),
            ("p2", "2026-01", 110.0, 99.0, 98.0, 2200.0),
            ("p2", "2026-02", 130.0, 104.0, 99.0, 2500.0),
            ("p3", "2025-12", 250.0, 225.0, 99.0, 5000.0),
            ("p3", "2026-01", 260.0, 208.0, 98.5, 5200.0),
            ("p3", "2026-02", 240.0, 216.0, 97.5, 4800.0),
        ],
    ),
    "station": (
        "sid VARCHAR, sname VARCHAR, height DOUBLE",
        [("s1", "东门泵站", 30.0), ("s2", "西门泵站", 45.0), ("s3", "高坡泵站", 60.0)],
    ),
    "pipe": (
        "pipe_id VARCHAR, material VARCHAR, length DOUBLE, bore BIGINT, from_sid VARCHAR, to_sid VARCHAR, laid BIGINT",
        [
            ("g1", "钢管", 12.5, 800, "s1", "s2", 1990),
            ("g2", "铸铁管", 3.0, 300, "s1", "s3", 1978),
            ("g3", "钢管", 7.5, 600, "s2", "s3", 2010),
            ("g4", "塑料管", 1.0, 200, "s3", "s1", 2020),
            ("g5", "铸铁管", 6.0, 500, "s2", "s1", 1985),
        ],
    ),
    "repair": (
        "rid VARCHAR, pipe_id VARCHAR, called TIMESTAMP, cause VARCHAR, cost BIGINT",
        [
            ("r1", "g2", datetime(2025, 3, 2, 9, 0), "1", 12000),
            ("r2", "g2", datetime(2025, 12, 24, 23, 30), "2", 3000),
            ("r3", "g1", datetime(2026, 2, 10, 8, 15), "2", 5000),
            ("r4", "g5", datetime(2026, 3, 17, 14, 0), "1", 20000),
            ("r5", "g2", datetime(2026, 3, 1, 6, 45), "3", 800),
        ],
    ),
}


def connect() -> duckdb.DuckDBPyConnection:
    """The rows above. 西溪水厂 reports since 2025-12; two pipes were never repaired."""
    con = duckdb.connect()
    for name, (columns, rows) in ROWS.items():
        con.execute(f"CREATE TABLE {name} ({columns})")
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    return con
