"""`zhengwen audit`: prove that the log is whole, look at it, hand it to supervisors, keep it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.shell import Application
from ui.cli.state import AsJson, AsUser, known_user, state_of

if TYPE_CHECKING:
    from tools.audit import AuditLog, Entry
    from tools.audit_chain import Head, Problem

app = Application()
RECENT = 20
By = Annotated[str, typer.Option("--by", metavar="姓名", help="谁来做这件事，记入日志。")]
Out = Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪个文件（不会覆盖已有文件）。")]


def _log(context: typer.Context) -> AuditLog:
    from corpus.workspace import Workspace
    from tools.audit import AuditLog

    return AuditLog(Workspace.open(state_of(context).workspace).audit_path)


@app.command("verify", help="核对审计日志：有没有被改动、删除、插入或调换；也可以核对导出、归档的文件。")
def verify(
    context: typer.Context,
    head: Annotated[
        str | None, typer.Option("--head", metavar="校验值", help="以前记下的最新校验值，用来发现末尾被截断。")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="文件", help="改为核对一个导出或归档的文件。")] = None,
) -> None:
    if file is not None:
        from tools.audit_archive import check_file

        written, problems = check_file(file)
        _report(problems)
        typer.echo(f"文件完整，共{written.entries}条，末条校验值 {written.last.count}-{written.last.hash}。")
        typer.echo(f"文件 SHA-256：{written.sha256}")
        return
    log = _log(context)
    _report(log.verify(_noted(head) if head else None))
    newest = log.head()
    typer.echo(f"审计日志完整，共{newest.count}条，校验算法 {log.algorithm()}。")
    typer.echo(f"最新校验值：{newest.count}-{newest.hash}（请抄存到别处，以后用 --head 核对）")


def _report(problems: list[Problem]) -> None:
    """Say what is wrong and end the command; nothing when all is well."""
    if not problems:
        return
    for problem in problems:
        typer.echo(problem.message, err=True)
    typer.echo(f"错误：审计日志有{len(problems)}处问题。请保留现场并联系管理员。", err=True)
    raise typer.Exit(1)


def _noted(text: str) -> Head:
    """A head as it was printed, with or without its number."""
    from tools.audit_chain import Head

    found = re.fullmatch(r"(?:(\d{1,18})-)?([0-9a-f]{64})", text.strip().lower())
    if found is None:
        raise typer.BadParameter("--head 要写成以前打印的校验值（序号-64位字符，或只写64位字符）。")
    return Head(int(found[1] or 0), found[2])


@app.command("show", help="查看一条审计记录；不写编号就列出最近的记录。")
def show(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="编号", help="记录编号，或回答编号。")] = None,
) -> None:
    log = _log(context)
    if key is None:
        _list(log.entries(RECENT))
        return
    found = log.entry(key)
    entries = [found] if found is not None else [e for e in _all(log) if e.body.get("id") == key]
    if not entries:
        typer.echo(f"错误：没有编号为 {key} 的审计记录。用 zhengwen audit show 可看最近的编号。", err=True)
        raise typer.Exit(1)
    for entry in entries:
        typer.echo(json.dumps(asdict(entry), ensure_ascii=False, indent=2, default=str))


@app.command("mine", help="查看自己的审计记录：问过什么，怎样处理，读了哪些表和列。")
def mine(
    context: typer.Context,
    who: AsUser = "citizen",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多列出多少条，从最近的起。")] = RECENT,
    as_json: AsJson = False,
) -> None:
    entries = _log(context).entries(limit, principal=who)
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2, default=str))
    elif entries:
        _list(entries)
    else:
        known_user(who, context)
        typer.echo(f"{who} 还没有审计记录。")


@app.command("export", help="把一段时间的审计记录导出为文件，供监督检查；文件自身可以核对。")
def export(
    context: typer.Context,
    out: Out,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天起（含）。")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="到哪天止（含）。")] = None,
    by: By = "命令行",
) -> None:
    from tools.audit_archive import export as write

    if first and last and first > last:
        raise typer.BadParameter("--from 不能晚于 --to。")
    written = write(_log(context), out, _day(first), _day(last), by)
    typer.echo(f"已导出{written.entries}条到 {out}，末条校验值 {written.last.count}-{written.last.hash}。")
    typer.echo(f"文件 SHA-256：{written.sha256}。收到的人可以用 zhengwen audit verify --file 核对。")


@app.command("archive", help="把保存期满的旧记录移到归档文件；日志里留下可以核对的封签。")
def archive(
    context: typer.Context,
    out: Out,
    before: Annotated[datetime, typer.Option("--before", formats=["%Y-%m-%d"], help="归档哪天以前的记录。")],
    by: By = "命令行",
) -> None:
    from assistant.settings import load_settings
    from corpus.workspace import Workspace
    from tools.audit_archive import archive as move

    years = load_settings(Workspace.open(state_of(context).workspace)).audit_years
    written = move(_log(context), out, before.date(), by, years=years)
    typer.echo(f"已归档{written.entries}条到 {out}（第{written.last.count}条及以前），请妥善保存这个文件。")
    typer.echo(f"文件 SHA-256：{written.sha256}，已写入日志。")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _list(entries: list[Entry]) -> None:
    for entry in entries:
        what = entry.body.get("question") or entry.body.get("action") or ""
        result = entry.body.get("reason") or entry.body.get("outcome") or ""
        typer.echo(f"{entry.id}  {entry.at}  {entry.kind}  {entry.principal}  {what}  {result}".rstrip())


def _all(log: AuditLog) -> Iterator[Entry]:
    """Every entry, the newest first."""
    before: int | None = None
    while page := log.entries(1000, before=before):
        yield from page
        before = page[-1].n
