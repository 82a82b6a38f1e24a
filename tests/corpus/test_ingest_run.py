"""A whole ingest: repeated, interrupted, killed, out of space, and with files that are not what they seem."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from corpus.catalog_table import CATALOG_TABLE
from corpus.ingest import IngestError, IngestReport, ingest
from corpus.ingest.staging import Staging
from corpus.semantics import load_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CATALOGUE = "数据集名称,提供单位,摘要,更新频率\n甲,水利局,河,每年\n乙,教育局,学校,每月\n丙,教育局,学生,每月\n"
LAW = (
    "# 云澜市数据办法\n\n2020年1月2日 云澜市人民政府令第1号公布\n\n第一条 旧。\n\n第二条 本办法自2020年2月1日起施行。\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "目录.csv").write_text(CATALOGUE, "utf-8")
    (folder / "办法.md").write_text(LAW, "utf-8")
    (folder / "学校.csv").write_text("区,学校数\n东,3\n西,4\n", "utf-8")
    return folder


def content(workspace: Workspace) -> str:
    """A digest of everything a reader of the workspace can see."""
    parts = [workspace.manifest_path.read_text("utf-8"), CatalogStore(workspace.catalog_path).version()]
    if workspace.semantics_path.exists():
        parts.append(workspace.semantics_path.read_text("utf-8"))
    if workspace.warehouse_path.exists():
        with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
            for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
                parts.append(str(connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall()))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def check_whole(workspace: Workspace) -> None:
    """Warehouse, semantic model, catalogue and its table tell the same."""
    Workspace.open(workspace.root)
    model = load_semantics(workspace.semantics_path)
    datasets = CatalogStore(workspace.catalog_path).datasets()
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        listed = {row[0] for row in connection.execute(f"SELECT dataset_id FROM {CATALOG_TABLE}").fetchall()}
        for table in model.tables:
            columns = [row[0] for row in connection.execute(f'DESCRIBE "{table.name}"').fetchall()]
            assert columns == [column.name for column in table.columns]
    assert tables == {table.name for table in model.tables}
    assert listed == {dataset.id for dataset in datasets}
    assert {dataset.table for dataset in datasets if dataset.table} == tables - {CATALOG_TABLE}
    assert not list(workspace.root.glob(".ingest-*"))


def totals(report: IngestReport) -> tuple[int, int, int, int]:
    return (
        sum(f.added for f in report.files),
        sum(f.updated for f in report.files),
        sum(f.unchanged for f in report.files),
        sum(f.removed for f in report.files),
    )


def test_a_folder_of_everything(workspace: Workspace, files: Path) -> None:
    (files / ".hidden.csv").write_text("x", "utf-8")
    (files / "README.md").write_text("# 说明\n\n读我。\n", "utf-8")
    (files / "图.png").write_bytes(b"png")
    report = ingest([files], workspace)
    assert {Path(f.path).name: (f.kind, f.status) for f in report.files} == {
        "目录.csv": ("catalog", "ok"),
        "办法.md": ("policy", "ok"),
        "学校.csv": ("table", "ok"),
        "README.md": (None, "skipped"),
        "图.png": (None, "skipped"),
    }
    assert report.changed
    assert report.exit_code == 0
    assert report.data_version == workspace.data_version != "0"
    check_whole(workspace)


def test_the_same_again_changes_nothing(workspace: Workspace, files: Path, tmp_path: Path) -> None:
    first = ingest([files], workspace)
    before = content(workspace)
    again = ingest([files], workspace)
    assert totals(first) == (6, 0, 0, 0)
    assert totals(again) == (0, 0, 6, 0)
    assert not again.changed
    assert again.files[2].mapping == first.files[2].mapping
    assert content(workspace) == before
    shutil.copytree(files, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "学校.csv").unlink()
    assert not ingest([tmp_path / "elsewhere"], workspace).changed
    assert content(workspace) == before


def test_entries_that_left_the_file_leave_the_catalogue(workspace: Workspace, files: Path) -> None:
    path = files / "目录.csv"
    ingest([path], workspace)
    path.write_text(
        "数据集名称,提供单位,摘要,更新频率\n甲,水利局,大河,每年\n丁,教育局,新,每月\n丙,教育局,学生,每月\n", "utf-8"
    )
    report = ingest([path], workspace)
    assert totals(report) == (1, 1, 1, 1)
    assert {d.title for d in CatalogStore(workspace.catalog_path).datasets()} == {"甲", "丙", "丁"}
    check_whole(workspace)


def test_entries_that_another_file_still_has_stay(workspace: Workspace, files: Path) -> None:
    (files / "二.csv").write_text(CATALOGUE, "utf-8")
    ingest([files / "目录.csv", files / "二.csv"], workspace)
    (files / "目录.csv").write_text("数据集名称,提供单位,摘要,更新频率\n甲,水利局,河,每年\n", "utf-8")
    ingest([files / "目录.csv"], workspace)
    assert len(CatalogStore(workspace.catalog_path).datasets()) == 3


def test_newer_law_supersedes_in_either_order_and_run(tmp_path: Path, files: Path) -> None:
    newer = files / "新.md"
    newer.write_text(LAW.replace("2020年", "2024年").replace("旧", "新"), "utf-8")
    ends = []
    for order in ([files / "办法.md", newer], [newer, files / "办法.md"]):
        workspace = Workspace.create(tmp_path / f"ws{len(ends)}")
        for path in order:
            report = ingest([path], workspace)
        assert any("已被替代" in note for note in report.notes)
        documents = CatalogStore(workspace.catalog_path).documents()
        ends.append({d.articles[0].text: (d.superseded_by, d.superseded_on) for d in documents})
    assert ends[0] == ends[1]
    assert ends[0]["新。"] == (None, None)
    assert ends[0]["旧。"][0]


def test_an_edited_law_replaces_its_text(workspace: Workspace, files: Path) -> None:
    path = files / "办法.md"
    ingest([path], workspace)
    path.write_text(LAW.replace("旧。", "订正。"), "utf-8")
    assert totals(ingest([path], workspace)) == (0, 1, 0, 0)
    path.write_text(LAW.replace("1月2日", "1月3日"), "utf-8")
    assert totals(ingest([path], workspace)) == (1, 0, 0, 1)
    (document,) = CatalogStore(workspace.catalog_path).documents()
    assert document.published is not None and document.published.day == 3


def test_one_text_in_two_files_is_kept_once(workspace: Workspace, files: Path) -> None:
    (files / "副本.md").write_text(LAW, "utf-8")
    report = ingest([files / "办法.md", files / "副本.md"], workspace)
    assert "内容相同" in report.files[1].warnings[-1]
    assert len(CatalogStore(workspace.catalog_path).documents()) == 1


def test_bad_files_do_not_stop_the_others(workspace: Workspace, files: Path) -> None:
    (files / "坏.xlsx").write_bytes(b"PK not a workbook")
    (files / "空.csv").write_bytes(b"")
    (files / "坏.json").write_text('{"a": ', "utf-8")
    (files / "坏.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 500)
    (files / "坏.duckdb").write_bytes(b"nothing")
    (files / "坏.parquet").write_bytes(b"PAR1 nothing PAR1")
    (files / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    report = ingest([files, files / "没有.csv", files / "旧.xls"], workspace)
    failed = {Path(f.path).name: f.message for f in report.files if f.status == "failed"}
    assert set(failed) == {"坏.xlsx", "空.csv", "坏.json", "坏.sqlite", "坏.duckdb", "坏.parquet", "没有.csv"}
    assert all(message.endswith("。") and "Error" not in message for message in failed.values()), failed
    assert sum(f.status == "ok" for f in report.files) == 3
    assert report.exit_code == 1
    check_whole(workspace)


def test_nothing_readable_is_a_failure(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert ingest([tmp_path / "空"], workspace).exit_code == 1
    assert ingest([tmp_path / "无.csv"], workspace).exit_code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(workspace: Workspace, files: Path) -> None:
    (files / "目录.csv").chmod(0)
    report = ingest([files / "目录.csv"], workspace)
    assert "权限" in report.files[0].message


def test_kind_may_be_said(workspace: Workspace, files: Path) -> None:
    (report,) = ingest([files / "目录.csv"], workspace, kind="table").files
    assert (report.kind, report.added) == ("table", 3)
    check_whole(workspace)
    (report,) = ingest([files / "目录.csv"], workspace).files
    assert (report.kind, report.added) == ("catalog", 3)
    assert any("已移除" in warning for warning in report.warnings)
    check_whole(workspace)
    (report,) = ingest([files / "办法.md"], workspace, kind="catalog").files
    assert (report.status, "不能作为数据目录" in report.message) == ("failed", True)


def test_a_dry_run_changes_nothing(workspace: Workspace, files: Path) -> None:
    report = ingest([files], workspace, dry_run=True)
    assert totals(report) == (6, 0, 0, 0)
    assert sorted(p.name for p in workspace.root.iterdir()) == [".ingest.lock", "workspace.json"]


def test_one_ingest_at_a_time(workspace: Workspace, files: Path) -> None:
    with Staging(workspace), pytest.raises(IngestError, match="另一个导入"):
        ingest([files], workspace)


def test_readers_keep_what_they_have_open(workspace: Workspace, files: Path) -> None:
    ingest([files / "学校.csv"], workspace)
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as reader:
        (files / "学校.csv").write_text("区,学校数\n东,9\n", "utf-8")
        assert ingest([files / "学校.csv"], workspace).exit_code == 0
        assert reader.execute("SELECT sum(学校数) FROM 学校").fetchone() == (7,)
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as reader:
        assert reader.execute("SELECT sum(学校数) FROM 学校").fetchone() == (9,)


def test_ctrl_c_keeps_what_is_finished(workspace: Workspace, files: Path) -> None:
    def press(text: str, share: float) -> None:
        if "目录" in text and "读取" in text:
            raise KeyboardInterrupt

    report = ingest([files], workspace, progress=press)
    assert report.interrupted
    assert report.exit_code == 1
    assert [f.status for f in report.files] == ["ok", "ok"]
    check_whole(workspace)


KILLED = """
import os, signal, sys
from pathlib import Path
import corpus.ingest.staging as staging, corpus.workspace as workspace
from corpus.ingest import ingest

