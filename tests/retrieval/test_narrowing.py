"""Conditions where entries are silent: what says nothing is not thrown out, what meets them comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import Dataset
from corpus.store import CatalogStore
from retrieval.conditions import Condition, Facets, read_conditions
from retrieval.index import Index
from retrieval.thesaurus import load_thesaurus

TODAY = date(2026, 7, 1)

DATASETS = [
    Dataset(id="works", title="水管单位安全生产标准化达标创建", summary="市水务局公示的达标结果", region="云澜"),
    Dataset(id="works-south", title="水管单位基本信息", publisher="南江市水务局", region="南江"),
    Dataset(
        id="green",
        title="绿色工厂名单",
        publisher="南江市工业局",
        region="南江",
        formats=["CSV"],
        update_frequency="每月",
    ),
    Dataset(
        id="green-file", title="绿色工厂名单.xlsx", publisher="云澜市工业局", region="云澜", update_frequency="每年"
    ),
    Dataset(
        id="daily",
        title="食品抽检结果",
        publisher="云澜市市场监管局",
        region="云澜",
        update_frequency="每天",
        updated=TODAY,
    ),
    Dataset(id="silent", title="食品抽检结果", publisher="云澜市市场监管局", region="云澜"),
    Dataset(
        id="yearly",
        title="食品抽检结果",
        publisher="云澜市市场监管局",
        region="云澜",
        update_frequency="每年",
        updated=TODAY,
    ),
    *(Dataset(id=f"more-{n}", title=f"{topic}年报", region="云澜") for n, topic in enumerate(["人口", "财政", "园林"])),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("narrowing")
    store = CatalogStore(folder / "catalog.sqlite")
    store.put_datasets(DATASETS)
    yield Index.build(store, folder / "index")


def test_a_city_named_in_full_is_the_region_that_entries_name_in_short(index: Index) -> None:
    found = index.search_datasets("云澜市的绿色工厂名单", today=TODAY)
    assert found.hits[0].id == "green-file" and found.hits[0].conditions_met
    assert not found.relaxed


def test_an_entry_without_publisher_is_not_thrown_out(index: Index) -> None:
    found = index.search_datasets("云澜市水务局公示的水管单位安全标准化达标", today=TODAY)
    assert found.hits[0].id == "works"
    assert [c.field for c in found.relaxed] == ["publisher"]
    assert "没有写明" in found.notes[0]


def test_the_end_of_a_file_name_says_its_format(index: Index) -> None:
    found = index.search_datasets("绿色工厂名单Excel", today=TODAY)
    assert [h.id for h in found.hits if h.conditions_met] == ["green-file"]
    assert found.hits[0].id == "green-file"


def test_what_meets_comes_before_what_is_silent_and_before_what_does_not(index: Index) -> None:
    found = index.search_datasets("每天更新的食品抽检结果", today=TODAY)
    assert [h.id for h in found.hits[:3]] == ["daily", "silent", "yearly"]
    assert [h.conditions_met for h in found.hits[:3]] == [True, False, False]


@given(
    tags=st.sets(st.sampled_from(["f:day", "f:year", "x:csv", "p:云澜"])),
    day=st.sampled_from([0, 20200101, 20260630]),
    since=st.sampled_from([0, 20250101]),
    until=st.sampled_from([0, 20251231]),
)
def test_an_entry_meets_does_not_meet_or_is_silent(tags: set[str], day: int, since: int, until: int) -> None:
    daily = Condition(field="frequency", value="每天", said="每天", tags=("f:day",))
    assert daily.met_by(tags, day) is (True if "f:day" in tags else False if "f:year" in tags else None)
    when = Condition(field="updated", value="", said="", since=since, until=until)
    inside = day >= since and (not until or day <= until)
    assert when.met_by(tags, day) is (inside if day else None)


def test_a_full_name_keeps_to_itself_where_it_is_no_region() -> None:
    facets = Facets(counts={"p:东湖区": 2, "p:东湖": 3, "p:云澜市": 4, "p:云澜": 9}, regions=frozenset({"云澜"}))
    found, _ = read_conditions("云澜市东湖区的学校", facets, load_thesaurus(), TODAY)
    assert [c.tags for c in found] == [("p:云澜市", "p:云澜"), ("p:东湖区",)]
