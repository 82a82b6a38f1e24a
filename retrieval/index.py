"""The one door to retrieval: datasets and articles for a question.

Importing this module is cheap. Chroma, torch and sentence-transformers are loaded only where they are needed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from corpus.store import CatalogStore
from retrieval.build import Progress, build_index, fingerprint, load_encoder
from retrieval.chroma import database
from retrieval.conditions import Condition, Facets, read_conditions
from retrieval.confidence import article_confidence, dataset_confidence
from retrieval.cross import PairScorer, read_again
from retrieval.encoder import Encoder
from retrieval.errors import IndexUnusable
from retrieval.facets import FacetNames
from retrieval.hits import ArticleHit, DatasetHit
from retrieval.holdings import Held, credited
from retrieval.narrowing import Placed, place, relaxing_notes
from retrieval.question import Question, read_question
from retrieval.segment import Segmenter
from retrieval.shelf import Candidate, Shelf, Stage
from retrieval.text import normalise
from retrieval.thesaurus import Thesaurus, load_thesaurus
from retrieval.tuning import ARTICLES, DATASETS
from retrieval.versions import missing_or_cut, read_manifest

__all__ = ["ArticleSearch", "Condition", "DatasetSearch", "Index", "IndexUnusable"]


class DatasetSearch(BaseModel):
    """What a dataset search found. `confidence` (0..1) is absolute: below `FOUND` the caller should say 没有找到."""

    model_config = ConfigDict(frozen=True)

    hits: list[DatasetHit]
    confidence: float
    conditions: list[Condition] = Field(default_factory=list)  # those that were applied
    relaxed: list[Condition] = Field(default_factory=list)  # those that had to be dropped
    notes: list[str] = Field(default_factory=list)  # for people

    @property
    def found(self) -> bool:
        return bool(self.hits) and self.confidence >= FOUND


class ArticleSearch(BaseModel):
    """What an article search found; `confidence` as for datasets."""

    model_config = ConfigDict(frozen=True)

    hits: list[ArticleHit]
    confidence: float
    notes: list[str] = Field(default_factory=list)

    @property
    def found(self) -> bool:
        return bool(self.hits) and self.confidence >= FOUND


FOUND = 0.5
_MANY_FACETS = 2000


def _dataset_hit(placed: Placed, conditions: Sequence[Condition]) -> DatasetHit:
    record = placed.candidate.record
    met = all(condition.met_by(record.tags, record.day) for condition in conditions)
    return DatasetHit(id=record.id, title=record.title, score=round(placed.score, 4), conditions_met=met)


# What sqlite, numpy, zip and tantivy raise for damaged files.
_DAMAGE = (OSError, ValueError, KeyError, EOFError, sqlite3.Error, zipfile.BadZipFile)


class Index:
    """A built index. Reads are safe from several threads; a rebuild by another process does not disturb an open one."""

    def __init__(
        self,
        path: Path,
        store: CatalogStore,
        encoder: Encoder | None,
        thesaurus: Thesaurus,
        reranker: PairScorer | None = None,
        server: str = "",
    ) -> None:
        self.stage: Stage = "reranked"  # how far a search goes; less is for measuring what each part brings
        self._reranker = reranker
        self.manifest = read_manifest(path)
        folder = path / str(self.manifest["version"])
        self._store = store
        self._thesaurus = thesaurus
        try:
            if lost := missing_or_cut(folder, self.manifest):
                raise ValueError(lost)
            words = (folder / "words.txt").read_text("utf-8").split("\n")
            self._segmenter = Segmenter([*words, *thesaurus.words()])
            facets = json.loads((folder / "facets.json").read_text("utf-8"))
            self._facets = Facets(counts=facets["counts"], regions=frozenset(facets["regions"]))
            self._names = FacetNames(self._facets.counts)
            self._encoder = encoder or load_encoder(folder, self._segmenter)
            source = database(folder, self.manifest["server"], self.manifest["collections"])
            self._datasets = Shelf(folder / "dataset", source, "dataset", DATASETS)
            self._articles = Shelf(folder / "article", source, "article", ARTICLES)
            for shelf, kind in ((self._datasets, "dataset"), (self._articles, "article")):
                if shelf.records.count(kind) != self.manifest["counts"][kind]:
                    raise ValueError(kind)
        except _DAMAGE as error:
            raise IndexUnusable(f"检索索引 {path} 已损坏，无法读取。请运行 zhengwen ingest 重新建立索引。") from error
        self._vectors_cut = missing_or_cut(folder, self.manifest, "chroma")
        if self._encoder.name != self.manifest["encoder"]:
            raise IndexUnusable("检索索引是用另一个向量模型建立的。请运行 zhengwen ingest 重新建立索引。")
        if self.manifest["server"] != server:
            raise IndexUnusable("检索索引的向量放在另一个向量库里。请运行 zhengwen ingest 重新建立索引。")

    @classmethod
    def build(
        cls,
        store: CatalogStore,
        path: Path,
        progress: Progress | None = None,
        *,
        encoder: Encoder | None = None,
        thesaurus: Path | None = None,
        reranker: PairScorer | None = None,
        server: str = "",
    ) -> Index:
        """Build the index of everything in `store` under the folder `path`, or bring it up to date, and open it.

        Only what changed in the store since is indexed again; what is damaged, or has changed much, is built anew.
        Readers see the version before until the new one is whole. `progress(stage, share)` is called with 0..1.
        `encoder`: any encoder instead of the built-in one. `thesaurus`: the owner's own word list, added to ours.
        `reranker`: a cross-encoder that reads the best candidates again. `server`: the address of a Chroma server for the
        vectors, instead of a folder.
        """
        build_index(store, path, load_thesaurus(thesaurus), encoder, progress, server)
        return cls.open(path, store, encoder=encoder, thesaurus=thesaurus, reranker=reranker, server=server)

    @classmethod
    def open(
        cls,
        path: Path,
        store: CatalogStore,
        *,
        encoder: Encoder | None = None,
        thesaurus: Path | None = None,
        reranker: PairScorer | None = None,
        server: str = "",
    ) -> Index:
        """Open the current version; IndexUnusable says in Chinese what is wrong and what to do."""
        return cls(path, store, encoder, load_thesaurus(thesaurus), reranker, server)

    @property
    def version(self) -> str:
        """Names the build; an answer records it."""
        return str(self.manifest["version"])

    def is_current(self) -> bool:
        """Whether the store still holds exactly what was indexed, with the words it was indexed with, and all files are whole."""
        return (
            not self.faults()
            and bool(self.manifest["thesaurus"] == fingerprint(self._thesaurus))
            and bool(self.manifest["store"] == self._store.version())
        )

    def warm(self) -> threading.Thread:
        """Open Chroma in the background: a server calls this once, a single command does not."""

        def work() -> None:
            self._datasets.chroma.open()
            self._articles.chroma.open()

        thread = threading.Thread(target=work, name="chroma-open", daemon=True)
        thread.start()
        return thread

    def faults(self) -> list[str]:
        """What is wrong but could be worked around, in Chinese; empty when all is well."""
        cut = (
            [f"向量库文件 {self._vectors_cut} 不完整。请运行 zhengwen ingest 重新建立索引。"]
            if self._vectors_cut
            else []
        )
        return cut + [shelf.chroma.fault for shelf in (self._datasets, self._articles) if shelf.chroma.fault]

    def _find(
        self, shelf: Shelf, question: Question, filters: Sequence[Condition] = (), held: Sequence[Held] = ()
    ) -> list[Candidate]:
        try:
            also = shelf.records.ordinals("dataset", [each.dataset for each in held]) if held and not filters else []
            limits = [condition.as_filter() for condition in filters]
            found = shelf.search(question, self._encoder, limits, self.stage, also)
        except (OSError, sqlite3.Error) as error:
            raise IndexUnusable(
                "检索索引读取失败，文件可能已损坏或被移走。请运行 zhengwen ingest 重新建立索引。"
            ) from error
        again = self._reranker if self.stage == "reranked" else None
        found = read_again(question.text, found, again) if again else found
        return credited(found, held) if held else found

    def _facets_for(self, query: str) -> Facets:
        """The facets that a question can mean: with thousands of places, going through all takes longer than the search."""
        if len(self._facets.counts) < _MANY_FACETS:
            return self._facets
        text = normalise(query)
        others = (other for *_, word in self._thesaurus.matches(text) for other in self._thesaurus.expand(word))
        return Facets(counts=self._names.named(text, others), regions=self._facets.regions)

    def datasets(self, query: str, top: int = 10) -> list[DatasetHit]:
        """The best datasets for a question, conditions in it applied."""
        return self.search_datasets(query, top).hits

    def search_datasets(
        self,
        query: str,
        top: int = 10,
        *,
        conditions: Sequence[Condition] | None = None,
        today: date | None = None,
        held: Sequence[Held] = (),
    ) -> DatasetSearch:
        """The best datasets with conditions and confidence.

        `conditions` None: those that the question states; a list: exactly these (a person took some off).
        When nothing meets them they are dropped from the last on, and a note says so. When fewer than `top` meet them,
        near entries that do not, or do not say, stand among them with a lower score, marked by `conditions_met`.
        `held`: datasets that hold values which the question names (see `holdings`).
        """
        stated, rest = self.stated(query, today, held)
        wanted = list(stated if conditions is None else conditions)
        for off in stated:  # what was taken off limits nothing, and brings nothing to the top either
            if off not in wanted and rest.replace(off.said, " ", 1).strip():
                rest = rest.replace(off.said, " ", 1)
        rest, said = self._thesaurus.officially(normalise(rest), self._datasets.lexical.known)
        question = read_question(rest, self._segmenter, self._thesaurus, catalogue=True)
        relaxed: list[Condition] = []
        found = self._find(self._datasets, question, wanted, held)
        while wanted and not found:
            relaxed.append(wanted.pop())
            found = self._find(self._datasets, question, wanted, held)
        placed = place(found, relaxed)
        best = [p.candidate for p in placed]
        if wanted and len(found) < top:
            known = {candidate.record.id for candidate in found}
            others = [c for c in self._find(self._datasets, question, (), held) if c.record.id not in known]
            placed = sorted([*placed, *place(others, wanted)], key=lambda p: -p.score)
        return DatasetSearch(
            hits=[_dataset_hit(p, wanted) for p in placed[:top]],
            confidence=dataset_confidence(question, best),
            conditions=wanted,
            relaxed=relaxed,
            notes=[f"“{word}”按“{official}”理解。" for word, official in said]
            + relaxing_notes(relaxed, best[0] if best else None),
        )

    def stated(self, query: str, today: date | None = None, held: Sequence[Held] = ()) -> tuple[list[Condition], str]:
        """The conditions that a question states, and the question without the words that state nothing else."""
        stated, rest = read_conditions(query, self._facets_for(query), self._thesaurus, today or date.today())
        named = [normalise(each.said) for each in held]  # 云湖区 in the name of a company limits nothing
        return [one for one in stated if not any(one.said in name for name in named)], rest

    def articles(
        self,
        query: str,
        top: int = 10,
        region: str = "",
        today: date | None = None,
        *,
        include_superseded: bool = False,
    ) -> list[ArticleHit]:
        """The best articles for a question: texts in force, the asker's region and national ones before others'."""
        return self.search_articles(query, top, region, today, include_superseded=include_superseded).hits

    def search_articles(
        self,
        query: str,
        top: int = 10,
        region: str = "",
        today: date | None = None,
        *,
        include_superseded: bool = False,
    ) -> ArticleSearch:
        """The same with confidence and notes. Superseded texts are left out unless asked for; then they rank lower."""
        today = today or date.today()
        question = read_question(query, self._segmenter, self._thesaurus, catalogue=False)
        found = self._find(self._articles, question)
        place = normalise(region)
        ranked: list[Candidate] = []
        withheld: dict[str, None] = {}
        for candidate in found:
            record = candidate.record
            if not record.in_force(today) and not include_superseded:
                withheld[record.title] = None
                continue
            factor = self._regional(normalise(record.region), place, question.text) * (
                1.0 if record.in_force(today) else 0.9
            )
            ranked.append(Candidate(record, candidate.score * factor, candidate.features))
        ranked.sort(key=lambda c: (-c.score, c.record.ordinal))
        hits = [
            ArticleHit(
                document=c.record.id,
                locator=c.record.locator,
                title=c.record.title,
                text=c.record.text,
                score=round(min(1.0, c.score), 4),
                in_force=c.record.in_force(today),
            )
            for c in ranked[:top]
        ]
        notes = [f"《{title}》已失效或尚未施行，没有引用。" for title in list(withheld)[:3]] if not hits else []
        return ArticleSearch(hits=hits, confidence=article_confidence(question, ranked), notes=notes)

    @staticmethod
    def _regional(region: str, asked: str, question: str) -> float:
        """Another region's text is seldom what is asked for, unless the question names that region."""
        if not region:
            return 1.0
        if region in question or region.rstrip("省市") in question:
            return 1.08
        if asked and (region in asked or asked in region):
            return 1.04
        return 0.85
