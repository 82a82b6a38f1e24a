"""`zhengwen replay`: run an answer's query again and say whether it still holds."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.state import state_of


def replay(
    context: typer.Context, key: Annotated[str, typer.Argument(help="回答编号（ask --json 输出里的 id）。")]
) -> None:
    """Re-ask the stored question as the same user and compare SQL, rows and quotes."""
    with state_of(context).open() as assistant:
        before = assistant.services.conversations.outcome(key)
        if before is None:
            typer.echo(f"错误：没有编号为 {key} 的回答。", err=True)
            raise typer.Exit(1)
        after = assistant.ask(before.question, principal=before.principal)
    differences = []
    for name, label in (("kind", "结果类型"), ("sql", "查询语句"), ("table", "结果数据"), ("text", "文字")):
        if getattr(before, name, None) != getattr(after, name, None):
            differences.append(label)
    if [c.sha256 for c in before.citations] != [c.sha256 for c in after.citations]:
        differences.append("引用")
    if before.versions.get("data") != after.versions.get("data"):
        typer.echo(f"数据版本已从 {before.versions.get('data')} 变为 {after.versions.get('data')}。")
    if differences:
        typer.echo(f"与原回答不同：{'、'.join(differences)}。")
        raise typer.Exit(1)
    typer.echo("与原回答一致。")
