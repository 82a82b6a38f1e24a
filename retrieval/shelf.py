"""One searchable set of records (all datasets, or all articles): words, character pairs and vectors together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.chroma import ChromaVectors, Database
from retrieval.dense import DenseIndex
from retrieval.encoder import Encoder
from retrieval.fusion import fuse
from retrieval.lexical import Concept, Filter, LexicalIndex
from retrieval.question import Question
from retrieval.records import Record, Records
from retrieval.rerank import Features, Reranker, Weights
from retrieval.segment import grams

# How far a search goes: the words alone, the vectors alone, all lists together, or the second look as well.
Stage = Literal["lexical", "dense", "fused", "reranked"]


@dataclass(frozen=True)
class Tuning:
    """What differs between kinds of records: field boosts, list weights, how many candidates get the second look."""

    boosts: dict[str, float]
    weights: Weights
    pairs_list: float = 0.4
    dense_list: float = 0.7
    candidates: int = 80
    depth: int = 120


@dataclass(frozen=True)
class Candidate:
    record: Record
    score: float
    features: Features


class Shelf:
    def __init__(self, folder: Path, source: Database, kind: str, tuning: Tuning) -> None:
        self.lexical = LexicalIndex.open(folder / "lexical")
        self.records = Records(folder / "records.sqlite")
        self.chroma = ChromaVectors(source, kind)
        self.dense = DenseIndex(folder, self.chroma)
        self._tuning = tuning

    def search(
        self,
        question: Question,
        encoder: Encoder,
        filters: Sequence[Filter] = (),
        stage: Stage = "reranked",
        also: Sequence[int] = (),
    ) -> list[Candidate]:
        """Candidates by score, descending; empty when nothing of the question occurs (or nothing meets `filters`).

        `also`: ordinals of records that are candidates in any case. `stage` other than the last is for measuring what each part brings: scores are then relative to the best.
        """
        tuning = self._tuning
        concepts, importance = self._weigh(question.concepts)
        words = self.lexical.search(concepts, tuning.boosts, tuning.depth, filters)
        pairs = self.lexical.search(question.gram_concepts(), {"grams": 1.0}, tuning.depth, filters)
        query = encoder.encode_query(question.text)
        within = {ordinal for ordinal, _ in words} | {ordinal for ordinal, _ in pairs} if filters else None
        near = self.dense.search(query, tuning.depth // 2, within)
        fused = fuse([(1.0, words), (tuning.pairs_list, pairs), (tuning.dense_list, near)])
        fused = {"lexical": words, "dense": near}.get(stage, fused)[: tuning.candidates]
        known = {ordinal for ordinal, _ in fused}
        fused += [(ordinal, 0.0) for ordinal in also if ordinal not in known]
        records = self.records.get([ordinal for ordinal, _ in fused])
        chosen = [ordinal for ordinal, _ in fused if ordinal in records]
        cosines = self.dense.scores(query, sorted(chosen)) if chosen and query.any() else {}
        word_scores, pair_scores, places = dict(words), dict(pairs), dict(fused)
        best_word = max(word_scores.values(), default=0.0) or 1.0
        best_pair = max(pair_scores.values(), default=0.0) or 1.0
        phrases, runs = self._literal(question)
        reranker = Reranker(
            question.concepts,
            importance,
            question.grams,
            phrases,
            question.naming,
            runs,
            windows=tuning.weights.windows,
        )
        found = []
        for ordinal in chosen:
            features = reranker.features(
                records[ordinal],
                word_scores.get(ordinal, 0.0) / best_word,
                pair_scores.get(ordinal, 0.0) / best_pair,
                cosines.get(ordinal, 0.0),
            )
            score = tuning.weights.score(features) if stage == "reranked" else places[ordinal] / fused[0][1]
            found.append(Candidate(records[ordinal], score, features))
        return sorted(found, key=lambda c: (-c.score, c.record.id, c.record.ordinal))

    def _weigh(self, concepts: Sequence[Concept]) -> tuple[list[Concept], dict[str, float]]:
        """Concepts for the lexical search, and how telling each is, by its first word.

        A concept is as telling as its most common name. In the search a rare official word must not outweigh the common
        word that was said, so alternatives that are rarer than their concept are scaled down.
        """
        weighed, importance = [], {}
        for concept in concepts:
            worth = {word: self.lexical.idf(word) for word, _ in concept.alternatives}
            first = concept.alternatives[0][0]
            least = worth[first] if self.lexical.known(first) else min(worth.values())
            importance[first] = least
            alternatives = tuple(
                (w, c if w == first else c * min(1.0, least / worth[w]))
                for w, c in concept.alternatives
                if self.lexical.known(w)
            )
            if alternatives:
                weighed.append(Concept(alternatives, concept.weight))
        return weighed, importance

    def _literal(self, question: Question) -> tuple[dict[str, float], dict[str, float]]:
        """Stretches of three and of four characters with their worth: that of the rarest pair inside."""
        pairs = {gram: self.lexical.idf(gram, ("grams",)) for gram in set(grams(question.text))}

        def worth(stretches: Sequence[str]) -> dict[str, float]:
            return {part: max((pairs.get(pair, 0.0) for pair in grams(part)), default=0.0) for part in stretches}

        return worth(question.phrases), worth(grams(question.text, 4))
