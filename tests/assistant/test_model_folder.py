"""A model in a local folder: a tiny one that the test makes, whose words make no sense, so that the rules answer."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from model_workspace import build

from assistant import Assistant
from assistant.model import ModelFailed, connect, describe
from assistant.outcome import Answer
from assistant.settings import Settings, load_settings
from corpus.workspace import Workspace
from prompts import Prompt, load

TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}\n{% endfor %}<|assistant|>"
LENGTH = 8192


def make_folder(path: Path, length: int = LENGTH) -> Path:
    """A llama of one layer with random weights, and a tokenizer trained on the prompts."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator([load("follow_up", earlier=[], question="各区的学校数量？").system] * 3, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(path)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=length,
        bos_token_id=0,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("tiny") / "tiny-llama")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, place: Any) -> None:
        raise AssertionError(f"connection to {place}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def settings(folder: Path) -> Settings:
    return Settings(model=str(folder))


@pytest.mark.usefixtures("no_network")
def test_a_folder_is_loaded_and_asked(folder: Path) -> None:
    status = describe(settings(folder))
    assert (status.kind, status.name, status.ok) == ("folder", "tiny-llama", True), status
    model = connect(settings(folder))
    assert model is not None
    model.ready()
    assert model.reply(Prompt("你是助手", "各区的学校数量？"), 1.5)
    with pytest.raises(ModelFailed, match="超出"):
        model.reply(Prompt("你是助手", "学校" * LENGTH), 20.0)
    with pytest.raises(ModelFailed, match="没有"):
        model.reply(Prompt("你是助手", "各区的学校数量？"), 0.0)


@pytest.mark.usefixtures("no_network")
def test_its_nonsense_is_answered_by_the_rules(folder: Path, tmp_path: Path) -> None:
    root = build(tmp_path / "ws")
    configured = load_settings(Workspace.open(root)).model_copy(update={"model": str(folder), "model_timeout_s": 3.0})
    with Assistant.open(root, settings=configured) as assistant:
        answer = assistant.ask("各区的学校数量？")
    assert isinstance(answer, Answer)
    assert answer.planner == "embedded" and "江北区" in answer.text
    assert [w for w in answer.warnings if w.startswith("模型") and w.endswith("已改用内置规则回答。")], answer.warnings


def test_a_damaged_folder_is_answered_by_the_rules(folder: Path, tmp_path: Path) -> None:
    import shutil

    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    (damaged / "model.safetensors").write_bytes(b"not weights")
    root = build(tmp_path / "ws")
    configured = load_settings(Workspace.open(root)).model_copy(update={"model": str(damaged)})
    with Assistant.open(root, settings=configured) as assistant:
        for _ in range(2):
            answer = assistant.ask("各区的学校数量？")
            assert "本地模型无法加载，已改用内置规则回答。" in answer.warnings
            assert answer.planner == "embedded"
