"""A semantic model drafted from real DuckDB databases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from corpus.drafting import Declared, declared_in_sqlite, draft_semantics
from corpus.semantics import Additivity, Cardinality, Relation, Role, SemanticModel, load_semantics, save_semantics


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE 区划 (区划代码 VARCHAR PRIMARY KEY, 区名称 VARCHAR, "面积（平方公里）" DOUBLE, 常住人口 BIGINT);
        INSERT INTO 区划 SELECT '3301' || (10 + i), ['东湖区', '西岭区', '南港区', '北苑区', '云溪区'][i + 1], 50.5 + i, 100000 + i FROM range(5) t(i);
        CREATE TABLE 学校基本信息 (学校id BIGINT, 学校名称 VARCHAR, 所属区 VARCHAR, 学段 VARCHAR, 成立时间 VARCHAR, "占地面积(亩)" DOUBLE, 是否寄宿 BIGINT);
        INSERT INTO 学校基本信息 SELECT i, '第' || i || '学校', ['东湖区', '西岭区', '南港区', '北苑区', '云溪区'][1 + i % 5],
            ['小学', '初中', '高中'][1 + i % 3], (1950 + i % 60) || '年', 20 + i / 10, i % 2 FROM range(300) t(i);
        CREATE TABLE 招生情况 (学校id BIGINT, 年份 BIGINT, 招生人数 BIGINT, "录取率(%)" DOUBLE, "财政拨款（万元）" DOUBLE);
        INSERT INTO 招生情况 SELECT i % 300, 2020 + i // 300, 100 + i % 70, 50 + i % 50, 12.5 * (i % 40) FROM range(1200) t(i);
    """)
    return connection


def test_units_are_taken_out_of_headers(city: duckdb.DuckDBPyConnection) -> None:
    table = draft_semantics(city).table("招生情况")
    money = table.column("财政拨款（万元）")
    assert (money.label, money.unit, money.scale) == ("财政拨款", "元", 10000.0)
    rate = table.column("录取率(%)")
    assert (rate.label, rate.unit, rate.additivity) == ("录取率", "%", Additivity.AVERAGE)
    assert draft_semantics(city).table("区划").column("面积（平方公里）").unit == "平方公里"


def test_roles_come_from_names_types_and_values(city: duckdb.DuckDBPyConnection) -> None:
    model = draft_semantics(city)
    roles = {(t.name, c.name): c.role for t in model.tables for c in t.columns}
    assert roles["学校基本信息", "学校id"] is Role.KEY
    assert roles["学校基本信息", "学校名称"] is Role.NAME
    assert roles["学校基本信息", "学段"] is Role.CATEGORY
    assert roles["学校基本信息", "成立时间"] is Role.TIME
    assert roles["招生情况", "学校id"] is Role.FOREIGN
    assert roles["招生情况", "年份"] is Role.TIME
    assert roles["招生情况", "招生人数"] is Role.MEASURE
    assert model.table("学校基本信息").column("成立时间").grain == "year"
    assert model.table("区划").column("常住人口").additivity is Additivity.SNAPSHOT
    assert model.table("学校基本信息").column("是否寄宿").codes == {"1": "是", "0": "否"}


def test_tables_know_what_a_row_is(city: duckdb.DuckDBPyConnection) -> None:
    model = draft_semantics(city)
    schools = model.table("学校基本信息")
    assert (schools.entity, schools.measure_word, schools.primary_key, schools.rows) == ("学校", "所", ["学校id"], 300)
    assert "学校" in schools.synonyms
    assert model.table("招生情况").primary_key == ["学校id", "年份"]
    assert model.table("招生情况").time_column == "年份"


def test_joins_are_found_from_names_and_confirmed_by_values(city: duckdb.DuckDBPyConnection) -> None:
    relations = draft_semantics(city).relations
    assert (
        Relation(
            left="招生情况", left_columns=["学校id"], right="学校基本信息", right_columns=["学校id"], declared=False
        )
        in relations
    )
    assert any((r.left, r.left_columns, r.right) == ("学校基本信息", ["所属区"], "区划") for r in relations)


def test_names_without_matching_values_are_no_join() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE 企业 (词条id VARCHAR, 名称 VARCHAR);
        INSERT INTO 企业 SELECT 'e' || i, '企业' || i FROM range(30) t(i);
        CREATE TABLE 年报 (企业id VARCHAR, 营收 DOUBLE);
        INSERT INTO 年报 SELECT 'x' || i, i FROM range(30) t(i);
    """)
    assert draft_semantics(connection).relations == []


def test_declared_keys_are_kept_and_measured() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE a (id INTEGER PRIMARY KEY, name VARCHAR);
        CREATE TABLE b (a_ref INTEGER UNIQUE REFERENCES a(id), n INTEGER);
        INSERT INTO a SELECT i, 'n' || i FROM range(9) t(i);
        INSERT INTO b SELECT i, i FROM range(5) t(i);
    """)
    model = draft_semantics(connection)
    assert model.relations == [
        Relation(
            left="b",
            left_columns=["a_ref"],
            right="a",
            right_columns=["id"],
            cardinality=Cardinality.ONE_TO_ONE,
        )
    ]
    assert model.table("a").primary_key == ["id"]


