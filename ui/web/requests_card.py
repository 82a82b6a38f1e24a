"""A share request as HTML: its form, the checks, what may be done with it, what has happened. Works without scripts."""

from __future__ import annotations

from urllib.parse import urlencode

from tools.requests.check import CheckResult
from tools.requests.model import LABELS, METHODS, Event, ShareRequest
from tools.requests.states import CLOSED, Action, State
from tools.requests.transitions import Move
from ui.web.markup import Markup, h
from ui.web.requests_view import Line, RequestView

MARKS = {"通过": "ok", "不通过": "bad", "提醒": "warn"}
EXPORTS = (("docx", "申请表 Word"), ("letter", "函件 Word"), ("pdf", "申请表 PDF"), ("json", "JSON"))
# Fields that take one line; the others take several.
_SHORT = frozenset({"officer_name", "contact", "agency_head", "frequency"})
_DANGER = frozenset({Action.REFUSE, Action.WITHDRAW, Action.SUSPEND, Action.END})
# What is typed into a form that could not be saved, by field.
Typed = dict[str, str]


def card_html(
    view: RequestView, base: str, who: str, *, problem: str = "", note: str = "", typed: Typed | None = None
) -> Markup:
    """The whole card. `base`: the path the service is mounted at; `who`: the demo's `as`, carried in links and forms."""
    request, kept = view.request, typed or {}
    content = [
        _facts(request),
        h("h3", "申请内容"),
        h("div", [_line(view, line, base, who, kept) for line in view.lines], class_="rq-lines"),
        _left_out(request),
        _checks(view.checks),
    ]
    doing = [_acts(view, base, who, kept), _timeline(request)]
    # A draft is read before it is submitted; later what happened and what is to be done comes first.
    parts = [*content, *doing] if request.state is State.DRAFT else [*doing, *content]
    return h(
        "section",
        _head(view),
        h("p", problem, class_="rq-problem", role="alert", tabindex="-1") if problem else None,
        h("p", note, class_="rq-note", role="status", tabindex="-1") if note else None,
        _next(view, base, who, kept),
        parts,
        _exports(request, base, who),
        class_="rq-card",
        id=f"rq-{request.number}",
        data_rq=request.number,
        aria_label=f"共享申请 {request.number}",
    )


def _head(view: RequestView) -> Markup:
    request, due = view.request, view.deadline
    late = due is not None and due.overdue > 0
    score = h(
        "div",
        h("span", f"完整度 {view.score}%"),
        h("progress", f"{view.score}%", value=view.score, max=100, aria_label="完整度"),
        h("small", "完整度不代表同意"),
        class_="rq-score",
    )
    return h(
        "header",
        h(
            "div",
            h("h2", request.dataset.title),
            h(
                "p",
                h("code", request.number),
                h("span", request.state.label, class_=f"rq-state is-{request.state.value}"),
            ),
        ),
        score if view.may_edit else None,
        h("p", due.text, h("small", due.article), class_="rq-due late" if late else "rq-due") if due else None,
        class_="rq-head",
    )


def _facts(request: ShareRequest) -> Markup:
    """What the catalogue and the sign-in say; nobody can edit it here."""
    entry = request.dataset
    facts = [
        ("申请部门", request.department),
        ("数据提供部门", entry.provider),
        ("目录代码", entry.code),
        ("共享属性", entry.sharing_label),
        ("共享条件", entry.condition),
        ("数据分级", entry.level),
    ]
    rows = [h("div", h("dt", label), h("dd", value)) for label, value in facts if value]
    return h(
        "details",
        h("summary", "目录和身份信息（不能修改）"),
        h("dl", rows, class_="rq-facts"),
        class_="rq-fixed",
        open=True,
    )


