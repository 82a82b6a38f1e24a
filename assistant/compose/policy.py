"""The answer to a policy question: verbatim quotes from the right articles, never text of our own about the law."""

from __future__ import annotations

from assistant.compose.nothing import nothing_found
from assistant.compose.sources import article_citation
from assistant.outcome import Answer, Citation, Outcome
from assistant.services import Services
from assistant.turn import Turn
from corpus.policy import PolicyDocument
from retrieval.hits import ArticleHit
from retrieval.quotes import best_span

QUOTED = 3


def policy_answer(turn: Turn, services: Services) -> Outcome:
    """Quotes of the best articles in force; no article, no answer."""
    search = turn.articles
    if search is None or not search.found:
        return nothing_found(turn, services)
    best = [h for h in search.hits[:5] if h.score >= 0.72 * search.hits[0].score][:QUOTED]
    documents: dict[str, PolicyDocument | None] = {}
    lines: list[str] = []
    citations: list[Citation] = []
    for n, hit in enumerate(best, 1):
        if hit.document not in documents:
            documents[hit.document] = services.store.document(hit.document)
        start, end = best_span(turn.text, hit.text)
        quote = hit.text[start:end].strip()
        citations.append(article_citation(n, hit, documents[hit.document], quote))
        lines.append(_line(n, hit, documents[hit.document], quote))
    return Answer(
        text="\n".join(lines),
        status="complete",
        explanation="在政策文件中查找，以下为条文原文摘录",
        citations=citations,
        warnings=[*search.notes, *_differences(best, documents)],
        suggestions=[],
    )


def _line(n: int, hit: ArticleHit, document: PolicyDocument | None, quote: str) -> str:
    if document is not None and document.level == "digest":
        return f"{hit.locator}（要点摘编，以原文为准）：{quote}[{n}]"
    return f"《{hit.title}》{hit.locator}：“{quote}”[{n}]"


def _differences(best: list[ArticleHit], documents: dict[str, PolicyDocument | None]) -> list[str]:
    """A reader must know when national and local rules stand side by side."""
    regions = {d.region for h in best if (d := documents[h.document]) is not None}
    local = sorted(r for r in regions if r)
    if local and "" in regions:
        return [f"引用中既有国家规定，也有{'、'.join(local)}的地方规定，适用时请注意区分"]
    return []
