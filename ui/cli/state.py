"""What every command knows: which workspace it works on, how to open it, and who may be asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant import Assistant
    from tools.principal import Principal


@dataclass(frozen=True)
class State:
    workspace: Path

    def open(self) -> Assistant:
        """The assistant of this workspace; WorkspaceError when there is none."""
        from assistant import Assistant

        return Assistant.open(self.workspace)


AsUser = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="用户",
        help="以谁的身份：账号的用户名；演示工作区有 citizen、official、steward、evaluator、admin。",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


def state_of(context: typer.Context) -> State:
    state = context.obj
    assert isinstance(state, State)
    return state


def known_user(who: str, context: typer.Context) -> Principal:
    """The user called `who`, of the workspace that `context` names; a usage error says what to do without one."""
    from ui.cli.people import person

    found = person(state_of(context).workspace, who)
    if found is None:
        raise typer.BadParameter(unknown_user(who))
    return found


def unknown_user(who: str) -> str:
    from tools.rights import DEMO_USERS

    names = "、".join(DEMO_USERS)
    return f"没有名为“{who}”的用户。演示工作区可用 {names}；其他工作区用 zhengwen users list 查看账号。"


@contextmanager
def whole_file(out: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name when it is whole, and not at all when anything fails before."""
    if out.is_dir():
        raise typer.BadParameter(f"--out 要写成文件，{out} 是文件夹。")
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("w", encoding="utf-8") as sink:
            yield sink
        partial.replace(out)
    except OSError as error:
        error.filename = error.filename or str(out)  # a failed write does not say where
        raise
    finally:
        partial.unlink(missing_ok=True)
