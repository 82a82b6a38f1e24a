"""The policy store as the checks read it: texts by title, and what a digest restates of texts that are not here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from corpus.policy import Article, DocumentLevel, PolicyDocument
from retrieval.aspects import number_of

_STATE = re.compile(r"^中华人民共和国")
_EDITION = re.compile(r"[（(](?:19|20)\d\d[^）)]*[）)]$|[（(](?:试行|修订|修正)[）)]$")
_PLACE = re.compile(r"第\s*([〇零一二三四五六七八九十百千\d]+)\s*条(?:\s*第\s*([一二三四五六七八九十\d]+)\s*款)?")


def plain_title(title: str) -> str:
    """A title as people shorten it: without 《》, 中华人民共和国 and the edition.

    >>> plain_title("《中华人民共和国数据安全法（2021）》")
    '数据安全法'
    """
    bare = re.sub(r"\s+", "", title).strip("《》〈〉")
    return _EDITION.sub("", _STATE.sub("", bare))


def place_of(locator: str) -> tuple[int, int] | None:
    """(article, paragraph) that a locator names; paragraph 0 when it names none; None when it names no article.

    >>> place_of("第二十一条第二款"), place_of("第21条")
    ((21, 2), (21, 0))
    """
    found = _PLACE.search(locator)
    if found is None:
        return None
    return number_of(found[1]), number_of(found[2]) if found[2] else 0


class PolicyShelf:
    """Texts by title. They are read when the first is looked up."""

    def __init__(self, read: Callable[[], Iterable[PolicyDocument]], today: Callable[[], date]) -> None:
        self._read, self._today = read, today

    @cached_property
    def _by_title(self) -> dict[str, list[PolicyDocument]]:
        found: dict[str, list[PolicyDocument]] = {}
        for document in self._all:
            if document.level is not DocumentLevel.DIGEST:
                found.setdefault(plain_title(document.title), []).append(document)
        return found

    @cached_property
    def _all(self) -> list[PolicyDocument]:
        return list(self._read())

    @cached_property
    def _restated(self) -> dict[tuple[str, int], Article]:
        """What the digests say, by title and number; a paragraph's entry stands for its article too."""
        found: dict[tuple[str, int], Article] = {}
        for document in self._all:
            if document.level is DocumentLevel.DIGEST:
                for article in document.articles:
                    title, _, rest = article.locator.partition(" ")
                    place = place_of(rest)
                    if place is not None:
                        found.setdefault((plain_title(title), place[0]), article)
        return found

    def documents(self, title: str) -> list[PolicyDocument]:
        today = self._today()
        found = self._by_title.get(plain_title(title), [])
        return sorted(found, key=lambda d: (not d.in_force(today), -(d.effective or date.min).toordinal()))

    def restated(self, title: str, locator: str) -> Article | None:
        place = place_of(locator)
        return self._restated.get((plain_title(title), place[0])) if place else None
