"""`zhengwen ingest`: take files into a workspace and say what came of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from corpus.catalog import OpeningClass
from corpus.ingest import IngestError, IngestReport, ingest, load_mapping
from corpus.ingest.report import KIND_LABELS, FileReport, Kind
from corpus.store import CatalogStore
from corpus.workspace import Workspace, WorkspaceError
from ui.cli.state import state_of

SHOWN = 20  # rows of a list on the screen; --json has them all


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
    try:
        root = workspace or state_of(context).workspace
        report = _run(paths, root, _kind(kind), mapping, _opening(opening), dry_run, quiet=as_json)
    except (IngestError, WorkspaceError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        show(report)
    raise typer.Exit(report.exit_code)


def _kind(text: str | None) -> Kind | None:
    for kind in get_args(Kind):
        if text in (kind, KIND_LABELS[kind]):
            return kind  # type: ignore[no-any-return]
    if text is None:
        return None
    raise IngestError(f"--kind 不能是「{text}」，可用：catalog、policy、table。")


def _opening(text: str | None) -> OpeningClass | None:
    if text is None:
        return None
    for value in OpeningClass:
        if text in (value.value, value.label):
            return value
    raise IngestError(f"--opening 不能是「{text}」，可用：open、conditional、closed。")


def _run(
    paths: list[Path],
    root: Path,
    kind: Kind | None,
    mapping: Path | None,
    opening: OpeningClass | None,
    dry_run: bool,
    *,
    quiet: bool,
) -> IngestReport:
    fields = load_mapping(mapping) if mapping is not None else None
    fresh = not (root / "workspace.json").exists()
    if fresh and not any(path.exists() for path in paths):
        raise IngestError(f"{'、'.join(map(str, paths))} 不存在，请检查路径。")
    workspace = Workspace.create(root)
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as bar:
        task = bar.add_task("导入", total=1.0)

        def say(text: str, share: float) -> None:
            bar.update(task, description=text, completed=share)

        report = ingest(paths, workspace, kind=kind, mapping=fields, opening=opening, dry_run=dry_run, progress=say)
        if not dry_run and (report.changed or not workspace.index_path.exists()) and workspace.catalog_path.exists():
            from retrieval.index import Index  # loads models: only when there is something to index

            bar.update(task, description="建立索引", completed=0.0)
            Index.build(
                CatalogStore(workspace.catalog_path), workspace.index_path, lambda _stage, share: say("建立索引", share)
            )
    return report


def show(report: IngestReport, console: Console | None = None) -> None:
    """Print a report for people."""
    out = console or Console()
    table = Table(
        "文件",
        "类型",
        "读取",
        "新增",
        "更新",
        "未变",
        "移除",
        "跳过",
        title="导入结果（试运行，未改动）" if report.dry_run else "导入结果",
    )
    for column in table.columns[2:]:
        column.justify = "right"
    taken = [file for file in report.files if file.status == "ok"]
    for file in taken[: SHOWN * 5]:
        table.add_row(
            _name(file), f"{KIND_LABELS.get(file.kind or '', '')} {file.format}", *map(_number, _counts(file))
        )
    if len(taken) > SHOWN * 5:
        table.add_row(f"……另有 {len(taken) - SHOWN * 5} 个文件", *[""] * 7)
    if len(taken) > 1:
        totals = [sum(column) for column in zip(*map(_counts, taken), strict=True)]
        table.add_row(f"合计 {len(taken)} 个文件", "", *map(_number, totals), style="bold")
    if taken:
        out.print(table)
    for file in taken:
        _details(file, out)
    for file in report.files:
        if file.status == "skipped":
            out.print(f"[yellow]跳过[/] {_name(file)}：{_escape(file.message)}")
    for file in report.files:
        if file.status == "failed":
            out.print(f"[red]失败[/] {_escape(file.path)}：{_escape(file.message)}")
    for note in report.notes[:SHOWN]:
        out.print(f"· {_escape(note)}")
    if len(report.notes) > SHOWN:
        out.print(f"· 另有 {len(report.notes) - SHOWN} 份文件已被替代或废止。")
    for warning in report.warnings[:SHOWN]:
        out.print(f"[yellow]注意[/] {_escape(warning)}")
    out.print(_verdict(report))


def _counts(file: FileReport) -> list[int]:
    return [file.read, file.added, file.updated, file.unchanged, file.removed, file.skipped_count]


def _details(file: FileReport, out: Console) -> None:
    lines: list[str] = []
    if file.mapping:
        lines.append("字段映射：" + "，".join(f"{source} → {ours}" for source, ours in file.mapping.items()))
    if file.unmapped:
        lines.append(f"未映射字段（保留在附加信息中）：{'、'.join(file.unmapped)}")
    if file.kind == "table":
        lines += [f"数据表：{title}" for title in file.titles[:SHOWN]]
    lines += [f"跳过 {skipped.where}：{skipped.reason}" for skipped in file.skipped[:SHOWN]]
    if file.skipped_count > SHOWN:
        lines.append(f"另跳过 {file.skipped_count - min(SHOWN, len(file.skipped))} 处，完整清单见 --json。")
    lines += file.warnings[:SHOWN]
    if len(file.warnings) > SHOWN:
        lines.append(f"另有 {len(file.warnings) - SHOWN} 条提示，完整清单见 --json。")
    if lines:
        out.print(f"[bold]{_name(file)}[/]")
        for line in lines:
            out.print(f"  {_escape(line)}", highlight=False)


def _verdict(report: IngestReport) -> str:
    failed = sum(file.status == "failed" for file in report.files)
    done = sum(file.status == "ok" for file in report.files)
    parts = [f"读取 {done} 个文件" + (f"，失败 {failed} 个" if failed else "")]
    if report.interrupted:
        parts.append("已中断：读完的文件已保存，其余没有导入，重新运行即可继续")
    if report.dry_run:
        parts.append("试运行没有改动工作区")
    elif report.changed:
        parts.append(f"工作区已更新，数据版本 {report.data_version}")
    else:
        parts.append("工作区没有变化")
    return "；".join(parts) + f"。用时 {report.seconds:.1f} 秒。"


def _number(value: int) -> str:
    return f"{value:,}" if value else "-"


def _name(file: FileReport) -> str:
    return _escape(Path(file.path).name)


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
