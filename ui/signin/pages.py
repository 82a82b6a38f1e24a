"""The pages of signing in, in plain HTML that works without scripts: keyboard, screen reader and phone are served alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from tools.accounts.api_tokens import Token
from tools.accounts.passwords import SHORTEST
from tools.accounts.users import User
from ui.signin.top_bar import form_field
from ui.web import wording
from ui.web.markup import Markup, h

HEAD = Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">')
STYLE = Path(__file__).parents[1] / "web" / "assets" / "signin.css"


@dataclass(frozen=True)
class Frame:
    """What every page knows: under which path the service lives, the form's secret, what to tell on top."""

    base: str = ""
    secret: str = ""
    problem: str = ""
    note: str = ""


def signin_page(frame: Frame, *, name: str = "", elsewhere: str = "", leave_there: bool = False, public: bool) -> str:
    """The form to sign in. `elsewhere` is the label of the identity provider; `leave_there` offers its sign-out."""
    parts = [
        _form(
            frame,
            "/signin",
            _field("用户名", "name", value=name, autocomplete="username", autofocus=not name, autocapitalize="none"),
            _field("密码", "password", kind="password", autocomplete="current-password", autofocus=bool(name)),
            h("button", "登录", type="submit", class_="main"),
        )
    ]
    if elsewhere:  # a link, not a form: the page's policy lets no form lead to another host
        link = h("a", f"用{elsewhere}登录", href=f"{frame.base}/signin/elsewhere", class_="button")
        parts.append(h("p", link, class_="elsewhere"))
    if leave_there:
        link = h("a", f"同时退出{elsewhere}", href=f"{frame.base}/signin/elsewhere/out")
        parts.append(h("p", link, class_="aside"))
    if public:
        parts.append(h("p", h("a", "不登录，以公众身份使用", href=f"{frame.base}/"), class_="aside"))
    return _page("登录", frame, *parts)


def account_page(
    frame: Frame,
    user: User,
    *,
    sessions: int,
    tokens: Sequence[Token],
    limits: Sequence[str] = (),
    recent: Sequence[str] = (),
    shown: str = "",
    must_change: bool = False,
) -> str:
    """A person's own page. `shown`: a token that was just made. `must_change`: only the password's form is of use."""
    role = wording.ROLES.get(user.role, user.role)
    facts = [
        ("用户名", user.id),
        ("姓名", user.name),
        ("角色", role),
        ("部门", user.department),
        ("区县", user.district),
    ]
    about = h("dl", [h("div", h("dt", label), h("dd", value)) for label, value in facts if value], class_="facts")
    password = _section("修改密码", _password_form(frame, user)) if user.has_password else None
    if must_change:
        return _page("修改初始密码", frame, about, password)
    others = _form(frame, "/account/signout-everywhere", h("button", "在所有设备上退出", type="submit", class_="other"))
    return _page(
        "我的账号",
        frame,
        about,
        password,
        _section("登录状态", h("p", f"现在共有 {sessions} 处登录。"), _lines(recent), others),
        _section("用量限制", _lines(limits)) if limits else None,
        _section("接口令牌", *_tokens(frame, tokens, shown)),
        h("p", h("a", "返回首页", href=f"{frame.base}/"), class_="aside"),
    )


def _password_form(frame: Frame, user: User) -> Markup:
    return _form(
        frame,
        "/account/password",
        # for password keepers, which want to know whose password this is
        h("input", type="text", name="username", value=user.id, autocomplete="username", hidden=True, readonly=True),
        _field("现在的密码", "before", kind="password", autocomplete="current-password"),
        _field(f"新密码（至少 {SHORTEST} 个字符）", "after", kind="password", autocomplete="new-password"),
        _field("再输入一次新密码", "again", kind="password", autocomplete="new-password"),
        h("button", "修改密码", type="submit", class_="main"),
    )


def _tokens(frame: Frame, tokens: Sequence[Token], shown: str) -> list[Markup]:
    parts = [h("p", "程序用令牌以您的身份调用接口。令牌等同于密码，请不要交给他人。", class_="hint")]
    if shown:
        parts.append(
            h(
                "div",
                h("p", "新令牌只显示这一次，请现在保存："),
                h("code", shown, id="new-token", tabindex="0"),
                class_="shown",
                role="status",
            )
        )
    for token in tokens:
        until = datetime.fromtimestamp(token.ends).strftime("%Y-%m-%d")
        parts.append(
            _form(
                frame,
                "/account/tokens/revoke",
                h("input", type="hidden", name="token", value=token.id),
                h("span", f"{token.name}（{token.id}），有效期到 {until}"),
                h("button", "撤销", type="submit", class_="small", aria_label=f"撤销令牌 {token.name}"),
                row=True,
            )
        )
    parts.append(
        _form(
            frame,
            "/account/tokens",
            _field("令牌名称", "name", required=True),
            _field("有效天数", "days", kind="number", value="90", required=True),
            h("button", "建立令牌", type="submit", class_="other"),
        )
    )
    return parts


def _field(label: str, name: str, *, kind: str = "text", **attributes: str | bool) -> Markup:
    given = {"type": kind, "name": name, "id": f"field-{name}", "required": True, **attributes}
    return h("p", h("label", label, for_=f"field-{name}"), h("input", **given), class_="field")


def _form(frame: Frame, action: str, *parts: Markup, row: bool = False) -> Markup:
    return h(
        "form",
        form_field(frame.secret),
        parts,
        method="post",
        action=frame.base + action,
        class_="row" if row else None,
    )


def _lines(lines: Sequence[str]) -> Markup | None:
    return h("ul", [h("li", line) for line in lines]) if lines else None


def _section(title: str, *parts: Markup | None) -> Markup:
    return h("section", h("h2", title), parts)


def _page(title: str, frame: Frame, *parts: Markup | None) -> str:
    told = [
        h("p", frame.problem, class_="problem", role="alert") if frame.problem else None,
        h("p", frame.note, class_="note", role="status") if frame.note else None,
    ]
    head = h("head", HEAD, h("title", f"{title} · 政问"), Markup(f"<style>{_style()}</style>"))
    seal = h("p", h("span", "政", class_="seal", aria_hidden="true"), "政问", class_="brand")
    body = h("body", h("main", seal, h("h1", title), told, parts))
    return "<!doctype html>" + h("html", head, body, lang="zh-CN")


@cache
def _style() -> str:
    return STYLE.read_text("utf-8")
