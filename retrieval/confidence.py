"""How sure a search may be that it found what was asked: absolute, unlike a score, which only orders one list.

The signals: how much of what the question names the best candidates hold (a word that is absent counts by its nearest word in
meaning or spelling), how near they are in meaning, and whether a figure that is asked for stands where the topic does. A name
in the catalogue's own manner (「地铁各站客流量」) says exactly what is sought, so that what is missing of it is missed; in spoken
words much may be missing and yet be meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from retrieval.asked import Asked, asked_kind
from retrieval.question import Question
from retrieval.shelf import Candidate
from retrieval.static import SHIPPED, StaticEncoder
from retrieval.text import normalise, sentences

LOOKED_AT = 5
_FIGURES = 12  # candidates in which a figure is looked for
_ENTRY_TEXT, _ARTICLE_TEXT = 160, 400  # characters that are compared by meaning
# Where the evidence is even: of a name, of a spoken question, of a brief one, of a question on rules.
_NAMED, _SPOKEN, _BRIEF, _RULE = 0.53, 0.23, 0.28, 0.40
_SHORT = 3  # words
_NAMES = 0.9  # a word that weighs less names no thing
_VAGUE = 0.7
_MISSING = 0.4  # what remains when a place or a figure that is asked for is not there
_BESIDE = 60  # characters before a sentence that may say what its figure is about
_TOPIC = 0.4  # share of the question's things that must stand beside the figure


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


@lru_cache(maxsize=1)
def _meanings() -> StaticEncoder | None:
    return StaticEncoder(SHIPPED) if SHIPPED.is_dir() else None


def _near(words: Sequence[str], text: str) -> dict[str, float]:
    """For each absent word how nearly `text` says it all the same, 0..1: by meaning, or by its characters (a slip of the pen)."""
    plain = set(normalise(text))
    found = {word: 0.7 * sum(c in plain for c in word) / len(word) if len(word) > 1 else 0.0 for word in words}
    encoder = _meanings()
    if encoder is not None and words:
        pieces = encoder.pieces(text)
        if len(pieces):
            best = (encoder.encode(words) @ pieces.T).max(axis=1)
            found = {word: max(found[word], float(b)) for word, b in zip(words, best, strict=True)}
    return found


class _Evidence:
    """What one candidate has of what the question names."""

    def __init__(self, candidate: Candidate, text: str, things: set[str]) -> None:
        # A single character is as often a slip as a thing, unless nothing else is named.
        lost = [
            (word, share * (0.5 if len(word) == 1 and things != {word} else 1.0))
            for word, share in candidate.features.lost
        ]
        near = _near([word for word, _ in lost], text)
        self.held = 1.0 - sum(share * (1.0 - near[word]) for word, share in lost)
        self.lost = {word for word, _ in lost}
        self.dense = candidate.features.dense

    @property
    def value(self) -> float:
        return 0.6 * self.held + 0.4 * self.dense


def _value(question: Question, found: Sequence[Candidate], length: int, *, strict: bool) -> float:
    """The evidence of the best candidate, 0..1; `length` is how many characters of a text are compared by meaning.

    `strict`: a question none of whose things occurs under any of its names has likeness alone, which proves little.
    """
    things = {word for word, weight in question.naming.items() if weight >= _NAMES}
    evidence = [_Evidence(c, f"{c.record.title} {c.record.text[:length]}", things) for c in found[:LOOKED_AT]]
    value = max(e.value for e in evidence)
    if strict and not any(things - e.lost for e in evidence):
        value *= _VAGUE
    return value


def _astray(question: Question, found: Sequence[Candidate]) -> bool:
    """Whether a place is named that no candidate is about, not even with a wrong character in its name."""
    candidates = found[:LOOKED_AT]
    return any(
        all(place in {word for word, _ in c.features.lost} and not _misspelt(place, c.record.title) for c in candidates)
        for place in question.places
    )


def _misspelt(name: str, text: str) -> bool:
    """Whether `text` has `name` with one character other than the first replaced."""
    return any(
        re.search(re.escape(name[:i]) + "." + re.escape(name[i + 1 :]), text) is not None for i in range(1, len(name))
    )


def _figure(asked: Asked, question: Question, found: Sequence[Candidate]) -> bool:
    """Whether a sentence of the best candidates holds the kind of figure that is asked for, beside words of the question."""
    for candidate in found[:_FIGURES]:
        lost = {word for word, _ in candidate.features.lost}
        topic = [c for c in question.concepts if c.alternatives[0][0] not in lost]
        text = candidate.record.text
        for start, end in sentences(text):
            piece = text[start:end]
            if not asked.holds.search(piece):
                continue
            beside = normalise(text[max(0, start - _BESIDE) : end])
            there = sum(any(word in beside for word, _ in concept.alternatives) for concept in topic)
            if there >= max(1, _TOPIC * len(question.concepts)):
                return True
    return False


def dataset_confidence(question: Question, found: Sequence[Candidate]) -> float:
    """0..1; 0.5 is where 没有找到 begins."""
    if not found or not question.words:
        return 0.0
    short = len(question.words) <= _SHORT
    value = _value(question, found, _ENTRY_TEXT, strict=short)
    if question.nominal or max(question.naming.values(), default=0.0) < _NAMES:  # 「1加1等于几」 names nothing
        confidence = _logistic(12.0 * (value - _NAMED))
    else:
        confidence = _logistic(14.0 * (value - _BRIEF) if short else 8.0 * (value - _SPOKEN))
    if question.nominal and _astray(question, found):
        confidence *= _MISSING
    return round(confidence, 4)


def article_confidence(question: Question, found: Sequence[Candidate]) -> float:
    """0..1; 0.5 is where 没有找到 begins."""
    if not found or not question.words:
        return 0.0
    value = _value(question, found, _ARTICLE_TEXT, strict=True)
    confidence = _logistic(12.0 * (value - _RULE))
    asked = asked_kind(question.text)
    if asked is not None and not _figure(asked, question, found):
        confidence *= _MISSING
    return round(confidence, 4)
