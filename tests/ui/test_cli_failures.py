"""What goes wrong on the command line ends in one Chinese sentence, an exit code that is not 0, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli.app import app

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def city(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("failures") / "workspace"
    shutil.copytree(demo_root, root)
    return root


def start(*words: str | Path, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *map(str, words)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": ENVIRONMENT, **settings},  # type: ignore[call-overload]
    )


def one_sentence(text: str) -> str:
    """The line, if that is all that was said and it is fit for people."""
    (line,) = text.strip().splitlines()
    assert "Traceback" not in line
    assert "程序内部错误" not in line
    assert line.endswith("。")
    return line


def failure(*words: str | Path, code: int = 1) -> str:
    result = CliRunner().invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output
    return one_sentence(result.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ask"], "请给出一个问题"),
        (["ask", "各区", "--batch", "x"], "两者选一"),
        (["ask", "--batch", "x"], "--out"),
        (["ask", "各区", "--out", "x"], "--batch"),
        (["ask", "各区", "学校"], "多出了参数 学校"),
        (["ask", "各区", "--as", "nobody"], "没有名为“nobody”的用户"),
        (["ask", "各区", "--as"], "--as 后面要写上值"),
        (["ask", "各区", "--conversation", "a b"], "对话编号"),
        (["ask", "各区", "--nope"], "没有 --nope 这个选项"),
        (["aks", "各区"], "没有 aks 这个命令（是不是 ask）"),
        (["search", "datasets"], "缺少 内容"),
        (["search", "datasets", "公园", "--top", "x"], "--top 的值不对"),
        (["search", "datasets", "公园", "--top", "0"], "--top 的值不对"),
        (["request", "list", "--as", "nobody"], "没有名为“nobody”的用户"),
        (["request", "export", "x"], "--out"),
        (["serve", "--port", "99999999"], "--port 的值不对"),
        (["replay"], "缺少 编号"),
        (["-w"], "后面要写上值"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong_and_where_help_is(
    demo_root: Path, words: list[str], said: str
) -> None:
    sentence = failure(*(words if words == ["-w"] else ["-w", demo_root, *words]), code=2)
    assert said in sentence
    assert "--help" in sentence


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "各区的学校数量"],
        ["search", "datasets", "公园"],
        ["search", "policies", "公园"],
        ["request", "list"],
        ["audit", "verify"],
        ["audit", "show"],
        ["replay", "x"],
        ["serve"],
    ],
)
def test_every_command_says_that_there_is_no_workspace(tmp_path: Path, words: list[str]) -> None:
    if words == ["serve"]:  # says first that it is starting
        result = CliRunner().invoke(app, ["-w", str(tmp_path / "none"), *words])
        assert result.exit_code == 1
        sentence = one_sentence(result.stderr)
    else:
        sentence = failure("-w", tmp_path / "none", *words)
    assert "不存在" in sentence
    assert "zhengwen demo" in sentence
    assert not (tmp_path / "none").exists()


def test_search_needs_words(city: Path) -> None:
    assert "是空的" in failure("-w", city, "search", "datasets", "  ", code=2)
    assert "太长" in failure("-w", city, "search", "policies", "公园" * 2000, code=2)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("workspace.json", cut, ["ask", "各区的学校数量"]),
        ("catalog.sqlite", cut, ["search", "datasets", "公园"]),
        ("semantics.yaml", cut, ["ask", "各区的学校数量"]),
        ("state.sqlite", cut, ["request", "list"]),
        ("audit.sqlite", cut, ["audit", "verify"]),
        ("zhengwen.toml", lambda p: p.write_text("max_rows = 很多", "utf-8"), ["search", "policies", "公园"]),
    ],
)
def test_a_damaged_file_is_named(
    city: Path, tmp_path: Path, name: str, damage: Callable[[Path], object], words: list[str]
) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(city, root, ignore=shutil.ignore_patterns("scopes", "index", "*-wal", "*-shm"))
    if name in ("state.sqlite", "audit.sqlite") and not (root / name).exists():
        (root / name).write_bytes(b"\x00" * 100)
    damage(root / name)
    assert name in failure("-w", root, *words)
    shown = CliRunner().invoke(app, ["-w", str(root), "doctor"])
    assert shown.exit_code == 1
    assert name in shown.stdout
    assert "程序内部错误" not in shown.output


def test_a_port_in_use_is_named(city: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = CliRunner().invoke(app, ["-w", str(city), "serve", "--port", str(port)])
    assert result.exit_code == 1
    sentence = one_sentence(result.stderr)
    assert str(port) in sentence
    assert "--port" in sentence


def test_an_interrupt_leaves_what_was_there(city: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": n, "question": "去年各区的学校数量"} for n in range(3000)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    out.write_text("before", "utf-8")
    running = start("-w", city, "ask", "--batch", source, "--out", out)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".*partial")) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.strip() == "已中断。"
    assert out.read_text("utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
    assert CliRunner().invoke(app, ["-w", str(city), "audit", "verify"]).exit_code == 0


def test_output_that_is_not_read_to_its_end_is_no_failure_story(city: Path) -> None:
    running = start("-w", city, "ask", "列出所有学校", "--json")
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    said = running.stderr.read()
    running.stderr.close()
    assert running.wait(60) != 0
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_output_is_told(city: Path) -> None:
    with Path("/dev/full").open("w") as full:
        running = start("-w", city, "ask", "你有哪些数据？", stdout=full)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "磁盘空间不足" in one_sentence(said)


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc/self").exists(), reason="needs another user to run as")
def test_a_workspace_that_cannot_be_written_is_named(city: Path, tmp_path: Path) -> None:
    readable = [Path(sys.executable).resolve(), ROOT / "ui"]
    if any(not p.stat().st_mode & 0o004 for place in readable for p in (place, *place.parents)):
        pytest.skip("another user cannot read the program")
    for path in (tmp_path, *tmp_path.parents[:3], city, *city.parents[:3]):
        path.chmod(0o755)

    def somebody() -> None:
        os.setgid(65534)
        os.setuid(65534)

    running = start("-w", city, "ask", "各区的学校数量", preexec_fn=somebody)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "权限" in one_sentence(said)