def _next(view: RequestView, base: str, who: str, typed: Typed) -> Markup | None:
    """The one question that comes next, with its field open."""
    if not view.asks:
        return None
    line = next(line for line in view.lines if line.name == view.asks)
    picks = [
        h(
            "form",
            _hidden(view.request, who),
            [h("input", type="hidden", name=name, value=value) for name, value in choice.values.items()],
            h("button", choice.label, type="submit", class_="rq-pick"),
            method="post",
            action=_to(base, view.request, "edit"),
        )
        for choice in view.choices
    ]
    left = f"还有 {view.blanks} 项待填写" if view.blanks else "修改"
    after = [one.name for one in view.lines if one.missing and one.name != line.name]
    skip = h("a", "先填下一项", href=_to(base, view.request, "", who, at=after[0]), class_="rq-skip") if after else None
    return h(
        "div",
        h("p", h("b", left), h("span", view.question), class_="rq-question"),
        h("div", picks, class_="rq-picks", role="group", aria_label="可以直接选用") if picks else None,
        _editor(view, line, base, who, typed, focus=True),
        skip,
        class_="rq-next",
        aria_label=f"现在填写：{line.label}",
        role="group",
    )


def _line(view: RequestView, line: Line, base: str, who: str, typed: Typed) -> Markup:
    shown = (
        h("span", line.text, class_="rq-value")
        if line.text
        else h("span", "待填写" if line.missing else "（未填）", class_="rq-blank" if line.missing else "rq-empty")
    )
    source = h("small", line.source, class_="rq-source") if line.source else None
    if not view.may_edit:
        return h("div", h("span", line.label, class_="rq-label"), shown, source, class_="rq-line")
    return h(
        "details",
        h("summary", h("span", line.label, class_="rq-label"), shown, source, h("i", "改", class_="rq-change")),
        None if line.name == view.asks else _editor(view, line, base, who, typed),
        h("p", "请在上面填写。", class_="rq-hint") if line.name == view.asks else None,
        class_="rq-line rq-missing" if line.missing else "rq-line",
    )


def _editor(view: RequestView, line: Line, base: str, who: str, typed: Typed, *, focus: bool = False) -> Markup:
    request = view.request
    return h(
        "form",
        _hidden(request, who),
        _inputs(request, line, typed, focus),
        h("button", "保存", type="submit", class_="rq-save"),
        method="post",
        action=_to(base, request, "edit"),
        class_="rq-editor",
    )


def _inputs(request: ShareRequest, line: Line, typed: Typed, focus: bool) -> list[Markup]:
    key = f"rq-{'next-' if focus else ''}{line.name}"
    if line.name == "items":
        return [h("input", type="hidden", name="items-shown", value="1"), *_item_boxes(request)]
    if line.name == "period":
        return [
            h(
                "label",
                name,
                h("input", type="date", name=field, value=typed.get(field, str(getattr(request, field) or ""))),
            )
            for field, name in (("starts", "起始日"), ("ends", "截止日"))
        ]
    if line.name == "method":
        picked = typed.get("method", request.method)
        known = METHODS if picked in METHODS else (*METHODS, picked)
        options = [h("option", m or "请选择", value=m, selected=m == picked) for m in known]
        return [h("label", line.label, for_=key), h("select", options, name="method", id=key)]
    if line.name == "basis":
        said = typed.get("basis", "\n".join(b.label for b in request.basis))
        hint = h(
            "p",
            "一行一条，例如：《云澜市公共数据管理办法》第二十一条；或者三定规定中的职责原文。资料库没有收录的，在条款后加冒号写上原文。",
            class_="rq-hint",
        )
        return [h("label", line.label, for_=key), hint, h("textarea", said, name="basis", id=key, rows=3)]
    said = typed.get(line.name, line.text)
    if line.name in _SHORT:
        return [
            h("label", line.label, for_=key),
            h("input", type="text", name=line.name, id=key, value=said, maxlength=200),
        ]
    return [h("label", line.label, for_=key), h("textarea", said, name=line.name, id=key, rows=3, maxlength=4000)]