point, root, files = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if point == "before commit":
    staging._sync = die
elif point == "list written":
    staging.finish_commit = die
elif point == "half renamed":
    def half(root, folder):
        (folder / "warehouse.duckdb").replace(root / "warehouse.duckdb")
        die()
    staging.finish_commit = half
ingest([files], workspace.Workspace.open(root), progress=lambda text, share: die() if text == point else None)
"""


@pytest.mark.parametrize(
    ("point", "done"),
    [
        ("读取 学校.csv", False),
        ("整理目录和语义模型", False),
        ("before commit", False),
        ("list written", True),
        ("half renamed", True),
    ],
)
def test_killed_at_any_point(workspace: Workspace, files: Path, tmp_path: Path, point: str, done: bool) -> None:
    ingest([files], workspace)
    (files / "学校.csv").write_text("区,学生数\n东,30\n中,50\n", "utf-8")
    (files / "目录.csv").write_text(CATALOGUE.replace("丙", "戊"), "utf-8")
    twin = Workspace(tmp_path / "twin")
    shutil.copytree(workspace.root, twin.root)
    before = content(workspace)
    ingest([files], twin)
    command = [sys.executable, "-c", KILLED, point, str(workspace.root), str(files)]
    finished = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert finished.returncode == -signal.SIGKILL, finished.stderr
    Workspace.open(workspace.root)  # whoever opens it next finds it whole
    assert content(workspace) == (content(twin) if done else before)
    assert ingest([files], workspace).exit_code == 0
    assert content(workspace) == content(twin)
    check_whole(workspace)


FULL = """
import resource, sys
from pathlib import Path
from corpus.ingest import IngestError, ingest
from corpus.workspace import Workspace

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    ingest([Path(sys.argv[2])], Workspace.open(Path(sys.argv[1])))
except IngestError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("limit", [30_000, 300_000])
def test_no_space_left(workspace: Workspace, files: Path, limit: int) -> None:
    ingest([files], workspace)
    before = content(workspace)
    lines = [f"甲{i},水利局,{'长' * 90}{i},每年" for i in range(3000)]
    (files / "大.csv").write_text("数据集名称,提供单位,摘要,更新频率\n" + "\n".join(lines), "utf-8")
    command = [sys.executable, "-c", FULL, str(workspace.root), str(files), str(limit)]
    finished = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    assert "磁盘" in finished.stderr
    assert content(workspace) == before
    assert not list(workspace.root.glob(".ingest-*"))


