"""Build an index folder from the catalogue store.

index/
  CURRENT            name of the version in use; replaced in one step
  v-<digest>/        one complete version: manifest.json, words.txt, facets.json, chroma/, encoder.npz where one was fitted,
                     dataset/ and article/ each with lexical/, records.sqlite, vectors.npy, owners.npy

A version is built under another name and becomes visible only when it is whole; a reader that has the version before open keeps it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corpus.store import CatalogStore
from retrieval.chroma import open_client, write_collection
from retrieval.dense import DenseIndex
from retrieval.encoder import Encoder
from retrieval.entries import SHAPE, Entry, article_entries, dataset_entry, own_words
from retrieval.errors import IndexUnusable
from retrieval.lexical import LexicalWriter, Passage
from retrieval.lsa import LsaEncoder, fit_lsa
from retrieval.records import Words, word_codes, write_records
from retrieval.segment import Segmenter, grams
from retrieval.static import SHIPPED, StaticEncoder
from retrieval.text import normalise
from retrieval.thesaurus import Thesaurus

FORMAT = 1
Progress = Callable[[str, float], None]
_ENCODE_BATCH = 256


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the version in use; IndexUnusable when there is none that this program can read."""
    try:
        version = (folder / "CURRENT").read_text("utf-8").strip()
        manifest = json.loads((folder / version / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise IndexUnusable(f"检索索引 {folder} 还没有建立或不完整。请运行 zhengwen ingest 重新建立索引。") from error
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"检索索引 {folder} 已损坏，无法读取。请运行 zhengwen ingest 重新建立索引。") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("shape") != SHAPE:
        raise IndexUnusable(f"检索索引 {folder} 是其他版本的程序建立的。请运行 zhengwen ingest 重新建立索引。")
    return {**manifest, "version": version}


def build_index(
    store: CatalogStore, folder: Path, thesaurus: Thesaurus, encoder: Encoder | None, progress: Progress | None
) -> None:
    """Build a version and make it current. `encoder` None: the shipped one, or where it is absent one fitted on the corpus. IndexUnusable: disk trouble."""
    report = progress or (lambda _stage, _share: None)
    partial = folder / f".building-{os.getpid()}-{time.monotonic_ns()}"
    try:
        partial.mkdir(parents=True)
        digest = _write_version(store, partial, thesaurus, encoder, report)
        name = f"v-{digest}-{time.time_ns() // 1_000_000:x}"
        partial.rename(folder / name)
        _make_current(folder, name)
    except OSError as error:
        raise IndexUnusable(
            f"无法写入检索索引 {folder}：{error.strerror or error}。请检查磁盘空间和权限后重试。"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _make_current(folder: Path, name: str) -> None:
    """Point readers to `name`; the version before stays for those who have it open, older ones go."""
    marker = folder / "CURRENT"
    before = marker.read_text("utf-8", "replace").strip() if marker.is_file() else ""
    step = folder / f"CURRENT.{os.getpid()}"
    step.write_text(name, "utf-8")
    step.replace(marker)
    for old in folder.glob("v-*"):
        if old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)
    for left in folder.glob(".building-*"):
        if not _alive(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _write_version(
    store: CatalogStore, folder: Path, thesaurus: Thesaurus, encoder: Encoder | None, report: Progress
) -> str:
    version = store.version()
    report("读取目录和政策", 0.0)
    datasets, documents = store.datasets(), store.documents()
    hashes = {**store.hashes("dataset")}, store.hashes("document")
    words = own_words(datasets, documents)
    (folder / "words.txt").write_text("\n".join(words), "utf-8")
    segmenter = Segmenter([*words, *thesaurus.words()])
    shelves: dict[str, list[Entry]] = {
        "dataset": [dataset_entry(d, hashes[0].get(d.id, "")) for d in datasets],
        "article": list(article_entries(documents, hashes[1])),
    }
    texts = {kind: [entry.embedding_texts() for entry in entries] for kind, entries in shelves.items()}
    if encoder is None and SHIPPED.is_dir():
        encoder = StaticEncoder(SHIPPED)
    if encoder is None:
        report("学习用词", 0.1)
        everything = [text for parts in texts.values() for group in parts for text in group]
        fitted = fit_lsa(everything, segmenter, progress=lambda share: report("学习用词", 0.1 + 0.3 * share))
        fitted.save(folder / "encoder.npz")
        encoder = fitted
    client = open_client(folder / "chroma")
    done = 0
    total = sum(map(len, shelves.values())) or 1
    for kind, entries in shelves.items():
        shelf = folder / kind
        shelf.mkdir()
        for count in _write_shelf(shelf, entries, segmenter):
            if count % 200 == 0:
                report("建立词语索引", 0.4 + 0.3 * (done + count) / total)
        owners = [ordinal for ordinal, group in enumerate(texts[kind]) for _ in group]
        flat = [text for group in texts[kind] for text in group]
        vectors = np.zeros((len(flat), encoder.dimensions), dtype=np.float32)
        for begin in range(0, len(flat), _ENCODE_BATCH):
            vectors[begin : begin + _ENCODE_BATCH] = encoder.encode(flat[begin : begin + _ENCODE_BATCH])
            report("建立向量索引", 0.7 + 0.25 * (done + len(entries) * begin / max(1, len(flat))) / total)
        DenseIndex.write(shelf, vectors, owners)
        write_collection(client, kind, vectors)
        done += len(entries)
    client.clear_system_cache()
    facets = Counter(tag for entry in shelves["dataset"] for tag in entry.tags)
    regions = sorted({normalise(d.region) for d in datasets if d.region})
    (folder / "facets.json").write_text(json.dumps({"counts": facets, "regions": regions}, ensure_ascii=False), "utf-8")
    manifest = {
        "format": FORMAT,
        "shape": SHAPE,
        "store": version,
        "encoder": encoder.name,
        "counts": {kind: len(entries) for kind, entries in shelves.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    report("完成", 1.0)
    return version


def _write_shelf(folder: Path, entries: list[Entry], segmenter: Segmenter) -> Iterator[int]:
    writer = LexicalWriter(folder / "lexical")

    def rows() -> Iterator[tuple[int, Entry, Words, Words]]:
        for ordinal, entry in enumerate(entries):
            fixed = {name: segmenter.words(text) for name, text in entry.fields.items() if name != "body"}
            head = grams(f"{entry.title} {entry.fields['source']}" if entry.kind == "dataset" else entry.title)
            body: list[str] = []
            for part in entry.passages:
                words = segmenter.words(part)
                body += words
                pairs = [*head, *grams(part)]
                writer.add(Passage(ordinal, {**fixed, "body": words, "grams": pairs}, entry.tags, entry.day))
            rest = [word for name in ("source", "items", "keywords") for word in fixed[name]]
            yield ordinal, entry, word_codes(fixed["title"]), word_codes([*body, *rest])

    yield from write_records(folder / "records.sqlite", rows())
    writer.close()


def load_encoder(folder: Path, segmenter: Segmenter) -> Encoder:
    """The encoder that a version was built with when none was configured: the fitted one it holds, else the shipped one."""
    if (folder / "encoder.npz").is_file():
        return LsaEncoder.load(folder / "encoder.npz", segmenter)
    return StaticEncoder(SHIPPED)
