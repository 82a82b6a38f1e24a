"""Many questions at once: the file of answers is whole or is not there."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.outcome import OUTCOME
from ui.cli.app import app

ROWS: list[dict[str, Any]] = [
    {"id": "a", "question": "全市一共有多少所学校？"},
    {"id": 2, "question": "各区居民的数量", "as": "evaluator"},
    {"id": "c", "question": "去年各区的学校数量？", "conversation": "k"},
    {"id": "d", "question": "前三名呢", "conversation": "k"},
    {"id": "e", "question": "", "note": "kept"},
]


@pytest.fixture(scope="module")
def city(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("batch") / "workspace"
    shutil.copytree(demo_root, root)
    return root


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_every_row_gets_its_outcome(city: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    source.write_text("\ufeff" + lines(ROWS) + "\n\n", "utf-8")
    result = CliRunner().invoke(app, ["-w", str(city), "ask", "--batch", str(source), "--out", str(out)])
    assert result.exit_code == 0, result.output
    answered = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [r["id"] for r in answered] == ["a", "2", "c", "d", "e"]
    outcomes = [OUTCOME.validate_python(r["outcome"]) for r in answered]
    assert [o.kind for o in outcomes] == ["answer", "refuse", "answer", "answer", "clarify"]
    assert outcomes[1].principal == "evaluator"
    assert outcomes[2].conversation == outcomes[3].conversation == "k"
    assert answered[3]["outcome"]["table"]["row_count"] == 3
    assert answered[4]["note"] == "kept"
    assert [p.name for p in out.parent.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "不是 JSON"),
        ('"text"', "每行要是"),
        ('{"id": "x"}', "每行要是"),
        ('{"id": "x", "question": 3}', "每行要是"),
        ('{"id": null, "question": "各区"}', "每行要是"),
        ('{"id": "x", "question": "各区", "as": "nobody"}', "没有名为“nobody”的用户"),
        ('{"id": "a", "question": "各区"}', "与第1行重复"),
        ("[" * 100_000, "不是 JSON"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(tmp_path: Path, line: str, said: str) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(lines(ROWS[:2]) + "\n" + line + "\n", "utf-8")
    out.write_text("before", "utf-8")
    result = CliRunner().invoke(app, ["-w", str(tmp_path / "none"), "ask", "--batch", str(source), "--out", str(out)])
    assert result.exit_code == 1
    assert "第4行" in result.stderr
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert out.read_text("utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_batch_that_is_no_text_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes("{}各区".encode("gb18030"))
    for path in (source, tmp_path / "absent.jsonl", tmp_path):
        result = CliRunner().invoke(
            app, ["-w", str(tmp_path), "ask", "--batch", str(path), "--out", str(tmp_path / "o")]
        )
        assert result.exit_code == 1
        assert "无法读取" in result.stderr


def test_a_full_disk_leaves_what_was_there(city: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(lines([{"id": n, "question": "学校", "pad": "满" * 500_000} for n in range(3)]), "utf-8")
    out.write_text("before", "utf-8")
    limit = 3_000_000 + max(p.stat().st_size for p in city.glob("*.sqlite*"))

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ui.cli import main; main()",
            "-w",
            str(city),
            "ask",
            "--batch",
            str(source),
            "--out",
            str(out),
        ],
        capture_output=True,
        text=True,
        preexec_fn=small_files,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=120,
    )
    assert done.returncode == 1
    assert "磁盘空间不足" in done.stderr
    assert str(out) in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text("utf-8") == "before"
    assert not list(tmp_path.glob(".*partial"))
