"""`zhengwen audit`: prove that the log is whole; look at an entry."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ui.cli.state import state_of

app = typer.Typer(no_args_is_help=True)


def _log(context: typer.Context):  # type: ignore[no-untyped-def]
    from corpus.workspace import Workspace
    from tools.audit import AuditLog

    return AuditLog(Workspace.open(state_of(context).workspace).audit_path)


@app.command("verify", help="核对审计日志：有没有被改动、删除或插入。")
def verify(context: typer.Context) -> None:
    log = _log(context)
    problems = log.verify()
    if problems:
        for problem in problems:
            typer.echo(str(getattr(problem, "message", problem)), err=True)
        typer.echo(f"错误：审计日志有{len(problems)}处问题。请保留现场并联系管理员。", err=True)
        raise typer.Exit(1)
    typer.echo(f"审计日志完整，共{log.head().count}条，校验算法 {log.algorithm}。")


@app.command("show", help="查看一条审计记录。")
def show(context: typer.Context, key: Annotated[str, typer.Argument(help="记录编号。")]) -> None:
    entry = _log(context).entry(key)
    if entry is None:
        typer.echo(f"错误：没有编号为 {key} 的审计记录。", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(asdict(entry), ensure_ascii=False, indent=2, default=str))
