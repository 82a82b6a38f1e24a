"""The second look: features of a question and a candidate, added up with weights.

Every feature is in 0..1. `idf` makes a rare word count more; a word that is present under another name (thesaurus) counts
by the weight of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from retrieval.lexical import Concept
from retrieval.records import Record, Words, word_codes
from retrieval.segment import grams

Credits = NDArray[np.float64]


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
    named: float = 0.0

    def score(self, features: Features) -> float:
        """0..1."""
        names = [field.name for field in fields(self)]
        total = sum(float(getattr(self, name)) for name in names)
        return sum(float(getattr(self, name)) * float(getattr(features, name)) for name in names) / total


class Reranker:
    """Holds what is the same for all candidates of one question."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        worth: Mapping[str, float],
        question_grams: Sequence[str],
        phrases: Mapping[str, float],
        naming: Mapping[str, float],
    ) -> None:
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
        alone, with_title = self._windows(positions, credits, title)
        return Features(
            lexical=lexical,
            pairs=pairs,
            dense=max(0.0, dense),
            title=float(title @ self._importance) / self._total,
            focus=len(in_title) / len(record.title_words) if len(record.title_words) else 0.0,
            cover=float(both @ self._importance) / self._total,
            window=alone,
            near=with_title,
            phrase=self._phrase(record),
            spelling=self._spelling(record.title),
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

    def _phrase(self, record: Record) -> float:
        if not self._phrases:
            return 0.0
        return sum(worth for phrase, worth in self._phrases.items() if phrase in record.plain) / self._phrase_total

    def _spelling(self, title: str) -> float:
        if not self._grams:
            return 0.0
        return len(self._grams & set(grams(title))) / len(self._grams)
