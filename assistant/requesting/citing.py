"""Whether a basis that a person names exists, is in force and what it says. Never a basis that nobody named. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.requesting.known_laws import ARTICLES
from assistant.requesting.said import Cited
from corpus.policy import DocumentLevel, PolicyDocument
from retrieval.aspects import article_numbers, number_of, short_title
from tools.requests.model import Basis

_NAMED = re.compile(
    r"《([^《》]{2,60})》(?P<a>(?:[第、和及与,，\s]*第?[〇零一二三四五六七八九十百千\d]+条(?:第[一二三四五六七八九十\d]+[款项])*)*)"
)
_BARE = re.compile(
    r"(?P<t>[\u4e00-\u9fff（）12345]{2,40}?(?:法|条例|办法|规定|细则|规程|规则|决定|规范|意见|方案|通知))(?:的|中)?(?P<a>第[〇零一二三四五六七八九十百千\d]+条(?:[、和及与]*第[〇零一二三四五六七八九十百千\d]+条)*)"
)
_LOCATOR = re.compile(r"第\s*[〇零一二三四五六七八九十百千\d]+\s*条")
_LED = re.compile(r"^.*?(?:使用|法律|政策)?(?:依据|根据|按照|依照|按|依)(?:是|为|：|改成|改为|换成|的是)?")
_DUTY = re.compile(r"三定(?:规定|方案)?|职责|职能|法定(?:任务|义务)|权责清单")
_VAGUE = re.compile(r"工作需要|业务需要|工作要求|领导(?:要求|同意|批示|交办|让)|上级要求|实际需要|需要(?:用|使用)$")

Verdict = Literal["found", "restated", "unknown_text", "no_article", "no_such_article", "ended", "duty", "vague"]


@dataclass(frozen=True)
class Verified:
    """`basis` is filled in; None: it is no basis. `note` says in Chinese what was found."""

    verdict: Verdict
    basis: Basis | None
    note: str = ""


def cited_in(clause: str, titles: Sequence[str]) -> list[Cited]:
    """The bases that a clause names."""
    found: list[Cited] = []
    for match in _NAMED.finditer(clause):
        found.append(Cited(title=match[1], locators=tuple(_locators(match["a"])), quote=clause))
    if found:
        return found
    for match in _BARE.finditer(clause):
        title = _LED.sub("", match["t"]) or match["t"]
        known = next((t for t in sorted(titles, key=len, reverse=True) if match["t"].endswith(short_title(t))), "")
        found.append(Cited(title=known or title, locators=tuple(_locators(match["a"])), quote=clause))
    if found:
        return found
    led = _LED.match(clause)
    if not led:
        return []
    words = clause[led.end() :].strip()
    named = next((t for t in sorted(titles, key=len, reverse=True) if short_title(t) in words), "")
    if named:
        return [Cited(title=named, quote=clause)]
    if _VAGUE.search(words):
        return [Cited(vague=True, quote=clause)]
    if _DUTY.search(words) and len(words) >= 4:
        return [Cited(duty=words, quote=clause)]
    return []


def verified(cited: Cited, documents: Sequence[PolicyDocument], today: date) -> list[Verified]:
    """What the policy texts say about a named basis, one verdict for each article of it."""
    if cited.vague:
        return [Verified("vague", None, "“工作需要”不能作为使用依据，请写明规定的名称和条款，或者三定规定中的职责。")]
    if cited.duty:
        return [Verified("duty", Basis(duty=cited.duty), "职责依据按原话记录，提交前请附三定规定原文。")]
    versions = _versions(cited.title, documents)
    if not cited.locators:
        return [
            Verified(
                "no_article", Basis(document=_title(cited.title, versions)), f"《{cited.title}》还要写明是第几条。"
            )
        ]
    return [_one(cited.title, locator, versions, documents, today) for locator in cited.locators]


def _one(
    title: str, locator: str, versions: list[PolicyDocument], documents: Sequence[PolicyDocument], today: date
) -> Verified:
    number = number_of(re.sub(r"[第条\s]", "", locator))
    in_force = [d for d in versions if d.in_force(today)]
    if versions and not in_force:
        newer = next((d for d in documents if d.id == versions[0].superseded_by), None)
        instead = f"，现行的是《{newer.title}》" if newer else ""
        return Verified("ended", None, f"《{versions[0].title}》已失效或者尚未施行{instead}，不能作为使用依据。")
    if in_force:
        document = in_force[0]
        article = next((a for a in document.articles if number in article_numbers(a.locator[:12])), None)
        if article is None:
            last = max((n for a in document.articles for n in article_numbers(a.locator[:12])), default=0)
            return Verified(
                "no_such_article", None, f"《{document.title}》共{last}条，没有{locator}，不能作为使用依据。"
            )
        return Verified("found", Basis(document=document.title, article=article.locator, quote=article.text[:4000]))
    short = short_title(title)
    if number > ARTICLES.get(short, number):
        return Verified(
            "no_such_article", None, f"《{short}》只有{ARTICLES[short]}条，没有{locator}，不能作为使用依据。"
        )
    basis = Basis(document=title, article=locator)
    if any(
        d.level is DocumentLevel.DIGEST and any(a.locator.startswith(f"{short} {locator}") for a in d.articles)
        for d in documents
    ):
        return Verified("restated", basis, f"资料库只有《{short}》{locator}的要点，没有原文，提交前请核对原文。")
    return Verified("unknown_text", basis, f"资料库没有收录《{title}》，未能核对{locator}的原文，提交前请附原文。")


def _versions(title: str, documents: Sequence[PolicyDocument]) -> list[PolicyDocument]:
    """The texts with this title, by its whole or short name; the one in force first."""
    wanted = short_title(title)
    texts = [d for d in documents if d.level is not DocumentLevel.DIGEST]
    found = [d for d in texts if short_title(d.title) == wanted]
    if not found:  # officials drop the city's name: 《公共数据管理办法》
        found = [
            d for d in texts if len(wanted) >= 5 and d.region and short_title(d.title).removeprefix(d.region) == wanted
        ]
    if len({d.title for d in found}) > 1:
        return []
    return sorted(
        found, key=lambda d: (d.superseded_by is None and not d.repealed, d.effective or date.min), reverse=True
    )


def _title(title: str, versions: list[PolicyDocument]) -> str:
    return versions[0].title if versions else title


def _locators(text: str) -> list[str]:
    return list(dict.fromkeys(m.group().replace(" ", "") for m in _LOCATOR.finditer(text)))
