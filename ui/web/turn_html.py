"""One turn on the page: the question, the steps, the answer with its parts, and the evidence beside it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from ui.web.chart import chart_html, chart_model
from ui.web.evidence_html import badge_html, evidence_html
from ui.web.markup import Markup, h, join
from ui.web.table_html import table_html
from ui.web.view import Action, Card, Condition, Mark, TurnView

_CLOSING = "，。；：、！？）》”’」』.,;:!?)"


def turn_html(view: TurnView, key: str, *, principal: str = "", steps: Markup | None = None) -> Markup:
    """The whole turn. `key` makes ids on the page unique; `principal` goes into the download links of a demo."""
    evidence = evidence_html(view, key)
    return h(
        "article",
        question_html(view.question),
        h(
            "div",
            h(
                "div",
                h("div", [badge_html(b) for b in view.badges], class_="badges"),
                steps,
                _warnings(view.warnings),
                h("div", _text(view, key), class_="answer-text", id=f"text-{key}"),
                _understood(view.explanation),
                _conditions(view.conditions, view.undo),
                _options(view.options),
                _chart(view),
                table_html(view.table, _downloads(view, principal)) if view.table and view.table.columns else None,
                [_card(card) for card in view.cards],
                _draft(view, principal),
                _actions(view.actions),
                _tools(key),
                _suggestions(view.suggestions),
                class_="answer",
            ),
            evidence,
            class_="turn-body" if evidence else "turn-body alone",
        ),
        class_=f"turn kind-{view.kind}",
        data_turn=view.id,
    )


def question_html(question: str) -> Markup:
    return h("div", h("p", question), class_="question", role="group", aria_label="您的问题")


def running_html(question: str, steps: Markup | None) -> Markup:
    """A turn that still runs."""
    waiting = steps or h("p", h("i", class_="spinner"), "正在理解问题…", class_="waiting")
    body = h("div", h("div", waiting, class_="answer"), class_="turn-body alone")
    return h("article", question_html(question), body, class_="turn running", aria_busy="true")


def notice_html(question: str, text: str) -> Markup:
    """A turn that ended without an outcome: stopped by the person, or broken."""
    body = h("div", h("div", h("p", text, class_="notice"), class_="answer"), class_="turn-body alone")
    return h("article", question_html(question), body, class_="turn ended")


def _text(view: TurnView, key: str) -> list[Markup | str | None]:
    """The answer's text. A mark stays on the line of the word before it and of the punctuation after it."""
    parts = list(view.text)
    shown: list[Markup | str | None] = []
    at = 0
    while at < len(parts):
        part = parts[at]
        if isinstance(part, str):
            shown.append(part)
            at += 1
            continue
        marks: list[list[Markup | str]] = []
        while at < len(parts) and isinstance(mark := parts[at], Mark):
            marks.append([_mark(mark.n, key)])
            at += 1
        before = shown[-1] if shown else ""
        if isinstance(before, str) and before and not before[-1].isspace():
            shown[-1] = before[:-1]
            marks[0].insert(0, before[-1])
        after = parts[at] if at < len(parts) else ""
        if isinstance(after, str) and after[:1] in _CLOSING and after:
            marks[-1].append(after[0])
            parts[at] = after[1:]
        shown += [h("span", unit, class_="bound") for unit in marks]  # between two marks a line may end
    return shown


def _mark(n: int, key: str) -> Markup:
    source, panel = f"source-{key}-{n}", f"evidence-{key}"
    return h(
        "button",
        f"[{n}]",
        type="button",
        class_="cite",
        data_cite=source,
        data_panel=panel,
        aria_label=f"查看来源 {n}",
    )


def _warnings(warnings: list[str]) -> Markup | None:
    return h("ul", [h("li", text) for text in warnings], class_="warnings", role="note") if warnings else None


def _understood(explanation: str) -> Markup | None:
    if not explanation:
        return None
    return h("p", h("b", "我的理解"), h("span", explanation), class_="understood")


def _conditions(conditions: list[Condition], undo: str) -> Markup | None:
    """What was understood, slot by slot, and the way back to the question before.

    Only the newest turn's can be changed: the style hides the others' buttons.
    """
    if not conditions:
        return None
    return h(
        "div",
        h("b", "当前条件"),
        h("ul", [_condition(one) for one in conditions]),
        h("button", "撤销这一步", type="button", data_ask=undo, class_="undo") if undo else None,
        class_="conditions",
        role="group",
        aria_label="当前条件",
    )


