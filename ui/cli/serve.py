"""`zhengwen serve`: the page and REST of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.state import state_of


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="地址", help="监听地址；默认只有本机能访问。")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="端口", min=0, max=65535, help="监听端口；0 表示任选一个空闲的。")
    ] = 7860,
) -> None:
    """Serve a workspace until interrupted."""
    open_page(state_of(context).workspace, host, port)


def open_page(root: Path, host: str, port: int) -> None:
    """Open the workspace and serve it; says where when it answers."""
    typer.echo("正在启动网页服务……")
    from assistant import Assistant
    from ui.server import serve as run_server

    with Assistant.open(root) as assistant:
        assistant.prepare()
        if not assistant.demo and (first := assistant.accounts.first_admin()) is not None:
            user, secret = first
            typer.echo(f"首次启动：已建立管理员账号 {user.id}，一次性密码是 {secret}")
            typer.echo("这个密码只显示这一次，首次登录时要修改。其他人的账号用 zhengwen users add 建立。")
        run_server(assistant, host, port, lambda url: typer.echo(f"已启动：{url}  （按 Ctrl+C 停止）"))
    typer.echo("已停止。")
