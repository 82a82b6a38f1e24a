"""What to ask next: one field at a time, with choices that a click says. Suggested, never filled in. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.outcome import Option
from assistant.requesting.periods import last_day
from corpus.policy import PolicyDocument
from retrieval.hits import ArticleHit
from tools.requests.model import METHODS, ShareRequest

ORDER = (
    "items",
    "purpose",
    "scenario",
    "basis",
    "use_scope",
    "method",
    "starts",
    "ends",
    "security",
    "disposal",
    "personal_impact",
    "contact",
    "officer_name",
)
QUESTIONS = {
    "items": "需要哪些数据项？",
    "purpose": "这份数据用来办什么事？",
    "scenario": "使用场景是什么，也就是办理哪项业务？",
    "basis": "使用依据是什么？请写规定的名称和条款，或者三定规定中的职责。",
    "use_scope": "使用范围是什么，也就是哪些科室、岗位和系统使用？",
    "method": "采用哪种共享方式？",
    "starts": "从哪一天开始使用？",
    "ends": "使用到哪一天为止？一般不超过2年，到期可以续期。",
    "security": "采取哪些安全保护措施，由谁负责？",
    "disposal": "使用结束后怎样处置这些数据？",
    "personal_impact": "涉及个人信息，个人信息保护影响评估做得怎么样？",
    "contact": "联系人是谁，电话是多少？",
    "officer_name": "经办人是谁？",
}
SUGGESTED = 2


@dataclass(frozen=True)
class Ask:
    field: str = ""
    text: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Choice:
    """`sentence` says it in the talk; `values` are the form's."""

    label: str
    sentence: str
    values: dict[str, str]


def next_missing(request: ShareRequest, skipped: Sequence[str] = ()) -> str:
    """The field to ask for next; empty when all is said or was put off."""
    missing = request.missing()
    return next((n for n in ORDER if n in missing and n not in skipped), "")


def next_ask(
    request: ShareRequest,
    skipped: Sequence[str],
    today: date,
    articles: Sequence[ArticleHit] = (),
    *,
    months: int = 0,
    days: int = 0,
) -> Ask:
    """The next question; an empty one when all is said or was put off. `articles`: suggestions for the basis."""
    name = next_missing(request, skipped)
    if not name:
        return Ask()
    text = QUESTIONS[name]
    if name == "basis" and articles:
        text += "下面是可能有关的条款，只是建议，请核对后选用。"
    if name == "basis":
        named = [f"《{hit.title}》{hit.locator}" for hit in articles]
        return Ask(name, text, tuple(Option(label=f"建议核对：{n}", value=f"使用依据：{n}") for n in named))
    found = choices(name, request, today, months, days)
    return Ask(name, text, tuple(Option(label=c.label, value=c.sentence) for c in found))


def choices(name: str, request: ShareRequest, today: date, months: int = 0, days: int = 0) -> list[Choice]:
    """What may be chosen for a field: in words for the talk, as values for the form."""
    if name in ("purpose", "scenario"):
        uses = condition_uses(request.dataset.condition)[:4]
        return [Choice(use, f"使用场景：{use}", {"purpose": use, "scenario": use}) for use in uses]
    if name == "method":
        return [Choice(m, f"共享方式：{m}", {"method": m}) for m in METHODS]
    if name == "starts":
        return [_starting(day, said, months, days) for day, said in ((today, "今天"), (_next_month(today), "下月1日"))]
    if name == "ends":
        first = request.starts or today
        lengths = [(last_day(first, length), said) for length, said in ((6, "半年"), (12, "一年"), (24, "两年"))]
        return [Choice(f"{said}，到{day}", f"使用时限到{day}", {"ends": day.isoformat()}) for day, said in lengths]
    fixed = {
        "use_scope": ("本部门办理该项业务的岗位", "本部门办理该项业务的科室和业务系统"),
        "security": ("加密传输、专人专岗、操作留痕", "在政务外网内使用、不落地存储、逐次留痕"),
        "disposal": ("使用结束后10个工作日内删除，并向提供部门报送处置证明", "使用结束后按提供部门的要求处置"),
        "personal_impact": ("已完成评估，风险可控，措施见安全保护措施", "正在评估，提交前完成"),
    }
    labels = {
        "use_scope": "使用范围",
        "security": "安全保护措施",
        "disposal": "处置方式",
        "personal_impact": "影响评估",
    }
    return [Choice(text, f"{labels[name]}：{text}", {name: text}) for text in fixed.get(name, ())]


def _starting(day: date, said: str, months: int, days: int) -> Choice:
    if months or days:
        ends = last_day(day, months, days)
        values = {"starts": day.isoformat(), "ends": ends.isoformat()}
        return Choice(f"{said}起，{day}至{ends}", f"使用时限：{day}至{ends}", values)
    return Choice(f"{said}起（{day}）", f"使用时限：从{day}起", {"starts": day.isoformat()})


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def condition_uses(condition: str) -> list[str]:
    """The uses that a sharing condition allows, for a person to choose from: 「限入园入学接种证查验」."""
    found = re.search(r"(?:限于?|仅限|用于|因)([^，。；]{4,60})", condition)
    if not found:
        return []
    uses = re.sub(r"(?:需要可以申请|可以申请|使用|时核验|等)$", "", found[1])
    return [u for u in re.split(r"、|和|以及|或者", uses) if 2 <= len(u) <= 20][:4]


def suggested(hits: Sequence[ArticleHit], documents: dict[str, PolicyDocument]) -> list[ArticleHit]:
    """The articles that may be offered as a basis: whole texts in force, each text once."""
    found: dict[str, ArticleHit] = {}
    for hit in hits:
        document = documents.get(hit.document)
        if document is not None and document.level.value != "digest" and hit.in_force:
            found.setdefault(hit.document, hit)
    return list(found.values())[:SUGGESTED]
