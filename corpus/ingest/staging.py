"""A workspace's files while an ingest changes them: copies, put in place all together at the end or not at all.

The catalogue, the warehouse, the semantic model and the manifest must agree whenever anyone opens the workspace. So an
ingest works on copies in a folder inside the workspace, writes a list of the finished ones as its very last act, and
then renames them into place. Killed before the list is there, it has changed nothing; killed after, the next one to
open the workspace finishes the renames (`Workspace.open`). Readers keep the files they have open.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from corpus.ingest.report import IngestError
from corpus.semantics import SemanticModel, load_semantics, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import COMMIT_LIST, STAGING_PREFIX, Workspace, finish_commit


class Staging:
    """Copies of a workspace's files, made when first asked for. One at a time per workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.folder = workspace.root / f"{STAGING_PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock: Any = None
        self._store: CatalogStore | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Staging:
        self._lock = (self.workspace.root / ".ingest.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise IngestError("另一个导入正在进行，请等它结束后再试。") from error
        for left in self.workspace.root.glob(f"{STAGING_PREFIX}*"):
            if (left / COMMIT_LIST).exists():
                finish_commit(self.workspace.root, left)
            else:
                shutil.rmtree(left, ignore_errors=True)  # an interrupted ingest that changed nothing
        self.folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._connection is not None:
                self._connection.close()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._lock.close()

    def store(self) -> CatalogStore:
        """The catalogue's copy."""
        if self._store is None:
            copy = self.folder / self.workspace.catalog_path.name
            if self.workspace.catalog_path.exists():
                origin = sqlite3.connect(f"file:{self.workspace.catalog_path}?mode=ro", uri=True)
                target = sqlite3.connect(copy)
                try:
                    origin.backup(target)
                except sqlite3.DatabaseError as error:
                    raise IngestError(
                        f"数据目录 {self.workspace.catalog_path} 已损坏。请从备份恢复，或删除后重新导入。"
                    ) from error
                finally:
                    target.close()
                    origin.close()
            self._store = CatalogStore(copy, durable=False)  # the commit makes it durable
        return self._store

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """A connection to the warehouse's copy."""
        if self._connection is None:
            origin, copy = self.workspace.warehouse_path, self.folder / self.workspace.warehouse_path.name
            for suffix in ("", ".wal"):
                part = Path(f"{origin}{suffix}")
                if part.exists():
                    shutil.copyfile(part, f"{copy}{suffix}")
            try:
                self._connection = duckdb.connect(str(copy))
            except duckdb.Error as error:
                raise IngestError(
                    f"数据仓库 {origin} 已损坏或版本不符，无法打开。请从备份恢复，或删除后重新导入。"
                ) from error
            self._connection.execute("SET threads TO 2")
            self._connection.execute("SET preserve_insertion_order TO true")
        return self._connection

    def semantics(self) -> SemanticModel:
        """The semantic model as it stands in the workspace; IngestError if the owner's file cannot be read."""
        try:
            return load_semantics(self.workspace.semantics_path)
        except Exception as error:
            raise IngestError(
                f"语义模型 {self.workspace.semantics_path} 有错误，无法合并：请先改正它，再导入。"
            ) from error

    def commit(self, semantics: SemanticModel | None, manifest: dict[str, Any]) -> None:
        """Put every copy in place, with the new semantic model (None: as it is) and manifest."""
        names = []
        if self._store is not None:
            names.append(self.workspace.catalog_path.name)
        if self._connection is not None:
            self._connection.execute("CHECKPOINT")
            self._connection.close()
            self._connection = None
            names.append(self.workspace.warehouse_path.name)
        if semantics is not None:
            save_semantics(semantics, self.folder / self.workspace.semantics_path.name)
            names.append(self.workspace.semantics_path.name)
        Workspace(self.folder).write_manifest(manifest)
        names.append(self.workspace.manifest_path.name)  # last: a reader that sees the new version finds the new data
        for name in names:
            _sync(self.folder / name)
        partial = self.folder / f"{COMMIT_LIST}.partial"
        partial.write_text(json.dumps(names), "utf-8")
        _sync(partial)
        partial.replace(self.folder / COMMIT_LIST)
        _sync(self.folder)
        finish_commit(self.workspace.root, self.folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
