"""A question as retrieval sees it: content words, what they may also be called, and character pairs."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.lexical import Concept
from retrieval.segment import Segmenter, grams
from retrieval.stopwords import CATALOGUE
from retrieval.text import normalise
from retrieval.thesaurus import Thesaurus

_EXPANSION = 0.5  # how much an official word counts beside the word that was said


@dataclass(frozen=True)
class Question:
    """`concepts` are searched; `words` are what was said; `grams` are the character pairs."""

    text: str
    words: list[str]
    concepts: list[Concept]
    grams: list[str]
    phrases: list[str]  # its three-character stretches
    naming: dict[str, float]  # how much each word names the thing sought, 0..1

    def gram_concepts(self) -> list[Concept]:
        return [Concept(((gram, 1.0),), grams=True) for gram in dict.fromkeys(self.grams)]


def read_question(text: str, segmenter: Segmenter, thesaurus: Thesaurus, *, catalogue: bool) -> Question:
    """Words that only describe the search (数据, 名单) weigh little when a dataset is sought."""
    text = normalise(text)
    words = segmenter.question(text)
    concepts = []
    said = set(words)
    widened: dict[str, list[str]] = {}
    for _, _, phrase in thesaurus.matches(text):
        widened.setdefault(phrase, thesaurus.expand(phrase))
    for word in words:
        others = [other for other in widened.pop(word, None) or thesaurus.expand(word) if other not in said]
        weight = 0.25 if catalogue and word in CATALOGUE else 1.0
        concepts.append(Concept(((word, 1.0), *((other, _EXPANSION) for other in others)), weight))
    for others in widened.values():
        alternatives = tuple((other, _EXPANSION) for other in others if other not in said)
        if alternatives:
            concepts.append(Concept(alternatives))
    naming = {word: 0.1 if catalogue and word in CATALOGUE else segmenter.weight(word) for word in words}
    return Question(
        text=text, words=words, concepts=concepts, grams=grams(" ".join(words)), phrases=grams(text, 3), naming=naming
    )
