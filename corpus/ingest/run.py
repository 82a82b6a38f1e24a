"""One ingest: every file in turn on copies of the workspace's files, then all put in place together."""

from __future__ import annotations

import errno
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from corpus.catalog import OpeningClass
from corpus.catalog_table import CATALOG_METRICS, CATALOG_TABLE, write_catalog_table
from corpus.ingest.catalogs import read_catalogue
from corpus.ingest.detection import kind_of, walk
from corpus.ingest.policies import read_document
from corpus.ingest.policy_shelf import PolicyShelf
from corpus.ingest.report import FileReport, IngestError, IngestReport, Kind
from corpus.ingest.staging import Staging
from corpus.ingest.table_intake import TableIntake, told
from corpus.ingest.table_semantics import with_catalog
from corpus.store import Counts, Source
from corpus.workspace import Workspace, WorkspaceError

READER = "1"  # of another reader's reading nothing is taken over: raise it when files come to be read differently

Progress = Callable[[str, float], None]


def ingest(
    paths: Iterable[Path],
    workspace: Workspace,
    *,
    kind: Kind | None = None,
    mapping: dict[str, str] | None = None,
    opening: OpeningClass | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Add catalogues, policy documents and tables to a workspace; folders are walked.

    `kind` says what the files are instead of finding out; `mapping` is source field → our field for catalogues; `opening`
    is the class of ingested tables (None: what they had, else open). `dry_run` reports and changes nothing.

    A file that cannot be read is reported and the others go on. All changes appear together at the end, or, when the
    process dies, none of them; on Ctrl-C what is finished is kept. IngestError when nothing could be done at all.
    """
    start = time.monotonic()
    try:
        with Staging(workspace) as staging:
            report = _Run(staging, kind, mapping or {}, opening, dry_run).all(
                list(paths), progress or (lambda text, share: None)
            )
    except (OSError, duckdb.Error, sqlite3.Error) as error:
        raise IngestError(_explain(error, workspace)) from error
    except WorkspaceError as error:
        raise IngestError(str(error)) from error
    report.seconds = round(time.monotonic() - start, 3)
    return report


def _explain(error: Exception, workspace: Workspace) -> str:
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error) or "disk is full" in str(error):
        return f"磁盘空间不足，本次导入已取消，工作区 {workspace.root} 没有改变。请清理空间后重试。"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"没有写入工作区 {workspace.root} 的权限，本次导入已取消，没有改变任何内容。"
    what = getattr(error, "strerror", None) or type(error).__name__
    return f"写入工作区 {workspace.root} 失败（{what}），本次导入已取消，没有改变任何内容。"


class _Run:
    def __init__(
        self, staging: Staging, kind: Kind | None, mapping: dict[str, str], opening: OpeningClass | None, dry_run: bool
    ) -> None:
        self.staging = staging
        self.kind = kind
        self.mapping = mapping
        self.opening = opening
        self.report = IngestReport(dry_run=dry_run)
        self.model = staging.semantics()
        self.store = staging.store()
        self.shelf = PolicyShelf(self.store)
        self.tables = TableIntake(staging, self.store, opening)
        self.catalogues: list[str] = []  # hashes of files that changed the catalogue
        self.policies_changed = False
        self.remembered = False  # whether the store knows more about files than it did

    def all(self, paths: list[Path], progress: Progress) -> IngestReport:
        """Every file, then what follows from all of them, then the commit."""
        files = list(walk(paths, self.staging.workspace.root))
        try:
            for position, (path, reason) in enumerate(files):
                progress(f"读取 {path.name}", 0.9 * position / len(files))
                report = FileReport(path=str(path))
                if reason:
                    report.status, report.message = "skipped", reason
                else:
                    self._file(path, report)
                self.report.files.append(report)
        except KeyboardInterrupt:
            self.report.interrupted = True
        if not files:
            self.report.warnings.append("没有找到可以导入的文件。")
        progress("整理目录和语义模型", 0.92)
        self._settle()
        progress("完成", 1.0)
        return self.report

    def _file(self, path: Path, report: FileReport) -> None:
        try:
            if not path.exists():
                raise IngestError("文件不存在，请检查路径。")
            report.kind = kind_of(path, self.kind)
            source = self._source(path, report.kind)
            before = self.store.source(source.path)
            if before is not None and self._still_there(before, source):
                _repeat(report, before)
                return
            take = {"catalog": self._catalogue, "policy": self._policy, "table": self._table}[report.kind]
            take(path, report, source, before)
            self.remembered = True
        except IngestError as error:
            report.fail(str(error))
        except PermissionError:
            report.fail("没有读取权限，请检查文件权限。")
        except (MemoryError, RecursionError):
            report.fail("文件过大或结构过深，无法读取。请拆分后再导入。")
        except (UnicodeError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            report.fail(f"文件内容无法读取（{type(error).__name__}），可能已损坏。")

    def _source(self, path: Path, kind: Kind) -> Source:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        used = {
            "mapping": self.mapping if kind == "catalog" else {},
            "opening": self.opening if kind == "table" else None,
        }
        settings = json.dumps({"reader": READER, "kind": kind, **used}, ensure_ascii=False, sort_keys=True)
        return Source(path=str(path.resolve()), kind=kind, hash=digest, settings=settings)

    def _still_there(self, before: Source, now: Source) -> bool:
        """Whether the same file was read the same way before, and all it gave is still in the workspace."""
        if (before.kind, before.hash, before.settings) != (now.kind, now.hash, now.settings):
            return False
        if not self.store.holds(before):
            return False
        return not before.tables or set(before.tables.values()) <= self.tables.names()

    def _catalogue(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        datasets = read_catalogue(path, report, self.mapping)
        self.tables.drop(before, report)
        source = source.model_copy(update={"datasets": [dataset.id for dataset in datasets]})
        _count(report, self.store.replace_source(told(source, report), datasets))
        if report.touched:
            self.catalogues.append(source.hash)

    def _policy(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        document = read_document(path, report)
        self.tables.drop(before, report)
        placed = self.shelf.place(document, source, before, report)
        source = source.model_copy(update={"documents": [placed.id]})
        _count(report, self.store.replace_source(told(source, report), documents=[placed]))
        self.shelf.remember(placed, before)
        self.policies_changed = self.policies_changed or report.touched > 0

    def _table(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        self.tables.load(path, report, source, before, self.model)

    def _settle(self) -> None:
        report, workspace = self.report, self.staging.workspace
        notes, warnings = self.shelf.settle()
        report.notes.extend(notes)
        report.warnings.extend(warnings)
        model = self.tables.settle(self.model, report.warnings)
        rows_changed = bool(self.catalogues) or self.tables.touched
        report.changed = rows_changed or self.policies_changed or bool(notes)
        manifest = workspace.manifest()
        if rows_changed or (report.changed and CATALOG_TABLE not in self.tables.names()):
            table = write_catalog_table(self.staging.warehouse(), self.store.each_dataset())
            model = with_catalog(model, table, CATALOG_METRICS)
            text = "\x1f".join([str(manifest.get("data_version", "")), *self.catalogues, *self.tables.versions()])
            manifest["data_version"] = hashlib.sha256(text.encode()).hexdigest()[:12]
        report.data_version = str(manifest.get("data_version", "0"))
        if (report.changed or self.remembered) and not report.dry_run:
            self.staging.commit(model if model != self.model else None, manifest)


def _repeat(report: FileReport, before: Source) -> None:
    """Say again of an unchanged file what was said when it was read."""
    said = FileReport.model_validate_json(before.report) if before.report else FileReport(path=report.path)
    for name in ("format", "read", "skipped", "skipped_count", "mapping", "unmapped", "titles", "warnings"):
        setattr(report, name, getattr(said, name))
    report.unchanged = said.read - said.skipped_count if before.kind != "policy" else len(before.documents)


def _count(report: FileReport, counts: Counts) -> None:
    report.added, report.updated, report.unchanged, report.removed = counts
