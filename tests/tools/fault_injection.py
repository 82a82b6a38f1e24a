"""Makes any function of our own code fail when it is entered: real code, with an error where one could arise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
Call = tuple[str, str, int]  # file, function, which of its calls


class InjectedFault(RuntimeError):
    """An error that no code expects."""


def calls_of(action: Callable[[], Any], *folders: str, each: int = 3) -> list[Call]:
    """The functions of files under `folders` that `action` enters, up to the first `each` calls of every one."""
    counts: dict[CodeType, int] = {}

    def note(frame: FrameType) -> None:
        counts[frame.f_code] = counts.get(frame.f_code, 0) + 1

    with _traced(note, folders):
        action()
    return [
        (_relative(code), code.co_qualname, number)
        for code, count in counts.items()
        if not code.co_name.startswith("<")  # the body of a module or class, or a comprehension within a function
        for number in range(min(count, each))
    ]


def failing(call: Call, action: Callable[[], T]) -> tuple[T | None, BaseException | None, bool]:
    """Run `action` with that call failing; its result, the error that came out, and whether the fault was met."""
    file, name, wanted = call
    met = 0
    fired = False

    def fail(frame: FrameType) -> None:
        nonlocal met, fired
        if frame.f_code.co_qualname == name and _relative(frame.f_code) == file:
            met += 1
            if met == wanted + 1:
                fired = True
                raise InjectedFault(name)

    try:
        with _traced(fail, (file,)):
            return action(), None, fired
    except Exception as error:
        return None, error, fired


@contextmanager
def _traced(entered: Callable[[FrameType], None], folders: tuple[str, ...]) -> Iterator[None]:
    begin = tuple(str(ROOT / folder) for folder in folders)

    def trace(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(begin):
            entered(frame)

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def _relative(code: CodeType) -> str:
    return str(Path(code.co_filename).relative_to(ROOT))
