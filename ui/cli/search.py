"""`zhengwen search`: retrieval alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.shell import Application
from ui.cli.state import AsJson, State, state_of

if TYPE_CHECKING:
    from assistant.settings import Settings
    from retrieval.index import Index

app = Application()
MAX_QUERY = 2000
Top = Annotated[int, typer.Option("--top", metavar="条数", min=1, max=1000, help="最多给出几条。")]


@app.command("datasets", help="检索数据目录。")
def datasets(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="内容", help="要找什么。")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    index, settings = _open(state_of(context))
    found = index.search_datasets(_words(query), top, today=settings.today)
    rows = [{"id": h.id, "title": h.title, "score": h.score} for h in found.hits]
    _print(query, rows, found.confidence, found.notes, as_json)


@app.command("policies", help="检索政策条款。")
def policies(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="内容", help="要找什么。")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    index, settings = _open(state_of(context))
    found = index.search_articles(_words(query), top, settings.city, settings.today)
    rows = [
        {
            "id": f"{h.document}#{h.locator}",
            "title": f"{h.title} {h.locator}",
            "score": h.score,
            "in_force": h.in_force,
            "text": h.text,
        }
        for h in found.hits
    ]
    _print(query, rows, found.confidence, found.notes, as_json)


def _open(state: State) -> tuple[Index, Settings]:
    """The index as a turn opens it, and the settings that a turn searches with."""
    from assistant.opening import open_catalogue, open_index
    from assistant.settings import load_settings
    from corpus.workspace import Workspace

    workspace = Workspace.open(state.workspace)
    settings = load_settings(workspace)
    return open_index(workspace, open_catalogue(workspace), settings), settings


def _words(query: str) -> str:
    if not query.strip():
        raise typer.BadParameter("要找的内容是空的。")
    if len(query) > MAX_QUERY:
        raise typer.BadParameter(f"要找的内容太长（{len(query)}字），最多{MAX_QUERY}字。")
    return query


def _print(query: str, rows: list[dict[str, Any]], confidence: float, notes: list[str], as_json: bool) -> None:
    if as_json:
        typer.echo(
            json.dumps(
                {"query": query, "confidence": confidence, "notes": notes, "hits": rows}, ensure_ascii=False, indent=2
            )
        )
        return
    if not rows:
        typer.echo("没有找到。")
    for row in rows:
        typer.echo(f"{row['score']:.3f}  {row['id']}  {row['title']}")
    for note in notes:
        typer.echo(f"注意：{note}")
