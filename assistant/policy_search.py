"""Which articles answer a question on rules: all the things it asks, the texts it names, and what those articles refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from assistant.policy_texts import PolicyTexts
from corpus.policy import PolicyDocument
from retrieval.answering import answers, defined_term, definition
from retrieval.asked import asked_kind
from retrieval.aspects import (
    article_numbers,
    asked_parts,
    named_texts,
    named_year,
    own_references,
    without_titles,
)
from retrieval.hits import ArticleHit
from retrieval.index import ArticleSearch
from retrieval.quotes import covers

DEPTH = 40  # articles looked at of one search
MOST = 8  # articles handed on
_LACKING = 0.8
_LIKE = 0.55  # of the best score: as near to the question
_BESIDE = 0.15  # share of the question's words that a neighbour must have
_PENALTY = re.compile(r"处罚|罚|什么责任|后果|怎么处理|会怎么?样|追究|处理[？?]?$")
_NATIONAL = re.compile(r"国家(?:的)?(?:条例|规定|层面|法律|法规|统一)|全国|中央|国务院")
_OBLIGES = re.compile(r"哪些(?:规定|义务|要求)|额外|还要|还应当")

Search = Callable[[str, int], ArticleSearch]


def find_articles(question: str, texts: PolicyTexts, search: Search, today: date, *, region: str = "") -> ArticleSearch:
    """The articles in the order in which they answer. `search(question, top)` is the plain search in texts in force.

    `region`: where the asker is, so that what is national there and what is local are both shown where they say different figures.
    """
    named = _named(question, texts, today)
    found = search(question, DEPTH)
    hits = _ranked(question, found.hits)
    hits = _defining(question, texts, hits, today)
    if named:
        hits = _of_named(question, named, texts, hits, search, today)
        found = found.model_copy(update={"confidence": max(found.confidence, 0.9 if hits else 0.0)})
    parts = asked_parts(question)
    chosen = hits[:1]
    if not named:
        chosen += _other_side(question, texts, hits, region)
    for lists in (
        _sides(question, texts, hits, search),
        _parts(parts.asked, texts, hits, search) if parts.several else [],
    ):
        chosen += lists
    if chosen:
        chosen += _related(question, texts, chosen, today)
    chosen = _distinct([*chosen, *hits])[:MOST]
    return found.model_copy(update={"hits": _descending(chosen)})


def _ranked(question: str, hits: Iterable[ArticleHit]) -> list[ArticleHit]:
    """By score, raised where an article says the kind of thing that is asked, lowered where it lacks the figure asked for."""
    asked = asked_kind(question)

    def worth(hit: ArticleHit) -> float:
        lacking = asked is not None and not asked.holds.search(hit.text)
        return min(1.0, hit.score * (1.0 + answers(question, hit.text)) * (_LACKING if lacking else 1.0))

    scored = [(worth(h), -n, h) for n, h in enumerate(hits)]
    return [
        h.model_copy(update={"score": round(score, 4)}) for score, _, h in sorted(scored, key=lambda s: (-s[0], -s[1]))
    ]


def _named(question: str, texts: PolicyTexts, today: date) -> list[PolicyDocument]:
    """The texts that are named: of each the version in force, or that of the year that is named."""
    year = named_year(question)
    found = []
    for title in named_texts(question, texts.by_title):
        versions = texts.by_title[title]
        of_year = [v for v in versions if year and year in {d.year for d in (v.published, v.effective) if d}]
        in_force = [v for v in versions if v.in_force(today)]
        found.append((of_year or in_force or versions)[0])
    return found


def _of_named(
    question: str,
    named: Sequence[PolicyDocument],
    texts: PolicyTexts,
    hits: Sequence[ArticleHit],
    search: Search,
    today: date,
) -> list[ArticleHit]:
    """Articles of the texts that are named come first; the rest of the question decides among them."""
    rest = without_titles(question, [d.title for d in named]) or question
    wanted = {d.id for d in named}
    known = {(h.document, h.locator): h.score for h in [*hits, *_ranked(rest, search(rest, DEPTH).hits)]}
    best = max(known.values(), default=1.0)
    inside = []
    for document in named:
        articles = list(document.articles)
        shares = covers(rest, [a.text for a in articles])
        for article, share in zip(articles, shares, strict=True):
            score = max(known.get((document.id, article.locator), 0.0), 0.6 * best * share)
            score *= 1.0 + (
                answers(question, article.text) if share > 0.2 or answers(question, article.text) >= 0.5 else 0
            )
            if score > 0:
                inside.append(texts.hit(document.id, article, score, today))
    inside.sort(key=lambda h: -h.score)
    outside = [h for h in hits if h.document not in wanted]
    return [*inside[:DEPTH], *outside]


def _defining(question: str, texts: PolicyTexts, hits: list[ArticleHit], today: date) -> list[ArticleHit]:
    """Articles that define the term that is asked about, wherever they stand."""
    term = defined_term(question)
    if not term:
        return hits
    known = {(h.document, h.locator) for h in hits[:3]}
    found = [
        texts.hit(document.id, article, 1.0, today)
        for document in texts.documents.values()
        if document.in_force(today)
        for article in document.articles
        if term in article.text and definition(term, article.text) >= 0
    ]
    found.sort(key=lambda h: ((h.document, h.locator) not in known, bool(texts.region(h.document)), len(h.text)))
    return _distinct([*found[:3], *hits])


def _sides(question: str, texts: PolicyTexts, hits: Sequence[ArticleHit], search: Search) -> list[ArticleHit]:
    """Where national and local rules are set side by side, the best of each side."""
    regions = dict.fromkeys(texts.region(h.document) for h in hits if texts.region(h.document))
    asked = [r for r in regions if r in question or r.rstrip("省市") in question]
    if not asked or not _NATIONAL.search(question):
        return []
    bare = _NATIONAL.sub(" ", question)
    for region in asked:
        bare = bare.replace(f"{region}条例", " ").replace(f"{region}省", " ").replace(region, " ")
    more = _ranked(question, search(bare, DEPTH).hits)
    sides = [[h for h in _distinct([*more, *hits]) if texts.region(h.document) == side] for side in ("", *asked)]
    return [side[0] for side in sides if side] + [
        side[1] for side in sides if len(side) > 1 and side[1].score > 0.8 * side[0].score
    ]


def _other_side(question: str, texts: PolicyTexts, hits: Sequence[ArticleHit], region: str) -> list[ArticleHit]:
    """Where a figure is asked for: the local rule beside the national one that was found, or the national beside the local."""
    asked = asked_kind(question)
    if asked is None or not hits or not asked.holds.search(hits[0].text):
        return []

    def here(place: str) -> bool:
        short = place.rstrip("省市")
        return bool(short) and (short in question or (bool(region) and (short in region or region in place)))

    local = texts.region(hits[0].document)
    if local and not here(local):
        return []
    others = [h for h in hits[1:] if h.score >= _LIKE * hits[0].score and asked.holds.search(h.text)]
    sides = [h for h in others if (not texts.region(h.document) if local else here(texts.region(h.document)))]
    return [sides[0].model_copy(update={"score": hits[0].score})] if sides else []


def _parts(parts: Sequence[str], texts: PolicyTexts, hits: Sequence[ArticleHit], search: Search) -> list[ArticleHit]:
    """The best article for each thing that is asked; those of the text that was found first are preferred."""
    first = hits[0].document if hits else ""
    found = []
    for part in parts[:3]:
        ranked = _ranked(part, search(part, 12).hits)
        same = [h for h in ranked if h.document == first and h.score >= 0.8 * ranked[0].score]
        found += (same or ranked)[:1]
    return found


def _related(question: str, texts: PolicyTexts, chosen: Sequence[ArticleHit], today: date) -> list[ArticleHit]:
    """What the chosen articles point to: penalties for breaking them, duties they refer to, the term that runs after them."""
    found: list[ArticleHit] = []
    for hit in chosen[:2]:
        numbers = article_numbers(hit.locator)
        if not numbers:
            continue
        articles = texts.numbered(hit.document)
        if _PENALTY.search(question):
            found += [
                texts.hit(hit.document, a, 0.8 * hit.score, today)
                for a in texts.referring(hit.document, numbers[0])
                if answers(question, a.text)
            ][:1]
        if _OBLIGES.search(question):
            referred = [articles[n] for n in own_references(hit.text) if n in articles]
            found += [texts.hit(hit.document, a, 0.8 * hit.score, today) for a in referred[:3]]
        asked = asked_kind(question)
        if asked is not None and asked.kind == "time":
            beside = [articles[n] for n in (numbers[0] + 1, numbers[0] - 1) if n in articles]
            shares = covers(question, [a.text for a in beside])
            found += [
                texts.hit(hit.document, a, 0.7 * hit.score, today)
                for a, share in zip(beside, shares, strict=True)
                if asked.holds.search(a.text) and share >= _BESIDE
            ]
    return found


def _distinct(hits: Iterable[ArticleHit]) -> list[ArticleHit]:
    seen: dict[tuple[str, str], ArticleHit] = {}
    for hit in hits:
        seen.setdefault((hit.document, hit.locator), hit)
    return list(seen.values())


def _descending(hits: Sequence[ArticleHit]) -> list[ArticleHit]:
    """Scores made to fall with the order."""
    falling, last = [], 1.0
    for hit in hits:
        last = min(last, hit.score)
        falling.append(hit if hit.score == last else hit.model_copy(update={"score": last}))
    return falling
