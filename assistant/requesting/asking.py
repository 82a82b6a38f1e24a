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
    missing = request.missing()
    name = next((n for n in ORDER if n in missing and n not in skipped), "")
    if not name:
        return Ask()
    text = QUESTIONS[name]
    if name == "basis" and articles:
        text += "下面是可能有关的条款，只是建议，请核对后选用。"
    return Ask(name, text, tuple(_options(name, request, today, articles, months, days)))


def _options(
    name: str, request: ShareRequest, today: date, articles: Sequence[ArticleHit], months: int, days: int
) -> list[Option]:
    if name == "purpose":
        return [Option(label=use, value=f"使用场景：{use}") for use in condition_uses(request.dataset.condition)][:4]
    if name == "basis":
        return [
            Option(label=f"建议核对：《{hit.title}》{hit.locator}", value=f"使用依据：《{hit.title}》{hit.locator}")
            for hit in articles
        ]
    if name == "method":
        return [Option(label=m, value=f"共享方式：{m}") for m in METHODS]
    if name == "starts":
        return [
            _starting(day, label, months, days) for day, label in ((today, "今天"), (_next_month(today), "下月1日"))
        ]
    if name == "ends":
        first = request.starts or today
        return [
            Option(label=f"{label}，到{last_day(first, length)}", value=f"使用时限到{last_day(first, length)}")
            for length, label in ((6, "半年"), (12, "一年"), (24, "两年"))
        ]
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
    return [Option(label=text, value=f"{labels[name]}：{text}") for text in fixed.get(name, ())]


def _starting(day: date, label: str, months: int, days: int) -> Option:
    if months or days:
        ends = last_day(day, months, days)
        return Option(label=f"{label}起，{day}至{ends}", value=f"使用时限：{day}至{ends}")
    return Option(label=f"{label}起（{day}）", value=f"使用时限：从{day}起")


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
