"""`zhengwen ingest`: take files into a workspace and say what came of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.state import state_of


def ingest_command(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="文件或文件夹，可以有多个。")],
    workspace: Annotated[
        Path | None, typer.Option("-w", "--workspace", help="工作区文件夹，没有则新建；也可以写在 ingest 之前。")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="不自动判断，按此类读取：catalog 数据目录、policy 政策文件、table 数据表。"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="数据目录的字段映射文件（YAML 或 TOML），每行「来源字段: 我们的字段」。"),
    ] = None,
    opening: Annotated[
        str | None,
        typer.Option(
            "--opening",
            help="导入的数据表的开放属性：open 无条件开放（默认）、conditional 有条件开放、closed 不予开放。",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不改动工作区。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出完整报告。")] = False,
) -> None:
    """导入数据目录、政策文件和数据表，类型自动识别；可以重复运行，也可以随时中断。"""
    from ui.cli.ingest_files import take_in  # loads the readers of every format
    from ui.cli.ingest_report import show

    root = workspace or state_of(context).workspace
    report = take_in(paths, root, kind, mapping, opening, dry_run, quiet=as_json)
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        show(report)
    raise typer.Exit(report.exit_code)
