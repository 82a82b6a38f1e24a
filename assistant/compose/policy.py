"""The answer to a policy question: verbatim quotes from the right articles, never text of our own about the law."""

from __future__ import annotations

import re
from datetime import date

from assistant.compose.nothing import nothing_found
from assistant.compose.sources import article_citation
from assistant.outcome import Answer, Citation, Outcome
from assistant.policy_texts import PolicyTexts, policy_texts
from assistant.services import Services
from assistant.turn import Turn
from corpus.policy import PolicyDocument
from retrieval.asked import asked_kind, figures_in
from retrieval.aspects import (
    article_names,
    article_numbers,
    asked_parts,
    asks_several,
    named_texts,
    named_year,
    short_title,
)
from retrieval.hits import ArticleHit
from retrieval.index import ArticleSearch
from retrieval.quotes import best_span

QUOTED = 3
QUOTED_AT_MOST = 5  # where several things are asked, or where it is less sure which article answers
_SHORT_ARTICLE = 350  # characters; a short article is quoted whole, with its limits
_LONGEST_QUOTE = 700
_NEAR = 0.6  # of the best score
_LEVEL = 0.85  # of the best score: hardly told apart from it
_SURE = 0.9
_TITLED = re.compile(r"《([^《》]{2,40})》")


def policy_answer(turn: Turn, services: Services) -> Outcome:
    """Quotes of the best articles in force; no article, no answer."""
    texts = policy_texts(services.store, str(services.index.manifest.get("store", "")))
    named = _by_number(turn.text, texts, services)
    if isinstance(named, Answer):
        return named
    search = turn.articles
    if named:
        return _quoting(turn.text, named, texts, [], services.today, whole=True)
    if search is None or not search.found:
        return nothing_found(turn, services)
    return _quoting(turn.text, _best(turn.text, search), texts, search.notes, services.today)


def _best(question: str, search: ArticleSearch) -> list[ArticleHit]:
    """The articles that are quoted: few where one answers, more where several things are asked or none stands out."""
    best = search.hits[0].score
    several = asks_several(question) or search.confidence < _SURE
    near = [h for h in search.hits if h.score >= _NEAR * best]
    level = sum(h.score >= _LEVEL * best for h in near)
    return near[: QUOTED_AT_MOST if several else min(QUOTED_AT_MOST, max(QUOTED, level))]


def _quoting(
    question: str, hits: list[ArticleHit], texts: PolicyTexts, notes: list[str], today: date, *, whole: bool = False
) -> Answer:
    lines: list[str] = []
    citations: list[Citation] = []
    for n, hit in enumerate(hits, 1):
        document = texts.documents.get(hit.document)
        quote = _quote("" if whole else question, hit.text)
        citations.append(article_citation(n, hit, document, quote))
        lines.append(_line(n, hit, document, quote, today))
    return Answer(
        text="\n".join(lines),
        status="complete",
        explanation="在政策文件中查找，以下为条文原文摘录",
        citations=citations,
        warnings=[*notes, *_ended(hits, texts), *_differences(question, hits, texts)],
        suggestions=[],
    )


def _quote(question: str, text: str) -> str:
    """The stretch that answers all that is asked; a short article whole. Without a question the article whole."""
    whole, _ = best_span("", text)
    if not question or len(text) - whole <= _SHORT_ARTICLE:
        return text[whole:].strip()
    spans = [best_span(part, text) for part in asked_parts(question).asked]
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    if end - start > _LONGEST_QUOTE:
        start, end = best_span(question, text)
    return text[start:end].strip()


def _by_number(question: str, texts: PolicyTexts, services: Services) -> list[ArticleHit] | Answer:
    """The articles that a question names by text and number; says so when the text has none of that number."""
    numbers = article_numbers(question)
    titles = named_texts(question, texts.by_title) if numbers else []
    if not titles:
        return _not_held(question, texts)
    today, year = services.today, named_year(question)
    hits = []
    for title in titles[:2]:
        versions = texts.by_title[title]
        document = next((v for v in versions if year and year in _years(v)), versions[0])
        articles = texts.numbered(document.id)
        hits += [texts.hit(document.id, articles[n], 1.0, today) for n in numbers if n in articles]
        missing = [n for n in numbers if n not in articles]
        if missing and articles:
            names = article_names(question)
            named = "、".join(names[n] for n in missing)
            return Answer(
                text=f"《{short_title(title)}》没有{named}：收录的文本共{len(articles)}条，最后一条是{articles[max(articles)].locator}。请核对条号。",
                status="no_information",
                explanation="按文件名和条号查找条文",
            )
    return hits