def _item_boxes(request: ShareRequest) -> list[Markup]:
    """Every item of the entry: ticked when it is asked for, with its use; else with why it is left out."""
    uses = {item.name: item.use for item in request.items}
    reasons = {item.name: item.reason for item in request.left_out}
    rows = []
    for number, item in enumerate(request.dataset.items):
        wanted = item.name in uses
        marked = h("small", item.sensitivity.label, class_="rq-sensitive") if item.sensitivity.value != "none" else None
        rows.append(
            h(
                "li",
                h(
                    "label",
                    h("input", type="checkbox", name="item", value=item.name, checked=wanted),
                    h("span", item.name),
                    marked,
                ),
                h(
                    "input",
                    type="text",
                    name=f"use-{number}",
                    value=uses.get(item.name, ""),
                    placeholder="用途",
                    aria_label=f"{item.name}的用途",
                    maxlength=500,
                ),
                h("small", reasons[item.name], class_="rq-reason") if not wanted and reasons.get(item.name) else None,
            )
        )
    return [h("ul", rows, class_="rq-items")]


def _left_out(request: ShareRequest) -> Markup | None:
    if not request.left_out:
        return None
    rows = [h("li", h("b", i.name), h("span", i.reason)) for i in request.left_out]
    return h(
        "details",
        h("summary", f"按最小必要没有申请的数据项（{len(rows)}项）"),
        h("ul", rows, class_="rq-left"),
        class_="rq-fold",
    )


def _checks(checks: list[CheckResult]) -> Markup:
    failed = sum(not c.ok and c.blocking for c in checks)
    told = f"规则检查：{failed}项不通过" if failed else "规则检查：没有不通过的项"
    rows = [
        h(
            "li",
            h("b", c.mark, class_=f"is-{MARKS[c.mark]}"),
            h("span", c.rule, h("small", c.article)),
            h("p", c.note) if c.note else None,
            [h("blockquote", quote) for quote in c.quotes],
        )
        for c in sorted(checks, key=lambda c: (c.ok, not c.blocking))
    ]
    return h("details", h("summary", told), h("ul", rows, class_="rq-checks"), class_="rq-fold", open=bool(failed))


def _acts(view: RequestView, base: str, who: str, typed: Typed) -> Markup | None:
    buttons = [_act(view, move, base, who, typed) for move in view.moves]
    undo = (
        h(
            "form",
            _hidden(view.request, who),
            h("button", "撤销上次修改", type="submit", class_="rq-undo"),
            method="post",
            action=_to(base, view.request, "undo"),
        )
        if view.may_undo
        else None
    )
    if not buttons and undo is None:
        return None
    return h("div", h("h3", "办理"), buttons, undo, class_="rq-acts")


def _act(view: RequestView, move: Move, base: str, who: str, typed: Typed) -> Markup:
    """One act: unfolding it is the first step, its button the second. Nothing happens by unfolding."""
    request, action = view.request, move.action
    parts: list[Markup] = []
    if action is Action.SUBMIT:
        parts.append(
            h("p", f"提交后转送{request.dataset.provider}答复，提交前的各项检查会再做一次。", class_="rq-hint")
        )
        sure = "本人确认申请内容真实、合法、必要，并已经本部门共享工作机构负责人同意"
        parts.append(
            h("label", h("input", type="checkbox", name="sure", value="yes", required=True), sure, class_="rq-sure")
        )
    if action is Action.ACCEPT:
        parts += _accepting(request)
    if action is Action.ASK_EXTENSION:
        parts.append(h("label", "延期几个工作日", h("input", type="number", name="days", min=1, max=10, required=True)))
    asked = move.note or "说明（可以不填）"
    kept = typed.get("note", "") if typed.get("action") == action.value else ""
    parts.append(h("label", asked, h("textarea", kept, name="note", rows=2, required=bool(move.note), maxlength=4000)))
    label = "提交" if action is Action.SUBMIT else action.label
    kind = (
        "primary"
        if action in (Action.SUBMIT, Action.ACCEPT, Action.DELIVER, Action.SUPPLY)
        else "danger"
        if action in _DANGER
        else ""
    )
    return h(
        "details",
        h("summary", label, class_=kind or None),
        h(
            "form",
            _hidden(request, who),
            h("input", type="hidden", name="action", value=action.value),
            parts,
            h("p", f"依据：政务数据共享条例 {move.article}", class_="rq-hint") if move.article else None,
            h("button", f"确认{label}", type="submit", class_=f"rq-do {kind}".strip()),
            method="post",
            action=_to(base, request, "act"),
            class_="rq-editor",
        ),
        class_="rq-act",
        open=typed.get("action") == action.value,
        data_action=action.value,
    )


