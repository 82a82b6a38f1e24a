"""第二十条: the basis is real. Each cited article is looked up in the policy store, and its words are quoted."""

from __future__ import annotations

import re

from corpus.policy import Article, PolicyDocument
from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import Basis, ShareRequest, is_blank
from tools.requests.policies import place_of

_LONG_QUOTE = 300
_NOT_A_BASIS = re.compile(r"^(因?工作需要|工作所需|业务需要|领导(要求|批示|交办)|上级要求|日常工作|有关规定|相关规定)$")


def legal_basis(request: ShareRequest, context: CheckContext) -> CheckResult:
    wrong: list[str] = []
    quotes: list[str] = []
    unsure: list[str] = []
    for basis in request.basis:
        problem, doubt, quote = look_up(basis, context)
        wrong += [problem] if problem else []
        unsure += [doubt] if doubt else []
        quotes += [quote] if quote else []
    if not request.basis:
        wrong.append("没有写使用依据")
    return CheckResult(
        "legal_basis",
        "使用依据真实存在，内容与所引一致",
        f"{ACT} 第二十条第二款",
        ok=not wrong and not unsure,
        note="；".join([*wrong, *unsure]),
        blocking=bool(wrong),
        fields=("basis",) if wrong else (),
        quotes=tuple(quotes),
    )


def look_up(basis: Basis, context: CheckContext) -> tuple[str, str, str]:
    """(what is wrong, what could not be made sure of, the words found) about one basis; at most one of the first two."""
    if not basis.document:
        return _duty(basis)
    texts = context.policies.documents(basis.document)
    if not texts:
        return _elsewhere(basis, context)
    text = texts[0]
    if not text.in_force(context.today):
        return _not_in_force(basis, text, context), "", ""
    if not basis.article:
        return f"{basis.label}没有写到条，请写明是哪一条", "", ""
    place = place_of(basis.article)
    article = _article(text, place) if place else None
    if place is None or article is None:
        # 款 and 项 stand inside an article; what is counted is the articles.
        return f"{basis.label}不存在：这份文件共{len(text.articles)}条，请核对条款", "", ""
    paragraphs = _paragraphs(article.text)
    if place[1] > len(paragraphs):
        return f"{basis.label}不存在：这一条共{len(paragraphs)}款", "", ""
    text_there = paragraphs[place[1] - 1] if place[1] else article.text
    where = f"《{text.title}》{basis.article if place[1] else article.locator}"
    if basis.quote and _bare(basis.quote) not in _bare(text_there):
        other = next((n for n, p in enumerate(paragraphs, 1) if _bare(basis.quote) in _bare(p)), None)
        hint = f"，它在第{_numeral(other)}款" if other else f"。原文是：{_cut(text_there)}"
        return f"{basis.label}里没有所引的这句话{hint}", "", ""
    return "", "", f"{where}：{_cut(basis.quote or text_there)}"


def _duty(basis: Basis) -> tuple[str, str, str]:
    if is_blank(basis.duty):
        return "有一条使用依据是空的", "", ""
    bare = basis.duty.strip("。，、 ")
    if _NOT_A_BASIS.match(bare) or len(bare) < 6:
        return f"使用依据不能只写“{bare}”，请写明规定的名称和条款，或者本部门职责的原文", "", ""
    return "", f"职责“{_cut(bare, 30)}”不在政策库里，由提供部门核对", ""


def _elsewhere(basis: Basis, context: CheckContext) -> tuple[str, str, str]:
    """The text is not here: a digest may restate the article; else only its own words vouch for it."""
    restated = context.policies.restated(basis.document, basis.article)
    if restated is not None:
        said = f"{restated.locator}：{_cut(restated.text)}"
        if not basis.quote or _bare(basis.quote) in _bare(restated.text):
            return "", f"政策库里只有{basis.label}的要点，没有原文，引用文字请对照原文核对", said
        return "", f"政策库里只有{basis.label}的要点，所引文字无法核对，请附原文", said
    if is_blank(basis.quote):
        return (
            f"政策库里找不到{basis.label}，不能作为依据；请核对名称和条款，确有此条的请先导入文件，或者附上条款原文",
            "",
            "",
        )
    return "", f"政策库里没有{basis.label}，所引文字无法核对，由提供部门核对", ""


def _not_in_force(basis: Basis, text: PolicyDocument, context: CheckContext) -> str:
    if text.effective is not None and text.effective > context.today:
        return f"《{text.title}》{text.effective:%Y-%m-%d}才施行，现在不能作为依据"
    since = f"（{text.superseded_on:%Y-%m-%d}起）" if text.superseded_on else ""
    return f"《{text.title}》已经失效{since}，请改引现行规定"


def _article(text: PolicyDocument, place: tuple[int, int]) -> Article | None:
    for article in text.articles:
        found = place_of(article.locator)
        if found is not None and found[0] == place[0]:
            return article
    return None


def _paragraphs(text: str) -> list[str]:
    """款 of an article, each with the items of its list."""
    found: list[str] = []
    for line in text.split("\n"):
        if found and re.match(r"\s*[（(][一二三四五六七八九十]+[）)]", line):
            found[-1] += f"\n{line}"
        elif line.strip():
            found.append(line)
    return found


def _numeral(number: int) -> str:
    return "零一二三四五六七八九十"[number] if number <= 10 else str(number)


def _bare(text: str) -> str:
    return re.sub(r"[\s，。；：、“”‘’\"'（）()《》,.;:…]+", "", text)


def _cut(text: str, most: int = _LONG_QUOTE) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}……"
