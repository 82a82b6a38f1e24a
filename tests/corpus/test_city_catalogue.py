"""The demo city's catalogue: complete where the rules ask for it, uneven where departments are."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from corpus.catalog import Dataset, OpeningClass, SecurityLevel, Sensitivity, SharingClass
from corpus.demo.catalogue import datasets
from corpus.demo.catalogue.entries import entries
from corpus.demo.catalogue.items import read_items
from corpus.demo.city import DISTRICTS
from corpus.demo.departments import CITY, DEPARTMENTS, THEMES
from corpus.demo.policies import documents
from corpus.demo.tables import SPECS

SEED = 20260701
TODAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def catalogue() -> list[Dataset]:
    return datasets(SPECS, SEED)


@pytest.fixture(scope="module")
def listed(catalogue: list[Dataset]) -> list[Dataset]:
    """The records whose rows are not here, which these tests answer for alone."""
    return [dataset for dataset in catalogue if dataset.table is None]


def test_there_are_enough_and_every_department_has_some(catalogue: list[Dataset], listed: list[Dataset]) -> None:
    assert len(catalogue) >= 300 and len(listed) >= 260
    assert len(catalogue) == len(listed) + len(SPECS)
    publishers = Counter(dataset.publisher for dataset in listed)
    assert len(publishers) >= 26
    assert max(publishers.values()) <= len(listed) / 8
    templated = [dataset for dataset in listed if dataset.region != CITY]
    assert 30 <= len(templated) <= 60


def test_ids_codes_and_titles_are_unique(catalogue: list[Dataset]) -> None:
    for values in ([d.id for d in catalogue], [d.code for d in catalogue], [d.title for d in catalogue]):
        assert [value for value, times in Counter(values).items() if times > 1] == []
    assert all(re.fullmatch(r"yl-[a-z0-9-]+", dataset.id) for dataset in catalogue)
    assert all(re.fullmatch(r"[123]\d{5}/\d{5}", dataset.code) for dataset in catalogue)
    assert all(len(dataset.title) <= 40 for dataset in catalogue)


def test_classes_agree_with_their_codes(catalogue: list[Dataset]) -> None:
    kinds = {"基础数据": "1", "主题数据": "2", "部门数据": "3"}
    codes: dict[str, str] = {}
    for dataset in catalogue:
        kind, group, topic = dataset.category.split("/")
        assert group and topic and dataset.code[0] == kinds[kind]
        assert codes.setdefault(dataset.category, dataset.code[:6]) == dataset.code[:6]
    assert len(set(codes.values())) == len(codes)


def test_what_the_rules_demand_is_there(catalogue: list[Dataset]) -> None:
    departments = {department.name: department.code for department in DEPARTMENTS}
    regions = {CITY, *(district.name for district in DISTRICTS)}
    for dataset in catalogue:
        assert departments[dataset.publisher] == dataset.publisher_code
        assert dataset.topic in THEMES and dataset.region in regions
        assert dataset.sharing and dataset.opening and dataset.level and dataset.update_frequency
        assert all(item.name and item.type for item in dataset.items)
        assert bool(dataset.sharing_basis) == (dataset.sharing is SharingClass.NOT_SHARED), dataset.id
        assert bool(dataset.sharing_condition) == (dataset.sharing is SharingClass.CONDITIONAL), dataset.id
        assert bool(dataset.opening_condition) == (dataset.opening is not OpeningClass.OPEN), dataset.id
        assert bool(dataset.sharing_method) == (dataset.sharing is not SharingClass.NOT_SHARED), dataset.id


def test_a_listed_record_has_four_to_twelve_items(listed: list[Dataset]) -> None:
    for dataset in listed:
        assert 4 <= len(dataset.items) <= 12, dataset.id
        assert len({item.name for item in dataset.items}) == len(dataset.items), dataset.id


def test_nothing_personal_is_open_and_nothing_unshared_is_opened(catalogue: list[Dataset]) -> None:
    for dataset in catalogue:
        personal = [item.name for item in dataset.items if item.sensitivity is not Sensitivity.NONE]
        assert not (dataset.opening is OpeningClass.OPEN and personal), (dataset.id, personal)
        if dataset.sharing is SharingClass.NOT_SHARED or dataset.level is not SecurityLevel.GENERAL:
            assert dataset.opening is not OpeningClass.OPEN, dataset.id


def test_the_basis_for_not_sharing_is_a_law_with_its_article(listed: list[Dataset]) -> None:
    unshared = [dataset for dataset in listed if dataset.sharing is SharingClass.NOT_SHARED]
    assert len(unshared) >= 10
    for dataset in unshared:
        assert re.match(
            r"《(中华人民共和国\S+法典?|\S+条例)》第[一二三四五六七八九十百千]+条", dataset.sharing_basis
        ), dataset.id


def test_closed_records_name_their_place_in_the_negative_list(listed: list[Dataset]) -> None:
    negative = next(document for document in documents() if document.id == "yl-policy-opening-negative-list")
    text = "".join(article.text for article in negative.articles)
    for dataset in listed:
        if dataset.opening is OpeningClass.CLOSED:
            kind = dataset.opening_condition.removeprefix("列入开放负面清单通用条目：")
            assert kind != dataset.opening_condition and kind.removesuffix("类").removesuffix("信息") in text, (
                dataset.id
            )


def test_related_records_exist(catalogue: list[Dataset]) -> None:
    known = {dataset.id for dataset in catalogue}
    links = [(dataset.id, other) for dataset in catalogue for other in dataset.related]
    assert links and all(other in known and other != own for own, other in links)


def test_dates_are_possible(catalogue: list[Dataset]) -> None:
    for dataset in catalogue:
        dates = [day for day in (dataset.published, dataset.updated) if day]
        assert dates == sorted(dates) and all(day <= TODAY for day in dates), dataset.id


def test_it_is_as_uneven_as_real_ones(listed: list[Dataset]) -> None:
    size = len(listed)
    assert 5 <= sum(not dataset.summary for dataset in listed) <= size * 0.1
    assert any(0 < len(dataset.summary) <= 12 for dataset in listed)
    assert 5 <= sum(dataset.updated is None for dataset in listed) <= size * 0.15
    assert 5 <= sum(dataset.published is None for dataset in listed) <= size * 0.15
    assert any(not dataset.formats for dataset in listed)
    stale = [
        d for d in listed if d.updated and d.update_frequency.startswith("每日") and (TODAY - d.updated).days > 200
    ]
    assert stale
    assert len({dataset.update_frequency for dataset in listed}) > 10
    assert len({item.type for dataset in listed for item in dataset.items}) > 10
    described = sum(bool(item.meaning) for dataset in listed for item in dataset.items)
    assert 0.4 < described / sum(len(dataset.items) for dataset in listed) < 0.95


def test_a_table_and_its_record_agree(catalogue: list[Dataset]) -> None:
    by_id = {dataset.id: dataset for dataset in catalogue}
    for spec in SPECS:
        dataset = by_id[spec.dataset_id]
        assert dataset.table == spec.name and dataset.title == spec.table.label
        assert [item.column for item in dataset.items] == [column.name for column in spec.table.columns]
        assert [item.sensitivity for item in dataset.items] == [column.sensitivity for column in spec.table.columns]


def test_the_seed_decides_and_nothing_else(catalogue: list[Dataset]) -> None:
    assert datasets(SPECS, SEED) == catalogue
    other = datasets(SPECS, SEED + 1)
    assert [dataset.id for dataset in other] == [dataset.id for dataset in catalogue]
    assert sum(a.updated != b.updated for a, b in zip(other, catalogue, strict=True)) > len(catalogue) / 3


def test_without_tables_the_listed_ones_remain() -> None:
    assert len(datasets([], SEED)) == len(entries())


def test_items_are_read_from_their_short_form() -> None:
    first, second, third = read_items("学段=小学、初中|金额（元）!other|开工时间:时", manner=0)
    assert (first.name, first.type, first.meaning) == ("学段", "字符型", "小学、初中")
    assert (second.type, second.sensitivity, second.meaning) == ("数值型", Sensitivity.OTHER, "计量单位：元")
    assert third.type == "日期时间型"
    with pytest.raises(ValueError, match="数据项写法不对"):
        read_items("名称|!name", manner=0)
