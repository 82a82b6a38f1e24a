"""What the setting may say, and what `describe` makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from model_workspace import build, scripted_server

from assistant.model import ModelSettingError, connect, describe
from assistant.settings import Settings
from corpus.workspace import WorkspaceError

REPO = Path(__file__).resolve().parents[2]


def settings(model: str, key: str = "") -> Settings:
    return Settings(model=model, model_key=key)


def test_without_the_setting_there_is_no_model() -> None:
    assert connect(settings("")) is None
    status = describe(settings(""))
    assert (status.configured, status.kind, status.ok) == (False, "none", True)


@pytest.mark.parametrize(
    "wrong",
    [
        "http://127.0.0.1:8000/v1",
        "http://127.0.0.1:8000/v1#",
        "ftp://host/v1#m",
        "http://#m",
        "http://host:99999/v1#m",
        "http://user:secret@host/v1#m",
        "http://host/v1?key=secret#m",
        "/no/such/folder",
        "gpt",
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(wrong: str) -> None:
    with pytest.raises(ModelSettingError) as caught:
        connect(settings(wrong))
    message = str(caught.value)
    assert isinstance(caught.value, WorkspaceError)  # the command line and the page print these as they are
    assert message.endswith("。") and "secret" not in message
    status = describe(settings(wrong))
    assert (status.configured, status.kind, status.ok, status.message) == (True, "wrong", False, message)


def test_an_endpoint_is_checked() -> None:
    with scripted_server() as server:
        good = describe(settings(server.setting))
        assert (good.kind, good.name, good.ok) == ("endpoint", "demo-chat", True)
        other = describe(settings(f"{server.url}#another"))
        assert not other.ok and "demo-chat" in other.message
        assert server.requests == []  # nothing was asked of the model
    gone = describe(settings(server.setting))
    assert not gone.ok and "连接不上" in gone.message


def test_a_folder_is_checked(tmp_path: Path) -> None:
    def fault() -> str:
        status = describe(settings(str(tmp_path)))
        assert status.kind == "folder" and status.ok == ("检查正常" in status.message)
        return status.message

    assert "config.json" in fault()
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}), "utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    assert "safetensors" in fault()
    (tmp_path / "model.safetensors").write_bytes(b"x")
    assert "tokenizer.json" in fault()
    (tmp_path / "tokenizer.json").write_text("{}", "utf-8")
    assert "chat_template" in fault()
    (tmp_path / "chat_template.jinja").write_text("x", "utf-8")
    assert "检查正常" in fault()


NO_MODEL = """
import socket, sys

def refuse(place):
    host = place[0] if isinstance(place, tuple) else place
    if not (isinstance(host, bytes | str) and str(host).startswith(("127.", "::1", "localhost", "/"))):
        raise AssertionError(f"outbound connection to {place}")

class Guarded(socket.socket):
    def connect(self, place):
        refuse(place)
        return super().connect(place)
    def connect_ex(self, place):
        refuse(place)
        return super().connect_ex(place)
    def sendto(self, *args):
        refuse(args[-1])
        return super().sendto(*args)

def no_names(host, *args, **kwargs):
    refuse((host or "127.0.0.1",))
    return found(host, *args, **kwargs)

found, socket.getaddrinfo, socket.socket = socket.getaddrinfo, no_names, Guarded
try:
    socket.create_connection(("192.0.2.1", 80))
    sys.exit("the guard does not hold")
except AssertionError:
    pass

from assistant import Assistant
with Assistant.open(sys.argv[1]) as assistant:
    assistant.prepare()
    for question, route in [("各区的学校数量？", "data"), ("公办学校的学生数是多少？", "data"), ("找一下学校名录的数据", "find_dataset"), ("你有哪些数据？", "about"), ("写一首诗", "out_of_scope")]:
        outcome = assistant.ask(question)
        assert outcome.route == route, (question, outcome)
        assert outcome.planner == "embedded" and not any("模型" in w for w in outcome.warnings), outcome
        assert outcome.kind in ("answer", "refuse"), outcome
loaded = {name.split(".")[0] for name in sys.modules}
heavy = loaded & {"langgraph", "langchain", "langchain_core", "langchain_openai", "langchain_huggingface", "openai", "transformers", "torch", "tiktoken", "langsmith"}
assert not heavy, heavy
assert not [name for name in sys.modules if name.startswith("prompts.") and name != "prompts.encoding"]
"""


def test_without_a_model_nothing_is_called_or_loaded(tmp_path: Path) -> None:
    root = build(tmp_path / "ws")
    done = subprocess.run(
        [sys.executable, "-c", NO_MODEL, str(root)], cwd=REPO, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
