"""Joins do not lie: the trap town's questions get their rows or none, and what is added up is added up once."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from assistant.planning.embedded import EmbeddedPlanner
from evals.suites import SUITES
from evals.trap_town import connect, planner
from evals.traps import TrapCase, TrapResult, ask, load_traps, run_traps, show

CASES = load_traps()


@pytest.fixture(scope="module")
def results() -> list[TrapResult]:
    return run_traps(CASES)


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[EmbeddedPlanner, duckdb.DuckDBPyConnection]]:
    with connect() as connection:
        yield planner(connection), connection


def test_the_suite_covers_each_trap() -> None:
    assert len(CASES) >= 100 and len({c.id for c in CASES}) == len(CASES)
    assert SUITES["traps"].size() == f"{len(CASES)}题"


def test_no_wrong_number_is_stated(results: list[TrapResult]) -> None:
    assert [r.id for r in results if r.verdict == "wrong"] == []


def test_most_questions_get_their_rows(results: list[TrapResult]) -> None:
    wrong = {r.id for r in results if not r.right}
    assert len(wrong) <= 14
    for kind in ("chasm", "fan", "having", "stock", "apart", "ends", "ratio", "name"):
        assert not {w for w in wrong if w.startswith(f"{kind}-")}, kind
    assert "| 全部 | " in show(results)


def test_a_multiplied_number_is_called_wrong(town: tuple[EmbeddedPlanner, duckdb.DuckDBPyConnection]) -> None:
    case = TrapCase("chasm-0", "各片区的就诊费用和补贴金额", (("北片区", 3400, 8100), ("南片区", 800, 2900)))
    assert ask(case, *town).verdict == "wrong"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("每家诊所平均有几位医生", "平均数按全部诊所计算"),
        ("2025年各诊所的补贴金额和在岗人数", "是时点数，按2025-02的数据回答"),
    ],
)
def test_what_a_number_counts_is_told(
    town: tuple[EmbeddedPlanner, duckdb.DuckDBPyConnection], question: str, told: str
) -> None:
    best = town[0].plan(question).candidates[0].reading
    assert any(told in a for a in best.assumptions)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("诊所有几家，公交线路有几条", [(4, 3)]),
        ("2025年就诊多少次，其中急诊多少次", [(5, 2)]),
        ("各片区就诊多少次，其中急诊和门诊各多少次", [("北片区", 5, 2, 3), ("南片区", 1, 0, 1)]),
        ("就诊费用最高和最低的片区", [("北片区", 1700), ("南片区", 400)]),
        ("2025年1月就诊多少次，公交线路有几条", [(2, 3)]),
    ],
)
def test_two_questions_in_one(
    town: tuple[EmbeddedPlanner, duckdb.DuckDBPyConnection], question: str, rows: list[tuple[object, ...]]
) -> None:
    best = town[0].plan(question).candidates[0]
    assert sorted(town[1].execute(best.sql).fetchall()) == sorted(rows) and not best.reading.unused


def test_the_contrary_of_a_name_is_not_taken_for_it(
    town: tuple[EmbeddedPlanner, duckdb.DuckDBPyConnection],
) -> None:
    for candidate in town[0].plan("甲分院的下级单位有哪些").candidates[:1]:
        assert not any("上级单位" in a for a in candidate.reading.assumptions)
