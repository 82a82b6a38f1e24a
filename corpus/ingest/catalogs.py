"""A catalogue file → datasets."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus.catalog import Dataset, Distribution
from corpus.ingest import catalog_values as values
from corpus.ingest.catalog_drafts import Draft, Record, set_regions
from corpus.ingest.csv_rows import CsvFile
from corpus.ingest.dates import parse_date
from corpus.ingest.field_mapping import looks_like_catalogue, map_fields
from corpus.ingest.field_names import FIELD_LABELS
from corpus.ingest.json_records import read_json
from corpus.ingest.open_data_json import ckan_records, dcat_records
from corpus.ingest.report import MAX_LISTED, FileReport, IngestError
from corpus.ingest.xlsx_rows import open_sheets

FORMAT_LABELS = {"jsonl": "JSONL", "json": "JSON", "ckan": "CKAN", "dcat": "DCAT"}


def read_catalogue(path: Path, report: FileReport, override: dict[str, str] | None = None) -> list[Dataset]:
    """The datasets of one file, with `report`'s read count, mapping, skipped rows and warnings filled in."""
    records = _records(path, report)
    report.read = len(records)
    if not records:
        raise IngestError("没有可以读取的目录条目。")
    fields: Counter[str] = Counter()
    for _, record in records:
        fields.update(str(key) for key, value in record.items() if value not in (None, "", [], {}))
    fields.pop("distribution", None)
    mapping = map_fields(fields, override)
    for missing in (override or {}).keys() - fields.keys():
        report.warnings.append(f"映射文件中的来源字段「{missing}」在本文件中不存在。")
    report.mapping = {source: FIELD_LABELS.get(ours, "忽略") for source, ours in mapping.items()}
    report.unmapped = [field for field in fields if field not in mapping]
    if "title" not in mapping.values():
        raise IngestError(
            f"找不到数据集名称字段（现有字段：{'、'.join(list(fields)[:12])}）。请用 --mapping 指定哪个字段是 title。"
        )
    drafts = []
    records.reverse()
    while records:
        where, record = records.pop()
        draft = Draft(where, record, mapping)
        if draft.title:
            drafts.append(draft)
        else:
            report.skip(where, "没有数据集名称")
    if not drafts:
        raise IngestError("没有一条目录有数据集名称。")
    set_regions(drafts, path)
    return _datasets(drafts, path, report)


def _records(path: Path, report: FileReport) -> list[tuple[str, Record]]:
    suffix = path.suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson", ".jsonld"):
        file = read_json(path, report.skip)
        report.format = FORMAT_LABELS[file.layout]
        if file.layout == "ckan":
            return ckan_records(file.body)
        if file.layout == "dcat":
            return dcat_records(file.body)
        return file.records
    if suffix == ".xlsx":
        report.format = "XLSX"
        sheets = open_sheets(path)
        chosen = [sheet for sheet in sheets if looks_like_catalogue(sheet.header)] or sheets[:1]
        for sheet in sheets:
            if sheet not in chosen:
                report.skip(f"工作表「{sheet.name}」", "不是数据目录")
        return [
            (f"工作表「{sheet.name}」第{number}行", dict(zip(sheet.header, cells, strict=False)))
            for sheet in chosen
            for number, cells in sheet.rows()
        ]
    csv = CsvFile(path)
    report.format = f"CSV（{csv.encoding.upper()}）"

    def on_broken(line: int, reason: str) -> None:
        report.skip(f"第{line}行", reason)

    return [(f"第{line}行", dict(zip(csv.header, cells, strict=True))) for line, cells in csv.rows(on_broken)]