def test_only_the_named_tables_are_drafted(city: duckdb.DuckDBPyConnection) -> None:
    assert [t.name for t in draft_semantics(city, ["区划"]).tables] == ["区划"]
    with pytest.raises(KeyError):
        draft_semantics(city, ["没有的表"])


def test_empty_and_odd_tables_are_drafted_too() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE 空表 (编号 BIGINT, 名称 VARCHAR, 金额 DOUBLE, 日期 DATE);
        CREATE TABLE odd (l INTEGER[], s STRUCT(a INTEGER), b BLOB, u UUID, "（万）" DOUBLE, "a""b" VARCHAR);
        INSERT INTO odd VALUES ([1, 2], {'a': 1}, 'x'::BLOB, NULL, 'inf'::DOUBLE, 'q'), ([1, 2], {'a': 1}, 'x'::BLOB, NULL, 'nan'::DOUBLE, 'q');
        CREATE VIEW 视图 AS SELECT 1 AS 数量;
    """)
    model = draft_semantics(connection)
    assert {t.name for t in model.tables} == {"空表", "odd", "视图"}
    assert all(c.label for t in model.tables for c in t.columns)


def test_a_comment_names_an_english_column() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t_school (stu_cnt BIGINT, school_name VARCHAR)")
    connection.execute("COMMENT ON COLUMN t_school.stu_cnt IS '在校生数（人）'")
    connection.execute("COMMENT ON TABLE t_school IS '学校表'")
    table = draft_semantics(connection).table("t_school")
    assert table.label == "学校表"
    assert table.column("stu_cnt").label == "在校生数"
    assert "学校名称" in table.column("school_name").synonyms
    assert table.column("school_name").role is Role.NAME


def test_personal_columns_are_marked() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE 参保人 (姓名 VARCHAR, 证件号码 VARCHAR, 联系电话 VARCHAR, 地址 VARCHAR)")
    connection.execute("INSERT INTO 参保人 VALUES ('张三', '11010519491231002X', '13800001111', '某街1号')")
    found = {c.name: c.sensitivity.value for c in draft_semantics(connection).table("参保人").columns}
    assert found == {"姓名": "name", "证件号码": "identity_number", "联系电话": "phone", "地址": "address"}


def test_the_draft_survives_yaml(city: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    model = draft_semantics(city)
    save_semantics(model, tmp_path / "semantics.yaml")
    assert load_semantics(tmp_path / "semantics.yaml") == model


def test_the_draft_is_the_same_each_time(city: duckdb.DuckDBPyConnection) -> None:
    assert draft_semantics(city) == draft_semantics(city)


def test_sqlite_keys_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE 国家 (词条id TEXT PRIMARY KEY, 名称 TEXT);
        CREATE TABLE 城市 (国家id TEXT REFERENCES 国家, a TEXT, b TEXT, PRIMARY KEY (a, b));
        CREATE TABLE 街道 (x TEXT, y TEXT, FOREIGN KEY (x, y) REFERENCES 城市 (a, b), FOREIGN KEY (x) REFERENCES 没有 (a));
    """)
    connection.close()
    assert declared_in_sqlite(path) == Declared(
        keys={"国家": ["词条id"], "城市": ["a", "b"]},
        relations=[
            Relation(left="城市", left_columns=["国家id"], right="国家", right_columns=["词条id"]),
            Relation(left="街道", left_columns=["x", "y"], right="城市", right_columns=["a", "b"]),
        ],
    )


def test_a_large_table_is_sampled_and_its_keys_are_exact() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE 工单 AS SELECT i AS 工单编号, 'p' || (i % 12000) AS 申请人编号, 2019 + i // 20000 AS 年份,
            ['交通', '环保', '教育'][1 + i % 3] AS 类别, i % 100 AS 处理时长 FROM range(120000) t(i);
        CREATE TABLE 申请人 AS SELECT 'p' || i AS 申请人编号, '某' || i AS 姓名 FROM range(12000) t(i);
    """)
    model = draft_semantics(connection)
    assert model.table("工单").primary_key == ["工单编号"]
    assert model.table("申请人").primary_key == ["申请人编号"]
    assert [(r.left, r.right, r.cardinality) for r in model.relations] == [("工单", "申请人", Cardinality.MANY_TO_ONE)]


def test_nothing_is_drafted_from_nothing() -> None:
    assert draft_semantics(duckdb.connect()) == SemanticModel()


def test_a_linking_table_leaves_the_noun_to_the_thing_it_links() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE 平台 (平台id VARCHAR, 名称 VARCHAR);
        INSERT INTO 平台 SELECT 'p' || i, '平台' || i FROM range(9) t(i);
        CREATE TABLE 图书与平台 (平台id VARCHAR, 售价 DOUBLE);
        INSERT INTO 图书与平台 SELECT 'p' || (i % 9), i FROM range(30) t(i);
    """)
    linking = draft_semantics(connection).table("图书与平台")
    assert (linking.entity, linking.synonyms, linking.measure_word) == ("图书与平台", [], "个")
