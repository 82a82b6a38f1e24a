"""The tables of one ingest: loaded file by file, described and entered in the catalogue together at the end."""

from __future__ import annotations

from pathlib import Path

from corpus.catalog import Dataset, OpeningClass, Sensitivity
from corpus.catalog_table import CATALOG_TABLE
from corpus.drafting import Declared
from corpus.ingest.regions import region_of_file
from corpus.ingest.report import FileReport
from corpus.ingest.staging import Staging
from corpus.ingest.table_load import LoadedTable, quoted
from corpus.ingest.table_semantics import describe, table_dataset, table_dataset_id
from corpus.ingest.tables import load_tables
from corpus.semantics import SemanticModel, Table
from corpus.store import CatalogStore, Source


class TableIntake:
    """What this ingest does to the warehouse. `opening` is the class the caller wants for its tables, if any."""

    def __init__(self, staging: Staging, store: CatalogStore, opening: OpeningClass | None) -> None:
        self._staging = staging
        self._store = store
        self._opening = opening
        self._files: list[tuple[Source, FileReport, list[LoadedTable]]] = []
        self._declared = Declared()
        self._dropped: list[str] = []

    @property
    def touched(self) -> bool:
        return bool(self._files or self._dropped)

    def names(self) -> set[str]:
        """The tables in the warehouse."""
        if not self._staging.workspace.warehouse_path.exists() and not self.touched:
            return set()
        rows = self._staging.warehouse().execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return {str(row[0]) for row in rows}

    def load(self, path: Path, report: FileReport, source: Source, before: Source | None, model: SemanticModel) -> None:
        """Load one file in a transaction of its own."""
        connection = self._staging.warehouse()
        known = before.tables if before is not None else {}
        taken = self.names() | {CATALOG_TABLE} | {table.name for table in model.tables}
        connection.execute("BEGIN")
        try:
            file = load_tables(path, connection, report, before=known, taken=taken)
            parts = {table.part for table in file.loaded}
            gone = [name for part, name in known.items() if part not in parts]
            for name in gone:
                connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        self._dropped += gone
        if gone:
            report.warnings.append(f"文件里不再有的表已移除：{'、'.join(gone)}。")
        for table in file.loaded:
            if table.part in known:
                report.updated += table.rows
            else:
                report.added += table.rows
        tables = {table.part: table.name for table in file.loaded}
        self._files.append((source.model_copy(update={"tables": tables}), report, file.loaded))
        self._declared = self._declared.merged(file.declared)

    def drop(self, before: Source | None, report: FileReport) -> None:
        """Take out the tables of a file that is now read as something else."""
        if before is None or not before.tables:
            return
        for name in before.tables.values():
            self._staging.warehouse().execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            self._dropped.append(name)
        report.warnings.append(f"原来由本文件导入的表已移除：{'、'.join(before.tables.values())}。")

    def settle(self, model: SemanticModel, warnings: list[str]) -> SemanticModel:
        """Describe the new tables and put their entries and files into the store; returns the new model."""
        if not self.touched:
            return model
        tables = {table.name: table for _, _, loaded in self._files for table in loaded}
        gone = [name for name in self._dropped if name not in tables]
        model = describe(self._staging.warehouse(), list(tables.values()), gone, self._declared, model, warnings)
        described = {table.name: table for table in model.tables}
        for source, report, loaded in self._files:
            datasets = [self._entry(described[table.name], source, report) for table in loaded]
            source = source.model_copy(update={"datasets": [dataset.id for dataset in datasets]})
            self._store.replace_source(told(source, report), datasets)
        linked = [
            table.model_copy(update={"dataset": table.dataset or table_dataset_id(table.name)})
            if table.name in tables
            else table
            for table in model.tables
        ]
        return model.model_copy(update={"tables": linked})

    def versions(self) -> list[str]:
        """What the data version has to change with."""
        changed = [f"{source.hash} {' '.join(source.tables.values())}" for source, _, _ in self._files]
        return changed + [f"-{name}" for name in self._dropped]

    def _entry(self, table: Table, source: Source, report: FileReport) -> Dataset:
        known = self._store.dataset(table_dataset_id(table.name))
        opening = self._opening or (known.opening if known and known.opening else OpeningClass.OPEN)
        path = Path(source.path)
        text = f"表「{table.label}」按{opening.label}登记。"
        private = [column.label for column in table.columns if column.sensitivity is not Sensitivity.NONE]
        if private:
            text += f"其中{'、'.join(private)}按敏感字段处理，不向公众显示。"
        report.warnings.append(text)
        return table_dataset(table, path.name, report.format.split("（")[0].upper(), opening, region_of_file(path.stem))


def told(source: Source, report: FileReport) -> Source:
    """The source with its report, to be repeated when the same file comes again."""
    kept = report.model_copy(update={"added": 0, "updated": 0, "unchanged": 0, "removed": 0})
    return source.model_copy(update={"report": kept.model_dump_json(exclude_defaults=True)})
