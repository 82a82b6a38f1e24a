"""What a turn reports while it runs: facts from the steps, not words of a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class StepEvent:
    """One step began or ended. `title` is shown to people (「检索目录」); `detail` says what came of it."""

    step: str
    title: str
    status: Literal["started", "done"]
    detail: str = ""
    elapsed_ms: float = 0.0
    facts: dict[str, str] = field(default_factory=dict)
