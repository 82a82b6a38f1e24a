"""What an act carries besides its note, and what the day and the rules say to it. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from tools.requests.model import ShareRequest
from tools.requests.problems import Invalid, NotNow
from tools.requests.rules import RuleBook
from tools.requests.states import Action
from tools.requests.transitions import ACT, extension_asked
from tools.requests.workdays import Workdays

_KNOWN: dict[Action, frozenset[str]] = {
    Action.ASK_EXTENSION: frozenset({"days"}),
    Action.ACCEPT: frozenset({"items", "ends", "agreed_by"}),
    Action.REFUSE: frozenset({"agreed_by", "ground"}),
    Action.DELIVER: frozenset({"method"}),
}


# Kinds of reasons for a refusal, for the figures; the reason itself is always written out.
GROUNDS = (
    "不符合目录载明的共享条件",
    "使用依据不足",
    "超出履行职责的需要",
    "法律、行政法规规定不得提供",
    "安全保护措施不足",
    "其他",
)
NO_GROUND = "未归类"


def details_of(
    request: ShareRequest, action: Action, given: dict[str, Any], book: RuleBook, calendar: Workdays, today: date
) -> dict[str, Any]:
    """What is kept with the act. Invalid or NotNow when it cannot be done with these particulars or on this day."""
    unknown = sorted(set(given) - _KNOWN.get(action, frozenset()))
    if unknown:
        raise Invalid(f"“{action.label}”没有“{unknown[0]}”这一项。", dict.fromkeys(unknown, "没有这一项"))
    given = {name: value for name, value in given.items() if value not in (None, "", [])}
    if action is Action.ASK_SUPPLEMENT:
        _only_once_and_in_time(request, book, calendar, today)
    elif action is Action.ASK_EXTENSION:
        return {"days": _extension(request, given.get("days"), book, calendar, today)}
    elif action in (Action.GRANT_EXTENSION, Action.DECLINE_EXTENSION):
        return _answer_to_extension(request, action)
    elif action is Action.REFUSE and given.get("ground", NO_GROUND) not in (*GROUNDS, NO_GROUND):
        raise Invalid(f"不同意的理由类别要从这些里选：{'、'.join(GROUNDS)}。", {"ground": "不在可选范围内"})
    elif action is Action.ACCEPT:
        return _accepted(request, given, today)
    elif action is Action.DELIVER and request.agreed_ends is not None and request.agreed_ends < today:
        raise NotNow(
            f"使用时限（到 {request.agreed_ends}）已经过去，不能再提供。请由申请部门终止这件申请，需要时重新申请。"
        )
    return {name: str(value)[:200] for name, value in given.items()}


def _only_once_and_in_time(request: ShareRequest, book: RuleBook, calendar: Workdays, today: date) -> None:
    if request.last(Action.ASK_SUPPLEMENT):
        raise NotNow(
            f"这件申请已经告知过补正，需要补正的内容应当一次性告知（{ACT} 第二十一条第二款），不能再次要求补正。"
            "请就现有材料答复同意或者不同意，不同意的说明理由。"
        )
    received = request.last(Action.SUBMIT)
    assert received is not None
    rule = book.rule_for(request.dataset.region, received.day)
    supplement = book.supplement(rule)
    if supplement.ask_within is not None and today > calendar.after(received.day, supplement.ask_within).day:
        whose = book.owner(rule, "supplement")
        raise NotNow(
            f"补正应当自收到申请之日起{supplement.ask_within}个工作日内一次告知（{whose.cite(supplement)}），现在已经超过，"
            "按材料齐全处理，请答复同意或者不同意。"
        )


def _extension(request: ShareRequest, days: Any, book: RuleBook, calendar: Workdays, today: date) -> int:
    from tools.requests.deadlines import deadline

    received = request.last(Action.SUBMIT, Action.REOPEN)
    assert received is not None
    rule = book.rule_for(request.dataset.region, received.day)
    limit = book.extension(rule)
    whose = book.owner(rule, "extension")
    if request.last(Action.ASK_EXTENSION) is not None:
        raise NotNow(f"这件申请已经提出过一次延期，不能再延（{whose.cite(limit)}）。")
    if isinstance(days, str) and days.strip().isdigit():
        days = int(days)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= limit.days:
        raise Invalid(
            f"延期要写明天数，最少1个、最多{limit.days}个工作日（{whose.cite(limit)}）。",
            {"days": f"1 到 {limit.days}"},
        )
    due = deadline(request, book, calendar, today)
    if (due is not None and calendar.between(today, due.day) < limit.ask_before) or (
        due is not None and today > due.day
    ):
        ahead = f"，应当在期限届满{limit.ask_before}个工作日前提出" if limit.ask_before else ""
        raise NotNow(f"答复期限是 {due.day}{ahead}（{whose.cite(limit)}），现在不能再提出延期，请尽快答复。")
    return days


def _answer_to_extension(request: ShareRequest, action: Action) -> dict[str, Any]:
    if not extension_asked(request):
        raise NotNow(f"申请 {request.number} 没有等待审批的延期。")
    asked = request.last(Action.ASK_EXTENSION)
    assert asked is not None
    return {"days": asked.details["days"]} if action is Action.GRANT_EXTENSION else {}


def _accepted(request: ShareRequest, given: dict[str, Any], today: date) -> dict[str, Any]:
    """The items agreed to (all, unless some are named) and until when (no longer than asked for)."""
    if request.ends is not None and request.ends < today:
        raise NotNow(f"申请的使用时限（到 {request.ends}）已经过去，不能同意。请不同意并写明理由，由申请部门重新申请。")
    asked = [item.name for item in request.items]
    items = given.get("items", asked)
    if isinstance(items, str):
        items = [name for name in items.replace("，", "、").replace(",", "、").split("、") if name]
    strange = [name for name in items if name not in asked]
    if strange:
        raise Invalid(
            f"申请里没有这些数据项：{'、'.join(strange)}。只能在申请的数据项之内同意。", {"items": "不在申请之内"}
        )
    kept: dict[str, Any] = {"items": [name for name in asked if name in items]}
    if "ends" in given:
        kept["ends"] = _earlier_end(request, given["ends"], today).isoformat()
    if "agreed_by" in given:
        kept["agreed_by"] = str(given["agreed_by"])[:100]
    return kept


def _earlier_end(request: ShareRequest, value: Any, today: date) -> date:
    try:
        ends = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(f"同意的截止日“{value}”写法不对，要写成 2026-09-01 这样。", {"ends": "日期写法不对"}) from error
    if (request.ends is not None and ends > request.ends) or ends < today:
        raise Invalid(f"同意的截止日要在今天到申请的截止日（{request.ends}）之间。", {"ends": "不在申请的时限之内"})
    return ends
