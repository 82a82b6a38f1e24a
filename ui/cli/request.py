"""`zhengwen request`: share-request drafts that conversations produced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.shell import Application
from ui.cli.state import AsJson, AsUser, known_user, state_of, whole_file

app = Application()


def _drafts(context: typer.Context, who: str):  # type: ignore[no-untyped-def]
    from assistant.conversations import Conversations
    from corpus.workspace import Workspace

    known_user(who)

    store = Conversations(Workspace.open(state_of(context).workspace).state_path)
    return [o for c in store.of(who) for o in store.history(c.id, who) if o.kind == "draft"]


@app.command("list", help="列出自己的共享申请草稿。")
def list_(context: typer.Context, who: AsUser = "official", as_json: AsJson = False) -> None:
    drafts = _drafts(context, who)
    if as_json:
        rows = [{"id": d.id, "question": d.question, "request": d.request, "missing": d.missing} for d in drafts]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not drafts:
        typer.echo(f"{who} 还没有共享申请草稿。用 zhengwen ask “我要申请共享……” --as {who} 可以起草一份。")
    for draft in drafts:
        typer.echo(f"{draft.id}  {draft.request.get('申请的数据目录', '')}  待补充{len(draft.missing)}项")


def _one(context: typer.Context, key: str, who: str):  # type: ignore[no-untyped-def]
    for draft in _drafts(context, who):
        if draft.id == key:
            return draft
    typer.echo(f"错误：{who} 没有编号为 {key} 的共享申请草稿。用 zhengwen request list --as 用户 可看编号。", err=True)
    raise typer.Exit(1)


@app.command("show", help="查看一份草稿。")
def show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="编号", help="草稿编号。")],
    who: AsUser = "official",
) -> None:
    draft = _one(context, key, who)
    for label, value in draft.request.items():
        typer.echo(f"{label}：{'、'.join(value) if isinstance(value, list) else value or '（待填）'}")
    for check in draft.checks:
        typer.echo(f"{'✓' if check.ok else '✗'} {check.rule}（{check.article}）{check.note}")


@app.command("export", help="把一份草稿导出为 JSON。")
def export(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="编号", help="草稿编号。")],
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪里。")],
    who: AsUser = "official",
) -> None:
    draft = _one(context, key, who)
    with whole_file(out) as sink:
        json.dump(draft.model_dump(mode="json"), sink, ensure_ascii=False, indent=2)
    typer.echo(f"已导出到 {out}。")
