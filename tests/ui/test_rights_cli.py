"""`zhengwen rights`: what a person may see and why, and whether the policy file is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ui.cli.app import app


@pytest.fixture(scope="module")
def city(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of this module's own over the shared demo city: links for what is only read."""
    root = tmp_path_factory.mktemp("rights") / "workspace"
    root.mkdir()
    for path in demo_root.iterdir():
        if path.name in ("warehouse.duckdb", "semantics.yaml", "index"):
            (root / path.name).symlink_to(path)
        elif path.is_file() and path.suffix in (".json", ".sqlite", ".toml"):
            (root / path.name).write_bytes(path.read_bytes())
    return root


def rights(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["-w", str(root), "rights", *words])


def test_the_overview_groups_tables_by_what_may_be_seen_and_why(city: Path) -> None:
    done = rights(city, "show", "--as", "official")
    assert done.exit_code == 0
    parts = done.output.split("\n\n")
    assert "official（部门工作人员，云澜市教育局）" in parts[0] and "每组不少于 5 人" in parts[0]
    assert parts[1].startswith("可以查明细") and "本部门的数据" in parts[1] and "学校基本信息" in parts[1]
    assert parts[2].startswith("只供汇总") and "人口基础信息（5 列不提供）" in parts[2]
    assert parts[3].startswith("不能查看") and "居民身份证制证信息" in parts[3] and "数据安全法 第二十一条" in parts[3]


def test_a_table_is_told_column_by_column_by_any_of_its_names(city: Path) -> None:
    outputs = {
        rights(city, "show", name, "--as", "steward").output for name in ("resident", "人口基础信息", "yl-resident")
    }
    assert len(outputs) == 1
    text = outputs.pop()
    assert "公民身份号码（identity_number）：脱敏（身份证件号码，只留前三位和后四位）" in text
    assert "规则：人口基础信息（yl-resident）：数据管理部门可以查看目录内的数据" in text


def test_json_holds_the_same(city: Path) -> None:
    done = rights(city, "show", "resident", "--as", "official", "--json")
    [table] = json.loads(done.output)["tables"]
    assert (table["access"], table["min_group"]) == ("groups", 5)
    assert table["entries"][0]["article"] == "政务数据共享条例 第十四条"
    assert {c["name"] for c in table["columns"] if c["visible"]} == {
        "gender", "birth_date", "district", "household_type", "education",
    }  # fmt: skip


def test_a_dataset_without_a_table_here_and_one_that_is_not(city: Path) -> None:
    from assistant import Assistant

    with Assistant.open(city) as assistant:
        entry = next(d for d in assistant.services.datasets.values() if d.table is None)
    done = rights(city, "show", entry.id)
    assert done.exit_code == 0 and "这里没有它的数据" in done.output
    missing = rights(city, "show", "没有这个数据集")
    assert missing.exit_code != 0 and "目录里没有" in missing.output and "Traceback" not in missing.output


def test_the_policy_file_is_checked_and_its_fault_named(city: Path) -> None:
    assert "没有 rights.yaml" in rights(city, "check").output
    path = city / "rights.yaml"
    try:
        path.write_text("min_group: 10\ntables: {resident: {dimensions: [district, nonesuch]}}\n", "utf-8")
        done = rights(city, "check")
        assert done.exit_code == 1 and "表里没有“nonesuch”这一列" in done.output
        path.write_text("min_group: 10\n", "utf-8")
        assert "每组不少于 10 人" in rights(city, "check").output
        path.write_text("min_group: 0\n", "utf-8")
        for words in (["check"], ["show"]):
            broken = rights(city, *words)
            assert broken.exit_code != 0 and "第 1 行（min_group）：不能小于 2" in broken.output
            assert "Traceback" not in broken.output
    finally:
        path.unlink()
