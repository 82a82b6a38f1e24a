"""The SQL bench: attaching, comparing, scoring, on a database the test makes and on the real one where it is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.sql import DatabaseUnderTest, load_cases, run_sql, show_report, translated_gold
from evals.sql.attach import column_type
from evals.sql.cases import SqlBenchError
from evals.sql.compare import same_rows
from evals.sql.shapes import SHAPES, shape_of

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "benchmarks" / "sql"

QUESTIONS = [
    ("q1", "有多少所学校", "select count(*) from 学校"),
    ("q2", "每个区有多少所学校", "select 区 , count(*) from 学校 group by 区"),
    ("q3", "哪个区的学校最多", "select 区 from 学校 group by 区 order by count(*) desc limit 1"),
    ("q4", "学生最多的两所学校", "select 名称 from 学校 order by 学生 desc limit 2"),
    ("q5", "平均每个老师教几个学生", "select 学生 / 老师 from 学校"),
    (
        "q6",
        "各学校的奖项数和所在区",
        "select T2.名称 , T2.区 , count(*) from 奖项 as T1 join 学校 as T2 on T1.学校id = T2.id group by T1.学校id",
    ),
    ("q7", "没有获奖的学校", "select 名称 from 学校 where id not in ( select 学校id from 奖项 )"),
    ("q8", "2000年之后成立的学校", "select 名称 from 学校 where 成立 > 2000"),
    ("q9", "成立超过10年的学校", "select 名称 from 学校 where 2020 - 成立 > 10"),
    ("q10", "学生多于平均数的学校", "select 名称 from 学校 where 学生 > ( select avg(学生) from 学校 )"),
]


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    for k in range(3):
        connection = sqlite3.connect(tmp_path / "db" / f"城.{k}.sqlite")
        connection.executescript("""
            CREATE TABLE 学校 (id NUMERIC PRIMARY KEY, 名称 TEXT, 区 TEXT, 学生 NUMERIC, 老师 NUMERIC, 成立 TEXT, 分 REAL);
            CREATE TABLE 奖项 (学校id NUMERIC, 级别 TEXT, FOREIGN KEY (学校id) REFERENCES 学校(id));
        """)
        schools = [
            (
                f"s{i}",
                f"第{i}学校",
                "东西南北"[(i * (k + 1)) % 4],
                100 + (i * 37 + k) % 5,
                3 + i % 4,
                f"{1990 + i * 3}年" if i % 2 else f"{1990 + i * 3}",
                1.5 * i,
            )
            for i in range(12)
        ]
        connection.executemany("INSERT INTO 学校 VALUES (?, ?, ?, ?, ?, ?, ?)", schools)
        connection.executemany("INSERT INTO 奖项 VALUES (?, ?)", [(f"s{i % (4 + k)}", "市级") for i in range(9)])
        connection.commit()
        connection.close()
    lines = [json.dumps({"id": i, "db": "城", "question": q, "gold": g}, ensure_ascii=False) for i, q, g in QUESTIONS]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def test_the_translated_gold_scores_full_marks(bench: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = run_sql(bench, out, planner=translated_gold({q: g for _, q, g in QUESTIONS}))
    assert [r.id for r in report.results if not r.correct] == []
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert [r["id"] for r in rows] == [i for i, _, _ in QUESTIONS]
    assert all(set(r) == {"id", "sql", "correct", "outcome", "ms"} for r in rows)
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["questions"], summary["correct"], summary["accuracy"]) == (10, 10, 1.0)
    assert summary["by_shape"]["set"] == {"correct": 1, "questions": 1}
    assert "正确率 1.000" in show_report(report)


def test_wrong_missing_and_failing_queries_are_told_apart(bench: Path) -> None:
    answers = {"有多少所学校": "SELECT 11", "每个区有多少所学校": None, "哪个区的学校最多": "SELECT nothing FROM 学校"}
    report = run_sql(bench, limit=3, planner=lambda _database, question: answers[question])
    assert [(r.correct, r.outcome) for r in report.results] == [(False, "answer"), (False, "none"), (False, "error")]


def test_a_planner_that_breaks_does_not_end_the_run(bench: Path) -> None:
    def broken(_database: DatabaseUnderTest, question: str) -> str:
        raise RuntimeError(question)

    report = run_sql(bench, limit=2, planner=broken)
    assert [r.outcome for r in report.results] == ["error", "error"]
    assert "RuntimeError" in report.results[0].note


def test_a_runaway_query_is_stopped(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.sql.run.QUERY_SECONDS", 0.2)
    endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
    report = run_sql(bench, limit=1, planner=lambda _database, _question: endless)
    assert report.results[0].outcome == "error"


def test_columns_get_one_type_for_all_instances(bench: Path) -> None:
    database = DatabaseUnderTest.open(bench, "城")
    try:
        types = {c.name: c.type for c in database.semantics.table("学校").columns}
        assert types == {
            "id": "VARCHAR",
            "名称": "VARCHAR",
            "区": "VARCHAR",
            "学生": "BIGINT",
            "老师": "BIGINT",
            "成立": "VARCHAR",
            "分": "DOUBLE",
        }
        assert database.semantics.table("学校").primary_key == ["id"]
        assert [(r.left, r.right, r.declared) for r in database.semantics.relations] == [("奖项", "学校", True)]
    finally:
        database.close()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "BIGINT"),
        ([1, 2.0], "BIGINT"),
        ([1, 2.5], "DOUBLE"),
        (["2010", "2011"], "BIGINT"),
        (["1.5", 2], "DOUBLE"),
        (["007"], "VARCHAR"),
        (["2010年", 2], "VARCHAR"),
        ([b"x"], "VARCHAR"),
        ([None], "BIGINT"),
        ([float("inf")], "DOUBLE"),
    ],
)
def test_column_types(values: list[Any], kind: str) -> None:
    assert column_type(values) == kind


def test_rows_compare_as_multisets_with_columns_in_any_order() -> None:
    assert same_rows([(1, "a"), (2, "b")], [("b", 2), ("a", 1)])
    assert not same_rows([(1, "a"), (2, "b")], [("a", 2), ("b", 1)])
    assert not same_rows([(1,), (1,)], [(1,)])
    assert same_rows([(0.33333,)], [(0.333334,)])
    assert same_rows([("2010",)], [(2010,)])
    assert not same_rows([(1, 1)], [(1,)])
    assert same_rows([], [])
    assert same_rows([(1, 2, 1), (2, 1, 1)], [(1, 1, 2), (1, 2, 1)])


@given(
    st.lists(st.tuples(*[st.one_of(st.integers(0, 2), st.sampled_from("ab"), st.none())] * 4), max_size=6),
    st.permutations(range(4)),
    st.randoms(),
)
def test_shuffled_rows_and_columns_are_the_same(rows: list[tuple[Any, ...]], order: list[int], random: Any) -> None:
    moved = [tuple(row[i] for i in order) for row in rows]
    random.shuffle(moved)
    assert same_rows(rows, moved)
    if rows:
        assert not same_rows(rows, [*moved[:-1], (*moved[-1][:-1], "other")])


@pytest.mark.parametrize(
    ("gold", "shape"),
    [
        ("select a from t", "list"),
        ("select a from t where b > 1", "filter"),
        ("select count(*) from t", "aggregate"),
        ("select a , count(*) from t group by a", "group"),
        ("select a from t group by a having count(*) > 1", "having"),
        ("select a from t group by a order by count(*) desc limit 1", "group_top"),
        ("select a from t order by b limit 3", "top"),
        ("select a from t order by b", "order"),
        ("select a from t join u on t.x = u.x", "join"),
        ("select a from t join u on t.x = u.x group by a", "join_group"),
        ("select a from t where b > ( select avg(b) from t )", "nested"),
        ("select a from t where b not in ( select b from u )", "set"),
        ("( select a from t ) union ( select a from u )", "set"),
        ("select a / b from t", "arithmetic"),
        ("select from where", "other"),
    ],
)
def test_shapes(gold: str, shape: str) -> None:
    assert shape_of(gold) == shape
    assert shape in SHAPES


def test_a_bench_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SqlBenchError, match="无法读取"):
        load_cases(tmp_path)
    (tmp_path / "questions.jsonl").write_text('{"id": 1}\n', "utf-8")
    with pytest.raises(SqlBenchError, match="第 1 行"):
        load_cases(tmp_path)
    (tmp_path / "questions.jsonl").write_text('{"id": 1, "db": "x", "question": "q", "gold": "select 1"}\n', "utf-8")
    with pytest.raises(SqlBenchError, match="缺少数据库文件"):
        run_sql(tmp_path, planner=lambda _database, _question: None)


@pytest.mark.skipif(not REAL.is_dir(), reason="the public SQL benches are not here")
@pytest.mark.parametrize(("name", "lost"), [("dusql_a", 0), ("sesql_a", 1)])
def test_scoring_loses_nothing_on_the_real_bench(name: str, lost: int) -> None:
    golds = {c.question: c.gold for c in load_cases(REAL / name)}
    report = run_sql(REAL / name, planner=translated_gold(golds))
    assert sum(not r.correct for r in report.results) <= lost
