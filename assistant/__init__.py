"""One turn: question → route → retrieve → plan → check → run → compose → outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant as Assistant

__all__ = ["Assistant"]


def __getattr__(name: str) -> Any:
    """`from assistant import Assistant` without loading it for those who only want a type or a planner."""
    if name == "Assistant":
        from assistant.assistant import Assistant

        return Assistant
    raise AttributeError(name)
