"""A workspace: made, opened, damaged, and finished after an interrupted change."""

import json
from pathlib import Path

import pytest

from corpus.workspace import COMMIT_LIST, STAGING_PREFIX, Workspace, WorkspaceError


def test_create_keeps_what_is_there(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "a" / "b", kind="demo", seed=7)
    workspace.update_manifest(data_version="9")
    again = Workspace.create(tmp_path / "a" / "b")
    assert again.manifest() == {"format": 1, "kind": "demo", "seed": 7, "data_version": "9"}
    assert Workspace.open(workspace.root).data_version == "9"


@pytest.mark.parametrize(
    ("manifest", "words"),
    [(None, "不存在"), ("{", "已损坏"), ("[]", "已损坏"), ('{"format": 99}', "格式版本是 99")],
)
def test_what_is_wrong_is_said(tmp_path: Path, manifest: str | None, words: str) -> None:
    if manifest is not None:
        (tmp_path / "workspace.json").write_text(manifest, "utf-8")
    with pytest.raises(WorkspaceError, match=words):
        Workspace.open(tmp_path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(WorkspaceError, match="无法建立工作区"):
        Workspace.create(tmp_path / "file" / "ws")


def test_opening_finishes_a_change_that_was_ready(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    workspace = Workspace.create(root)
    (root / "warehouse.duckdb").write_text("old", "utf-8")
    (root / "warehouse.duckdb.wal").write_text("log of old", "utf-8")
    staged = root / f"{STAGING_PREFIX}1-x"
    staged.mkdir()
    (staged / "warehouse.duckdb").write_text("new", "utf-8")
    Workspace(staged).write_manifest({**workspace.manifest(), "data_version": "2"})
    names = ["catalog.sqlite", "warehouse.duckdb", "workspace.json"]  # the first was moved before the process died
    (staged / COMMIT_LIST).write_text(json.dumps(names), "utf-8")
    assert Workspace.open(root).data_version == "2"
    assert (root / "warehouse.duckdb").read_text("utf-8") == "new"
    assert not (root / "warehouse.duckdb.wal").exists()
    assert not staged.exists()


def test_opening_leaves_a_change_that_was_not_ready(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    Workspace.create(root)
    staged = root / f"{STAGING_PREFIX}1-x"
    staged.mkdir()
    Workspace(staged).write_manifest({"format": 1, "data_version": "2"})
    assert Workspace.open(root).data_version == "0"
    assert staged.exists()  # an ingest may be at work in it
