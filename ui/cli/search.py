"""`zhengwen search`: retrieval alone."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from ui.cli.state import AsJson, State, state_of

app = typer.Typer(no_args_is_help=True)
Top = Annotated[int, typer.Option("--top", min=1, max=1000, help="最多给出几条。")]


@app.command("datasets", help="检索数据目录。")
def datasets(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="要找什么。")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    index = _index(state_of(context))
    found = index.search_datasets(query, top)
    rows = [{"id": h.id, "title": h.title, "score": h.score} for h in found.hits]
    _print(query, rows, found.confidence, found.notes, as_json)


@app.command("policies", help="检索政策条款。")
def policies(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="要找什么。")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    index = _index(state_of(context))
    found = index.search_articles(query, top)
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


def _index(state: State) -> Any:
    from corpus.store import CatalogStore
    from corpus.workspace import Workspace
    from retrieval.index import Index

    workspace = Workspace.open(state.workspace)
    store = CatalogStore(workspace.catalog_path)
    if not workspace.index_path.exists():
        return Index.build(store, workspace.index_path)
    return Index.open(workspace.index_path, store)


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