def _datasets(drafts: list[Draft], path: Path, report: FileReport) -> list[Dataset]:
    datasets: dict[str, Dataset] = {}
    seen: dict[str, str] = {}
    unread: Counter[tuple[str, str]] = Counter()
    doubled: list[str] = []
    drafts.reverse()
    while drafts:  # each goes as it is read: a national catalogue would not fit twice
        draft = drafts.pop()
        dataset = _dataset(draft, path, unread)
        first = dataset.id
        number = 1
        while dataset.id in datasets and dataset != datasets[dataset.id]:
            key = f"{first}-{_digest(dataset.summary, dataset.topic, dataset.category, dataset.url or '')[:6]}"
            dataset = dataset.model_copy(update={"id": key if number == 1 else f"{key}-{number}"})
            number += 1
        if dataset.id in datasets:
            report.skip(draft.where, f"与{seen[dataset.id]}完全相同：{dataset.title}")
            continue
        if dataset.id != first:
            doubled.append(f"{draft.where}与{seen[first]}名称、提供部门相同但内容不同，两条都保留：{dataset.title}")
        datasets[dataset.id] = dataset
        seen[dataset.id] = draft.where
    report.warnings.extend(doubled[:MAX_LISTED])
    if len(doubled) > MAX_LISTED:
        report.warnings.append(f"另有 {len(doubled) - MAX_LISTED} 条与别的条目名称、提供部门相同但内容不同，都已保留。")
    for (field, value), count in unread.most_common(8):
        report.warnings.append(f"{FIELD_LABELS[field]}的值「{value[:30]}」无法识别（{count} 条），保留在附加信息中。")
    return list(datasets.values())


def _dataset(draft: Draft, path: Path, unread: Counter[tuple[str, str]]) -> Dataset:
    def known(field: str, parse: Callable[[str], Any]) -> Any:
        """A value of a closed kind; one that is not understood is counted."""
        result = draft.parsed(field, parse)
        if result is None and (text := draft.first(field)):
            unread[field, text] += 1
        return result

    summary = draft.text("summary")
    name, code = values.publisher(draft.text("publisher"))
    if not name:
        told = re.match(r"^(?:该|本)数据(?:集)?是由?([^，。、]{2,30}?)提供的", summary)
        name = told[1] if told else ""
    links = draft.distributions
    formats = values.formats(draft.raw("formats")) or values.formats([d.get("format") for d in links])
    distributions = [
        Distribution(format=(values.formats([d.get("format")]) or [""])[0], url=values.plain(d.get("url")) or None)
        for d in links
        if d.get("format") or d.get("url")
    ]
    download = draft.text("download")
    if download and not distributions:
        distributions = [Distribution(format=formats[0] if formats else "", url=download)]
    fields: dict[str, Any] = {
        "title": draft.title,
        "code": draft.text("code"),
        "category": values.category(draft.text("category")),
        "topic": values.category(draft.text("topic")),
        "publisher": name,
        "publisher_code": draft.text("publisher_code") or code,
        "region": draft.region,
        "summary": summary,
        "keywords": draft.parsed_raw("keywords", values.split_words) or [],
        "industry": draft.text("industry"),
        "items": draft.parsed_raw("items", values.data_items) or values.items_in_summary(summary),
        "formats": formats,
        "distributions": distributions,
        "sharing": known("sharing", values.sharing_class),
        "sharing_condition": draft.text("sharing_condition"),
        "sharing_basis": draft.text("sharing_basis"),
        "sharing_method": draft.text("sharing_method"),
        "opening": known("opening", values.opening_class),
        "opening_condition": draft.text("opening_condition"),
        "level": known("level", values.security_level),
        "update_frequency": values.frequency(draft.text("update_frequency")),
        "published": draft.parsed_raw("published", parse_date) or known("published", parse_date),
        "updated": draft.parsed_raw("updated", parse_date) or known("updated", parse_date),
        "rows": known("rows", values.row_count),
        "related": values.split_words(draft.raw("related") or ""),
        "url": draft.text("url") or None,
        "license": draft.text("license"),
        "source": path.name,
    }
    own = draft.text("id")
    return Dataset(id=_identity(own, fields), extra={**draft.extra(), **({"id": own} if own else {})}, **fields)


def _identity(own: str, fields: dict[str, Any]) -> str:
    """A stable id: the source's own where it can be one everywhere, else a digest of what names the dataset."""
    if re.fullmatch(r"(?=.*[A-Za-z\-:/])[\w\-:./]{8,80}", own):
        return own
    url = str(fields["url"] or "")
    if not own and re.search(r"[?&]\w*id=[\w-]{8,}", url):
        return "ds-" + _digest("url", url)
    return "ds-" + _digest(own, str(fields["region"]), str(fields["publisher"]), str(fields["title"]))


def _digest(*parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
