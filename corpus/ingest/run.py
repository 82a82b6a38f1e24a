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
from corpus.drafting import Declared
from corpus.ingest.catalogs import read_catalogue
from corpus.ingest.detection import kind_of, walk
from corpus.ingest.policies import read_document
from corpus.ingest.policy_shelf import PolicyShelf
from corpus.ingest.regions import region_of_file
from corpus.ingest.report import FileReport, IngestError, IngestReport, Kind
from corpus.ingest.staging import Staging
from corpus.ingest.table_load import LoadedTable, quoted
from corpus.ingest.table_semantics import describe, table_dataset, table_dataset_id, with_catalog
from corpus.ingest.tables import load_tables
from corpus.semantics import SemanticModel
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
        self.store = staging.store()
        self.shelf = PolicyShelf(self.store)
        self.model = staging.semantics()
        self.loaded: list[tuple[LoadedTable, Source, str]] = []  # table, its file, the file's format
        self.declared = Declared()
        self.dropped: list[str] = []
        self.versions: list[str] = []  # what the new data version stands on

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
        self._finish()
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
            {"catalog": self._catalogue, "policy": self._policy, "table": self._table}[report.kind](
                path, report, source, before
            )
        except IngestError as error:
            report.fail(str(error))
        except PermissionError:
            report.fail("没有读取权限，请检查文件权限。")
        except (MemoryError, RecursionError):
            report.fail("文件过大或结构过深，无法读取。请拆分后再导入。")
        except (UnicodeError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            report.fail(f"文件内容无法读取（{type(error).__name__}），可能已损坏。")

    def _source(self, path: Path, kind: Kind) -> Source:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        used = {
            "mapping": self.mapping if kind == "catalog" else {},
            "opening": self.opening if kind == "table" else None,
        }
        settings = json.dumps({"reader": READER, "kind": kind, **used}, ensure_ascii=False, sort_keys=True)
        return Source(path=str(path.resolve()), kind=kind, hash=digest.hexdigest(), settings=settings)

    def _still_there(self, before: Source, now: Source) -> bool:
        """Whether the same file was read the same way before, and all it gave is still in the workspace."""
        if (before.kind, before.hash, before.settings) != (now.kind, now.hash, now.settings):
            return False
        if not set(before.datasets) <= self.store.hashes("dataset").keys():
            return False
        if not set(before.documents) <= self.store.hashes("document").keys():
            return False
        return set(before.tables.values()) <= self._table_names() if before.tables else True

    def _table_names(self) -> set[str]:
        if not self.staging.workspace.warehouse_path.exists() and not self.loaded:
            return set()
        rows = self.staging.warehouse().execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return {str(row[0]) for row in rows}

    def _catalogue(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        datasets = read_catalogue(path, report, self.mapping)
        self._drop_tables(before, report)
        source = source.model_copy(update={"datasets": [dataset.id for dataset in datasets]})
        counts = self.store.replace_source(_told(source, report), datasets)
        _count(report, counts)

    def _policy(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        document = read_document(path, report)
        self._drop_tables(before, report)
        placed = self.shelf.place(document, source, before, report)
        source = source.model_copy(update={"documents": [placed.id]})
        counts = self.store.replace_source(_told(source, report), documents=[placed])
        self.shelf.remember(placed, before)
        _count(report, counts)

    def _table(self, path: Path, report: FileReport, source: Source, before: Source | None) -> None:
        connection = self.staging.warehouse()
        known = before.tables if before is not None else {}
        connection.execute("BEGIN")
        try:
            file = load_tables(
                path,
                connection,
                report,
                before=known,
                taken=self._table_names() | {CATALOG_TABLE} | {t.name for t in self.model.tables},
            )
            gone = [name for part, name in known.items() if part not in {table.part for table in file.loaded}]
            for name in gone:
                connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        self.dropped += gone
        if gone:
            report.warnings.append(f"文件里不再有的表已移除：{'、'.join(gone)}。")
        for table in file.loaded:
            if table.part in known:
                report.updated += table.rows
            else:
                report.added += table.rows
        tables = {table.part: table.name for table in file.loaded}
        source = _told(source.model_copy(update={"tables": tables}), report)
        self.loaded += [(table, source, report.format) for table in file.loaded]
        self.declared = self.declared.merged(file.declared)

    def _drop_tables(self, before: Source | None, report: FileReport) -> None:
        """A file that was a table and is now read as something else takes its table with it."""
        if before is None or not before.tables:
            return
        for name in before.tables.values():
            self.staging.warehouse().execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            self.dropped.append(name)
        report.warnings.append(f"原来由本文件导入的表已移除：{'、'.join(before.tables.values())}。")

    def _finish(self) -> None:
        report, workspace = self.report, self.staging.workspace
        notes, warnings = self.shelf.settle()
        report.notes.extend(notes)
        report.warnings.extend(warnings)
        model = self._tables_described()
        before = CatalogDigest(workspace)
        catalogue = hashlib.sha256(json.dumps(self.store.hashes("dataset"), sort_keys=True).encode()).hexdigest()
        if self.loaded or self.dropped or catalogue != before.datasets or self.store.version() != before.version:
            report.changed = True
        if report.changed and (catalogue != before.datasets or CATALOG_TABLE not in self._table_names()):
            table = write_catalog_table(self.staging.warehouse(), self.store.datasets())
            model = with_catalog(model, table, CATALOG_METRICS)
            self.versions.append(catalogue)
        manifest = workspace.manifest()
        if self.versions:
            text = "\x1f".join([str(manifest.get("data_version", "")), *self.versions])
            manifest["data_version"] = hashlib.sha256(text.encode()).hexdigest()[:12]
        report.data_version = str(manifest.get("data_version", "0"))
        remembered = {source.path: source for source in self.store.sources()} != before.sources
        if (report.changed or remembered) and not report.dry_run:
            self.staging.commit(model if model != self.model else None, manifest)

    def _tables_described(self) -> SemanticModel:
        """The model with the new tables, their catalogue entries and the files they came from put in the store."""
        if not self.loaded and not self.dropped:
            return self.model
        connection = self.staging.warehouse()
        tables = {table.name: table for table, _, _ in self.loaded}  # the last, if a table was loaded twice
        model = describe(
            connection,
            list(tables.values()),
            [name for name in self.dropped if name not in tables],
            self.declared,
            self.model,
            self.report.warnings,
        )
        described = {table.name: table for table in model.tables}
        files: dict[str, list[tuple[LoadedTable, Source, str]]] = {}
        for entry in self.loaded:
            files.setdefault(entry[1].path, []).append(entry)
        for entries in files.values():
            source = entries[0][1]
            datasets = []
            for loaded, _, form in entries:
                known = self.store.dataset(table_dataset_id(loaded.name))
                opening = self.opening or (known.opening if known and known.opening else OpeningClass.OPEN)
                path = Path(source.path)
                dataset = table_dataset(
                    described[loaded.name], path.name, [form.split("（")[0].upper()], opening, region_of_file(path.stem)
                )
                datasets.append(dataset)
                self._note_table(
                    source.path, f"表「{dataset.title}」按{opening.label}登记。", described[loaded.name].name, model
                )
            update = {"datasets": [dataset.id for dataset in datasets]}
            self.store.replace_source(source.model_copy(update=update), datasets)
            self.versions += [source.hash, *sorted(source.tables.values())]
        for name in self.dropped:
            self.versions.append(f"-{name}")
        return model.model_copy(
            update={
                "tables": [
                    t.model_copy(update={"dataset": t.dataset or table_dataset_id(t.name)}) if t.name in tables else t
                    for t in model.tables
                ]
            }
        )

    def _note_table(self, path: str, text: str, name: str, model: SemanticModel) -> None:
        private = [c.label for c in model.table(name).columns if c.sensitivity.value != "none"]
        if private:
            text += f"其中{'、'.join(private)}按敏感字段处理，不向公众显示。"
        for report in self.report.files:
            if str(Path(report.path).resolve()) == path:
                report.warnings.append(text)


class CatalogDigest:
    """What the workspace's catalogue held before the run."""

    def __init__(self, workspace: Workspace) -> None:
        self.version, self.datasets, self.sources = "", "", dict[str, Source]()
        if workspace.catalog_path.exists():
            from corpus.store import CatalogStore

            store = CatalogStore(workspace.catalog_path)
            self.version = store.version()
            self.datasets = hashlib.sha256(json.dumps(store.hashes("dataset"), sort_keys=True).encode()).hexdigest()
            self.sources = {source.path: source for source in store.sources()}


def _told(source: Source, report: FileReport) -> Source:
    """The source with its report, to be repeated when the same file comes again."""
    kept = report.model_copy(update={"added": 0, "updated": 0, "unchanged": 0, "removed": 0})
    return source.model_copy(update={"report": kept.model_dump_json(exclude_defaults=True)})


def _repeat(report: FileReport, before: Source) -> None:
    told = FileReport.model_validate_json(before.report) if before.report else FileReport(path=report.path)
    for name in ("format", "read", "skipped", "skipped_count", "mapping", "unmapped", "titles", "warnings"):
        setattr(report, name, getattr(told, name))
    report.unchanged = told.read - told.skipped_count if before.kind != "policy" else len(before.documents)


def _count(report: FileReport, counts: Counts) -> None:
    report.added, report.updated, report.unchanged, report.removed = counts
