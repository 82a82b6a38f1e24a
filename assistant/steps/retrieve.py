"""Step 2: what the catalogue and the policies hold on the question."""

from __future__ import annotations

from assistant.outcome import Outcome
from assistant.policy_search import find_articles
from assistant.policy_texts import policy_texts
from assistant.services import Services
from assistant.turn import Turn
from retrieval.holdings import holdings
from retrieval.index import ArticleSearch


def retrieve(turn: Turn, services: Services) -> Outcome | None:
    """Search datasets and articles; later steps decide which of them the question is about."""
    if turn.requests:  # a request looks for what it needs itself
        return None
    today, index = services.today, services.index

    def search(question: str, top: int) -> ArticleSearch:
        return index.search_articles(question, top, services.settings.city, today)

    scoped = services.planner_for(turn.principal)
    described = {table.name: table.dataset for table in scoped.model.tables if table.dataset}
    held = holdings(turn.text, scoped.planner.schema.values, described)
    kept = [c for c in index.stated(turn.text, today, held)[0] if c.field not in turn.taken_off]
    turn.datasets = index.search_datasets(
        turn.text, 10, conditions=kept if turn.taken_off else None, today=today, held=held
    )
    texts = policy_texts(services.store, str(index.manifest.get("store", "")))
    turn.articles = find_articles(turn.text, texts, search, today, region=services.settings.city)
    turn.detail = f"目录{len(turn.datasets.hits)}条，条款{len(turn.articles.hits)}条"
    return None
