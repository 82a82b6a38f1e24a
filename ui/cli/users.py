"""`zhengwen users`: people with an account, their passwords and tokens. Secrets are prompted for or read from stdin."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.people import accounts_of, operator
from ui.cli.shell import Application
from ui.cli.state import AsJson, state_of

if TYPE_CHECKING:
    from tools.accounts.administration import Administration
    from tools.accounts.users import User

app = Application()
token = Application()
app.add_typer(token, name="token", help="程序用的接口令牌。")

Name = Annotated[str, typer.Argument(metavar="用户", help="用户名，登录时用。")]
Role = Annotated[
    str | None, typer.Option("--role", metavar="角色", help="citizen、official、steward、evaluator、admin。")
]
FullName = Annotated[str | None, typer.Option("--name", metavar="姓名", help="页面上显示的姓名。")]
Department = Annotated[
    str | None, typer.Option("--department", metavar="部门", help="所在部门，与数据目录里的提供部门同名。")
]
District = Annotated[str | None, typer.Option("--district", metavar="区县", help="所在区县，按区县限制数据时用。")]
FromStdin = Annotated[bool, typer.Option("--stdin", help="从标准输入读密码（一行），不再询问。")]


@app.command("add", help="建立账号，显示一次性密码；本人首次登录时要修改。")
def add(
    context: typer.Context,
    who: Name,
    role: Role = None,
    name: FullName = None,
    department: Department = None,
    district: District = None,
    stdin: FromStdin = False,
) -> None:
    if role is None:
        raise typer.BadParameter("请用 --role 写明角色：citizen、official、steward、evaluator 或 admin。")
    chosen = _from_stdin() if stdin else ""
    with _administration(context) as desk:
        user, password = desk.add(
            who, role, name=name or "", department=department or "", district=district or "", password=chosen
        )
    typer.echo(f"已建立账号 {user.id}（{_described(user)}）。")
    _show_once(password, stdin)


@app.command("list", help="列出全部账号。")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        users = accounts.users.all()
        waits = {user.id: accounts.attempts.wait(user.id) for user in users}
    if as_json:
        rows = [{**vars(user), "locked_for": round(waits[user.id])} for user in users]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not users:
        typer.echo("还没有账号。用 zhengwen users add 用户 --role 角色 可以建立。")
    for user in users:
        state = "" if user.active else "，已停用"
        state += "，要修改初始密码" if user.must_change else ""
        state += "，因多次输错暂时锁定" if waits[user.id] else ""
        typer.echo(f"{user.id}  {_described(user)}{state}")


@app.command("set", help="修改角色、姓名、部门或区县，立即生效。")
def set_(
    context: typer.Context,
    who: Name,
    role: Role = None,
    name: FullName = None,
    department: Department = None,
    district: District = None,
) -> None:
    changes = {"role": role, "name": name, "department": department, "district": district}
    given = {field: value for field, value in changes.items() if value is not None}
    if not given:
        raise typer.BadParameter("请写明要改什么：--role、--name、--department 或 --district。")
    with accounts_of(state_of(context).workspace) as accounts:
        user = accounts.users.change(who, **given)
        accounts.record("account_changed", user.id, by=operator(), changed="、".join(given), role=user.role)
    typer.echo(f"已修改账号 {user.id}（{_described(user)}）。")


@app.command("disable", help="停用账号：立即退出所有登录，令牌全部撤销。")
def disable(context: typer.Context, who: Name) -> None:
    _switch(context, who, False)


@app.command("enable", help="重新启用账号（原有的登录和令牌不恢复）。")
def enable(context: typer.Context, who: Name) -> None:
    _switch(context, who, True)


def _switch(context: typer.Context, who: str, active: bool) -> None:
    with _administration(context) as desk:
        user = desk.switch(who, active)
    typer.echo(f"账号 {user.id} 已{'启用' if active else '停用，所有登录和令牌都已失效'}。")


@app.command("unlock", help="解除因多次输错密码造成的锁定。")
def unlock(context: typer.Context, who: Name) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        user = accounts.users.must(who)
        accounts.attempts.forgive(user.id)
        accounts.record("account_unlocked", user.id, by=operator())
    typer.echo(f"账号 {user.id} 可以立即登录了。")


@app.command("passwd", help="重设密码：默认显示一次性密码，也可以自己输入；本人下次登录时要修改。")
def passwd(
    context: typer.Context,
    who: Name,
    stdin: FromStdin = False,
    ask: Annotated[bool, typer.Option("--prompt", help="在终端里输入新密码（不显示），而不是随机生成。")] = False,
) -> None:
    if stdin and ask:
        raise typer.BadParameter("--stdin 和 --prompt 只能选一个。")
    chosen = _from_stdin() if stdin else ""
    if ask:
        chosen = typer.prompt("新密码", hide_input=True, confirmation_prompt="再输入一次")
    with _administration(context) as desk:
        user, password = desk.reset(who, chosen)
    typer.echo(f"已重设账号 {user.id} 的密码，原有的登录都已退出。")
    _show_once(password, stdin or ask)


@app.command("signout", help="让一个人在所有设备上退出。")
def signout(context: typer.Context, who: Name) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        ended = accounts.sign_out_everywhere(accounts.users.must(who), by=operator())
    typer.echo(f"已退出{ended}处登录。")


@token.command("add", help="为一个人建立令牌；令牌只显示这一次。")
def token_add(
    context: typer.Context,
    who: Name,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="用在哪里，例如“报表程序”。")],
    days: Annotated[int, typer.Option("--days", metavar="天数", help="有效天数，最多 366。")] = 90,
) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        made, shown = accounts.create_token(accounts.users.must(who), name, days, by=operator())
    typer.echo(f"已建立令牌 {made.id}（{made.name}），有效期到 {_day(made.ends)}。只显示这一次，请现在保存：", err=True)
    typer.echo(shown)


@token.command("list", help="列出一个人的有效令牌（不含令牌本身）。")
def token_list(context: typer.Context, who: Name, as_json: AsJson = False) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        tokens = accounts.tokens.of(accounts.users.must(who).id)
    if as_json:
        typer.echo(json.dumps([vars(one) for one in tokens], ensure_ascii=False, indent=2))
        return
    if not tokens:
        typer.echo(f"{who} 没有有效的令牌。")
    for one in tokens:
        typer.echo(f"{one.id}  {one.name}  有效期到 {_day(one.ends)}")


@token.command("revoke", help="撤销令牌，立即失效。")
def token_revoke(
    context: typer.Context, who: Name, key: Annotated[str, typer.Argument(metavar="编号", help="令牌编号。")]
) -> None:
    with accounts_of(state_of(context).workspace) as accounts:
        accounts.revoke_token(accounts.users.must(who), key, by=operator())
    typer.echo(f"令牌 {key} 已撤销。")


@contextmanager
def _administration(context: typer.Context) -> Iterator[Administration]:
    from tools.accounts.administration import Administration

    with accounts_of(state_of(context).workspace) as accounts:
        yield Administration(accounts, operator())


def _from_stdin() -> str:
    if sys.stdin.isatty():
        raise typer.BadParameter("--stdin 要从管道或文件给出密码；要在终端里输入请用 users passwd 用户 --prompt。")
    return sys.stdin.readline().rstrip("\r\n")


def _show_once(password: str, chosen: bool) -> None:
    if chosen:
        typer.echo("本人首次登录时要修改密码。")
    else:
        typer.echo(f"一次性密码（只显示这一次，首次登录时要修改）：{password}")


def _described(user: User) -> str:
    from ui.web.wording import ROLES

    return "，".join(
        part for part in (user.name, ROLES.get(user.role, user.role), user.department, user.district) if part
    )


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d")
