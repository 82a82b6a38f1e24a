"""`zhengwen ingest` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus.catalog_table import CATALOG_TABLE
from corpus.store import CatalogStore
from retrieval.static import SHIPPED
from ui.cli.app import app

CATALOGUE = "数据集名称,归口,摘要,更新频率\n河流[1],水利局,河,每年\n,水利局,河,每年\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "目录.csv"
    path.write_text(CATALOGUE, "utf-8")
    return path


def run(tmp_path: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["-w", str(tmp_path / "ws"), "ingest", *map(str, arguments)], env={"COLUMNS": "200"})


def test_it_says_what_it_read_and_why_not(tmp_path: Path, file: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("归口: 提供部门\n", "utf-8")
    result = run(tmp_path, file, "--mapping", mapping)
    assert result.exit_code == 0, result.output
    for words in ("归口 → 提供部门", "跳过 第3行：没有数据集名称", "读取 1 个文件", "工作区已更新"):
        assert words in result.output
    (dataset,) = CatalogStore(tmp_path / "ws" / "catalog.sqlite").datasets()
    assert (dataset.title, dataset.publisher) == ("河流[1]", "水利局")
    assert "工作区没有变化" in run(tmp_path, file, "--mapping", mapping).output


def test_the_index_is_made_with_the_encoder_that_is_set(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGWEN_ENCODER", str(SHIPPED))  # any model folder will do; this one is at hand
    assert run(tmp_path, file).exit_code == 0
    current = (tmp_path / "ws" / "index" / "CURRENT").read_text("utf-8")
    searching = CliRunner().invoke(app, ["-w", str(tmp_path / "ws"), "search", "datasets", "河流", "--json"])
    assert json.loads(searching.stdout)["hits"], searching.output
    assert (tmp_path / "ws" / "index" / "CURRENT").read_text("utf-8") == current
    manifest = json.loads((tmp_path / "ws" / "index" / current / "manifest.json").read_text("utf-8"))
    assert manifest["encoder"].startswith("sentence-transformers:")


def test_json_and_dry_run(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path, file, "--json", "--dry-run")
    report = json.loads(result.stdout)
    assert (report["dry_run"], report["files"][0]["added"], report["files"][0]["unmapped"]) == (True, 1, ["归口"])
    assert not (tmp_path / "ws" / "catalog.sqlite").exists()


def test_a_table_is_listed_with_its_class(tmp_path: Path) -> None:
    path = tmp_path / "学校.csv"
    path.write_text("区,学校数\n东,3\n西,4\n", "utf-8")
    result = run(tmp_path, path, "--opening", "conditional")
    assert "学校（学校，2 行 2 列）" in result.output
    assert "按有条件开放登记" in result.output
    assert CATALOG_TABLE not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["无.csv"], "不存在"),
        (["--kind", "xml", "目录.csv"], "--kind 不能是"),
        (["--opening", "半开", "目录.csv"], "--opening 不能是"),
        (["--mapping", "无.yaml", "目录.csv"], "映射文件"),
    ],
)
def test_mistakes_are_one_sentence(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(tmp_path, *arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "ws" / "catalog.sqlite").exists()


def test_one_failed_file_is_a_failure(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path, file, tmp_path / "无.csv")
    assert result.exit_code == 1
    assert "失败" in result.output
    assert "文件不存在" in result.output
