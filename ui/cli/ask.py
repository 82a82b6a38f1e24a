"""`zhengwen ask`: one turn, or a batch of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.people import person
from ui.cli.state import AsJson, AsUser, known_user, state_of, unknown_user, whole_file

if TYPE_CHECKING:
    from assistant import Assistant
    from assistant.outcome import Outcome


class BatchError(Exception):
    """The batch file cannot be read; the message is a Chinese sentence that names the line."""


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(metavar="问题", help="用中文写的问题。")] = None,
    who: AsUser = "citizen",
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="编号", help="接着哪个对话问（对话编号）。")
    ] = None,
    as_json: AsJson = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch", metavar="文件", help='一批问题（JSONL，每行 {"id","question","as"?,"conversation"?}）。'
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="文件", help="一批问题的结果写到哪里（JSONL）。")] = None,
) -> None:
    """Ask, and print what came of it."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("请给出一个问题，或用 --batch 给出一批问题（两者选一）。")
    if batch is not None and out is None:
        raise typer.BadParameter("用 --batch 时要用 --out 指出结果写到哪里。")
    if batch is None and out is not None:
        raise typer.BadParameter("--out 只和 --batch 一起用；一个问题的结果请用 --json 输出。")
    known_user(who, context)
    if conversation is not None:
        _check_conversation(conversation)
    rows = list(_read_batch(batch, state_of(context).workspace)) if batch is not None else []
    with state_of(context).open() as assistant:
        if out is not None:
            _batch(assistant, rows, out, who, conversation)
            return
        outcome = assistant.ask(question or "", principal=who, conversation=conversation)
    if conversation is not None and outcome.conversation != conversation:
        typer.echo(f"注意：对话 {conversation} 不是 {who} 的，已另开新对话 {outcome.conversation}。", err=True)
    if as_json:
        typer.echo(outcome.model_dump_json(indent=2))
    else:
        _show(outcome)


def _check_conversation(key: str) -> None:
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,64}", key):
        raise typer.BadParameter("对话编号只能是字母、数字、点、横线和下划线，最多64个。")


def _read_batch(path: Path, root: Path) -> Iterator[dict[str, Any]]:
    """The rows of a batch file in order; BatchError names the first line that is wrong."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError(f"问题文件 {path} 无法读取。请检查路径，并用 UTF-8 编码保存。") from error
    seen: dict[str, int] = {}
    known: dict[str, bool] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row, wrong = _row(line)
        who = row.get("as")
        if who is not None and not known.setdefault(who, who in known or person(root, who) is not None):
            wrong = wrong or unknown_user(who).rstrip("。")
        if not wrong and row["id"] in seen:
            wrong = f"编号 {row['id']} 与第{seen[row['id']]}行重复"
        if wrong:
            raise BatchError(f"问题文件 {path} 第{number}行不对：{wrong}。请改正后再运行，结果文件没有改动。")
        seen[row["id"]] = number
        yield row


def _row(line: str) -> tuple[dict[str, Any], str]:
    """One row, and what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}, '不是 JSON，每行要是 {"id": …, "question": "…"}'
    if (
        not isinstance(row, dict)
        or not isinstance(row.get("id"), str | int)
        or not isinstance(row.get("question"), str)
    ):
        return {}, '每行要是 {"id": …, "question": "…"}'
    if row.get("as") is not None and not isinstance(row["as"], str):
        return {}, "as 要是用户名"
    if row.get("conversation") is not None and not isinstance(row["conversation"], str):
        return {}, "conversation 要是文字"
    return {**row, "id": str(row["id"])}, ""


def _batch(assistant: Assistant, rows: list[dict[str, Any]], out: Path, who: str, conversation: str | None) -> None:
    """Answer every row; the output appears whole or not at all."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with whole_file(out) as sink, Progress(console=console, disable=not console.is_terminal) as bar:
        for row in bar.track(rows, description="回答问题"):
            outcome = assistant.ask(
                row["question"],
                principal=row.get("as") or who,
                conversation=row.get("conversation") or conversation,
            )
            sink.write(json.dumps({**row, "outcome": outcome.model_dump(mode="json")}, ensure_ascii=False) + "\n")
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
            shown.add_row(*[Text(_cell(v)) for v in row])
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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value)
