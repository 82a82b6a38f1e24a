"""Encoders on real model folders that the test makes itself; sentence-transformers and torch are the real ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from corpus.catalog import Dataset
from corpus.store import CatalogStore
from retrieval.encoder import configured_encoder
from retrieval.errors import EncoderUnavailable
from retrieval.index import Index, IndexUnusable
from retrieval.lsa import LsaEncoder, fit_lsa
from retrieval.segment import Segmenter
from retrieval.sentence import SentenceEncoder
from retrieval.static import SHIPPED, StaticEncoder
from retrieval.training.train import save_model
from retrieval.training.vocabulary import build_tokenizer

WORDS = ["学校", "名录", "医院", "公共", "数据", "开放", "水情", "河湖", "看病", "机构", "医疗"]
TEXTS = ["学校名录", "公共数据开放", "河湖水情 2024", "看病", "", "ＡＢＣ，。！", "臺灣學校"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny static model in sentence-transformers' format."""
    folder = tmp_path_factory.mktemp("encoder") / "model"
    tokenizer = build_tokenizer(Counter({word: 50 + n for n, word in enumerate(WORDS)}), 60)
    vectors = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    vectors[0] = 0.0
    save_model(folder, tokenizer, vectors)
    return folder


def test_a_model_folder_gives_the_same_vectors_with_and_without_torch(model: Path) -> None:
    light, full = StaticEncoder(model), SentenceEncoder(str(model))
    kept = [text for text in TEXTS if text and text != "臺灣學校"]  # folding of characters is ours, not the library's
    assert light.dimensions == full.dimensions == 16
    np.testing.assert_allclose(light.encode(kept), full.encode(kept), atol=2e-3)
    np.testing.assert_allclose(light.encode_query("学校名录"), full.encode_query("学校名录"), atol=2e-3)


def test_the_shipped_model_is_what_sentence_transformers_computes_and_knows_everyday_words() -> None:
    light, full = StaticEncoder(SHIPPED), SentenceEncoder(str(SHIPPED))
    texts = ["政务数据共享申请", "养老院在哪里", "2024 年空气质量 csv", "孩子上学"]
    np.testing.assert_allclose(light.encode(texts), full.encode(texts), atol=2e-3)
    home, other, far = light.encode(["养老院", "养老机构", "停车场"])
    assert home @ other > 0.5 > home @ far
    size = sum(part.stat().st_size for part in SHIPPED.rglob("*") if part.is_file())
    assert size <= 40 * 1024 * 1024


def test_vectors_have_length_one_and_empty_texts_none(model: Path) -> None:
    lengths = np.linalg.norm(StaticEncoder(model).encode(TEXTS), axis=1)
    assert lengths[TEXTS.index("")] == 0.0
    assert np.allclose(lengths[:4], 1.0, atol=1e-5)


def test_an_index_can_be_built_with_a_configured_model(model: Path, tmp_path: Path) -> None:
    store = CatalogStore(tmp_path / "catalog.sqlite")
    store.put_datasets([Dataset(id="a", title="学校名录"), Dataset(id="b", title="医院名录")])
    encoder = configured_encoder(str(model))
    index = Index.build(store, tmp_path / "index", encoder=encoder)
    assert index.datasets("学校")[0].id == "a"
    with pytest.raises(IndexUnusable, match="另一个向量模型"):
        Index.open(
            tmp_path / "index",
            store,
            encoder=LsaEncoder(
                Segmenter(), np.zeros(4, dtype=np.float32), np.zeros((4, 2), dtype=np.float16), "lsa:other"
            ),
        )


def test_a_wrong_setting_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="不存在"):
        configured_encoder(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderUnavailable, match="无法载入"):
        SentenceEncoder(str(tmp_path / "empty")).encode(["学校"])
    assert configured_encoder("") is None
    with pytest.raises(EncoderUnavailable, match="不完整"):
        StaticEncoder(tmp_path / "empty")


def test_the_fitted_encoder_is_repeatable_and_survives_saving(tmp_path: Path) -> None:
    texts = [f"{a}{b}" for a in WORDS for b in WORDS]
    first, second = (fit_lsa(texts, Segmenter(), dimensions=8) for _ in range(2))
    assert first.name == second.name
    first.save(tmp_path / "encoder.npz")
    loaded = LsaEncoder.load(tmp_path / "encoder.npz", Segmenter())
    np.testing.assert_allclose(loaded.encode(["公共数据"]), first.encode(["公共数据"]))
