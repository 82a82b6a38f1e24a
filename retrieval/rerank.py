"""The second look: features of a question and a candidate, added up with weights.

Every feature is in 0..1 (`long` may pass 1). `idf` makes a rare word count more; a word that is present under another name (thesaurus) counts
by the weight of that name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.lexical import Concept
from retrieval.records import Record, Words, word_codes
from retrieval.segment import grams

Credits = NDArray[np.float64]
_STRETCH = 320  # characters
_LONG, _SHORT = 150, 60  # words


@dataclass(frozen=True)
class Features:
    lexical: float  # score of the lexical index, relative to the best candidate
    pairs: float  # the same for the index of character pairs
    dense: float  # cosine
    title: float  # share of the question that the title covers
    focus: float  # share of the title that the question covers
    cover: float  # share of the question that the whole record covers
    window: float  # share of the question inside the best stretch of the body
    near: float  # the same where the title counts as part of every stretch
    phrase: float  # share of the question's three-character stretches that occur literally
    spelling: float  # share of the question's character pairs in the title
    stretch: float  # like `phrase`, inside the best stretch of text
    runs: float  # share of the question's four-character runs that occur literally
    long: float  # 0: short enough to be about one thing; 1: ten times as long, where everything occurs somewhere
    short: float  # 0: long enough to say something, 1: half as long or less
    named: float  # share of the things named (nouns above all) that the whole record covers
    lost: tuple[
        tuple[str, float], ...
    ] = ()  # named things that occur nowhere in the record, with their share of the naming


@dataclass(frozen=True)
class Weights:
    lexical: float = 1.0
    pairs: float = 0.3
    dense: float = 0.3
    title: float = 0.3
    focus: float = 0.2
    cover: float = 0.4
    window: float = 0.2
    near: float = 0.2
    phrase: float = 0.2
    spelling: float = 0.1
    stretch: float = 0.0
    runs: float = 0.0
    long: float = 0.0
    short: float = 0.0
    named: float = 0.0

    def score(self, features: Features) -> float:
        """0..1; a weight below zero takes away."""
        weighted = [(value, float(getattr(features, name))) for name, value in self._values]
        total = sum(value for value, _ in weighted if value > 0)
        return max(0.0, sum(value * feature for value, feature in weighted) / total)

    @cached_property
    def _values(self) -> list[tuple[str, float]]:
        return [(field.name, value) for field in fields(self) if (value := float(getattr(self, field.name)))]

    @property
    def windows(self) -> bool:
        """Whether stretches of words are looked at."""
        return bool(self.window or self.near)


class Reranker:
    """Holds what is the same for all candidates of one question."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        worth: Mapping[str, float],
        question_grams: Sequence[str],
        phrases: Mapping[str, float],
        naming: Mapping[str, float],
        runs: Mapping[str, float],
        *,
        windows: bool = True,
    ) -> None:
        """`windows` False leaves `window` and `near` at 0: they take the longest."""
        self._looks_at_windows = windows
        self._importance = np.asarray([worth[c.alternatives[0][0]] * c.weight for c in concepts], dtype=np.float64)
        held: dict[int, list[float]] = {}
        for number, concept in enumerate(concepts):
            codes = word_codes(word for word, _ in concept.alternatives).tolist()
            for code, (_, credit) in zip(codes, concept.alternatives, strict=True):
                row = held.setdefault(code, [0.0] * len(concepts))
                row[number] = max(row[number], credit)
        self._codes = np.asarray(sorted(held), dtype=np.uint32)
        self._credits = np.asarray([held[code] for code in self._codes.tolist()]).reshape(len(held), len(concepts))
        self._naming = self._importance * [naming.get(concept.alternatives[0][0], 1.0) for concept in concepts]
        self._naming_total = float(self._naming.sum()) or 1.0
        self._names = [concept.alternatives[0][0] for concept in concepts]
        self._grams = set(question_grams)
        self._runs = runs
        self._runs_total = sum(runs.values()) or 1.0
        self._phrases = phrases
        self._phrase_total = sum(phrases.values()) or 1.0
        self._total = float(self._importance.sum()) or 1.0

    def _matches(self, words: Words) -> tuple[NDArray[np.int64], Credits]:
        """(positions of the words that the question knows, their credits by concept)."""
        if not len(self._codes) or not len(words):
            return np.zeros(0, dtype=np.int64), np.zeros((0, len(self._importance)))
        places = np.minimum(np.searchsorted(self._codes, words), len(self._codes) - 1)
        positions = np.flatnonzero(self._codes[places] == words)
        return positions, self._credits[places[positions]]

    def features(self, record: Record, lexical: float, pairs: float, dense: float) -> Features:
        in_title, title_credits = self._matches(record.title_words)
        positions, credits = self._matches(record.body_words)
        title = title_credits.max(axis=0, initial=0.0)
        both = np.maximum(title, credits.max(axis=0, initial=0.0))
        alone, with_title = self._windows(positions, credits, title) if self._looks_at_windows else (0.0, 0.0)
        phrase, stretch = self._literal(record.plain)
        words = max(1, len(record.body_words))
        return Features(
            lexical=lexical,
            pairs=pairs,
            dense=max(0.0, dense),
            title=float(title @ self._importance) / self._total,
            focus=len(in_title) / len(record.title_words) if len(record.title_words) else 0.0,
            cover=float(both @ self._importance) / self._total,
            window=alone,
            near=with_title,
            phrase=phrase,
            spelling=self._spelling(record.title),
            stretch=stretch,
            runs=sum(worth for run, worth in self._runs.items() if run in record.plain) / self._runs_total,
            long=max(0.0, math.log10(words / _LONG)),
            short=min(1.0, max(0.0, math.log2(_SHORT / words))),
            named=float(both @ self._naming) / self._naming_total,
            lost=tuple(
                (name, worth / self._naming_total)
                for name, worth, held in zip(self._names, self._naming.tolist(), both.tolist(), strict=True)
                if not held
            ),
        )

    def _windows(
        self, positions: NDArray[np.int64], credits: Credits, title: Credits, width: int = 48
    ) -> tuple[float, float]:
        """The best idf-weighted coverage of the question within `width` consecutive words: alone, and with the title."""
        alone, with_title = 0.0, float(title @ self._importance)
        ends = np.searchsorted(positions, positions + width)
        last = -width
        for number, (start, end) in enumerate(zip(positions.tolist(), ends.tolist(), strict=True)):
            if start < last + 4:  # neighbouring windows hold nearly the same
                continue
            last = start
            inside = credits[number:end].max(axis=0)
            alone = max(alone, float(inside @ self._importance))
            with_title = max(with_title, float(np.maximum(inside, title) @ self._importance))
        return alone / self._total, with_title / self._total

    def _literal(self, text: str) -> tuple[float, float]:
        """The worth of the question's phrases that occur in `text`, and in its best stretch: shares of all of them."""
        found: list[tuple[int, str]] = []
        here = 0.0
        for phrase, worth in self._phrases.items():
            place = text.find(phrase)
            if place >= 0:
                here += worth
            while place >= 0:
                found.append((place, phrase))
                place = text.find(phrase, place + 1)
        found.sort()
        inside: dict[str, int] = {}
        best = now = 0.0
        first = 0
        for place, phrase in found:
            inside[phrase] = inside.get(phrase, 0) + 1
            if inside[phrase] == 1:
                now += self._phrases[phrase]
            while found[first][0] < place - _STRETCH:
                left = found[first][1]
                inside[left] -= 1
                if not inside[left]:
                    now -= self._phrases[left]
                first += 1
            best = max(best, now)
        return here / self._phrase_total, best / self._phrase_total

    def _spelling(self, title: str) -> float:
        if not self._grams:
            return 0.0
        return len(self._grams & set(grams(title))) / len(self._grams)
