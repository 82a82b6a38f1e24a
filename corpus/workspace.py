"""A workspace: the folder that holds everything one deployment knows.

| path               | what                                                       | written by            |
|--------------------|------------------------------------------------------------|-----------------------|
| workspace.json     | format version, kind, seed, data version                    | Workspace             |
| catalog.sqlite     | datasets and policy documents                               | corpus.store          |
| warehouse.duckdb   | the tables                                                  | corpus.demo, ingest   |
| semantics.yaml     | the semantic model                                          | corpus.demo, ingest   |
| index/             | lexical and Chroma indexes                                  | retrieval             |
| scopes/            | one database per scope                                      | tools                 |
| state.sqlite       | conversations, outcomes, share requests                     | assistant             |
| audit.sqlite       | the hash-chained log                                        | tools                 |
| zhengwen.toml      | settings                                                    | the owner             |
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
STAGING_PREFIX = ".ingest-"  # folders in which an ingest prepares its changes
COMMIT_LIST = "commit.json"  # in such a folder: the files that are complete and belong in the workspace


class WorkspaceError(Exception):
    """The workspace is missing, damaged or of another version; the message is a Chinese sentence for people."""


@dataclass(frozen=True)
class Workspace:
    root: Path

    @property
    def manifest_path(self) -> Path:
        return self.root / "workspace.json"

    @property
    def catalog_path(self) -> Path:
        return self.root / "catalog.sqlite"

    @property
    def warehouse_path(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def semantics_path(self) -> Path:
        return self.root / "semantics.yaml"

    @property
    def index_path(self) -> Path:
        return self.root / "index"

    @property
    def scopes_path(self) -> Path:
        return self.root / "scopes"

    @property
    def state_path(self) -> Path:
        return self.root / "state.sqlite"

    @property
    def audit_path(self) -> Path:
        return self.root / "audit.sqlite"

    @property
    def thesaurus_path(self) -> Path:
        """The owner's own everyday words, if there are any."""
        return self.root / "thesaurus.tsv"

    @property
    def settings_path(self) -> Path:
        return self.root / "zhengwen.toml"

    @classmethod
    def create(cls, root: Path, *, kind: str = "own", **extra: Any) -> Workspace:
        """Make an empty workspace at `root` (which may exist and be one already: it is kept)."""
        workspace = cls(root)
        if workspace.manifest_path.exists():
            return cls.open(root)
        try:
            root.mkdir(parents=True, exist_ok=True)
            workspace.write_manifest({"format": FORMAT, "kind": kind, "data_version": "0", **extra})
        except OSError as error:
            raise WorkspaceError(f"无法建立工作区 {root}：{error.strerror}。请检查路径和磁盘空间。") from error
        return workspace

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open an existing workspace; WorkspaceError says what is wrong and what to do."""
        workspace = cls(root)
        try:
            for pending in root.glob(f"{STAGING_PREFIX}*/{COMMIT_LIST}"):
                finish_commit(root, pending.parent)
        except OSError as error:
            raise WorkspaceError(
                f"工作区 {root} 有一次导入没有收尾，而且现在无法完成：{error.strerror}。请检查写权限和磁盘空间后重试。"
            ) from error
        if not workspace.manifest_path.is_file():
            raise WorkspaceError(
                f"工作区 {root} 不存在。请先运行 zhengwen demo 生成演示城市，或用 zhengwen ingest 导入自己的数据。"
            )
        manifest = workspace.manifest()
        if manifest.get("format") != FORMAT:
            raise WorkspaceError(
                f"工作区 {root} 的格式版本是 {manifest.get('format')}，本程序支持 {FORMAT}。请用对应版本打开，或重新生成。"
            )
        return workspace

    def manifest(self) -> dict[str, Any]:
        try:
            data = json.loads(self.manifest_path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise WorkspaceError(
                f"工作区 {self.root} 已损坏：workspace.json 无法读取。请从备份恢复，或删除后重新生成。"
            ) from error
        if not isinstance(data, dict):
            raise WorkspaceError(
                f"工作区 {self.root} 已损坏：workspace.json 内容不对。请从备份恢复，或删除后重新生成。"
            )
        return data

    def write_manifest(self, data: dict[str, Any]) -> None:
        """Replace the manifest in one step."""
        partial = self.manifest_path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
        partial.replace(self.manifest_path)

    @property
    def data_version(self) -> str:
        """Changes whenever the warehouse's rows change; a query result cites it."""
        return str(self.manifest().get("data_version", "0"))

    def update_manifest(self, **changes: Any) -> None:
        self.write_manifest({**self.manifest(), **changes})


def finish_commit(root: Path, folder: Path) -> None:
    """Move the files that `folder` lists into the workspace at `root`. May be repeated, and run by two at once."""
    try:
        names = json.loads((folder / COMMIT_LIST).read_text("utf-8"))
    except FileNotFoundError:
        return  # another process has finished it
    for name in names:
        staged = folder / name
        if not staged.exists():
            continue
        if name.endswith(".duckdb"):
            # The copy holds what this log held; beside the new file it would be replayed a second time.
            (root / f"{name}.wal").unlink(missing_ok=True)
        try:
            staged.replace(root / name)
        except FileNotFoundError:
            continue
    shutil.rmtree(folder, ignore_errors=True)