def _condition(condition: Condition) -> Markup:
    name = f"去掉条件：{condition.label}"
    remove = h("button", "×", type="button", data_ask=condition.removal, aria_label=name, title=name)
    return h("li", h("span", condition.label), remove if condition.removal else None)


def _options(options: list[Action]) -> Markup | None:
    if not options:
        return None
    return h(
        "div",
        [_ask(o.label, o.question, "option") for o in options],
        class_="options",
        role="group",
        aria_label="请选择",
    )


def _ask(label: str, question: str, class_: str) -> Markup:
    return h("button", label, type="button", class_=class_, data_ask=question)


def _chart(view: TurnView) -> Markup | None:
    model = chart_model(view.chart, view.table) if view.chart and view.table else None
    return chart_html(model) if model else None


def _downloads(view: TurnView, principal: str) -> Markup | None:
    if not (view.id and view.conversation):
        return None
    base = f"api/conversations/{quote(view.conversation, safe='')}/turns/{quote(view.id, safe='')}/table"
    links = []
    for name, label in (("csv", "下载 CSV"), ("xlsx", "下载 Excel")):
        query = {"format": name} | ({"as": principal} if principal else {})
        links.append(h("a", label, href=f"{base}?{urlencode(query)}", download=True, class_="small"))
    return h("span", links, class_="downloads")


def _card(card: Card) -> Markup:
    return h(
        "section",
        h("div", h("b", card.title, class_="card-title"), [badge_html(b) for b in card.badges], class_="badges"),
        h("p", card.publisher, class_="card-publisher") if card.publisher else None,
        h("p", card.summary, class_="card-summary") if card.summary else None,
        h(
            "details",
            h("summary", f"目录信息和数据项（{len(card.items)} 项）" if card.items else "目录信息"),
            h("dl", [h("div", h("dt", label), h("dd", value)) for label, value in card.facts], class_="facts"),
            h("ul", [_item(*item) for item in card.items], class_="items") if card.items else None,
        ),
        class_="dataset-card",
    )


def _item(name: str, type_: str, meaning: str) -> Markup:
    return h("li", h("b", name), h("small", type_) if type_ else None, h("span", meaning) if meaning else None)


def _draft(view: TurnView, principal: str) -> Markup | None:
    """The draft as it stood after the turn; for the newest one the script fetches the form as it stands now."""
    if not (view.fields or view.checks):
        return None
    blank = h("span", "待填写", class_="blank")
    fields = [h("div", h("dt", f.label), h("dd", blank if f.missing else f.value)) for f in view.fields]
    checks = [
        h(
            "li",
            h("b", "符合" if ok else "不符合"),
            h("span", rule),
            h("small", note) if note else None,
            class_="ok" if ok else "bad",
        )
        for ok, rule, note in view.checks
    ]
    missing = sum(f.missing for f in view.fields)
    state = f"还有 {missing} 项待填写" if missing else "各项已填写"
    where = f"requests/{quote(view.number)}" + (f"?{urlencode({'as': principal})}" if principal else "")
    link = (
        h("p", h("a", f"打开表单 {view.number}，填写、提交和导出", href=where), class_="rq-exports")
        if view.number
        else None
    )
    return h(
        "section",
        h("header", h("b", "共享申请草稿"), h("small", state)),
        link,
        h("dl", fields, class_="form"),
        h("div", h("b", "规则检查"), h("ul", checks), class_="checks") if checks else None,
        class_="draft",
        aria_label="共享申请草稿",
        data_rq_card=where if view.number else None,
    )


def _actions(actions: list[Action]) -> Markup | None:
    return h("div", [_ask(a.label, a.question, "primary") for a in actions], class_="actions") if actions else None


def _tools(key: str) -> Markup:
    return h("div", h("button", "复制回答", type="button", class_="small", data_copy=f"text-{key}"), class_="tools")


def _suggestions(suggestions: list[str]) -> Markup | None:
    if not suggestions:
        return None
    chips = [_ask(text, text, "chip") for text in suggestions]
    return h("div", h("span", "接着问", class_="hint"), chips, class_="suggestions", role="group", aria_label="接着问")


def turns_html(turns: list[Markup]) -> Markup:
    return h("div", join(turns), class_="turns")
