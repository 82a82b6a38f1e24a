"""What every command knows: which workspace it works on, and how to open it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant import Assistant


@dataclass(frozen=True)
class State:
    workspace: Path

    def open(self) -> Assistant:
        """The assistant of this workspace; WorkspaceError when there is none."""
        from assistant import Assistant

        return Assistant.open(self.workspace)


AsUser = Annotated[str, typer.Option("--as", help="以哪个用户的身份：citizen、official、steward、evaluator、admin。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


def state_of(context: typer.Context) -> State:
    state = context.obj
    assert isinstance(state, State)
    return state