def _not_held(question: str, texts: PolicyTexts) -> list[ArticleHit] | Answer:
    """A question on a numbered article of a text in 《》 that is not held is told so: other texts are no proof of it."""
    title, names = _TITLED.search(question), article_names(question)
    if title is None or not names or len(title[1]) <= 3:  # a short form may stand for any text
        return []
    held = " ".join(article.locator for document in texts.documents.values() for article in document.articles)
    named = "、".join(names.values())
    if any(f"{short_title(title[1])} {name}" in held for name in names.values()):
        return []
    return Answer(
        text=f"没有收录《{title[1]}》，无法核对它的{named}，也不能用其他条文代替。请核对文件名和条号，或查阅公布的原文。",
        status="no_information",
        explanation="按文件名和条号查找条文",
    )


def _years(document: PolicyDocument) -> set[int]:
    return {day.year for day in (document.published, document.effective) if day}


def _line(n: int, hit: ArticleHit, document: PolicyDocument | None, quote: str, today: date) -> str:
    if document is not None and document.level == "digest":
        return f"{hit.locator}（要点摘编，以原文为准）：{quote}[{n}]"
    coming = document is not None and document.effective is not None and document.effective > today
    state = "" if hit.in_force else "（尚未施行）" if coming else "（已失效）"
    return f"《{hit.title}》{hit.locator}{state}：“{quote}”[{n}]"


def _ended(hits: list[ArticleHit], texts: PolicyTexts) -> list[str]:
    """Texts that do not apply today are named as such, with the day and what replaced them."""
    notes = []
    for key in dict.fromkeys(h.document for h in hits if not h.in_force):
        document = texts.documents[key]
        after = texts.documents.get(document.superseded_by or "")
        if after is not None:
            since = document.superseded_on or after.effective
            when = f"自{since.year}年{since.month}月{since.day}日起" if since else ""
            notes.append(f"《{document.title}》的这一文本{when}已被《{after.title}》取代，仅供查阅，不能作为现行依据")
        else:
            notes.append(f"《{document.title}》的这一文本不是现行有效的，不能作为依据")
    return notes


def _differences(question: str, best: list[ArticleHit], texts: PolicyTexts) -> list[str]:
    """A reader must know when national and local rules stand side by side, and which figures each of them says."""
    known = [h for h in best if h.document in texts.documents]
    local = sorted({region for h in known if (region := texts.region(h.document))})
    if not local or all(texts.region(h.document) for h in known):
        return []
    figures = _figures(question, known, texts)
    if len(figures) == 2 and len({frozenset(said) for _, said in figures}) == 2:
        said = "；".join(f"《{short_title(h.title)}》{h.locator}写的是{'、'.join(each)}" for h, each in figures)
        place = next(region for h, _ in figures if (region := texts.region(h.document)))
        return [f"国家规定和{place}的地方规定写的数字不同：{said}。请按所在地区和具体情形核对适用哪一条"]
    return [f"引用中既有国家规定，也有{'、'.join(local)}的地方规定，适用时请注意区分"]


def _figures(question: str, hits: list[ArticleHit], texts: PolicyTexts) -> list[tuple[ArticleHit, list[str]]]:
    """The first national and the first local article that say figures of the kind asked for, with these figures."""
    asked = asked_kind(question)
    found: dict[bool, tuple[ArticleHit, list[str]]] = {}
    if asked is None:
        return []
    for hit in hits:
        if said := figures_in(hit.text, asked):
            found.setdefault(bool(texts.region(hit.document)), (hit, said))
    return list(found.values())
