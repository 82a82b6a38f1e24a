"""The attack cases, on the gate alone, the locked engine alone and the whole path; and that their judge can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.attack_cases import AttackCasesError, load_sql_cases, made
from evals.attack_lab import LAYERS, Lab, lab_scope
from evals.attacks import run_attacks
from tools.principal import Scope, TableScope
from tools.scope_db import scope_of

CASES = Path(__file__).parent / "fixtures" / "attacks"


def careless(data_version: str) -> Scope:
    """Rights as a mistake would make them: everything that the cases try to reach."""
    budget = TableScope(columns=["dept", "amount", "internal_note"])
    return scope_of({**lab_scope(data_version).tables, "budget": budget}, data_version)


@pytest.mark.slow
def test_every_case_holds_on_every_layer(tmp_path: Path) -> None:
    report = run_attacks(CASES, tmp_path / "out", timeout_s=2)
    assert report.failures == []
    assert report.passed and len(report.results) == 3 * len(load_sql_cases(CASES)) >= 360
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    assert [set(row) for row in rows] == [{"id", "layer", "passed", "note"}] * len(report.results)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["passed"] and set(summary["by_class"]) == set("WRXNTCPDEOK")


@pytest.fixture(scope="module")
def careless_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"), (CASES / "lab.sql").read_text("utf-8"), 5.0, careless)
    yield lab
    lab.close()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("SELECT internal_note FROM budget", "TOPSECRET-NOTE"),
        ("SELECT amount FROM budget WHERE dept = 'B'", "200"),
        ("SELECT list(b) FROM budget b", "TOPSECRET-NOTE"),
        ("SELECT sum(amount) FROM budget", "随不可见的数据变化"),
        ("SELECT 'n2' IN (SELECT internal_note FROM budget)", "随不可见的数据变化"),
        ("SELECT count(*) FROM budget", "随不可见的数据变化"),
        ("SELECT dept FROM budget ORDER BY length(internal_note), dept", "随不可见的数据变化"),
    ],
)
def test_the_judge_sees_leaks_where_rights_are_careless(careless_lab: Lab, layer: str, sql: str, wrong: str) -> None:
    _, found = careless_lab.judge(layer, sql)  # type: ignore[arg-type]
    assert any(wrong in text for text in found)


def test_the_judge_sees_files_and_later_effects(careless_lab: Lab) -> None:
    service = careless_lab.services[0]
    before = service.snapshot()
    (service.files / "new.csv").write_text("x")
    assert service.snapshot() != before
    (service.files / "new.csv").unlink()
    assert service.snapshot() == before


def test_statements_are_made_without_running_anything() -> None:
    assert made('"SELECT "+"("*3+"1"+")"*3') == "SELECT (((1)))"
    assert made('"SELECT "+",".join(f"{i} AS c{i}" for i in range(3))') == "SELECT 0 AS c0,1 AS c1,2 AS c2"
    for expression in (
        "__import__('os').getcwd()",
        "open('x').read()",
        "'a'*10**9",
        "1+1",
        "(",
        "",
        "[].append(1)",
        "x",
    ):
        with pytest.raises(AttackCasesError):
            made(expression)


def test_unusable_folders_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AttackCasesError, match="读不到"):
        run_attacks(tmp_path)
    (tmp_path / "sql_attacks.jsonl").write_text("{}\nnot json\n")
    with pytest.raises(AttackCasesError, match="第 2 行"):
        run_attacks(tmp_path)
    (tmp_path / "sql_attacks.jsonl").write_text("")
    (tmp_path / "sql_controls.jsonl").write_text("")
    with pytest.raises(AttackCasesError, match="没有攻击用例"):
        run_attacks(tmp_path)
