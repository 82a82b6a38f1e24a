"""The root command: the workspace option and the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli import ask, audit, demo, doctor, evaluate, ingest, replay, request, rights, search, serve, users
from ui.cli.shell import Application, Root
from ui.cli.state import State

app = Application(name="zhengwen", cls=Root, help="政问：用中文问政府数据，答案有据可查。")


@app.callback()
def root(
    context: typer.Context,
    workspace: Annotated[
        Path,
        typer.Option("-w", "--workspace", envvar="ZHENGWEN_WORKSPACE", help="工作区文件夹，存放一个部署的全部内容。"),
    ] = Path("workspace"),
) -> None:
    """Options that hold for every command."""
    context.obj = State(workspace)


app.command("demo", help="生成演示城市（已有就直接用），打开网页。")(demo.demo)
app.command("serve", help="为一个工作区提供网页、REST 接口和 OpenAPI 说明。")(serve.serve)
app.command("ingest", help="导入数据目录、政策文件和数据表。")(ingest.ingest_command)
app.command("ask", help="提一个问题，或用 --batch 提一批问题。")(ask.ask)
app.add_typer(search.app, name="search", help="只检索，不回答。")
app.add_typer(request.app, name="request", help="查看和导出共享申请草稿。")
app.add_typer(users.app, name="users", help="账号：建立、停用、密码、令牌。")
app.add_typer(evaluate.app, name="eval", help="评测。")
app.add_typer(rights.app, name="rights", help="谁能看什么，为什么。")
app.add_typer(audit.app, name="audit", help="审计日志。")
app.command("replay", help="重新执行一次回答并比较结果。")(replay.replay)
app.command("doctor", help="检查配置：哪些正常，哪些要处理。")(doctor.doctor)


def main() -> None:
    """Run the command line."""
    app(prog_name="zhengwen")
