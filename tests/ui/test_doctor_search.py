"""What the doctor says of the search settings, each tried out."""

from __future__ import annotations

import socket
from pathlib import Path

from assistant.settings import Settings
from ui.cli.doctor_search import search_state


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_without_settings_the_search_needs_nothing() -> None:
    ok, text = search_state(Settings())
    assert ok and "内置向量" in text and "ZHENGWEN_RERANKER" in text and "工作区" in text


def test_each_setting_that_does_not_work_is_named_with_what_to_do(tmp_path: Path) -> None:
    absent, broken = tmp_path / "absent", tmp_path / "broken"
    broken.mkdir()
    server = f"http://127.0.0.1:{free_port()}"
    ok, text = search_state(Settings(encoder=str(absent), reranker=str(broken), chroma=server))
    assert not ok
    assert f"向量模型文件夹 {absent} 不存在" in text
    assert f"重排模型 {broken} 无法载入" in text
    assert f"Chroma 服务 {server} 连不上" in text and "请检查服务和地址" in text
    assert "内置向量" not in text  # only what needs doing


def test_a_reranker_that_works_is_said_to(tmp_path: Path) -> None:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path / "cross"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"学校名录"]), "utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=9,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    ok, text = search_state(Settings(reranker=str(folder)))
    assert ok and f"重排模型 {folder} 可用" in text
