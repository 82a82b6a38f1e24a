"""The policy texts as a whole, kept in memory while the catalogue stays the same: to find an article by its number or its neighbours."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.aspects import article_numbers, own_references
from retrieval.hits import ArticleHit


@dataclass
class PolicyTexts:
    documents: dict[str, PolicyDocument]
    _numbers: dict[str, dict[int, Article]] = field(default_factory=dict)

    @cached_property
    def by_title(self) -> dict[str, list[PolicyDocument]]:
        """Versions of the same text, the newest first."""
        groups: dict[str, list[PolicyDocument]] = defaultdict(list)
        for document in self.documents.values():
            groups[document.title].append(document)
        for versions in groups.values():
            versions.sort(key=lambda d: (d.superseded_by is None, d.effective or date.min), reverse=True)
        return dict(groups)

    def numbered(self, document: str) -> dict[int, Article]:
        """The articles of a document by number."""
        if document not in self._numbers:
            found = self.documents.get(document)
            self._numbers[document] = {
                numbers[0]: article
                for article in (found.articles if found else [])
                if (numbers := article_numbers(article.locator[:12]))
            }
        return self._numbers[document]

    def region(self, document: str) -> str:
        return self.documents[document].region if document in self.documents else ""

    def referring(self, document: str, number: int) -> list[Article]:
        """Articles of a document that refer to its article `number`."""
        return [a for n, a in self.numbered(document).items() if n != number and number in own_references(a.text)]

    def hit(self, document: str, article: Article, score: float, today: date) -> ArticleHit:
        """An article as if it had been found."""
        text = self.documents[document]
        return ArticleHit(
            document=document,
            locator=article.locator,
            title=text.title,
            text=article.text,
            score=round(max(0.0, min(1.0, score)), 4),
            in_force=text.in_force(today),
        )


_known: WeakKeyDictionary[CatalogStore, tuple[str, PolicyTexts]] = WeakKeyDictionary()
_lock = threading.Lock()


def policy_texts(store: CatalogStore, version: str) -> PolicyTexts:
    """The texts of `store`, read once for each `version` of its content."""
    with _lock:
        known = _known.get(store)
        if known is None or known[0] != version:
            known = (version, PolicyTexts({d.id: d for d in store.documents()}))
            _known[store] = known
        return known[1]
