"""A cross-encoder folder that the test makes itself, loaded by sentence-transformers, behind the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.cross import CrossEncoderScorer, configured_reranker
from retrieval.errors import RerankerUnavailable
from retrieval.index import Index

TITLES = ["学校名录", "学校学区范围", "学校食堂检查", "学校操场开放", "医院名录", "河湖水情"]


def _model(folder: Path, labels: int = 1) -> Path:
    """A tiny untrained BERT with one output (or more)."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir(parents=True)
    characters = sorted({character for title in TITLES for character in title} | set("学校在哪里"))
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]) + "\n", "utf-8"
    )
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(characters) + 5,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=labels,
        initializer_range=0.8,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _model(tmp_path_factory.mktemp("cross") / "model")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CatalogStore:
    store = CatalogStore(tmp_path_factory.mktemp("cross-store") / "catalog.sqlite")
    store.put_datasets(Dataset(id=title, title=title) for title in TITLES)
    articles = [Article(locator=f"第{n}条", text=f"{title}应当公开。") for n, title in enumerate("一二三", 1)]
    store.put_documents([PolicyDocument(id="law", title="学校条例", articles=articles)])
    return store


def test_scores_are_those_of_the_library(folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    scores = CrossEncoderScorer(str(folder)).score("学校在哪里", TITLES)
    expected = CrossEncoder(str(folder), device="cpu").predict([("学校在哪里", title) for title in TITLES])
    assert scores == pytest.approx([float(value) for value in expected], abs=1e-5)
    assert all(0.0 <= score <= 1.0 for score in scores) and len(set(scores)) > 1
    assert CrossEncoderScorer(str(folder)).score("学校", []) == []


def test_the_index_is_ranked_by_what_the_model_says(folder: Path, store: CatalogStore, tmp_path: Path) -> None:
    scorer = configured_reranker(str(folder))
    assert scorer is not None
    plain = {hit.id: hit.score for hit in Index.build(store, tmp_path / "index").datasets("学校在哪里", 10)}
    hits = Index.open(tmp_path / "index", store, reranker=scorer).datasets("学校在哪里", 10)
    said = dict(zip(TITLES, scorer.score("学校在哪里", TITLES), strict=True))
    assert {hit.id for hit in hits} == set(plain)
    for hit in hits:
        assert hit.score == pytest.approx(0.6 * said[hit.id] + 0.4 * plain[hit.id], abs=2e-3)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert Index.open(tmp_path / "index", store, reranker=scorer).articles("学校应当公开什么")


def test_an_empty_setting_means_none() -> None:
    assert configured_reranker("") is None


def test_what_is_wrong_is_said_in_chinese(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RerankerUnavailable, match="不存在"):
        configured_reranker(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(RerankerUnavailable, match="无法载入"):
        CrossEncoderScorer(str(tmp_path / "empty")).score("学校", ["学校"])
    with pytest.raises(RerankerUnavailable, match="只给一个分数"):
        CrossEncoderScorer(str(_model(tmp_path / "three", 3))).score("学校", ["学校"])
