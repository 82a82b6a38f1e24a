"""The write side of one index version: entries in, every part of the version kept in step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from retrieval.chroma import ChromaWriter, Database, VectorStoreFailed, open_for_writing
from retrieval.dense import VectorWriter
from retrieval.encoder import Encoder
from retrieval.entries import Entry
from retrieval.lexical import LexicalWriter, Passage
from retrieval.records import RecordWriter, word_codes
from retrieval.segment import Segmenter, grams
from retrieval.text import normalise

KINDS = ("dataset", "article")


class FacetCounts:
    """How many datasets carry each facet term, and come from each region."""

    def __init__(self, path: Path | None = None) -> None:
        kept = json.loads(path.read_text("utf-8")) if path else {"counts": {}, "regions": {}}
        self._tags: Counter[str] = Counter(kept["counts"])
        self._regions: Counter[str] = Counter(kept["regions"])

    def count(self, tags: Iterable[str], region: str, change: int) -> None:
        for tag in tags:
            self._tags[tag] += change
        if region:
            self._regions[normalise(region)] += change

    def write(self, path: Path) -> None:
        body = {"counts": +self._tags, "regions": +self._regions}
        path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


class ShelfWriter:
    """All datasets or all articles: words, records and vectors. Removals come before additions; `close` ends it."""

    def __init__(
        self,
        folder: Path,
        kind: str,
        segmenter: Segmenter,
        encoder: Encoder,
        facets: FacetCounts,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self._kind = kind
        self._segmenter = segmenter
        self._encoder = encoder
        self._facets = facets
        self._lexical = LexicalWriter(folder / "lexical")
        self._records = RecordWriter(folder / "records.sqlite")
        self._vectors = VectorWriter(folder, encoder.dimensions)
        self._next = self._records.next_ordinal
        self.kept = 0  # rows of vectors that were taken over
        self.gone: dict[int, int] = {}  # ordinals that were removed → how many vectors each had

    def take_over(self, before: Path, removed: Sequence[str]) -> None:
        """Go on from another version's shelf without the datasets or documents `removed`."""
        gone = self._records.remove(removed)
        ordinals = [ordinal for ordinal, _, _ in gone]
        self._lexical.remove(ordinals)
        if self._kind == "dataset":
            for _, tags, region in gone:
                self._facets.count(tags, region, -1)
        self.gone = self._vectors.keep(before, ordinals)
        self.kept = self._vectors.rows

    def add(self, sources: Iterable[tuple[str, str, list[Entry]]]) -> None:
        """Index the entries of each (id, content hash)."""
        entries: list[Entry] = []
        for key, digest, own in sources:
            self._records.add_source(key, digest)
            entries += own
        texts: list[str] = []
        owners: list[int] = []
        for ordinal, entry in enumerate(entries, self._next):
            self._add_words(ordinal, entry)
            own_texts = entry.embedding_texts()
            texts += own_texts
            owners += [ordinal] * len(own_texts)
            if self._kind == "dataset":
                self._facets.count(entry.tags, entry.region, 1)
        self._next += len(entries)
        if texts:
            self._vectors.add(self._encoder.encode(texts), owners)

    def _add_words(self, ordinal: int, entry: Entry) -> None:
        fixed = {name: self._segmenter.words(text) for name, text in entry.fields.items() if name != "body"}
        head = grams(f"{entry.title} {entry.fields['source']}" if entry.kind == "dataset" else entry.title)
        body: list[str] = []
        for part in entry.passages:
            words = self._segmenter.words(part)
            body += words
            pairs = [*head, *grams(part)]
            self._lexical.add(Passage(ordinal, {**fixed, "body": words, "grams": pairs}, entry.tags, entry.day))
        rest = [word for name in ("source", "items", "keywords") for word in fixed[name]]
        self._records.add(ordinal, entry, word_codes(fixed["title"]), word_codes([*body, *rest]))

    def close(self) -> int:
        """Finish; returns how many records there are."""
        records = self._records.close()
        self._vectors.close()
        self._lexical.close()
        return records


class VersionWriter:
    """Both shelves, Chroma's database and the facets of the version that is written into `folder`."""

    def __init__(
        self,
        folder: Path,
        segmenter: Segmenter,
        encoder: Encoder,
        source: Database,
        facets: FacetCounts | None = None,
        vectors: dict[str, int] | None = None,
    ) -> None:
        """For a copy that is gone on from: its facets, and how many vectors Chroma must hold."""
        self._folder = folder
        self._update = vectors is not None
        self._facets = facets or FacetCounts()
        self._client: Any = open_for_writing(source)
        self._chroma = {kind: ChromaWriter(self._client, source.collections[kind]) for kind in KINDS}
        if vectors and any(self._chroma[kind].count() != vectors[kind] for kind in KINDS):
            raise VectorStoreFailed("the copy does not hold all vectors")
        self.shelves = {kind: ShelfWriter(folder / kind, kind, segmenter, encoder, self._facets) for kind in KINDS}

    def close(self, progress: Callable[[float], None]) -> dict[str, dict[str, int]]:
        """Finish every part; returns the counts for the manifest: records and vectors by shelf.

        `progress` is called with the share of the vectors that Chroma has, over both shelves.
        """
        try:
            records = {kind: shelf.close() for kind, shelf in self.shelves.items()}
            total = sum(records.values()) or 1
            done = 0
            for kind, shelf in self.shelves.items():
                if self._update:
                    self._chroma[kind].update(self._folder / kind, shelf.kept, shelf.gone)
                else:
                    for share in self._chroma[kind].build(self._folder / kind):
                        progress((done + share * records[kind]) / total)
                done += records[kind]
            vectors = {kind: self._chroma[kind].count() for kind in KINDS}
        finally:
            self._client.clear_system_cache()
        self._facets.write(self._folder / "facets.json")
        return {"counts": records, "vectors": vectors}
