"""Catalogue entries and articles in the one shape that is indexed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from retrieval.facets import dataset_tags
from retrieval.text import HAN, normalise, passages

Kind = Literal["dataset", "article"]

# Bump when the shape of an entry changes: older indexes are then rebuilt instead of misread.
SHAPE = 4

_WORD = re.compile(rf"[{HAN}]{{2,8}}")
_LEAD = re.compile(r"^.{4,60}?(?=[\s。；;：:！!？?]|$)", re.S)


@dataclass(frozen=True)
class Entry:
    """What is indexed of one dataset or one article.

    `fields` are texts by name (title, source, items, keywords, body); `passages` cut the body; `tags` are facet terms.
    `day` is the last change as yyyymmdd, 0 when unknown.
    """

    kind: Kind
    id: str
    locator: str
    hash: str
    title: str
    text: str
    fields: dict[str, str]
    passages: list[str]
    tags: list[str] = field(default_factory=list)
    day: int = 0
    region: str = ""
    level: str = ""
    effective: date | None = None
    ends: date | None = None  # the day from which it no longer applies; None: no end is known

    def embedding_texts(self) -> list[str]:
        """One text per passage for the encoder: the title leads, because it says what the passage is about."""
        head = self.title
        if self.kind == "dataset":
            return [
                " ".join(filter(None, [head, self.fields["body"], self.fields["items"], self.fields["keywords"]]))[:400]
            ]
        return [f"{head} {part}" if head and not part.startswith(head) else part for part in self.passages]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _day(value: date | None) -> int:
    return value.year * 10000 + value.month * 100 + value.day if value else 0


def dataset_entry(dataset: Dataset, content_hash: str = "") -> Entry:
    """The entry of one dataset: its names weigh most, then its items, publisher and summary."""
    items = " ".join(f"{item.name} {item.meaning}".strip() for item in dataset.items)
    keywords = " ".join([*dataset.keywords, dataset.topic, dataset.category.replace("/", " "), dataset.industry])
    extra = " ".join(
        value for value in dataset.extra.values() if not value.startswith(("http", "/")) and len(value) < 200
    )
    fields = {
        "title": dataset.title,
        "source": f"{dataset.region} {dataset.publisher}".strip(),
        "items": items,
        "keywords": keywords.strip(),
        "body": f"{dataset.summary} {extra}".strip(),
    }
    return Entry(
        kind="dataset",
        id=dataset.id,
        locator="",
        hash=content_hash or _digest(dataset.model_dump_json()),
        title=dataset.title,
        text=dataset.summary,
        fields=fields,
        passages=[fields["body"]],
        tags=dataset_tags(dataset),
        day=_day(dataset.updated or dataset.published),
        region=dataset.region,
    )


def lead(text: str) -> str:
    """The first clause of a text that has no title of its own."""
    match = _LEAD.match(text.strip())
    return match.group().strip() if match else text.strip()[:40]


def article_entry(document: PolicyDocument, article: Article, content_hash: str = "") -> Entry:
    """The entry of one article, with the headings above it as its path."""
    title = document.title or lead(article.text)
    path = " ".join([*article.path, article.title]).strip()
    fields = {
        "title": title,
        "source": f"{document.region} {document.issuer} {document.number}".strip(),
        "items": path,
        "keywords": article.locator,
        "body": article.text,
    }
    return Entry(
        kind="article",
        id=document.id,
        locator=article.locator,
        hash=content_hash or _digest(document.id, title, article.model_dump_json()),
        title=title,
        text=article.text,
        fields=fields,
        passages=passages(article.text),
        tags=[f"g:{normalise(document.region)}"] if document.region else [],
        day=_day(document.effective or document.published),
        region=document.region,
        level=document.level.value,
        effective=document.effective,
        ends=_end(document),
    )


def _end(document: PolicyDocument) -> date | None:
    """The day from which a text no longer applies; the first of days when it ended and nobody says when."""
    ended = document.superseded_by is not None or document.repealed
    return (document.superseded_on or date.min) if ended else None


def article_entries(documents: Iterable[PolicyDocument], hashes: dict[str, str]) -> Iterator[Entry]:
    for document in documents:
        for article in document.articles:
            if article.text.strip():
                yield article_entry(document, article, hashes.get(document.id, ""))


def own_words(datasets: Iterable[Dataset], documents: Iterable[PolicyDocument], limit: int = 40_000) -> list[str]:
    """The corpus's own terms for the segmenter: organisations, places, keywords, item names, short document titles."""
    seen: Counter[str] = Counter()
    for dataset in datasets:
        for tag in dataset_tags(dataset):
            if tag[:2] in ("p:", "o:"):
                seen[tag[2:]] += 2
        for word in [*dataset.keywords, *(item.name for item in dataset.items), dataset.topic]:
            term = normalise(word)
            if _WORD.fullmatch(term):
                seen[term] += 1
    for document in documents:
        term = re.sub(r"\(.*?\)|《|》", "", normalise(document.title))
        if re.fullmatch(rf"[{HAN}]{{3,12}}", term):
            seen[term] += 2
    return sorted(word for word, count in seen.most_common(limit) if count >= 2 and len(word) >= 2)
