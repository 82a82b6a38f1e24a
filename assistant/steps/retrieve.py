"""Step 2: what the catalogue and the policies hold on the question."""

from __future__ import annotations

from assistant.outcome import Outcome
from assistant.services import Services
from assistant.turn import Turn


def retrieve(turn: Turn, services: Services) -> Outcome | None:
    """Search datasets and articles; later steps decide which of them the question is about."""
    today = services.today
    turn.datasets = services.index.search_datasets(turn.text, 10, today=today)
    turn.articles = services.index.search_articles(turn.text, 8, services.settings.city, today)
    turn.detail = f"目录{len(turn.datasets.hits)}条，条款{len(turn.articles.hits)}条"
    return None
