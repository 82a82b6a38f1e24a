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
from retrieval.text import normalise

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

    def score(self, features: Features) -> float:
        """0..1."""
        names = [field.name for field in fields(Features)]
        total = sum(float(getattr(self, name)) for name in names)
        return sum(float(getattr(self, name)) * float(getattr(features, name)) for name in names) / total


class Reranker:
    """Holds what is the same for all candidates of one question."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        weights_of_words: Mapping[str, float],
        question_grams: Sequence[str],
        phrases: Mapping[str, float],
    ) -> None:
        self._importance = np.asarray(
            [weights_of_words[c.alternatives[0][0]] * c.weight for c in concepts], dtype=np.float64
        )
        self._codes = [word_codes(word for word, _ in c.alternatives) for c in concepts]
        self._credit = [np.asarray([weight for _, weight in c.alternatives]) for c in concepts]
        self._grams = set(question_grams)
        self._phrases = phrases
        self._phrase_total = sum(phrases.values()) or 1.0
        self._total = float(self._importance.sum()) or 1.0

    def _held(self, words: Words) -> Credits:
        """Per concept: the credit of its best alternative among `words`."""
        present = set(words.tolist())
        held = np.zeros(len(self._codes))
        for number, (codes, credit) in enumerate(zip(self._codes, self._credit, strict=True)):
            held[number] = max(
                (c for code, c in zip(codes.tolist(), credit.tolist(), strict=True) if code in present), default=0.0
            )
        return held

    def features(self, record: Record, lexical: float, pairs: float, dense: float) -> Features:
        title = self._held(record.title_words)
        body = self._held(record.body_words)
        both = np.maximum(title, body)
        alone, with_title = self._windows(record.body_words, title)
        return Features(
            lexical=lexical,
            pairs=pairs,
            dense=max(0.0, dense),
            title=float(title @ self._importance) / self._total,
            focus=self._focus(record.title_words),
            cover=float(both @ self._importance) / self._total,
            window=alone,
            near=with_title,
            phrase=self._phrase(record),
            spelling=self._spelling(record.title),
        )

    def _focus(self, words: Words) -> float:
        if not len(words) or not self._codes:
            return 0.0
        said = set(np.concatenate(self._codes).tolist())
        return sum(code in said for code in words.tolist()) / len(words)

    def _windows(self, words: Words, title: Credits, width: int = 48) -> tuple[float, float]:
        """The best idf-weighted coverage of the question within `width` consecutive words: alone, and with the title."""
        if not self._codes:
            return 0.0, 0.0
        marks = np.zeros((len(self._codes), len(words)))
        for number, (codes, credit) in enumerate(zip(self._codes, self._credit, strict=True)):
            for code, value in zip(codes, credit, strict=True):
                np.maximum(marks[number], (words == code) * value, out=marks[number])
        alone, with_title = 0.0, float(title @ self._importance)
        last = -width
        for start in np.flatnonzero(marks.any(axis=0)).tolist():
            if start < last + 4:  # neighbouring windows hold nearly the same
                continue
            last = start
            inside = marks[:, start : start + width].max(axis=1)
            alone = max(alone, float(inside @ self._importance))
            with_title = max(with_title, float(np.maximum(inside, title) @ self._importance))
        return alone / self._total, with_title / self._total

    def _phrase(self, record: Record) -> float:
        if not self._phrases:
            return 0.0
        text = normalise(f"{record.title} {record.text}")
        return sum(worth for phrase, worth in self._phrases.items() if phrase in text) / self._phrase_total

    def _spelling(self, title: str) -> float:
        if not self._grams:
            return 0.0
        return len(self._grams & set(grams(title))) / len(self._grams)
