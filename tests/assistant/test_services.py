"""Opening a workspace: what is damaged is named with what to do; what can be made anew is made anew without a word."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.conversations import StateError
from assistant.outcome import Answer
from corpus.ingest import ingest
from corpus.workspace import Workspace, WorkspaceError
from retrieval.index import Index
from tools.audit import AuditError
from tools.query.result import QueryFailed

QUESTION = "各区的图书馆数量"
TABLE = "图书馆名称,所属区,藏书量,开馆年份\n" + "".join(
    f"第{n}图书馆,{'东西南'[n % 3]}城区,{n * 1000},{1990 + n}\n" for n in range(30)
)
POLICY = """# 甲市图书馆管理办法

（2024年1月5日甲市人民政府发布，自2024年3月1日起施行）

第一条 为了加强图书馆管理，制定本办法。

第二条 图书馆每周开放时间不得少于五十六小时。

第三条 图书馆应当在每年三月底前公布上一年度的藏书数量。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace of ingested files that has been asked once."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "图书馆.csv").write_text(TABLE, "utf-8")
    (folder / "办法.md").write_text(POLICY, "utf-8")
    root = folder / "workspace"
    workspace = Workspace.create(root)
    report = ingest([folder / "图书馆.csv", folder / "办法.md"], workspace)
    assert report.exit_code == 0
    with Assistant.open(root) as assistant:
        assert isinstance(assistant.ask(QUESTION), Answer)
    return root


@pytest.fixture
def mine(library: Path, tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    shutil.copytree(library, root)
    return root


def counts(root: Path) -> list[list[object]]:
    with Assistant.open(root) as assistant:
        outcome = assistant.ask(QUESTION)
    assert isinstance(outcome, Answer)
    assert outcome.table is not None
    return outcome.table.rows


def cut(path: Path) -> None:
    """Half of the file is gone."""
    os.truncate(path, path.stat().st_size // 2)


def garbage(path: Path) -> None:
    """Other bytes of the same length."""
    path.write_bytes(bytes((n * 7 + 13) % 256 for n in range(path.stat().st_size)))


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES = [cut, garbage, gone, emptied]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["workspace.json", "catalog.sqlite", "semantics.yaml", "warehouse.duckdb"])
def test_what_cannot_be_made_anew_is_named(mine: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(mine / name)
    shutil.rmtree(mine / "scopes")  # or a query need not read the warehouse
    if (name, damage) == ("semantics.yaml", emptied):
        return  # an owner may empty it: then no table can be asked
    with pytest.raises((WorkspaceError, QueryFailed)) as error:
        counts(mine)
    message = str(error.value)
    assert message.count("。") <= 2
    assert message.endswith("。")
    assert any(word in message for word in (name, str(mine), "数据仓库"))
    assert any(word in message for word in ("备份", "重新导入", "重新生成", "zhengwen"))


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"不存在.*zhengwen demo.*zhengwen ingest"):
        Assistant.open(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError, match="不存在"):
        Assistant.open(tmp_path / "file")


def test_a_workspace_of_another_format(mine: Path) -> None:
    path = mine / "workspace.json"
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 99'), "utf-8")
    with pytest.raises(WorkspaceError, match="格式版本是 99"):
        Assistant.open(mine)


@pytest.mark.parametrize("damage", [cut, garbage])
def test_damaged_conversations_and_log_are_named(mine: Path, damage: Callable[[Path], None]) -> None:
    for extra in mine.glob("*.sqlite-*"):
        extra.unlink()
    damage(mine / "state.sqlite")
    with pytest.raises(StateError, match=r"state\.sqlite 已损坏"):
        counts(mine)
    (mine / "state.sqlite").unlink()
    damage(mine / "audit.sqlite")
    with pytest.raises(AuditError, match=r"audit\.sqlite"):
        counts(mine)


def test_a_lost_index_is_made_anew(mine: Path, library: Path) -> None:
    shutil.rmtree(mine / "index")
    with Assistant.open(mine) as assistant:
        outcome = assistant.ask("图书馆每周开放时间有什么规定？")
    assert [c.locator for c in outcome.citations][:1] == ["第二条"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damaged_file_of_the_index_is_made_good(mine: Path, damage: Callable[[Path], None]) -> None:
    workspace = Workspace.open(mine)
    files = [p for p in (mine / "index").rglob("*") if p.is_file() and p.stat().st_size and "chroma" not in p.parts]
    assert files
    chosen = [
        p for p in files if p.name in ("CURRENT", "manifest.json", "records.sqlite", "encoder.npz", "facets.json")
    ]
    for path in chosen:
        damage(path)
    with Assistant.open(mine) as assistant:
        assert assistant.index.is_current()
        assert assistant.ask("图书馆每周开放时间有什么规定？").citations
    assert Index.open(workspace.index_path, assistant.store).is_current()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", ["*.duckdb", "*.json", "*.values.json"])
def test_damaged_scope_databases_and_values_are_made_anew(
    mine: Path, library: Path, pattern: str, damage: Callable[[Path], None]
) -> None:
    found = list((mine / "scopes").glob(pattern))
    assert found
    for path in found:
        damage(path)
    assert counts(mine) == counts(library)


def test_new_data_are_asked_at_once(mine: Path, library: Path) -> None:
    table = library.parent / "图书馆.csv"
    before = counts(mine)
    table.write_text(TABLE + "新馆,北城区,5,2020\n", "utf-8")
    try:
        ingest([table], Workspace.open(mine))
    finally:
        table.write_text(TABLE, "utf-8")
    assert sorted(counts(mine)) == sorted([*before, ["北城区", 1]])


def test_a_workspace_with_policies_alone_answers_about_them(tmp_path: Path) -> None:
    (tmp_path / "办法.md").write_text(POLICY, "utf-8")
    workspace = Workspace.create(tmp_path / "ws")
    ingest([tmp_path / "办法.md"], workspace)
    with Assistant.open(workspace.root) as assistant:
        quoted = assistant.ask("图书馆每周开放时间有什么规定？")
        assert "五十六小时" in quoted.text
        assert assistant.ask("我要申请共享人口数据").kind == "answer"
        assert assistant.ask("各区的图书馆数量").kind in ("answer", "refuse")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_workspace_that_cannot_be_written_is_named(mine: Path) -> None:
    for path in (mine, *mine.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with pytest.raises((StateError, AuditError, WorkspaceError), match=r"权限|写"):
        counts(mine)
