"""Waiting for something that may never come back, no longer than agreed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class TooLate(Exception):
    """The time was up before there was a result."""


class Budget:
    """The time that one turn may spend on the model, all its calls together, in seconds."""

    def __init__(self, total_s: float) -> None:
        self._end = time.monotonic() + total_s

    @property
    def remaining_s(self) -> float:
        """What is left; never below zero."""
        return max(0.0, self._end - time.monotonic())


def within(seconds: float, work: Callable[[], Result], give_up: Callable[[], None]) -> Result:
    """The result of `work`, or its exception; TooLate after `seconds`, when `give_up` is called to make it stop.

    The work runs in a thread of its own, because a peer that sends a byte now and then outlives every socket timeout.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    # A daemon, so that an abandoned call cannot keep the program from ending.
    threading.Thread(target=run, name="zhengwen-model", daemon=True).start()
    if not done.wait(seconds):
        give_up()
        raise TooLate
    if errors:
        raise errors[0]
    return results[0]
