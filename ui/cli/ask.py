"""`zhengwen ask`: one turn, or a batch of them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.state import AsJson, AsUser, state_of

if TYPE_CHECKING:
    from assistant import Assistant
    from assistant.outcome import Outcome


class BatchError(Exception):
    """The batch file cannot be read; the message is a Chinese sentence that names the line."""


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="问题。")] = None,
    who: AsUser = "citizen",
    conversation: Annotated[str | None, typer.Option("--conversation", help="接着哪个对话问（对话编号）。")] = None,
    as_json: AsJson = False,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='一批问题（JSONL，每行 {"id","question","as"?,"conversation"?}）。')
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="一批问题的结果写到哪里（JSONL）。")] = None,
) -> None:
    """Ask, and print what came of it."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("请给出一个问题，或用 --batch 给出一批问题（两者选一）。")
    if batch is not None and out is None:
        raise typer.BadParameter("用 --batch 时要用 --out 指出结果写到哪里。")
    rows = list(_read_batch(batch)) if batch is not None else []
    with state_of(context).open() as assistant:
        if batch is not None and out is not None:
            _batch(assistant, rows, out, who)
            return
        outcome = assistant.ask(question or "", principal=who, conversation=conversation)
    if as_json:
        typer.echo(outcome.model_dump_json(indent=2))
    else:
        _show(outcome)


def _read_batch(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError(f"问题文件 {path} 无法读取。请检查路径，并用 UTF-8 编码保存。") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row["question"], str):
                raise TypeError
            row["id"] = str(row["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise BatchError(
                f'问题文件 {path} 第{number}行不对：每行要是 {{"id": …, "question": "…"}}。请改正后再运行，结果文件没有改动。'
            ) from error
        yield row


def _batch(assistant: Assistant, rows: list[dict[str, Any]], out: Path, who: str) -> None:
    """Answer every row; the output appears whole or not at all."""
    from rich.progress import Progress

    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("w", encoding="utf-8") as sink, Progress(disable=not sys.stderr.isatty()) as bar:
            for row in bar.track(rows, description="回答问题"):
                outcome = assistant.ask(
                    row["question"], principal=row.get("as") or who, conversation=row.get("conversation")
                )
                sink.write(json.dumps({**row, "outcome": outcome.model_dump(mode="json")}, ensure_ascii=False) + "\n")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    typer.echo(f"已回答{len(rows)}个问题，结果在 {out}。")


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    console.print(Text(outcome.text))
    table = getattr(outcome, "table", None)
    if table is not None and table.rows:
        shown = Table(show_lines=False)
        for column in table.columns:
            heading = column.label + (f"（{column.unit}）" if column.unit else "")
            shown.add_column(Text(heading), justify="right" if column.type == "number" else "left")
        for row in table.rows[:30]:
            shown.add_row(
                *[
                    Text(
                        ""
                        if v is None
                        else f"{v:,}"
                        if isinstance(v, int) and not isinstance(v, bool) and abs(v) >= 10_000
                        else str(v)
                    )
                    for v in row
                ]
            )
        console.print(shown)
        if table.row_count > 30:
            console.print(Text(f"（共{table.row_count}行，这里显示前30行；--json 可看全部）"))
    for option in getattr(outcome, "options", []):
        console.print(Text(f"  · {option.label}"))
    for label, value in (getattr(outcome, "request", None) or {}).items():
        console.print(Text(f"  {label}：{'、'.join(value) if isinstance(value, list) else value or '（待填）'}"))
    if getattr(outcome, "explanation", ""):
        console.print(Text(f"理解为：{outcome.explanation}", style="dim"))  # type: ignore[union-attr]
    for warning in outcome.warnings:
        console.print(Text(f"注意：{warning}", style="yellow"))
    if outcome.citations:
        console.print(Text("来源：", style="bold"))
    for citation in outcome.citations:
        locator = f"（{citation.locator}）" if citation.locator else ""
        console.print(Text(f"  [{citation.n}] {citation.title}{locator}"))
        if citation.kind == "query":
            console.print(Text("      " + citation.quote, style="dim"))
    if outcome.suggestions:
        console.print(Text("可以接着问：" + "　".join(outcome.suggestions), style="dim"))
