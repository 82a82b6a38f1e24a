"""Stages in processes of their own: what they return, how they fail, and that none is waited for in vain."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from corpus.workspace import WorkspaceError
from evals.apart import run_apart


def works(number: int, report: Callable[[str, float], None]) -> dict[str, Any]:
    report("half", 0.5)
    return {"twice": 2 * number, "process": os.getpid()}


def fails(number: int, report: Callable[[str, float], None]) -> dict[str, Any]:
    raise ValueError(f"number {number}")


def dies(number: int, report: Callable[[str, float], None]) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def chatters(number: int, report: Callable[[str, float], None]) -> dict[str, Any]:
    while True:
        report("x" * 1000, 0.0)


class Unreadable:
    """Can be sent to another process and not be taken in there, as a module that does not import."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (__import__, ("no_such_module_anywhere",))


def test_a_stage_returns_from_a_process_of_its_own() -> None:
    said: list[tuple[str, float]] = []
    result = run_apart("works", works, (21,), lambda text, share: said.append((text, share)))
    assert result["twice"] == 42 and result["process"] != os.getpid()
    assert result["peak_mib"] > 0 and said == [("half", 0.5)]


def test_a_stage_that_fails_says_how() -> None:
    with pytest.raises(RuntimeError, match="ValueError: number 3"):
        run_apart("fails", fails, (3,), lambda *_: None)


@pytest.mark.parametrize(("stage", "argument"), [(dies, 1), (works, Unreadable())], ids=["killed", "import"])
def test_a_stage_that_dies_is_not_waited_for(stage: Callable[..., dict[str, Any]], argument: object) -> None:
    with pytest.raises(WorkspaceError, match="中断"):
        run_apart("dies", stage, (argument,), lambda *_: None)


def test_a_stage_does_not_outlive_whoever_asked_for_it() -> None:
    def interrupted(_text: str, _share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_apart("chatters", chatters, (1,), interrupted)
