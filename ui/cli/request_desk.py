"""The desk of the workspace on the command line, and what its commands share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.state import state_of

if TYPE_CHECKING:
    from tools.requests.desk import RequestDesk

Number = Annotated[str, typer.Argument(metavar="编号", help="申请编号，例如 GX2026070600001。")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="已经看过内容，确认办理，不再询问。")]


def desk_of(context: typer.Context) -> RequestDesk:
    """The share requests of this workspace; nothing else of it is opened."""
    from assistant.settings import load_settings
    from corpus.workspace import Workspace
    from tools.requests.opening import open_desk

    workspace = Workspace.open(state_of(context).workspace)
    settings = load_settings(workspace)
    return open_desk(workspace, today=lambda: settings.today or date.today(), url=settings.state, place=settings.city)


def confirmed(question: str, yes: bool) -> None:
    """Ask the person at the keyboard; a program must say `--yes` on a person's behalf."""
    if yes:
        return
    try:
        agreed = typer.confirm(f"{question}确认吗？", default=False)
    except typer.Abort as error:
        raise typer.BadParameter("这一步要由本人确认：在终端里回答 y，或者看过内容后加上 --yes。") from error
    if not agreed:
        typer.echo("没有办理，内容没有改动。")
        raise typer.Exit(1)


def write_whole(out: Path, data: bytes) -> None:
    """A file that appears under its name when it is whole."""
    if out.is_dir():
        raise typer.BadParameter(f"--out 要写成文件，{out} 是文件夹。")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def echo_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def echo_table(headings: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """Tab-separated lines, so that a shell and a spreadsheet can both read them."""
    typer.echo("\t".join(headings))
    for row in rows:
        typer.echo("\t".join("" if cell is None else str(cell).replace("\t", " ").replace("\n", " ") for cell in row))
