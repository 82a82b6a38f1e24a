"""The lexical index: tantivy on disk over words that we cut ourselves.

Text arrives as words, so tantivy only splits at blanks and the same segmenter decides on both sides. One tantivy document
is one passage; `ordinal` says which record it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = ("title", "source", "items", "keywords", "body", "grams")


@dataclass(frozen=True)
class Passage:
    """`words` are lists by field name; fields left out are empty."""

    ordinal: int
    words: dict[str, list[str]]
    tags: list[str]
    day: int


@dataclass(frozen=True)
class Concept:
    """One thing the question names: alternatives (field group, word, weight) of which the best one counts."""

    alternatives: tuple[tuple[str, float], ...]
    weight: float = 1.0
    grams: bool = False


@dataclass(frozen=True)
class Filter:
    """A condition on tags (any of them) or on the day of the last change (inclusive bounds, yyyymmdd)."""

    tags: tuple[str, ...] = ()
    since: int = 0
    until: int = 0


class LexicalIndex:
    def __init__(self, index: Any) -> None:
        index.reload()
        self._searcher = index.searcher()
        self._schema = index.schema

    @classmethod
    def open(cls, path: Path) -> LexicalIndex:
        import tantivy

        return cls(tantivy.Index.open(str(path)))

    @property
    def size(self) -> int:
        return int(self._searcher.num_docs)

    def idf(self, word: str, fields: Iterable[str] = FIELDS[:5]) -> float:
        """How telling a word is: BM25's inverse document frequency over its most frequent field."""
        # Passages that were removed are counted until their segment is merged.
        count = min(self.size, max(self._searcher.doc_freq(name, word) for name in fields))
        return math.log(1 + (self.size - count + 0.5) / (count + 0.5))

    def known(self, word: str) -> bool:
        return any(self._searcher.doc_freq(name, word) for name in FIELDS[:5])

    def search(
        self,
        concepts: Sequence[Concept],
        boosts: dict[str, float],
        limit: int,
        filters: Sequence[Filter] = (),
    ) -> list[tuple[int, float]]:
        """The best records with the score of their best passage, descending."""
        from tantivy import Occur, Query

        if not self.size or limit <= 0:
            return []
        scored = [query for concept in concepts if (query := self._concept(concept, boosts)) is not None]
        must = [(Occur.Must, self._filter(condition)) for condition in filters]
        if not scored and not must:
            return []
        if scored:
            must.append((Occur.Must, Query.boolean_query([(Occur.Should, query) for query in scored])))
        result = self._searcher.search(Query.boolean_query(must), limit * 2, count=False)
        addresses = [address for _, address in result.hits]
        ordinals = self._searcher.fast_field_values("ordinal", addresses)
        best: dict[int, float] = {}
        for (score, _), ordinal in zip(result.hits, ordinals, strict=True):
            best.setdefault(int(ordinal), float(score))
        return list(best.items())[:limit]

    def matching(self, filters: Sequence[Filter], limit: int) -> list[int]:
        """Ordinals of the records that meet all conditions."""
        return [ordinal for ordinal, _ in self.search([], {}, limit, filters)]

    def _concept(self, concept: Concept, boosts: dict[str, float]) -> Any:
        from tantivy import Occur, Query

        options = []
        for word, weight in concept.alternatives:
            fields = ("grams",) if concept.grams else FIELDS[:5]
            terms = [
                (
                    Occur.Should,
                    Query.boost_query(Query.term_query(self._schema, name, word, "freq"), boosts[name] * weight),
                )
                for name in fields
                if boosts.get(name)
            ]
            if terms:
                options.append(Query.boolean_query(terms))
        if not options:
            return None
        best = options[0] if len(options) == 1 else Query.disjunction_max_query(options, 0.1)
        return Query.boost_query(best, concept.weight)

    def _filter(self, condition: Filter) -> Any:
        from tantivy import FieldType, Occur, Query

        if condition.tags:
            terms = [(Occur.Should, Query.term_query(self._schema, "tags", tag, "basic")) for tag in condition.tags]
            return Query.const_score_query(Query.boolean_query(terms), 0.0)
        bounds = Query.range_query(
            self._schema, "day", FieldType.Unsigned, condition.since or 1, condition.until or 99_999_999
        )
        return Query.const_score_query(bounds, 0.0)


class LexicalWriter:
    """Writes a lexical index into a folder of its own; nothing is readable before `close`."""

    def __init__(self, path: Path, memory: int = 128_000_000) -> None:
        import tantivy

        path.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        for name in FIELDS:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("tags", tokenizer_name="whitespace", index_option="basic")
        builder.add_unsigned_field("ordinal", indexed=True, fast=True)
        builder.add_unsigned_field("day", indexed=True, fast=True)
        index = (
            tantivy.Index.open(str(path))
            if tantivy.Index.exists(str(path))
            else tantivy.Index(builder.build(), str(path))
        )
        self._schema = index.schema
        self._writer = index.writer(memory, 1)

    def add(self, passage: Passage) -> None:
        import tantivy

        document = tantivy.Document()
        for name, words in passage.words.items():
            if words:
                document.add_text(name, " ".join(words))
        if passage.tags:
            document.add_text("tags", " ".join(passage.tags))
        document.add_unsigned("ordinal", passage.ordinal)
        document.add_unsigned("day", passage.day)
        self._writer.add_document(document)

    def remove(self, ordinals: Sequence[int]) -> None:
        """Take out all passages of these records. By query: a term of an integer field does not reach unsigned values."""
        from tantivy import Query

        if ordinals:
            self._writer.delete_documents_by_query(Query.term_set_query(self._schema, "ordinal", list(ordinals)))

    def close(self) -> None:
        """Commit and wait until the segments are merged. OSError: nothing could be written."""
        try:
            self._writer.commit()
            self._writer.wait_merging_threads()
        except ValueError as error:  # how tantivy reports trouble with files
            raise OSError(str(error)) from error
