"""`zhengwen demo`: the demo city, then the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.serve import open_page
from ui.cli.state import state_of


def demo(
    context: typer.Context,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="只生成演示城市，不打开网页。")] = False,
    host: Annotated[str, typer.Option(metavar="地址", help="监听地址。")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="端口", min=0, max=65535, help="监听端口；0 表示任选一个空闲的。")
    ] = 7860,
    seed: Annotated[int | None, typer.Option(metavar="种子", help="换一个种子生成另一座同样形状的城市。")] = None,
) -> None:
    """Build the demo workspace if absent; then serve it."""
    root = state_of(context).workspace
    if (root / "workspace.json").exists():
        _check_is_demo(root, seed)
        typer.echo(f"演示城市已在 {root}。")
    else:
        _build(root, seed)
    if not no_serve:
        open_page(root, host, port)


def _check_is_demo(root: Path, seed: int | None) -> None:
    """A workspace of someone's own, or a city of another seed, is neither served as the demo nor written over."""
    from corpus.workspace import Workspace, WorkspaceError

    manifest = Workspace.open(root).manifest()
    if manifest.get("kind") != "demo":
        raise WorkspaceError(
            f"{root} 是您自己的工作区，不是演示城市。要打开它请运行 zhengwen serve；要看演示请用 -w 指定另一个文件夹。"
        )
    if seed is not None and manifest.get("seed") != seed:
        raise WorkspaceError(
            f"{root} 已有种子 {manifest.get('seed')} 的演示城市。要生成种子 {seed} 的城市，请用 -w 指定另一个文件夹。"
        )


def _build(root: Path, seed: int | None) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from corpus.demo import DEFAULT_SEED, build_demo

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("生成演示城市", total=1.0)
        build_demo(
            root,
            DEFAULT_SEED if seed is None else seed,
            lambda text, share: bar.update(task, description=text, completed=share * 0.8),
        )
        bar.update(task, description="建立检索索引和权限数据库", completed=0.85)
        from assistant import Assistant

        with Assistant.open(root) as assistant:
            assistant.prepare()
        bar.update(task, description="完成", completed=1.0)
    typer.echo(f"演示城市已生成在 {root}。")
