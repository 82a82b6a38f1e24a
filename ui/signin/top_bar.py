"""The top bar's right part: who is signed in, the way out, or the way in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from tools.accounts import NotSignedIn
from ui.principals import Principals
from ui.signin import cookies
from ui.web import wording
from ui.web.markup import Markup, h


@dataclass(frozen=True)
class TopBar:
    html: Markup
    signed_in: bool


def top_bar(connection: HTTPConnection, principals: Principals) -> TopBar:
    """For the page as `connection` asks for it. Where nobody can sign in, it is empty."""
    base = str(connection.scope.get("root_path", ""))
    way_in = h("a", "登录", href=f"{base}/signin", class_="way-in") if principals.can_sign_in() else Markup("")
    try:
        caller = principals.caller(connection)
    except NotSignedIn:
        return TopBar(way_in, False)
    if not caller.signed_in:
        return TopBar(way_in, False)
    who = caller.principal
    about = "，".join(part for part in (wording.ROLES.get(who.role, who.role), who.department, who.district) if part)
    return TopBar(
        h(
            "div",
            h("a", who.name or who.id, href=f"{base}/account", title=about, class_="who"),
            h(
                "form",
                form_field(cookies.session_secret(cookies.read(connection, cookies.SESSION))),
                h("button", "退出", type="submit"),
                method="post",
                action=f"{base}/signout",
            ),
            class_="signed-in",
            data_who=who.id,
        ),
        True,
    )


def form_field(secret: str) -> Markup:
    """The hidden field that proves a form to be ours."""
    return h("input", type="hidden", name="form", value=secret)
