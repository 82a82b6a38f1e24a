"""Puts together the catalogue's records, from the hand-written entries and from the specs of the tables."""

from __future__ import annotations

from datetime import date

from corpus.catalog import DataItem, Dataset, OpeningClass, Sensitivity, SharingClass
from corpus.demo.catalogue.classification import classify, place_of
from corpus.demo.catalogue.entries import PERSONAL_REASON, Entry
from corpus.demo.catalogue.items import column_type, read_items
from corpus.demo.catalogue.upkeep import upkeep
from corpus.demo.departments import CITY, DEPARTMENTS, Department
from corpus.demo.spec import TableSpec, dataset_id
from corpus.semantics import Column, Role

SOURCE = "demo"
FIRMS_REASON = "列入开放负面清单通用条目：组织信息类"
LICENCE = "云澜市公共数据开放许可"


def from_entry(entry: Entry, seed: int) -> Dataset:
    """The record of a dataset whose rows are not here; its code still lacks the sequence number."""
    category, code = classify(entry.place, entry.department)
    kept = upkeep(seed, entry.id, entry.frequency, entry.opening, entry.formats, entry.records)
    shared = entry.sharing is not SharingClass.NOT_SHARED
    return Dataset(
        id=entry.id,
        title=entry.title,
        code=code,
        category=category,
        topic=entry.topic,
        publisher=entry.department.name,
        publisher_code=entry.department.code,
        region=entry.region,
        summary=entry.summary,
        keywords=list(entry.keywords),
        items=read_items(entry.items, _manner(entry.department, seed)),
        formats=list(kept.formats),
        sharing=entry.sharing,
        sharing_condition=entry.sharing_reason if shared else "",
        sharing_basis="" if shared else entry.sharing_reason,
        sharing_method=_method(kept.formats) if shared else "",
        opening=entry.opening,
        opening_condition=entry.opening_reason,
        level=entry.level,
        update_frequency=kept.frequency,
        published=kept.published,
        updated=kept.updated,
        rows=kept.records,
        related=list(entry.related),
        license=LICENCE if entry.opening is OpeningClass.OPEN else "",
        source=SOURCE,
    )


def from_table(spec: TableSpec, tables: set[str], seed: int) -> Dataset:
    """The record of a table of the warehouse; `tables` are those that exist, for its related entries."""
    table = spec.table
    category, code = classify(place_of(spec.name, spec.theme), spec.department)
    kept = upkeep(seed, spec.dataset_id, spec.update_frequency, spec.opening, (), None)
    shared = spec.sharing is not SharingClass.NOT_SHARED
    manner = _manner(spec.department, seed)
    personal = any(column.sensitivity is not Sensitivity.NONE for column in table.columns)
    reason = (PERSONAL_REASON if personal else FIRMS_REASON) if spec.opening is OpeningClass.CLOSED else ""
    updated = date.fromisoformat(table.updated) if table.updated else kept.updated
    published = min(kept.published, updated) if kept.published and updated else kept.published
    return Dataset(
        id=spec.dataset_id,
        title=table.label,
        code=code,
        category=category,
        topic=spec.theme,
        publisher=spec.department.name,
        publisher_code=spec.department.code,
        region=CITY,
        summary=_summary(spec),
        keywords=[*spec.keywords, *(word for word in table.synonyms if word not in spec.keywords)],
        items=[_column_item(column, manner) for column in table.columns],
        formats=list(kept.formats),
        sharing=spec.sharing,
        sharing_condition=spec.sharing_condition,
        sharing_basis=spec.sharing_basis,
        sharing_method=_method(kept.formats) if shared else "",
        opening=spec.opening,
        opening_condition=spec.opening_condition or reason,
        level=spec.level,
        update_frequency=spec.update_frequency,
        published=published,
        updated=updated,
        rows=table.rows or None,
        related=[dataset_id(r.right) for r in spec.relations if r.right in tables and r.right != table.name],
        license=LICENCE if spec.opening is OpeningClass.OPEN else "",
        table=table.name,
        source=SOURCE,
    )


def _summary(spec: TableSpec) -> str:
    grain = f"每条记录为{spec.table.grain}。" if spec.table.grain else ""
    return f"{spec.table.description}{grain}{spec.table.note}"


def _column_item(column: Column, manner: int) -> DataItem:
    parts = [column.description.rstrip("。")] if column.description else []
    if column.unit and column.role is Role.MEASURE:
        parts.append(f"计量单位：{column.unit}")
    if column.codes:
        parts.append("取值：" + "、".join(f"{code}（{meaning}）" for code, meaning in column.codes.items()))
    return DataItem(
        name=column.label,
        type=column_type(column.type, manner),
        meaning="；".join(parts),
        sensitivity=column.sensitivity,
        column=column.name,
    )


def _method(formats: tuple[str, ...]) -> str:
    if "接口" in formats:
        return "服务接口"
    return "批量交换" if "数据库" in formats else "文件下载"


def _manner(department: Department, seed: int) -> int:
    return DEPARTMENTS.index(department) * 7 + seed
