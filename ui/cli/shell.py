"""How every command speaks: help in Chinese, and every failure as one Chinese sentence with an exit code that is not 0."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

INTERRUPTED = 130
OURS = frozenset({"corpus", "retrieval", "tools", "assistant", "ui", "evals"})
_METAVARS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}


class _Chinese:
    """The words of the usage line and of the help option."""

    def get_usage(self, context: Any) -> str:
        usage = str(super().get_usage(context)).replace("Usage:", "用法：", 1)  # type: ignore[misc]
        for theirs, ours in _METAVARS.items():
            usage = usage.replace(theirs, ours)
        return usage

    def get_help_option(self, context: Any) -> Any:
        option = super().get_help_option(context)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这份说明。"
        return option

    def format_help(self, context: Any, formatter: Any) -> None:
        _name_panels()
        super().format_help(context, formatter)  # type: ignore[misc]


class Command(_Chinese, TyperCommand):
    """A command with Chinese help."""


class Group(_Chinese, TyperGroup):
    """A group of commands with Chinese help."""

    def list_commands(self, context: Any) -> list[str]:
        return list(self.commands)


class Root(Group):
    """The root command: the one place where failures become sentences."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        extra["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **extra)
            sys.stdout.flush()  # a full disk or a closed pipe shows here, not in the interpreter's last breath
        except TyperException as error:
            help_shown = type(error).__name__ == "NoArgsIsHelpError"
            if help_shown:
                typer.echo(error.format_message(), err=True)
                sys.exit(2)
            _fail(_usage_sentence(error), getattr(error, "exit_code", 1))
        except (KeyboardInterrupt, typer.Abort):
            _fail("已中断。", INTERRUPTED, mark="")
        except BrokenPipeError:
            _discard_output()
            sys.exit(141)
        except Exception as error:
            if isinstance(error, OSError):
                _discard_output()
            if os.environ.get("ZHENGWEN_DEBUG"):
                raise
            _fail(sentence(error))
        if code == INTERRUPTED:  # what an interrupt becomes on its way here
            _fail("已中断。", INTERRUPTED, mark="")
        sys.exit(code if isinstance(code, int) else 0)


class Application(typer.Typer):
    """A Typer whose commands are all of the kinds above."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            **{
                "cls": Group,
                "no_args_is_help": True,
                "add_completion": False,
                "pretty_exceptions_enable": False,
                "rich_markup_mode": "rich",
                "context_settings": {"help_option_names": ["-h", "--help"]},
                **settings,
            }
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        return super().command(name, **{"cls": Command, **settings})


def _discard_output() -> None:
    """What could not be printed is not tried again when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: int = 1, *, mark: str = "错误：") -> None:
    print(f"{mark}{message}", file=sys.stderr)
    sys.exit(code or 1)


def sentence(error: Exception) -> str:
    """One sentence for people: our own errors carry one; of the others only the kind is told."""
    if isinstance(error, OSError):
        place = f"（{error.filename}）" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return f"磁盘空间不足，没有写入不完整的内容{place}。请清理磁盘后重试。"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"没有读写权限{place}。请检查文件和文件夹的权限后重试。"
        if error.errno == errno.ENOENT:
            return f"文件或文件夹不存在{place}。请检查路径。"
        if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST):
            return f"路径不对{place}：应当是文件的是文件夹，或者反过来。请检查路径。"
        if error.filename or error.errno is not None:
            return f"读写文件失败{place}：{error.strerror or type(error).__name__}。请检查路径和权限。"
    if isinstance(error, MemoryError):
        return "内存不足，没有做完。请关闭其他程序，或换一台内存更大的机器后重试。"
    if type(error).__module__.split(".")[0] in OURS and re.search(r"[\u4e00-\u9fff]", str(error)):
        return str(error)
    return f"程序内部错误（{type(error).__name__}）。设置环境变量 ZHENGWEN_DEBUG=1 后重试可看到详情。"


def _usage_sentence(error: Any) -> str:
    """What is wrong with the command line, and where its help is."""
    kind, message = type(error).__name__, str(error.message)
    name = _parameter(getattr(error, "param", None))
    option = getattr(error, "option_name", "")
    if re.search(r"[\u4e00-\u9fff]", message) and kind == "BadParameter":
        said = message.rstrip("。")
    elif kind == "MissingParameter":
        said = f"缺少 {name}" if name else "缺少参数"
    elif kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        said = f"没有 {option} 这个选项" + (f"（是不是 {'、'.join(sorted(near))}）" if near else "")
    elif kind == "BadOptionUsage":
        said = f"选项 {option} 后面要写上值" if "requires" in message else f"选项 {option} 后面不能写值"
    elif found := re.search(r"No such command '(.+?)'\.?(?: Did you mean (.+?)\?)?$", message):
        near = found[2].replace("'", "") if found[2] else ""
        said = f"没有 {found[1]} 这个命令" + (f"（是不是 {near}）" if near else "")
    elif kind == "BadParameter":
        said = f"{name or '参数'} 的值不对"
    elif found := re.search(r"unexpected extra argument\S* \((.+)\)", message):
        said = f"多出了参数 {found[1]}（带空格的内容要放在引号里）"
    else:
        said = "命令的写法不对"
    context = getattr(error, "ctx", None)
    return f"{said}。用法见 {context.command_path if context else 'zhengwen'} --help。"


def _parameter(parameter: Any) -> str:
    """What a person calls a parameter: an option by its longest name, an argument by what stands for it in the usage."""
    if parameter is None:
        return ""
    options = [name for name in getattr(parameter, "opts", []) if name.startswith("-")]
    return max(options, key=len) if options else str(getattr(parameter, "metavar", None) or parameter.name)


def _name_panels() -> None:
    """The headings of help in Chinese. They are read from the module each time."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.ENVVAR_STRING = "[环境变量：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
