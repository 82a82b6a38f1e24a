"""The report of an ingest, printed for people."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from corpus.ingest import IngestReport
from corpus.ingest.report import KIND_LABELS, FileReport

SHOWN = 20  # rows of a list on the screen; --json has them all


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
