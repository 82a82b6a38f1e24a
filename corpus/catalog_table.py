"""The catalogue as a table of the warehouse, so that questions about the catalogue are questions like any other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from corpus.catalog import Dataset, OpeningClass, SharingClass
from corpus.semantics import Additivity, Column, Metric, Role, Table

CATALOG_TABLE = "data_catalog"

_OPENING = [OpeningClass.OPEN.label, OpeningClass.CONDITIONAL.label]
_OPENED = "opening IN ('" + "', '".join(_OPENING) + "')"
_SHARED = f"sharing IN ('{SharingClass.UNCONDITIONAL.label}', '{SharingClass.CONDITIONAL.label}')"

CATALOG_METRICS: list[Metric] = [
    Metric(
        name="opening_rate",
        label="开放率",
        table=CATALOG_TABLE,
        # An entry whose source does not say is left out: it is neither open nor closed.
        expression=f"100.0 * avg(CASE WHEN {_OPENED} THEN 1 WHEN opening IS NOT NULL THEN 0 END)",
        synonyms=["数据开放率", "数据集开放率", "开放比例", "开放占比", "开放程度"],
        unit="%",
        description="无条件开放和有条件开放的数据集占注明了开放属性的数据集的百分比",
    ),
    Metric(
        name="opened_datasets",
        label="开放数据集数",
        table=CATALOG_TABLE,
        expression=f"count(*) FILTER (WHERE {_OPENED})",
        synonyms=["开放的数据集", "开放数据集", "开放数据集数量", "开放的数据集数量", "已开放数据集", "开放数据数量"],
        unit="个",
        description="无条件开放和有条件开放的数据集个数",
    ),
    Metric(
        name="sharing_rate",
        label="共享率",
        table=CATALOG_TABLE,
        expression=f"100.0 * avg(CASE WHEN {_SHARED} THEN 1 WHEN sharing IS NOT NULL THEN 0 END)",
        synonyms=["数据共享率", "数据集共享率", "共享比例", "共享占比"],
        unit="%",
        description="无条件共享和有条件共享的数据集占注明了共享属性的数据集的百分比",
    ),
]

_COLUMNS: list[Column] = [
    Column(
        name="dataset_id",
        label="数据集编号",
        role=Role.KEY,
        synonyms=["目录编号", "资源编号", "数据集ID"],
    ),
    Column(
        name="title",
        label="数据集名称",
        role=Role.NAME,
        synonyms=["目录名称", "资源名称", "数据名称", "数据目录名称", "名称", "标题"],
    ),
    Column(
        name="publisher",
        label="提供部门",
        role=Role.CATEGORY,
        synonyms=[
            "来源部门",
            "开放部门",
            "发布部门",
            "提供单位",
            "提供方",
            "数源单位",
            "数源部门",
            "发布机构",
            "所属部门",
            "部门",
            "单位",
            "委办局",
        ],
    ),
    Column(
        name="region",
        label="地区",
        role=Role.CATEGORY,
        synonyms=["区域", "省份", "城市", "所属地区", "地方", "省市"],
    ),
    Column(
        name="category",
        label="资源分类",
        role=Role.CATEGORY,
        synonyms=["目录分类", "类别", "分类"],
    ),
    Column(
        name="topic",
        label="主题",
        role=Role.CATEGORY,
        synonyms=["主题分类", "领域", "数据主题", "所属主题", "主题领域", "数据领域"],
    ),
    Column(
        name="industry",
        label="所属行业",
        role=Role.CATEGORY,
        synonyms=["行业", "行业分类"],
    ),
    Column(
        name="sharing",
        label="共享属性",
        role=Role.CATEGORY,
        synonyms=["共享类型", "共享方式", "共享类别"],
        description="无条件共享、有条件共享、不予共享；空值表示来源没有注明",
    ),
    Column(
        name="opening",
        label="开放属性",
        role=Role.CATEGORY,
        synonyms=["开放类型", "开放状态", "开放方式", "开放类别", "开放等级"],
        description="无条件开放、有条件开放、不予开放；空值表示来源没有注明",
    ),
    Column(
        name="level",
        label="数据分级",
        role=Role.CATEGORY,
        synonyms=["数据级别", "分级", "安全级别", "数据等级"],
    ),
    Column(
        name="update_frequency",
        label="更新频率",
        role=Role.CATEGORY,
        synonyms=["更新周期", "更新频度", "多久更新"],
    ),
    Column(
        name="formats",
        label="数据格式",
        role=Role.TEXT,
        synonyms=["格式", "文件格式", "资源格式"],
        description="大写格式名，以「、」分隔",
    ),
    Column(
        name="published",
        label="发布日期",
        type="DATE",
        role=Role.TIME,
        grain="date",
        synonyms=["发布时间", "上架日期", "首次发布日期", "创建日期"],
    ),
    Column(
        name="updated",
        label="更新日期",
        type="DATE",
        role=Role.TIME,
        grain="date",
        synonyms=["更新时间", "最后更新时间", "最近更新"],
    ),
    Column(
        name="row_count",
        label="数据量",
        type="BIGINT",
        role=Role.MEASURE,
        additivity=Additivity.SUM,
        unit="条",
        synonyms=["数据条数", "记录数", "数据总量", "条数", "资源记录数"],
    ),
    Column(
        name="item_count",
        label="数据项数",
        type="BIGINT",
        role=Role.MEASURE,
        additivity=Additivity.SUM,
        unit="项",
        synonyms=["字段数", "数据项数量", "信息项数"],
        description="来源没有列出数据项时为空值",
    ),
]


def write_catalog_table(connection: duckdb.DuckDBPyConnection, datasets: Iterable[Dataset]) -> Table:
    """Replace the table `data_catalog` by one row per dataset.

    Runs in the caller's transaction, if there is one. Returns the table's semantic description; `CATALOG_METRICS`
    holds the metrics over it. What a source does not say is NULL.
    """
    columns: dict[str, list[Any]] = {column.name: [] for column in _COLUMNS}
    for dataset in datasets:
        for name, value in _row(dataset).items():
            columns[name].append(value)
    rows = pa.table(
        {column.name: pa.array(columns[column.name], _ARROW.get(column.type, pa.string())) for column in _COLUMNS}
    )
    connection.register("incoming_catalog", rows)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE {CATALOG_TABLE} AS SELECT * FROM incoming_catalog")
    finally:
        connection.unregister("incoming_catalog")
    return Table(
        name=CATALOG_TABLE,
        label="数据目录",
        columns=_COLUMNS,
        synonyms=["目录", "数据资源目录", "资源目录", "数据资源", "数据集目录"],
        description="数据目录本身：每个数据集一行",
        grain="一个数据集",
        entity="数据集",
        measure_word="个",
        primary_key=["dataset_id"],
        time_column=_time_column(columns),
        rows=rows.num_rows,
        updated=_newest(columns),
    )


_ARROW = {"DATE": pa.date32(), "BIGINT": pa.int64()}


def _row(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset_id": dataset.id,
        "title": dataset.title,
        "publisher": dataset.publisher or None,
        "region": dataset.region or None,
        "category": dataset.category or None,
        "topic": dataset.topic or None,
        "industry": dataset.industry or None,
        "sharing": dataset.sharing.label if dataset.sharing else None,
        "opening": dataset.opening.label if dataset.opening else None,
        "level": dataset.level.label if dataset.level else None,
        "update_frequency": dataset.update_frequency or None,
        "formats": "、".join(dataset.formats) or None,
        "published": dataset.published,
        "updated": dataset.updated,
        "row_count": dataset.rows,
        "item_count": len(dataset.items) or None,
    }


def _time_column(columns: dict[str, list[Any]]) -> str:
    """What 「2021年的数据集」 means: the date of publication unless the sources give the other date more often."""

    def given(name: str) -> int:
        return sum(day is not None for day in columns[name])

    return "published" if given("published") >= given("updated") else "updated"


def _newest(columns: dict[str, list[Any]]) -> str:
    days: list[date] = [day for name in ("published", "updated") for day in columns[name] if day is not None]
    return max(days).isoformat() if days else ""
