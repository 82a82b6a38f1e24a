"""Joins do not lie: the trap town's questions get their rows or none, and what is added up is added up once."""

from __future__ import annotations

import pytest

from evals.suites import SUITES
from evals.traps import TrapResult, load_traps, run_traps, show

CASES = load_traps()
# Wrong numbers that are still stated; nothing may join them.
STILL_WRONG = {
    "chasm-4", "fan-2", "fan-11", "per-1", "per-2", "per-5", "per-7", "ratio-3", "ratio-4", "share-6",
    "tree-1", "tree-2", "tree-3", "tree-4", "stock-4", "stock-5", "stock-6", "stock-7", "ends-2", "ends-3",
}  # fmt: skip


@pytest.fixture(scope="module")
def results() -> list[TrapResult]:
    return run_traps(CASES)


def test_the_suite_covers_each_trap() -> None:
    assert len(CASES) >= 100 and len({c.id for c in CASES}) == len(CASES)
    assert SUITES["traps"].size() == f"{len(CASES)}题"


def test_no_wrong_number_is_stated(results: list[TrapResult]) -> None:
    assert {r.id for r in results if r.verdict == "wrong"} <= STILL_WRONG


def test_most_questions_get_their_rows(results: list[TrapResult]) -> None:
    right = {r.id for r in results if r.right}
    assert len(right) >= 59
    assert {"chasm-2", "fan-7", "bridge-3", "having-2", "order-2", "name-2", "share-5"} <= right
    assert "陷" not in show(results) and "全部" in show(results)
