"""The list of conversations, and what the page shows before the first question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ui.web.markup import Markup, h


@dataclass(frozen=True)
class Entry:
    """One conversation of the list."""

    id: str
    title: str
    updated: str


def conversations_html(entries: Sequence[Entry], current: str, principal: str = "") -> Markup:
    """The list, newest first, with rename and delete on each; the current one can be exported."""
    rows = [_entry(entry, entry.id == current, principal) for entry in entries]
    return h(
        "nav",
        h("button", h("i", class_="icon plus"), "新建对话", type="button", class_="new", data_action="new"),
        h(
            "a",
            "共享申请",
            href=f"requests{'?' + urlencode({'as': principal}) if principal else ''}",
            class_="to-requests",
        ),
        h("h2", "历史对话"),
        h("ul", rows) if rows else h("p", "提问后，对话会保存在这里。", class_="empty"),
        aria_label="历史对话",
        class_="conversations",
    )


def _entry(entry: Entry, current: bool, principal: str) -> Markup:
    title = entry.title or "未命名对话"
    identity = {"data_id": entry.id, "type": "button"}
    base = f"api/conversations/{quote(entry.id, safe='')}/export"
    exports = [
        h(
            "a",
            label,
            href=f"{base}?{urlencode({'format': kind} | ({'as': principal} if principal else {}))}",
            download=True,
        )
        for kind, label in (("md", "导出 Markdown"), ("json", "导出 JSON"))
    ]
    return h(
        "li",
        h(
            "button",
            h("span", title, class_="title"),
            h("time", entry.updated) if entry.updated else None,
            class_="open",
            data_action="open",
            aria_current="true" if current else None,
            **identity,
        ),
        h(
            "details",
            h("summary", "⋯", aria_label=f"对话操作：{title}"),
            h(
                "div",
                h("button", "重命名", data_action="rename", data_title=title, **identity),
                exports,
                h("button", "删除", class_="danger", data_action="delete", **identity),
                class_="menu",
            ),
        ),
        class_="current" if current else None,
    )


def welcome_html(examples: Sequence[str], place: str = "") -> Markup:
    """The empty page: what this is and what one may ask."""
    chips = [h("button", h("span", text), type="button", class_="example", data_ask=text) for text in examples]
    return h(
        "section",
        h("h1", "有什么想查的政务数据？"),
        h(
            "p",
            f"用平常的话提问{place and f'（{place}）'}。每个答案都附查询口径、数据来源和政策依据，可以逐条核对。",
            class_="lead",
        ),
        h("div", chips, class_="examples", role="group", aria_label="示例问题") if chips else None,
        class_="welcome",
    )
