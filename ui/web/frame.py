"""The fixed parts of the page: its name at the top, the line under the box."""

from __future__ import annotations

from ui.web.markup import Markup, h


def brand_html(place: str) -> Markup:
    """The top bar's left part. `place` is the city or department that runs the service; it may be empty."""
    menu = h("button", "☰", type="button", id="menu", aria_label="历史对话", aria_expanded="false", data_menu=True)
    name = h("div", h("strong", "政问"), h("span", f"{place}政务数据问答，答案有据可查"), class_="name")
    return h("div", menu, h("span", "政", class_="seal", aria_hidden="true"), name, class_="brand-line")


def hint_html() -> Markup:
    """What the keys do, and what the answers are worth."""
    keys = h("span", "Enter 发送，Shift+Enter 换行，按 / 回到输入框。", class_="keys")
    return h("p", keys, "答案供参考，以主管部门公布的数据和文件为准。", id="hint")
