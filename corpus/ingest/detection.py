"""Which files an ingest takes, and what each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.ingest.csv_rows import CsvFile
from corpus.ingest.field_mapping import looks_like_catalogue
from corpus.ingest.json_records import first_records, read_json
from corpus.ingest.report import IngestError, Kind
from corpus.ingest.tables import DATABASE_SUFFIXES
from corpus.ingest.xlsx_rows import open_sheets

POLICY = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".xhtml", ".docx", ".pdf"})
RECORDS = frozenset({".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".jsonld"})
TABLES = DATABASE_SUFFIXES | {".parquet", ".pq"}
KNOWN = POLICY | RECORDS | TABLES
_CONVERT = {
    ".xls": "请另存为 XLSX 或 CSV。",
    ".et": "请另存为 XLSX 或 CSV。",
    ".ods": "请另存为 XLSX 或 CSV。",
    ".doc": "请另存为 DOCX。",
    ".wps": "请另存为 DOCX。",
    ".rtf": "请另存为 DOCX。",
    ".ofd": "请转换为 PDF 或 DOCX。",
    ".zip": "请先解压。",
    ".rar": "请先解压。",
    ".7z": "请先解压。",
    ".gz": "请先解压。",
    ".xz": "请先解压。",
    ".tar": "请先解压。",
}
_NOT_CONTENT = ("readme", "license", "licence", "changelog", "_index")  # beside the documents of a folder, not of them


def walk(paths: Iterable[Path], workspace: Path) -> Iterator[tuple[Path, str]]:
    """(file, why it is not taken or "") for every path given and every file in the folders among them, each once.

    A file that was named itself is always taken; one found in a folder only if it is of a known type.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.is_dir():
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path, ""
            continue
        for file in sorted(_files(path, workspace.resolve())):
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            suffix = file.suffix.lower()
            if file.stem.lower().startswith(_NOT_CONTENT) and suffix in POLICY:
                yield file, "说明文件"
            elif suffix not in KNOWN:
                yield file, _unknown(file)
            else:
                yield file, ""


def _files(folder: Path, workspace: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith((".", "~$")) or entry.resolve() == workspace:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry, workspace)
        elif entry.is_file():
            yield entry


def _unknown(path: Path) -> str:
    advice = _CONVERT.get(path.suffix.lower())
    return f"不支持 {path.suffix or '没有扩展名的'} 文件。{advice or '支持 CSV、XLSX、JSON、JSONL、Parquet、SQLite、DuckDB、Markdown、TXT、HTML、DOCX、PDF。'}"


def kind_of(path: Path, wanted: str | None) -> Kind:
    """What a file is, from its extension and its header, or as the caller says. IngestError if it cannot be that."""
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise IngestError("文件是空的。")
    if suffix in _CONVERT or (suffix not in KNOWN and wanted is None):
        raise IngestError(_unknown(path))
    if wanted == "policy":
        if suffix in TABLES or suffix == ".xlsx":
            raise IngestError(f"{suffix} 文件不能作为政策文件导入。")
        return "policy"
    if wanted == "catalog":
        if suffix in TABLES or suffix in POLICY - {".txt"}:
            raise IngestError(f"{suffix} 文件不能作为数据目录导入。请另存为 CSV、XLSX 或 JSON。")
        return "catalog"
    if wanted == "table":
        if suffix in POLICY - {".txt"}:
            raise IngestError(f"{suffix} 文件不能作为数据表导入。请另存为 CSV 或 XLSX。")
        return "table"
    if suffix in POLICY:
        return "policy"
    if suffix in TABLES:
        return "table"
    return "catalog" if _lists_datasets(path, suffix) else "table"


def _lists_datasets(path: Path, suffix: str) -> bool:
    if suffix == ".xlsx":
        return any(looks_like_catalogue(sheet.header) for sheet in open_sheets(path))
    if suffix in (".csv", ".tsv"):
        return looks_like_catalogue(CsvFile(path).header)
    records = first_records(path) if suffix in (".jsonl", ".ndjson") else []
    if not records:
        file = read_json(path, lambda where, reason: None)
        if file.layout in ("ckan", "dcat"):
            return True
        records = [record for _, record in file.records[:200]]
    return looks_like_catalogue({str(key): None for record in records for key in record})
