"""The suites of routes and of conversations nobody had tried: their cases, their gold, their judge and report."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from assistant import Assistant
from assistant.outcome import Answer, Citation, Clarify, Draft, Option, Outcome, Refuse
from evals.dialogues import SUITE_FRESH, load_dialogues
from evals.dialogues import judge as judge_turn
from evals.routes import TITLES, RouteCase, judge, load_routes, run_routes, show

CASES = load_routes()
FRESH = load_dialogues(SUITE_FRESH)
ENTRY = Citation(n=1, kind="dataset", id="yl-resident", title="人口基础信息")


def test_the_suite_covers_every_route_in_both_halves() -> None:
    assert len(CASES) >= 150 and len({c.id for c in CASES}) == len({c.question for c in CASES}) == len(CASES)
    assert {c.route for c in CASES} == set(TITLES)
    for split in ("open", "held"):
        assert min(Counter(c.route for c in CASES if c.split == split).values()) >= 7


def test_conversations_have_gold_that_runs(demo_root: Path) -> None:
    assert len(FRESH) >= 80 and len({d.id for d in FRESH}) == len(FRESH)
    with duckdb.connect(str(demo_root / "warehouse.duckdb"), read_only=True) as connection:
        for dialogue in FRESH:
            assert 3 <= len(dialogue.turns) <= 5
            for turn in dialogue.turns:
                assert bool(turn.sql) == (turn.expect == "answer"), turn
                for sql in (turn.sql, *turn.also):
                    if sql:
                        rows = connection.execute(sql).fetchall()
                        assert rows and any(v is not None for v in rows[0]), (dialogue.id, turn.ask)


@pytest.mark.parametrize(
    ("outcome", "got"),
    [
        (Answer(text="…", route="policy"), "policy"),
        (Clarify(text="…", options=[Option(label="a", value="a")]), "data"),
        (Draft(text="…", route="share_request", request={}), "share_request"),
        (Refuse(text="…", reason="forbidden", citations=[ENTRY]), "forbidden"),
        (Refuse(text="…", reason="forbidden"), "unnamed"),
        (Refuse(text="…", reason="unsafe"), "unsafe"),
        (Refuse(text="…", reason="out_of_scope", route="out_of_scope"), "out_of_scope"),
    ],
)
def test_where_an_outcome_counts(outcome: Outcome, got: str) -> None:
    result = judge(RouteCase("x", "q", got if got in TITLES else "forbidden"), outcome)
    assert result.got == got and result.right == (got in TITLES)
    assert judge(RouteCase("x", "q", "about", also=(got,)), outcome).right


def test_a_question_back_counts_where_it_is_as_good() -> None:
    turn = next(t for d in FRESH for t in d.turns if t.or_ask)
    asked = Clarify(text="…", options=[Option(label="a", value="a")])
    assert judge_turn(FRESH[0], 2, turn, [], asked).right


def test_the_report(demo_assistant: Assistant, tmp_path: Path) -> None:
    picked = [next(c for c in CASES if c.route == route) for route in TITLES]
    results = run_routes(demo_assistant, picked, tmp_path)
    report = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert report["cases"] == len(picked) == len((tmp_path / "results.jsonl").read_text("utf-8").splitlines())
    assert all(TITLES[r] in show(results) for r in report["by_route"])
