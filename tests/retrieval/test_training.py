"""The training pipeline, end to end, on material small enough for a test."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from retrieval.static import StaticEncoder
from retrieval.training.train import main


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def material(tmp_path: Path) -> Path:
    news = [
        "医院有医生给病人治病",
        "病人去医院找医生",
        "学校有老师给学生上课",
        "学生去学校听老师上课",
        "公园里有树木和草地",
    ] * 40
    _write(tmp_path / "train/text/crud_news/a.txt", "\n".join(news))
    pairs = [{"a": "哪里有医院", "b": "医院在哪儿", "label": 1}, {"a": "学校怎么走", "b": "去学校的路", "label": 1}] * 5
    _write(tmp_path / "train/pairs/simclue/a.jsonl", "\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs))
    cilin = {"code": "x", "rel": "=", "words": ["医院", "诊所", "卫生院"]}
    _write(tmp_path / "train/lexicons/cilin_v3/cilin_v3.jsonl", json.dumps(cilin, ensure_ascii=False))
    law = "# 学校办法\n\n## 第一章 总则\n\n第一条 学校应当开门，学生应当上课，老师应当备课，家长应当配合。\n"
    _write(tmp_path / "laws/a.md", law * 3)
    row = {"title": "医院名录", "description": "全市医院的名称和地址"}
    _write(tmp_path / "data/catalogs/a.jsonl", json.dumps(row, ensure_ascii=False))
    return tmp_path


def test_training_writes_a_usable_model_and_names_its_sets(material: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--pieces", "400", "--dimensions", "16", "--share", "1", "--steps", "20"]
    folders = [f"--{name}={material / name}" for name in ("train", "laws", "data", "out")]
    monkeypatch.setattr(sys, "argv", ["train", *folders, *options])
    main()
    encoder = StaticEncoder(material / "out" / "model")
    doctor, teacher = encoder.encode_query("医生病人"), encoder.encode_query("老师学生")
    hospital = encoder.encode_query("医院")
    assert hospital @ doctor > hospital @ teacher
    sets = json.loads((material / "out" / "training.json").read_text("utf-8"))["sets"]
    assert {"simclue", "synonyms", "law_articles", "catalogues", "thesaurus"} <= set(sets)
