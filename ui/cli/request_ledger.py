"""`zhengwen request ledger|demands`: who asked for what, when it was answered, and the figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.request_desk import desk_of, echo_json, echo_table
from ui.cli.shell import Application
from ui.cli.state import AsJson, AsUser, known_user, state_of

if TYPE_CHECKING:
    from tools.requests.desk import RequestDesk


def ledger(
    context: typer.Context,
    who: AsUser = "steward",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="同时更新供提问的台账数据表（平时每天自动更新一次）。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    from tools.requests.ledger import figures_of

    principal, desk = known_user(who, context), desk_of(context)
    if refresh:
        _refresh(context, desk)
    lines = desk.ledger(principal)
    figures = figures_of(lines)
    if as_json:
        echo_json({"figures": asdict(figures), "lines": [asdict(line) for line in lines]})
        return
    if not lines:
        typer.echo(f"{who} 能看到的申请里还没有提交过的。")
        return
    average = "—" if figures.average_days is None else f"{figures.average_days}个工作日"
    rate = "—" if figures.on_time_rate is None else f"{figures.on_time_rate}%"
    typer.echo(
        f"提交{figures.submitted}件，已答复{figures.replied}件（同意{figures.agreed}，不同意{figures.refused}），"
        f"待答复{figures.waiting}件；平均答复{average}，按期答复率{rate}，超期{figures.late}件。"
    )
    for title, found in (("申请最多的数据", figures.most_wanted), ("不同意的理由", figures.refused_by)):
        if found:
            typer.echo(f"{title}：{'；'.join(f'{name} {count}件' for name, count in found)}")
    typer.echo("")
    echo_table(
        [
            "编号",
            "申请部门",
            "数据目录",
            "提供部门",
            "提交",
            "答复期限",
            "答复日期",
            "答复",
            "用时（工作日）",
            "超期（工作日）",
            "理由",
        ],
        (
            [
                *(x.number, x.department, x.dataset_title, x.provider, x.submitted, x.due, x.replied, x.reply),
                *(x.reply_days, x.late or "", x.reason),
            ]
            for x in lines
        ),
    )


def _refresh(context: typer.Context, desk: RequestDesk) -> None:
    from corpus.workspace import Workspace
    from tools.requests.ledger_refresh import refresh_ledger

    if refresh_ledger(Workspace.open(state_of(context).workspace), desk):
        typer.echo("已更新台账数据表。", err=True)
    else:
        typer.echo("正在导入数据，台账数据表没有更新，请稍后重试。", err=True)
        raise typer.Exit(1)


def demands(context: typer.Context, who: AsUser = "steward", as_json: AsJson = False) -> None:
    found = desk_of(context).demands(known_user(who, context))
    if as_json:
        echo_json([asdict(line) for line in found])
    elif found:
        rows = ((d.wanted, d.times, d.departments, d.first, d.last) for d in found)
        echo_table(["想要的数据", "次数", "部门数", "最早", "最近"], rows)
    else:
        typer.echo("还没有人要过目录里没有的数据。")


def add_to(app: Application) -> None:
    """Add these commands."""
    app.command("ledger", help="台账和统计：谁申请了什么，何时由谁答复，为何不同意，平均用时，超期。")(ledger)
    app.command("demands", help="需求清单：有人要而目录里没有的数据。")(demands)
