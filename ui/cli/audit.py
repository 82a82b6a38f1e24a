"""`zhengwen audit`: prove that the log is whole; look at an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.shell import Application
from ui.cli.state import state_of

if TYPE_CHECKING:
    from tools.audit import AuditLog, Entry

app = Application()
RECENT = 20


def _log(context: typer.Context) -> AuditLog:
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
    typer.echo(f"审计日志完整，共{log.head().count}条，校验算法 {log.algorithm()}。")


@app.command("show", help="查看一条审计记录；不写编号就列出最近的记录。")
def show(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="编号", help="记录编号，或回答编号。")] = None,
) -> None:
    log = _log(context)
    if key is None:
        for entry in log.entries(RECENT):
            typer.echo(f"{entry.id}  {entry.at}  {entry.kind}  {entry.principal}  {entry.body.get('question', '')}")
        return
    found = log.entry(key)
    entries = [found] if found is not None else [e for e in _all(log) if e.body.get("id") == key]
    if not entries:
        typer.echo(f"错误：没有编号为 {key} 的审计记录。用 zhengwen audit show 可看最近的编号。", err=True)
        raise typer.Exit(1)
    for entry in entries:
        typer.echo(json.dumps(asdict(entry), ensure_ascii=False, indent=2, default=str))


def _all(log: AuditLog) -> Iterator[Entry]:
    """Every entry, the newest first."""
    before: int | None = None
    while page := log.entries(1000, before=before):
        yield from page
        before = page[-1].n
