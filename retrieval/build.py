"""Build an index folder from the catalogue store, or bring it up to date.

A version (see `versions`) holds manifest.json, words.txt, facets.json, chroma/ (unless a server has the vectors), encoder.npz where one was fitted, and dataset/ and
article/, each with lexical/, records.sqlite, vectors.npy, owners.npy.

What the version in use recorded of each dataset and document is compared with the store. A few differences go into a copy of
that version; many, or a version that is damaged or was made with other words or another encoder, call for a new one. Either way
readers see the version before until the next is whole, and an interrupted build leaves nothing behind.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.policy import PolicyDocument
from corpus.store import CatalogStore
from retrieval.chroma import VectorStoreFailed, database, forget, holds, new_names
from retrieval.encoder import Encoder
from retrieval.entries import Entry, article_entries, dataset_entry, own_words
from retrieval.errors import IndexUnusable
from retrieval.lsa import LsaEncoder, fit_lsa
from retrieval.records import Records
from retrieval.segment import Segmenter
from retrieval.static import SHIPPED, StaticEncoder
from retrieval.thesaurus import Thesaurus
from retrieval.versions import altered, copy_version, only_builder, publish, read_manifest, write_manifest
from retrieval.writing import KINDS, FacetCounts, VersionWriter

Progress = Callable[[str, float], None]
_BATCH = 1000  # datasets or documents in memory at a time
_SAMPLE = 40_000  # texts that an encoder is fitted on
# Beyond this share of changes since the last full build the index is built anew: the segmenter then learns the catalogue's
# new words, and what was removed no longer weighs on word counts.
MOST_CHANGED = 0.25

__all__ = ["Progress", "build_index", "fingerprint", "load_encoder", "read_manifest"]

Source = tuple[str, str, list[Entry]]  # id, content hash, what is indexed of it


@dataclass(frozen=True)
class Contents:
    """What the store holds when a build begins: its version, and by shelf id → content hash."""

    version: str
    hashes: dict[str, dict[str, str]]

    @property
    def size(self) -> int:
        return sum(map(len, self.hashes.values()))


@dataclass(frozen=True)
class Difference:
    """By shelf: ids to read and index, and ids whose records go. A changed id is in both."""

    wanted: dict[str, list[str]]
    gone: dict[str, list[str]]

    @property
    def size(self) -> int:
        return sum(len({*self.wanted[kind], *self.gone[kind]}) for kind in KINDS)


def fingerprint(thesaurus: Thesaurus) -> str:
    """Names the word list: texts are cut with it, so an index goes with one list."""
    return f"{zlib.crc32(chr(10).join(sorted(thesaurus.words())).encode()):08x}"


def build_index(
    store: CatalogStore,
    folder: Path,
    thesaurus: Thesaurus,
    encoder: Encoder | None,
    progress: Progress | None,
    server: str = "",
) -> None:
    """Bring the index up to date with the store; a sound index of the same contents is left as it is.

    `encoder` None: the shipped one, or where it is absent one fitted on the corpus. `server`: the address of a Chroma server
    that holds the vectors instead of a folder. IndexUnusable: trouble with the disk or the server.
    """
    report = progress or (lambda _stage, _share: None)
    report("读取目录和政策", 0.0)
    try:
        with only_builder(folder, lambda: report("等待另一个进程建好索引", 0.0)) as fresh:
            hashes = {"dataset": store.hashes("dataset"), "article": store.hashes("document")}
            contents = Contents(store.version(), hashes)
            manifest = _reusable(folder, thesaurus, encoder, server)
            updated = manifest and _update(store, contents, folder, fresh, manifest, thesaurus, encoder, report)
            if not updated:
                partial = fresh()
                before = _collections(folder)
                manifest = _write_new(
                    store, contents, partial, thesaurus, encoder, report, server, new_names(KINDS, server, before)
                )
                _finish(folder, partial, manifest, report)
                forget(database(folder, server, manifest["collections"]), before)
    except (OSError, sqlite3.Error, VectorStoreFailed) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        if server and isinstance(error, VectorStoreFailed):
            raise IndexUnusable(f"向量库服务 {server} 无法写入：{reason}。请检查地址和服务后重试。") from error
        raise IndexUnusable(f"无法写入检索索引 {folder}：{reason}。请检查磁盘空间和权限后重试。") from error
    report("完成", 1.0)


def _finish(folder: Path, partial: Path, manifest: dict[str, Any], report: Progress) -> None:
    report("启用新索引", 0.95)
    write_manifest(partial, manifest)
    publish(folder, partial, str(manifest["store"]))


def _collections(folder: Path) -> dict[str, str]:
    """The names of the collections of the version in use; none when there is no version."""
    try:
        return dict(read_manifest(folder)["collections"])
    except IndexUnusable:
        return {}


def _reusable(folder: Path, thesaurus: Thesaurus, encoder: Encoder | None, server: str) -> dict[str, Any] | None:
    """The manifest of the version in use when it was made with the same words and encoder, and its files are as written."""
    try:
        manifest = read_manifest(folder)
    except IndexUnusable:
        return None
    if encoder is None and SHIPPED.is_dir():
        encoder = StaticEncoder(SHIPPED)
    version = folder / str(manifest["version"])
    same = manifest["encoder"] == encoder.name if encoder else (version / "encoder.npz").is_file()
    if (
        not same
        or manifest["server"] != server
        or manifest["thesaurus"] != fingerprint(thesaurus)
        or altered(version, manifest)
    ):
        return None
    return manifest


def _difference(version: Path, contents: Contents) -> Difference:
    before = {kind: Records(version / kind / "records.sqlite").sources() for kind in KINDS}
    now = contents.hashes
    return Difference(
        wanted={kind: [key for key, code in now[kind].items() if before[kind].get(key) != code] for kind in KINDS},
        gone={kind: [key for key, code in before[kind].items() if now[kind].get(key) != code] for kind in KINDS},
    )


def _update(
    store: CatalogStore,
    contents: Contents,
    folder: Path,
    fresh: Callable[[], Path],
    manifest: dict[str, Any],
    thesaurus: Thesaurus,
    encoder: Encoder | None,
    report: Progress,
) -> bool:
    """Publish a version that goes on from the one in use; False when it cannot be gone on from."""
    version = folder / str(manifest["version"])
    difference = _difference(version, contents)
    drift = int(manifest["drift"]) + difference.size
    if drift > MOST_CHANGED * contents.size:
        return False
    if not difference.size and manifest["store"] == contents.version:
        return holds(database(version, manifest["server"], manifest["collections"]), manifest["vectors"])
    report("更新索引", 0.1)
    partial = fresh()  # another folder than a new build's: Chroma remembers what it opened by its path
    copy_version(version, partial)
    try:
        segmenter = Segmenter([*(version / "words.txt").read_text("utf-8").split("\n"), *thesaurus.words()])
        encoder = encoder or load_encoder(version, segmenter)
        source = database(partial, manifest["server"], manifest["collections"])
        facets = FacetCounts(version / "facets.json")
        writer = VersionWriter(partial, segmenter, encoder, source, facets, manifest["vectors"])
        done = 0
        for kind in KINDS:
            writer.shelves[kind].take_over(version / kind, difference.gone[kind])
            report("更新索引", 0.2 + 0.1 * (kind == KINDS[1]))
        for kind in KINDS:
            sources = _changed(store, contents, kind, difference.wanted[kind])
            for count in _fill(writer, kind, sources):
                report("更新索引", 0.3 + 0.5 * (done + count) / difference.size)
            done += len(difference.wanted[kind])
        report("更新向量", 0.8)
        counted = writer.close(lambda share: report("更新向量", 0.8 + 0.15 * share))
    except (
        ValueError,
        KeyError,
        EOFError,
        sqlite3.Error,
        VectorStoreFailed,
    ):  # damage that its size and checksum did not show
        return False
    kept = {name: manifest[name] for name in ("thesaurus", "encoder", "server", "collections")}
    _finish(folder, partial, {**kept, **counted, "store": contents.version, "drift": drift}, report)
    return True


def _write_new(
    store: CatalogStore,
    contents: Contents,
    partial: Path,
    thesaurus: Thesaurus,
    encoder: Encoder | None,
    report: Progress,
    server: str,
    collections: dict[str, str],
) -> dict[str, Any]:
    """Write a complete version; returns its manifest."""
    documents = store.documents()
    words = own_words(store.each_dataset(), documents)
    (partial / "words.txt").write_text("\n".join(words), "utf-8")
    segmenter = Segmenter([*words, *thesaurus.words()])
    if encoder is None and SHIPPED.is_dir():
        encoder = StaticEncoder(SHIPPED)
    if encoder is None:
        texts = _sample(store, documents, contents)
        fitted = fit_lsa(texts, segmenter, progress=lambda share: report("学习用词", 0.1 + 0.1 * share))
        fitted.save(partial / "encoder.npz")
        encoder = fitted
    writer = VersionWriter(partial, segmenter, encoder, database(partial, server, collections))
    done = 0
    codes = contents.hashes["dataset"]
    datasets = ((d.id, codes[d.id], [dataset_entry(d, codes[d.id])]) for d in store.each_dataset() if d.id in codes)
    for sources, kind in ((datasets, "dataset"), (_articles(documents, contents), "article")):
        for count in _fill(writer, kind, sources):
            report("建立词语索引", 0.2 + 0.3 * (done + count) / max(contents.size, 1))
        done += len(contents.hashes[kind])
    report("建立向量索引", 0.5)
    counted = writer.close(lambda share: report("建立向量索引", 0.5 + 0.45 * share))
    return {
        "store": contents.version,
        "thesaurus": fingerprint(thesaurus),
        "encoder": encoder.name,
        "server": server,
        "collections": collections,
        **counted,
        "drift": 0,
    }


def _articles(documents: Iterable[PolicyDocument], contents: Contents) -> Iterator[Source]:
    codes = contents.hashes["article"]
    for document in documents:
        if document.id in codes:
            yield document.id, codes[document.id], list(article_entries([document], codes))


def _changed(store: CatalogStore, contents: Contents, kind: str, ids: Iterable[str]) -> Iterator[Source]:
    """What is to be indexed of the ids that are new or changed, read one by one."""
    codes = contents.hashes[kind]
    for key in ids:
        if kind == "dataset":
            if (dataset := store.dataset(key)) is not None:
                yield key, codes[key], [dataset_entry(dataset, codes[key])]
        elif (document := store.document(key)) is not None:
            yield from _articles([document], contents)


def _fill(writer: VersionWriter, kind: str, sources: Iterator[Source]) -> Iterator[int]:
    """Index `sources` a batch at a time; yields how many are done."""
    done = 0
    while batch := list(islice(sources, _BATCH)):
        writer.shelves[kind].add(batch)
        done += len(batch)
        yield done


def _sample(store: CatalogStore, documents: list[PolicyDocument], contents: Contents) -> list[str]:
    """Texts to fit an encoder on: all, or an even share of them when there are many."""

    def texts() -> Iterator[str]:
        for dataset in store.each_dataset():
            yield from dataset_entry(dataset).embedding_texts()
        for entry in article_entries(documents, {}):
            yield from entry.embedding_texts()

    total = len(contents.hashes["dataset"]) + sum(len(document.articles) for document in documents)
    return list(islice(texts(), 0, None, max(1, total // _SAMPLE)))


def load_encoder(folder: Path, segmenter: Segmenter) -> Encoder:
    """The encoder that a version was built with when none was configured: the fitted one it holds, else the shipped one."""
    if (folder / "encoder.npz").is_file():
        return LsaEncoder.load(folder / "encoder.npz", segmenter)
    return StaticEncoder(SHIPPED)
