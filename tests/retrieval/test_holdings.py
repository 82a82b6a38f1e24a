"""Datasets found by the values in their rows, read from a real database; what the database does not hold leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from corpus.catalog import Dataset
from corpus.semantics import Column, Role, SemanticModel, Table
from corpus.store import CatalogStore
from retrieval.holdings import Held, holdings
from retrieval.index import Index
from retrieval.values import ValueIndex

DATASETS = [
    Dataset(id="schools", title="中小学校名录", summary="学校的名称和地址", region="云澜", table="school"),
    Dataset(id="firms", title="企业登记信息", summary="企业的名称和登记日期", region="云澜", table="firm"),
    Dataset(id="lake", title="云湖区公园名录", summary="公园的名称和面积", publisher="云湖区园林局", region="云澜"),
    *(Dataset(id=f"more-{n}", title=f"第{n}类统计年报", region="云澜") for n in range(6)),
]
TABLES = {
    "school": ["云湖区望江第三小学", "青屏实验中学", "小学"],
    "firm": ["云澜和晟电子商务有限公司", "QY041283", "2024"],
}


def _values(tables: list[str]) -> ValueIndex:
    connection = duckdb.connect()
    for table in tables:
        connection.execute(f"CREATE TABLE {table} (name VARCHAR)")
        connection.executemany(f"INSERT INTO {table} VALUES (?)", [[value] for value in TABLES[table]])
    column = Column(name="name", label="名称", type="VARCHAR", role=Role.NAME)
    model = SemanticModel(tables=[Table(name=table, label=table, columns=[column]) for table in tables])
    return ValueIndex.build(connection, model)


DESCRIBED = {"school": "schools", "firm": "firms"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("holdings")
    store = CatalogStore(folder / "catalog.sqlite")
    store.put_datasets(DATASETS)
    yield Index.build(store, folder / "index")


def test_values_are_named_whole_and_longest_first() -> None:
    values = _values(["school", "firm"])
    assert holdings("哪里能查到云湖区望江第三小学的地址", values, DESCRIBED) == [
        Held(dataset="schools", said="云湖区望江第三小学")
    ]
    assert holdings("QY041283是哪家", values, DESCRIBED) == [Held(dataset="firms", said="QY041283")]
    assert holdings("2024年的小学", values, DESCRIBED) == []  # years and common words lead nowhere
    assert holdings("", values, DESCRIBED) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [("哪里能查到云湖区望江第三小学", "schools"), ("云澜和晟电子商务有限公司的资料", "firms"), ("QY041283", "firms")],
)
def test_a_dataset_is_found_by_what_is_in_it(index: Index, question: str, expected: str) -> None:
    held = holdings(question, _values(["school", "firm"]), DESCRIBED)
    found = index.search_datasets(question, held=held)
    assert found.hits[0].id == expected
    assert found.confidence > index.search_datasets(question).confidence
    assert not [c for c in found.conditions if c.said == "云湖区"]  # part of the name, no condition


def test_what_a_scope_does_not_hold_leads_nowhere(index: Index) -> None:
    question = "云澜和晟电子商务有限公司的资料"
    hidden = _values(["school"])  # the database of a scope without the table of firms
    assert holdings(question, hidden, DESCRIBED) == []
    assert index.search_datasets(question, held=holdings(question, hidden, DESCRIBED)) == index.search_datasets(
        question
    )
