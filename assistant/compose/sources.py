"""Citations and cards made from what the turn used."""

from __future__ import annotations

from assistant.outcome import Citation, DatasetCard
from corpus.catalog import Dataset
from corpus.policy import PolicyDocument
from retrieval.hits import ArticleHit, DatasetHit


def dataset_citation(n: int, dataset: Dataset) -> Citation:
    """A catalogue entry as a source: its own summary is the quote."""
    facts = [dataset.publisher, dataset.update_frequency and f"更新频率：{dataset.update_frequency}"]
    return Citation(
        n=n,
        kind="dataset",
        id=dataset.id,
        title=dataset.title,
        locator="；".join(f for f in facts if f),
        quote=dataset.summary,
        url=dataset.url,
    )


def article_citation(n: int, hit: ArticleHit, document: PolicyDocument | None, quote: str) -> Citation:
    """A span of an article as a source."""
    return Citation(
        n=n,
        kind="article",
        id=f"{hit.document}#{hit.locator}",
        title=document.title if document else hit.title,
        locator=hit.locator,
        quote=quote,
        in_force=hit.in_force,
    )


def query_citation(n: int, sql: str, data_version: str, rows: int) -> Citation:
    """A query as a source: what was asked of which version of the data."""
    return Citation(
        n=n,
        kind="query",
        id=f"query@{data_version}",
        title="查询语句",
        locator=f"数据版本 {data_version}，结果 {rows} 行",
        quote=sql,
    )


def card(dataset: Dataset, score: float) -> DatasetCard:
    return DatasetCard(
        id=dataset.id,
        title=dataset.title,
        score=score,
        publisher=dataset.publisher,
        summary=dataset.summary,
        sharing=dataset.sharing.value if dataset.sharing else None,
        opening=dataset.opening.value if dataset.opening else None,
    )


def cards(hits: list[DatasetHit], datasets: dict[str, Dataset]) -> list[DatasetCard]:
    """Cards of the hits that the catalogue still holds."""
    return [card(datasets[h.id], h.score) for h in hits if h.id in datasets]


def access_line(dataset: Dataset) -> str:
    """What one may do with a dataset, in one phrase; empty when the catalogue does not say."""
    parts = [dataset.opening.label if dataset.opening else "", dataset.sharing.label if dataset.sharing else ""]
    return "、".join(p for p in parts if p)