def _accepting(request: ShareRequest) -> list[Markup]:
    boxes = [
        h("li", h("label", h("input", type="checkbox", name="item", value=i.name, checked=True), h("span", i.name)))
        for i in request.items
    ]
    return [
        h("p", "同意提供的数据项（可以只同意一部分）：", class_="rq-hint"),
        h("ul", boxes, class_="rq-items"),
        h("label", "同意使用到", h("input", type="date", name="ends", value=str(request.ends or ""))),
        h("label", "同意的负责人", h("input", type="text", name="agreed_by", maxlength=100)),
    ]


def _timeline(request: ShareRequest) -> Markup | None:
    if not request.history:
        return None
    done = request.state in CLOSED
    steps = _steps(request.history)
    rows = [_event(step) for step in steps]
    now = None if done else h("li", h("b", f"现在：{request.state.label}"), class_="now")
    folded = request.state is State.DRAFT
    return h(
        "details",
        h("summary", f"办理经过（{len(rows)}步）"),
        h("ol", rows, now, class_="rq-timeline"),
        class_="rq-fold",
        open=not folded,
    )


def _steps(history: list[Event]) -> list[list[Event]]:
    """What happened, step by step; changes of content by one person that follow each other are one step."""
    steps: list[list[Event]] = []
    for event in history:
        last = steps[-1][-1] if steps else None
        if last is not None and event.action is last.action is Action.EDIT and event.actor == last.actor:
            steps[-1].append(event)
        else:
            steps.append([event])
    return steps


def _event(step: list[Event]) -> Markup:
    event = step[-1]
    who = "，".join(part for part in (event.actor_name or event.actor, event.department) if part)
    changed = "、".join(dict.fromkeys(name for one in step for name in _changed(one)))
    moved = f"{event.before.label} → {event.after.label}" if event.before is not event.after else ""
    times = f"（{len(step)}次）" if len(step) > 1 else ""
    return h(
        "li",
        h("b", event.action.label + times),
        h("time", f"{event.day:%Y-%m-%d}", datetime=event.day.isoformat()),
        h("span", who),
        h("small", moved) if moved else None,
        h("small", f"改了：{changed}") if changed else None,
        h("p", event.note) if event.note else None,
    )


def _changed(event: Event) -> list[str]:
    return [LABELS.get(name, name) for name in event.details.get("changes", {}) if name != "left_out"]


def _exports(request: ShareRequest, base: str, who: str) -> Markup:
    links = [h("a", label, href=_to(base, request, f"export/{kind}", who), download=True) for kind, label in EXPORTS]
    return h("p", h("span", "导出："), links, class_="rq-exports")


def _hidden(request: ShareRequest, who: str) -> list[Markup]:
    fields = [h("input", type="hidden", name="version", value=request.version)]
    return [*fields, h("input", type="hidden", name="as", value=who)] if who else fields


def _to(base: str, request: ShareRequest, part: str, who: str = "", *, at: str = "") -> str:
    query = urlencode({k: v for k, v in (("as", who), ("at", at)) if v})
    path = f"{base}/requests/{request.number}" + (f"/{part}" if part else "")
    return path + (f"?{query}" if query else "")
