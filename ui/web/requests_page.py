"""The pages of share requests: the list of what is mine and what is for me to do, and one request. Plain HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from tools.principal import Principal
from tools.requests.states import State
from ui.web import wording
from ui.web.markup import Markup, h
from ui.web.requests_view import Listed

ASSETS = Path(__file__).parent / "assets"
HEAD = Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">')


def list_page(found: Sequence[Listed], principal: Principal, base: str, who: str) -> str:
    """What is for this person to do, what their department asked for, and the rest that they may see."""
    to_do = [one for one in found if one.mine]
    own = [one for one in found if one.own and one not in to_do]
    rest = [one for one in found if one not in to_do and one not in own]
    parts = [
        _section("待我办理", to_do, base, who, "没有等您办理的申请。"),
        _section(
            "我的申请", own, base, who, "本部门还没有别的申请。在对话里说“申请共享……数据，用于……”就可以起草一份。"
        ),
    ]
    if rest:
        parts.append(_section("其他可以查看的申请", rest, base, who, ""))
    return page("共享申请", base, who, principal, *parts)


def detail_page(card: Markup, number: str, principal: Principal, base: str, who: str) -> str:
    back = h("p", h("a", "← 全部申请", href=_list_link(base, who)), class_="rq-back")
    return page(f"共享申请 {number}", base, who, principal, back, card)


def message_page(text: str, principal: Principal | None, base: str, who: str) -> str:
    """One sentence: not found, not allowed, not signed in."""
    back = h("p", h("a", "← 全部申请", href=_list_link(base, who)), class_="rq-back")
    return page("共享申请", base, who, principal, back, h("p", text, class_="rq-problem", role="alert"))


def _section(title: str, found: Sequence[Listed], base: str, who: str, empty: str) -> Markup:
    rows = [_row(one, base, who) for one in found]
    body = h("ul", rows, class_="rq-list") if rows else h("p", empty, class_="rq-hint")
    return h("section", h("h2", f"{title}（{len(rows)}）"), body, class_="rq-block")


def _row(one: Listed, base: str, who: str) -> Markup:
    request, due = one.request, one.deadline
    between = f"{request.department} → {request.dataset.provider}"
    late = due is not None and due.overdue > 0
    return h(
        "li",
        h(
            "a",
            h("b", request.dataset.title),
            h("span", request.state.label, class_=f"rq-state is-{request.state.value}"),
            h("small", request.number),
            h("small", between),
            h("small", f"用途：{request.purpose}") if request.purpose else None,
            h("small", f"完整度 {one.score}%") if request.state is State.DRAFT else None,
            h("small", due.text, class_="late" if late else None) if due else None,
            href=f"{base}/requests/{request.number}" + (f"?{urlencode({'as': who})}" if who else ""),
        ),
    )


def page(title: str, base: str, who: str, principal: Principal | None, *parts: Markup | None) -> str:
    name = ""
    if principal is not None:
        role = wording.ROLES.get(principal.role, principal.role)
        name = "，".join(p for p in (principal.name or principal.id, principal.department or role) if p)
    top = h(
        "header",
        h("a", h("span", "政", class_="seal", aria_hidden="true"), h("b", "政问"), href=f"{base}/", class_="rq-brand"),
        h("h1", "共享申请"),
        h("p", f"当前身份：{name}", class_="rq-who") if name else None,
        class_="rq-top",
    )
    head = h("head", HEAD, h("title", f"{title} · 政问"), h("style", Markup(style())))
    body = h(
        "body",
        h("main", top, [p for p in parts if p is not None], class_="rq-page"),
        h("script", Markup(script())),
        class_="rq-body",
    )
    return "<!doctype html>" + h("html", head, body, lang="zh-CN")


@cache
def style() -> str:
    return (ASSETS / "requests.css").read_text("utf-8")


@cache
def script() -> str:
    return (ASSETS / "requests.js").read_text("utf-8")


def _list_link(base: str, who: str) -> str:
    return f"{base}/requests" + (f"?{urlencode({'as': who})}" if who else "")
