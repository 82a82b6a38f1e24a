"""`zhengwen request create|edit|submit|advance`: what changes a request. Every one is done in a person's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.cli.request_desk import Number, Yes, confirmed, desk_of
from ui.cli.shell import Application
from ui.cli.state import AsUser, known_user

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="字段=内容", help="填一项，可以给出几次，例如 --set 使用目的=学位预测。"),
]
From = Annotated[
    Path | None, typer.Option("--from", metavar="文件", help="从 JSON 文件读取各项内容（字段名见 show --json）。")
]
Version = Annotated[
    int | None, typer.Option("--version", min=1, help="看到的是第几版；不写就按现在的版本。别人改过会提示，不会覆盖。")
]


def create(
    context: typer.Context,
    dataset: Annotated[
        str, typer.Argument(metavar="目录编号", help="数据目录的编号（zhengwen search datasets 可查）。")
    ],
    sets: Sets = None,
    source: From = None,
    who: AsUser = "official",
) -> None:
    request = desk_of(context).create(known_user(who, context), dataset, _changes(sets, source))
    typer.echo(f"已建立草稿 {request.number}，没有提交。{_still_blank(request)}")


def edit(
    context: typer.Context,
    key: Number,
    sets: Sets = None,
    source: From = None,
    version: Version = None,
    who: AsUser = "official",
) -> None:
    principal = known_user(who, context)
    desk = desk_of(context)
    seen = version or desk.get(key, principal).version
    request = desk.edit(key, principal, seen, _changes(sets, source))
    if request.version == seen:
        typer.echo(f"{request.number} 没有变化（第{request.version}版）。")
    else:
        typer.echo(f"已保存 {request.number}，现在是第{request.version}版。{_still_blank(request)}")


def submit(
    context: typer.Context, key: Number, version: Version = None, yes: Yes = False, who: AsUser = "official"
) -> None:
    from tools.requests.states import Action, State
    from ui.cli.request_text import request_lines

    principal = known_user(who, context)
    desk = desk_of(context)
    request = desk.get(key, principal)
    if not yes:
        for line in request_lines(request, desk.checks_of(request), desk.deadline(request), principal):
            typer.echo(line)
    action = Action.SUPPLY if request.state is State.SUPPLEMENT else Action.SUBMIT
    confirmed(f"{action.label}后由{request.dataset.provider}审核，内容不能再改。", yes)
    done = desk.act(key, principal, version or request.version, action)
    due = desk.deadline(done)
    typer.echo(
        f"{done.number} 已提交，现在是“{done.state.label}”。{due.text + '（' + due.article + '）。' if due else ''}"
    )


def advance(
    context: typer.Context,
    key: Number,
    action: Annotated[
        str, typer.Argument(metavar="事项", help="要办的事，例如 accept 或 同意共享；show 会列出现在能办的。")
    ],
    note: Annotated[str, typer.Option("--note", metavar="说明", help="理由、意见、补正内容或者处置情况。")] = "",
    days: Annotated[int | None, typer.Option("--days", help="延期的工作日数。")] = None,
    items: Annotated[str, typer.Option("--items", metavar="数据项、…", help="同意的数据项；不写就是全部。")] = "",
    ends: Annotated[str, typer.Option("--ends", metavar="日期", help="同意使用到哪一天；不写就按申请。")] = "",
    ground: Annotated[str, typer.Option("--ground", metavar="类别", help="不同意的理由类别。")] = "",
    version: Version = None,
    yes: Yes = False,
    who: AsUser = "official",
) -> None:
    from tools.requests.states import Action

    known = {name: a for a in Action if a not in (Action.CREATE, Action.EDIT) for name in (a.value, a.label)}
    if action not in known:
        listed = "、".join(f"{a.value}（{a.label}）" for a in dict.fromkeys(known.values()))
        raise typer.BadParameter(f"没有“{action}”这件事，可以办理的有：{listed}。")
    principal = known_user(who, context)
    desk = desk_of(context)
    request = desk.get(key, principal)
    given: dict[str, Any] = {"days": days, "items": items, "ends": ends, "ground": ground}
    details = {name: value for name, value in given.items() if value not in (None, "")}
    confirmed(
        f"对申请 {request.number}（{request.dataset.title}，{request.state.label}）办理“{known[action].label}”。", yes
    )
    done = desk.act(key, principal, version or request.version, known[action], note, **details)
    due = desk.deadline(done)
    typer.echo(f"{done.number} 现在是“{done.state.label}”（第{done.version}版）。{due.text + '。' if due else ''}")


def add_to(app: Application) -> None:
    """Add these commands."""
    app.command("create", help="为一个数据目录建立申请草稿；不会提交。")(create)
    app.command("edit", help="修改草稿；共享属性、条件、分级和提供部门以目录为准，不能修改。")(edit)
    app.command("submit", help="由本人确认后提交；核对不通过的不能提交。补正后也用它重新报送。")(submit)
    app.command("advance", help="办理一步：同意、不同意、告知补正、延期、提供、校核、终止……")(advance)


def _changes(sets: list[str] | None, source: Path | None) -> dict[str, Any]:
    from tools.requests.typed import typed_changes

    changes: dict[str, Any] = {}
    if source is not None:
        try:
            data = json.loads(source.read_text("utf-8"))
        except ValueError as error:
            raise typer.BadParameter(f"{source} 不是合格的 UTF-8 编码 JSON 文件。") from error
        if not isinstance(data, dict):
            raise typer.BadParameter(f'{source} 的最外层要是一个对象，例如 {{"purpose": "学位预测"}}。')
        changes.update(data)
    return {**changes, **typed_changes(sets or [])}


def _still_blank(request: Any) -> str:
    from tools.requests.model import LABELS

    missing = request.missing()
    return (
        f"还缺：{'、'.join(LABELS[name] for name in missing)}。" if missing else "各项内容已齐，可以 check 后 submit。"
    )
