"""Cut text into the words that are indexed and searched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

from retrieval.stopwords import GRAMMAR, QUESTION
from retrieval.text import HAN, normalise

_CHUNK = re.compile(rf"第[〇零一二三四五六七八九十百千\d]+[条章节款项]|[{HAN}]+|[a-z0-9]+(?:[.\-_][a-z0-9]+)*")
_HAN_RUN = re.compile(rf"[{HAN}]+")
# First letters of jieba's part-of-speech tags: verbs, adjectives, adverbs, numerals, measure words, times, positions, pronouns.
_PART_WEIGHTS = {
    "v": 0.6,
    "a": 0.6,
    "d": 0.4,
    "m": 0.4,
    "q": 0.4,
    "t": 0.6,
    "f": 0.4,
    "r": 0.3,
    "z": 0.5,
    "c": 0.3,
    "p": 0.3,
    "u": 0.3,
}
_LOCATOR = re.compile(r"第.+[条章节款项]$")


class Segmenter:
    """Chinese words by dictionary (rjieba, the speedy twin of jieba) with the corpus's own words added.

    A long word also yields the dictionary words inside it, so 「公共数据」 is found by 「数据」.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = [w for w in words if _HAN_RUN.fullmatch(w)]

    @cached_property
    def _jieba(self) -> Any:
        import rjieba

        jieba = rjieba.Jieba()
        for word in self._words:
            jieba.add_word(word, None, None)
        return jieba

    def words(self, text: str) -> list[str]:
        """Index words of `text` in order, grammar words left out."""
        return self.words_of_normal(normalise(text))

    def words_of_normal(self, text: str) -> list[str]:
        """The same for text that is normalised already."""
        found: list[str] = []
        for chunk in _CHUNK.findall(text):
            if _LOCATOR.match(chunk) or not _HAN_RUN.match(chunk):
                found.append(chunk)
            else:
                found.extend(word for word in self._jieba.cut_for_search(chunk) if word not in GRAMMAR)
        return found

    def cut(self, text: str) -> list[str]:
        """Every word of normalised `text`, grammar words too, none inside another."""
        return list(self._jieba.cut(text))

    def question(self, text: str) -> list[str]:
        """Distinct content words of a question, in order; never empty while `text` has any word."""
        words = list(dict.fromkeys(self.words(text)))
        return [word for word in words if word not in QUESTION] or words

    @lru_cache(maxsize=20_000)  # noqa: B019 - a segmenter lives as long as its index
    def weight(self, word: str) -> float:
        """How much a word of a question names the thing sought, by its part of speech: nouns 1, verbs less, numerals little."""
        tags = self._jieba.tag(word)
        if len(tags) != 1:
            return 1.0
        return _PART_WEIGHTS.get(tags[0][1][:1], 1.0) if tags[0][1] not in ("vn", "an", "vl") else 1.0

    @lru_cache(maxsize=20_000)  # noqa: B019 - as above
    def is_place(self, word: str) -> bool:
        """Whether the dictionary knows the word as a place and as nothing else."""
        tags = self._jieba.tag(word)
        return len(tags) == 1 and tags[0][1] == "ns"


def grams(text: str, size: int = 2) -> list[str]:
    """Overlapping character pairs of the Chinese runs, and Latin words whole: robust to typos and unknown names."""
    found: list[str] = []
    for chunk in _CHUNK.findall(normalise(text)):
        if _HAN_RUN.match(chunk):
            found.extend(chunk[i : i + size] for i in range(max(1, len(chunk) - size + 1)))
        else:
            found.append(chunk)
    return found
