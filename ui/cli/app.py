"""The root command: the workspace option, the commands, and one place where errors become one Chinese sentence."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.cli import ask, audit, demo, doctor, evaluate, ingest, replay, request, search, serve
from ui.cli.state import State

app = typer.Typer(
    name="zhengwen",
    help="政问：用中文问政府数据，答案有据可查。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
app.add_typer(evaluate.app, name="eval", help="评测。")
app.add_typer(audit.app, name="audit", help="审计日志。")
app.command("replay", help="重新执行一次回答并比较结果。")(replay.replay)
app.command("doctor", help="检查配置：哪些正常，哪些要处理。")(doctor.doctor)


def main() -> None:
    """Run the command line; every failure is one Chinese sentence on stderr and an exit code that is not 0."""
    try:
        app()
    except KeyboardInterrupt:
        _fail("已中断。", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _fail("磁盘空间不足，没有写入不完整的内容。请清理磁盘后重试。")
        _fail(f"读写文件失败：{error.strerror or error}（{error.filename or '未知文件'}）。请检查路径和权限。")
    except Exception as error:
        if os.environ.get("ZHENGWEN_DEBUG"):
            raise
        if getattr(type(error), "__module__", "").split(".")[0] in (
            "corpus",
            "retrieval",
            "tools",
            "assistant",
            "ui",
            "evals",
        ):
            _fail(str(error))
        _fail(f"程序内部错误（{type(error).__name__}）。设置环境变量 ZHENGWEN_DEBUG=1 后重试可看到详情。")


def _fail(message: str, code: int = 1) -> None:
    print(f"错误：{message}", file=sys.stderr)
    sys.exit(code)