def test_a_workspace_inside_the_folder_is_not_read(tmp_path: Path, files: Path) -> None:
    workspace = Workspace.create(files / "ws")
    ingest([files], workspace)
    again = ingest([files], workspace)
    assert len(again.files) == 3


def test_a_broken_semantic_model_is_left_alone(workspace: Workspace, files: Path) -> None:
    workspace.semantics_path.write_text("tables: [", "utf-8")
    with pytest.raises(IngestError, match="语义模型"):
        ingest([files], workspace)
    assert workspace.semantics_path.read_text("utf-8") == "tables: ["


def test_a_broken_catalogue_is_one_sentence(workspace: Workspace, files: Path) -> None:
    workspace.catalog_path.write_bytes(b"not a database at all, not at all")
    with pytest.raises(IngestError, match="已损坏"):
        ingest([files], workspace)


@pytest.mark.skipif(not SHARED.exists(), reason="the portals' catalogues and the law texts are not here")
def test_the_real_workspace(workspace: Workspace) -> None:
    names = ["guangxi_datasets.jsonl", "beijing_datasets.jsonl", "tianjin_datasets.jsonl", "taoyuan_supply_list.jsonl"]
    paths = [SHARED / "catalogs" / name for name in names] + [SHARED / "laws" / "data_related"]
    report = ingest(paths, workspace)
    assert report.exit_code == 0
    store = CatalogStore(workspace.catalog_path)
    assert len(store.hashes("dataset")) == 4973
    assert len(store.hashes("document")) == 57  # two of the 59 files repeat the text of another
    assert ingest(paths, workspace).changed is False
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        top = connection.execute(
            f"SELECT publisher, count(*) FROM {CATALOG_TABLE} WHERE region = '广西' GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        ).fetchone()
    assert top == ("田东县政务服务监督管理办公室", 68)
    json.loads(workspace.manifest_path.read_text("utf-8"))
    check_whole(workspace)
