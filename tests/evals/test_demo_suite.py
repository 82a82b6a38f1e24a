"""The demo city's suites: their gold runs on open tables, verdicts are told apart, runs are compared, the command works."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from typer.testing import CliRunner

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Option, Outcome, Refuse, ResultTable, TableColumn
from evals.demo import SUITE, SUITE_200, SUITE_UNSEEN, Case, counts, is_held, judge, load_cases, same_rows, show
from evals.dialogues import SLOTS, compare_slots, load_dialogues, run_dialogues
from evals.dialogues import show as show_dialogues
from evals.flips import ResultsError, compare_runs
from evals.suites import SUITES
from ui.cli.app import app

CASES = load_cases(SUITE_200)
UNSEEN = load_cases(SUITE_UNSEEN)
DIALOGUES = load_dialogues()


# -- the cases ----------------------------------------------------------------------------------------------------


def test_the_suite_is_large_and_of_all_shapes() -> None:
    assert len(CASES) >= 200 and len(DIALOGUES) >= 60
    assert len({c.id for c in CASES}) == len(CASES) and len({c.question for c in CASES}) == len(CASES)
    assert not {c.question for c in CASES} & {c.question for c in load_cases(SUITE)}
    assert min(Counter(c.kind for c in CASES).values()) >= 9
    assert all(2 <= len(d.turns) <= 5 for d in DIALOGUES)


def test_about_a_third_is_held_by_id_alone() -> None:
    assert [c.split == "held" for c in CASES] == [is_held(c.id) for c in CASES]
    assert 0.25 < sum(c.split == "held" for c in CASES) / len(CASES) < 0.42


def test_the_unseen_suite_is_new_and_every_second_is_held() -> None:
    assert len(UNSEEN) == len({c.id for c in UNSEEN}) == len({c.question for c in UNSEEN}) == 160
    assert not {c.question for c in UNSEEN} & {c.question for c in CASES + load_cases(SUITE)}
    assert min(Counter(c.kind for c in UNSEEN).values()) >= 6
    assert [c.split for c in UNSEEN] == ["held" if is_held(c.id, every=2) else "fresh" for c in UNSEEN]


def gold() -> list[tuple[str, str]]:
    found = [(c.id, sql) for c in CASES + UNSEEN for sql in (c.sql, *c.also) if sql]
    return found + [(f"{d.id}.{t.ask}", sql) for d in DIALOGUES for t in d.turns for sql in (t.sql, *t.also) if sql]


def test_every_answer_has_gold_that_runs_and_gives_rows(demo_root: Path) -> None:
    with duckdb.connect(str(demo_root / "warehouse.duckdb"), read_only=True) as connection:
        for where, sql in gold():
            rows = connection.execute(sql).fetchall()
            assert rows and any(v is not None for v in rows[0]), where
    assert all(bool(c.sql) == (c.expect == "answer") for c in CASES + UNSEEN)


def test_gold_stands_on_open_tables(demo_assistant: Assistant) -> None:
    seen = demo_assistant.services.planner_for(demo_assistant.principal("citizen")).scope.tables
    for where, sql in gold():
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        named = {t.name for t in tree.find_all(exp.Table)} - {c.alias for c in tree.find_all(exp.CTE)}
        assert named <= set(seen), where


# -- verdicts -----------------------------------------------------------------------------------------------------

ASKED = Case("a1", "simple", "有多少所？", sql="SELECT 1")
ROWS: list[list[tuple[object, ...]]] = [[(5,)]]


def answer(*rows: list[object], warnings: tuple[str, ...] = (), status: str = "complete") -> Answer:
    columns = [TableColumn(name=str(i), label=str(i), type="number") for i in range(len(rows[0]))]
    table = ResultTable(columns=columns, rows=list(rows), row_count=len(rows))
    return Answer(text="…", table=table, warnings=list(warnings), status=status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "expect", "verdict"),
    [
        (answer([5]), "answer", "right"),
        (answer(["甲", 5.001]), "answer", "right"),
        (answer([6]), "answer", "stated"),
        (answer([6], warnings=("数据说明：每年更新",)), "answer", "stated"),
        (answer([6], warnings=("没有用上的词：“夜间”",)), "answer", "warned"),
        (answer([6], status="partial"), "answer", "warned"),
        (Clarify(text="？", options=[Option(label="一", value="一")]), "answer", "asked"),
        (Clarify(text="？", options=[Option(label="一", value="一")]), "clarify", "right"),
        (Refuse(text="不", reason="forbidden"), "refuse", "right"),
        (Refuse(text="不", reason="out_of_scope"), "refuse", "refused"),
        (Refuse(text="不", reason="out_of_scope"), "no_information", "right"),
        (Refuse(text="不", reason="forbidden"), "answer", "refused"),
        (Answer(text="没有", status="no_information"), "no_information", "right"),
        (Answer(text="没有", status="no_information"), "answer", "none"),
        (answer([None]), "no_information", "right"),
        (answer([3]), "no_information", "stated"),
        (answer([3]), "clarify", "stated"),
    ],
)
def test_verdicts(outcome: Outcome, expect: str, verdict: str) -> None:
    case = replace(ASKED, expect=expect)
    result = judge(case, ROWS, outcome)  # type: ignore[arg-type]
    assert result.verdict == verdict and result.right == (verdict == "right")
    assert sum(v for k, v in counts([result]).items() if k != "cases") == 1
    assert "simple" in show([result])


def test_rows_are_compared_as_a_multiset_in_any_columns() -> None:
    assert same_rows(ASKED, [("甲", 1), ("乙", 2)], [[2, "x", "乙"], [1, "y", "甲"]])
    assert not same_rows(ASKED, [("甲", 1), ("乙", 2)], [[1, "乙"], [2, "甲"]])
    assert not same_rows(ASKED, [("甲", 1)], [[1, "甲"], [1, "甲"]])
    assert same_rows(replace(ASKED, values_only=True), [("2025-01", 1.0)], [["2025年1月", 1]])


def test_slots_are_compared_one_by_one() -> None:
    shown = answer([5]).model_copy(
        update={"state": [Option(label="指标：学校数量", value=""), Option(label="区县：锦川区、云湖区", value="x")]}
    )
    right = compare_slots({"measures": ["学校数量"], "where": ["云湖区、锦川区"], "time": "2025年"}, shown)
    assert right == {s: s != "time" for s in SLOTS}


# -- running ------------------------------------------------------------------------------------------------------


def test_conversations_are_held_and_scored(demo_assistant: Assistant, tmp_path: Path) -> None:
    some = [d for d in DIALOGUES if d.kind == "nothing"]
    results = run_dialogues(demo_assistant, some, tmp_path)
    assert [r.turn for r in results] == [1, 2, 3]
    assert "追问" in show_dialogues(results)
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["turns"] == 3
    assert not demo_assistant.conversations("evaluator")


def results_file(folder: Path, **right: bool) -> Path:
    folder.mkdir()
    lines = [json.dumps({"id": k, "question": f"问题{k}", "right": v}, ensure_ascii=False) for k, v in right.items()]
    (folder / "results.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_two_runs_are_compared(tmp_path: Path) -> None:
    before = results_file(tmp_path / "a", q1=True, q2=False, q3=True, q4=True)
    now = results_file(tmp_path / "b", q1=False, q2=True, q3=True, q5=True)
    flips = compare_runs(before, now / "results.jsonl")
    assert (flips.gained, flips.lost) == (("q2",), ("q1",))
    assert (flips.only_before, flips.only_now) == (("q4",), ("q5",))
    assert (flips.right_before, flips.right_now, flips.common) == (2, 2, 3)


@pytest.mark.parametrize("content", ["", "{", '{"id": 1}\n', '["id"]\n'])
def test_a_file_that_holds_no_results_is_named(tmp_path: Path, content: str) -> None:
    good = results_file(tmp_path / "a", q1=True)
    bad = tmp_path / "bad.jsonl"
    bad.write_text(content, "utf-8")
    with pytest.raises(ResultsError, match=r"bad\.jsonl"):
        compare_runs(good, bad)
    with pytest.raises(ResultsError, match="没有找到"):
        compare_runs(good, tmp_path / "none")


def test_the_command_lists_and_compares(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["eval", "list"])
    assert listed.exit_code == 0 and all(name in listed.output for name in SUITES)
    before, now = results_file(tmp_path / "a", q1=True), results_file(tmp_path / "b", q1=False)
    compared = runner.invoke(app, ["eval", "compare", str(before), str(now)])
    assert compared.exit_code == 0 and "变错 1 题" in compared.output and "问题q1" in compared.output
    assert runner.invoke(app, ["-w", str(tmp_path), "eval", "run", "nope"]).exit_code != 0
