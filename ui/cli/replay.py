"""`zhengwen replay`: run an answer's query again and say whether it still holds."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.state import state_of


def replay(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="编号", help="回答编号（ask --json 输出里的 id）。")],
) -> None:
    """Ask the stored question again, as the same user and in the same place, and compare SQL, rows and quotes."""
    with state_of(context).open() as assistant:
        found = assistant.again(key)
    if found is None:
        typer.echo(f"错误：没有编号为 {key} 的回答。编号在 ask --json 的 id 里。", err=True)
        raise typer.Exit(1)
    before, after = found
    differences = [
        label
        for name, label in (("kind", "结果类型"), ("sql", "查询语句"), ("table", "结果数据"), ("text", "文字"))
        if getattr(before, name, None) != getattr(after, name, None)
    ]
    if [c.sha256 for c in before.citations] != [c.sha256 for c in after.citations]:
        differences.append("引用")
    if before.versions.get("data") != after.versions.get("data"):
        typer.echo(f"数据版本已从 {before.versions.get('data')} 变为 {after.versions.get('data')}。")
    if differences:
        typer.echo(f"与原回答不同：{'、'.join(differences)}。")
        raise typer.Exit(1)
    typer.echo("与原回答一致。")
