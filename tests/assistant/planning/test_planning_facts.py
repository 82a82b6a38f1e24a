"""Tables whose rows are facts, and numbers made of two columns, over a small fair that nobody described: read literally."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from assistant.planning.embedded import EmbeddedPlanner
from corpus.drafting import draft_semantics
from corpus.semantics import Cardinality, Relation
from retrieval.values import ValueIndex

TODAY = date(2026, 7, 1)
TABLES = ["工厂", "展会", "工厂赞助展会", "展会邻近车站", "奖项"]


def _points(left: str, column: str, right: str) -> Relation:
    return Relation(
        left=left,
        left_columns=[column],
        right=right,
        right_columns=["词条id"],
        cardinality=Cardinality.MANY_TO_ONE,
        declared=True,
    )


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE 工厂 (词条id BIGINT, 名称 VARCHAR, 建成时间 VARCHAR, 厂房面积 DOUBLE, 产值 DOUBLE, 培训人数 DOUBLE,"
        " 合格人数 DOUBLE, 重型设备数量 BIGINT, 轻型设备数量 BIGINT, 停机时长 DOUBLE, 停机次数 BIGINT)"
    )
    con.execute(
        "INSERT INTO 工厂 VALUES (1, '东风纺织', '2014-03', 10, 50, 20, 10, 3, 30, 12, 4), (2, '红星机械', '2016-08', 20, 40, 10, 9, 9, 10, 30, 5),"
        " (3, '长河食品', '2010-01', 5, 60, 40, 30, 1, 50, 8, 1)"
    )
    con.execute("CREATE TABLE 展会 (词条id BIGINT, 名称 VARCHAR, 城市 VARCHAR, 观众人数 BIGINT, 参展工厂数量 BIGINT)")
    con.execute(
        "INSERT INTO 展会 VALUES (1, '春季展', '南岭', 300, 3), (2, '秋季展', '北原', 500, 10), (3, '冬季展', '南岭', 90, 9)"
    )
    con.execute("CREATE TABLE 工厂赞助展会 (工厂id BIGINT, 展会id BIGINT, 金额 DOUBLE)")
    con.execute("INSERT INTO 工厂赞助展会 VALUES (1, 1, 5), (1, 2, 7), (3, 2, 2)")
    con.execute("CREATE TABLE 展会邻近车站 (展会id BIGINT, 车站 VARCHAR, 城市 VARCHAR)")
    con.execute("INSERT INTO 展会邻近车站 VALUES (1, '一号站', '北原'), (2, '二号站', '南岭'), (2, '三号站', '北原')")
    con.execute("CREATE TABLE 奖项 (工厂id BIGINT, 奖项名称 VARCHAR, 奖项数量 BIGINT)")
    con.execute("INSERT INTO 奖项 VALUES (1, '质量奖', 3), (1, '环保奖', 4), (2, '质量奖', 5), (3, '环保奖', 1)")
    yield con
    con.close()


@pytest.fixture(scope="module")
def plans(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    declared = [
        _points("工厂赞助展会", "工厂id", "工厂"),
        _points("工厂赞助展会", "展会id", "展会"),
        _points("展会邻近车站", "展会id", "展会"),
    ]
    model = draft_semantics(con, TABLES, declared=declared)
    return EmbeddedPlanner(model, ValueIndex.build(con, model), TODAY, strict=True)


def _rows(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner, question: str) -> list[tuple[object, ...]]:
    sql = plans.plan(question).sql
    assert sql is not None
    return con.execute(sql).fetchall()


def test_a_verb_in_a_tables_name_means_its_rows(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert sorted(_rows(con, plans, "哪些工厂有过赞助")) == [("东风纺织",), ("东风纺织",), ("长河食品",)]
    assert _rows(con, plans, "哪个工厂赞助的次数最多") == [("东风纺织",)]


def test_a_value_beside_a_verb_is_that_tables(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    """北原 is a city of fairs and of stations; 邻近 says which."""
    assert sorted(_rows(con, plans, "与北原邻近的展会有哪些")) == [("春季展",), ("秋季展",)]
    assert _rows(con, plans, "城市是北原的展会有哪些") == [("秋季展",)]


def test_a_root_that_only_repeats_rows_is_not_read(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert _rows(con, plans, "按每个工厂平均观众由多到少排列各展会") == [("春季展",), ("秋季展",), ("冬季展",)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("单位面积产值最高的工厂", [("长河食品",)]),
        ("单次停机时长最长的工厂", [("长河食品",)]),
        ("合格率最高的工厂", [("红星机械",)]),
        ("重型设备数量最多的工厂", [("红星机械",)]),
        ("重设备最多的工厂", [("红星机械",)]),
        ("轻设备最多的工厂", [("长河食品",)]),
    ],
)
def test_numbers_of_two_columns(
    con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner, question: str, expected: list[tuple[str]]
) -> None:
    assert _rows(con, plans, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪些工厂获奖数量超过4个", ["东风纺织", "红星机械"]),
        ("哪些工厂得过多于5个奖", ["东风纺织"]),
        ("哪个工厂获奖次数最少", ["长河食品"]),
    ],
)
def test_what_was_got_is_added_up(
    con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner, question: str, expected: list[str]
) -> None:
    assert sorted(name for (name,) in _rows(con, plans, question)) == expected


def test_how_often_each_got_it(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert sorted(_rows(con, plans, "每个工厂获奖多少次")) == [("东风纺织", 7), ("红星机械", 5), ("长河食品", 1)]


def test_a_count_kept_by_the_owner_is_not_that_of_the_rows(con: duckdb.DuckDBPyConnection) -> None:
    """The cities keep how many museums they have; by kind of museum it is the museums that are counted."""
    con.execute("CREATE TABLE 城市 (词条id BIGINT, 名称 VARCHAR, 博物馆数量 BIGINT)")
    con.execute("INSERT INTO 城市 VALUES (1, '南岭', 40), (2, '北原', 7)")
    con.execute("CREATE TABLE 博物馆 (词条id BIGINT, 名称 VARCHAR, 类型 VARCHAR, 所属城市id BIGINT, 讲解员数量 BIGINT)")
    con.execute(
        "INSERT INTO 博物馆 VALUES (1, '陶瓷馆', '专题', 1, 3), (2, '丝绸馆', '专题', 2, 5), (3, '历史馆', '综合', 2, 9)"
    )
    model = draft_semantics(con, ["城市", "博物馆"], declared=[_points("博物馆", "所属城市id", "城市")])
    plans = EmbeddedPlanner(model, ValueIndex.build(con, model), TODAY, strict=True)
    assert _rows(con, plans, "哪种类型的博物馆数量最多") == [("专题",)]
    assert _rows(con, plans, "哪个城市的博物馆数量最多") == [("南岭",)]
    assert _rows(con, plans, "哪个博物馆的讲解员总数量最多") == [("历史馆",)]
    assert sorted(_rows(con, plans, "讲解员名数超过4的博物馆有哪些")) == [("丝绸馆",), ("历史馆",)]


def test_the_end_of_a_name_means_the_table_said_in_full(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE 出行方式 (词条id BIGINT, 名称 VARCHAR, 起步价 BIGINT)")
    con.execute("INSERT INTO 出行方式 VALUES (1, '快车', 9), (2, '拼车', 5)")
    con.execute("CREATE TABLE 平台提供的方式 (平台 VARCHAR, 方式id BIGINT, 车数量 BIGINT)")
    con.execute("INSERT INTO 平台提供的方式 VALUES ('甲', 1, 10), ('乙', 1, 20), ('甲', 2, 25)")
    model = draft_semantics(
        con, ["出行方式", "平台提供的方式"], declared=[_points("平台提供的方式", "方式id", "出行方式")]
    )
    plans = EmbeddedPlanner(model, ValueIndex.build(con, model), TODAY, strict=True)
    assert _rows(con, plans, "起步价大于3元的出行方式中，哪个方式的车总数量最多") == [("快车",)]


def test_bare_years_compare_with_text_dates_letter_by_letter(
    con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner
) -> None:
    assert sorted(_rows(con, plans, "2014年之后建成的工厂有哪些")) == [("东风纺织",), ("红星机械",)]
    assert _rows(con, plans, "2014年及之前建成的工厂有哪些") == [("长河食品",)]
    assert _rows(con, plans, "2014年之前建成的工厂有哪些") == [("长河食品",)]
    assert sorted(_rows(con, plans, "2014年及之后建成的工厂有哪些")) == [("东风纺织",), ("红星机械",)]


def test_years_of_use_are_those_of_the_thing_described(con: duckdb.DuckDBPyConnection, plans: EmbeddedPlanner) -> None:
    assert _rows(con, plans, "使用时间不到11年的工厂有哪些") == [("红星机械",)]
    assert _rows(con, plans, "使用年限超过15年的工厂有哪些") == [("长河食品",)]
