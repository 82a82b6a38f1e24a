"""Catalogues as portals publish them: layouts, field names, values, identities."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog import Dataset, OpeningClass, SecurityLevel, SharingClass
from corpus.ingest import IngestError, load_mapping
from corpus.ingest.catalog_values import data_items, frequency, items_in_summary, row_count
from corpus.ingest.catalogs import read_catalogue
from corpus.ingest.dates import han_number, parse_date
from corpus.ingest.detection import kind_of
from corpus.ingest.docx_lines import han
from corpus.ingest.field_mapping import looks_like_catalogue, map_fields
from corpus.ingest.regions import own_region, region_in_text, region_of_file, region_of_name
from corpus.ingest.report import FileReport

CATALOGS = Path(__file__).parents[2].parent / "shared" / "data" / "catalogs"

HEADER = "数据集名称,提供单位,摘要,更新频率,开放属性,共享属性,数据分级,数据量,发布日期,数据格式,关键字,数据项"
ROW = '公共厕所,南宁市市政局,"位置、开放时间",每季,有条件开放,无条件共享,一般数据,"1,884",2024年3月5日,"csv, xls",厕所；市政,"名称(公厕名称)、地址"'


def read(path: Path, mapping: dict[str, str] | None = None) -> tuple[list[Dataset], FileReport]:
    report = FileReport(path=str(path))
    return read_catalogue(path, report, mapping), report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_values_become_ours(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "目录.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding)
    (dataset,), report = read(path)
    assert dataset.title == "公共厕所"
    assert (dataset.publisher, dataset.region) == ("南宁市市政局", "广西")
    assert dataset.opening is OpeningClass.CONDITIONAL
    assert dataset.sharing is SharingClass.UNCONDITIONAL
    assert dataset.level is SecurityLevel.GENERAL
    assert (dataset.rows, dataset.published) == (1884, date(2024, 3, 5))
    assert dataset.formats == ["CSV", "XLS"]
    assert dataset.keywords == ["厕所", "市政"]
    assert dataset.update_frequency == "每季度"
    assert [(item.name, item.meaning) for item in dataset.items] == [("名称", "公厕名称"), ("地址", "")]
    assert report.mapping["提供单位"] == "提供部门"
    assert not report.skipped


def test_big5(tmp_path: Path) -> None:
    path = tmp_path / "清單.csv"
    path.write_text(
        "資料集名稱,提供機關,資料集描述,更新頻率\n公共廁所,臺南市環保局,廁所的位置和開放時間,每週\n", "big5"
    )
    (dataset,), report = read(path)
    assert dataset.title == "公共廁所"
    assert (dataset.region, dataset.update_frequency) == ("台南", "每周")
    assert "BIG5" in report.format


def test_rows_that_cannot_be_taken_are_named(tmp_path: Path) -> None:
    path = tmp_path / "目录.csv"
    path.write_text(
        "数据集名称,提供单位,摘要\n甲,水利局,河\n,水利局,无名\n乙,水利局\n甲,水利局,河\n甲,水利局,湖\n", "utf-8"
    )
    datasets, report = read(path)
    assert [d.title for d in datasets] == ["甲", "甲"]
    assert len({d.id for d in datasets}) == 2
    assert {(s.where, s.reason[:5]) for s in report.skipped} == {
        ("第3行", "没有数据集"),
        ("第4行", "应有 3 "),
        ("第5行", "与第2行完"),
    }
    assert any("第6行与第2行" in warning for warning in report.warnings)


def test_xlsx_with_a_title_above_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某市政务数据目录（2024）"])
    sheet.append(["序号", "数据目录名称", "提供部门", "更新周期", "共享类型"])
    sheet.append([1, "人口", "云澜市公安局", "每年", "不予共享"])
    book.create_sheet("说明").append(["填写说明", "无"])
    path = tmp_path / "目录.xlsx"
    book.save(path)
    assert kind_of(path, None) == "catalog"
    (dataset,), report = read(path)
    assert dataset.sharing is SharingClass.NOT_SHARED
    assert dataset.region == "云澜"
    assert dataset.extra == {"序号": "1"}
    assert [s.where for s in report.skipped] == ["工作表「说明」"]


CKAN: dict[str, Any] = {
    "success": True,
    "result": {
        "count": 1,
        "results": [
            {
                "id": "0f1e2d3c-aaaa-bbbb-cccc-1234567890ab",
                "name": "air",
                "title": "空气质量",
                "notes": "各站点 <b>逐日</b>数值&nbsp;表",
                "organization": {"name": "epb", "title": "天津市生态环境局"},
                "tags": [{"display_name": "空气"}, {"name": "环境"}],
                "groups": [{"title": "生态环境"}],
                "license_title": "开放",
                "metadata_created": "2023-01-02T03:04:05",
                "metadata_modified": "2024-05-06T00:00:00",
                "extras": [{"key": "更新频率", "value": "每日"}],
                "resources": [{"format": "CSV", "url": "https://x/air.csv"}, {"format": "json", "url": ""}],
            }
        ],
    },
}


def test_ckan(tmp_path: Path) -> None:
    path = tmp_path / "packages.json"
    path.write_text(json.dumps(CKAN, ensure_ascii=False), "utf-8")
    (dataset,), report = read(path)
    assert report.format == "CKAN"
    assert dataset.id == "0f1e2d3c-aaaa-bbbb-cccc-1234567890ab"
    assert dataset.summary == "各站点 逐日数值 表"
    assert (dataset.publisher, dataset.region, dataset.topic) == ("天津市生态环境局", "天津", "生态环境")
    assert dataset.keywords == ["空气", "环境"]
    assert dataset.formats == ["CSV", "JSON"]
    assert dataset.distributions[0].url == "https://x/air.csv"
    assert (dataset.published, dataset.updated) == (date(2023, 1, 2), date(2024, 5, 6))
    assert dataset.update_frequency == "每日"


DATA_JSON: dict[str, Any] = {
    "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
    "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
    "dataset": [
        {
            "@type": "dcat:Dataset",
            "identifier": "https://data.example/d/parks-1",
            "title": "Parks",
            "description": "All parks",
            "publisher": {"@type": "org:Organization", "name": "Parks Department"},
            "keyword": ["park", "green"],
            "modified": "2020-01-31",
            "accrualPeriodicity": "R/P1Y",
            "accessLevel": "non-public",
            "distribution": [{"mediaType": "text/csv", "downloadURL": "https://data.example/parks.csv"}],
        }
    ],
}

JSON_LD: dict[str, Any] = {
    "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
    "@graph": [
        {"@id": "ex:org", "@type": "foaf:Organization", "foaf:name": "上海市交通委员会"},
        {"@id": "ex:file", "@type": "dcat:Distribution", "dct:format": "XML", "dcat:accessURL": {"@id": "https://x/b"}},
        {
            "@id": "https://data.example/set/bus",
            "@type": ["dcat:Dataset"],
            "dct:title": [{"@language": "en", "@value": "Bus"}, {"@language": "zh", "@value": "公交线路"}],
            "dct:publisher": {"@id": "ex:org"},
            "dct:issued": {"@value": "2022-02-03", "@type": "xsd:date"},
            "dcat:distribution": {"@id": "ex:file"},
            "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"},
        },
    ],
}


def test_data_json(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(DATA_JSON), "utf-8")
    (dataset,), report = read(path)
    assert report.format == "DCAT"
    assert (dataset.publisher, dataset.update_frequency, dataset.opening) == (
        "Parks Department",
        "每年",
        OpeningClass.CLOSED,
    )
    assert (dataset.formats, dataset.keywords) == (["CSV"], ["park", "green"])


def test_dcat_graph(tmp_path: Path) -> None:
    path = tmp_path / "catalog.jsonld"
    path.write_text(json.dumps(JSON_LD, ensure_ascii=False), "utf-8")
    (dataset,), _ = read(path)
    assert (dataset.title, dataset.publisher, dataset.region) == ("公交线路", "上海市交通委员会", "上海")
    assert (dataset.published, dataset.update_frequency) == (date(2022, 2, 3), "每月")
    assert dataset.distributions[0].url == "https://x/b"


def test_a_mapping_file_overrides(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("名目,归口,数据集名称,内部\n河流,水利局,不是名称,密\n", "utf-8")
    for name, text in (
        ("m.yaml", "名目: title\n归口: 提供部门\n数据集名称: summary\n内部: ignore\n"),
        ("m.toml", '[fields]\n"名目" = "title"\n"归口" = "publisher"\n"数据集名称" = "摘要"\n"内部" = "忽略"\n'),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        (dataset,), report = read(path, load_mapping(tmp_path / name))
        assert (dataset.title, dataset.publisher, dataset.summary, dataset.extra) == ("河流", "水利局", "不是名称", {})
        assert report.mapping["内部"] == "忽略"


@pytest.mark.parametrize(
    "text", ["名目: 没有这个字段", "- 一\n- 二", "a: [", ""], ids=["unknown field", "a list", "bad syntax", "empty"]
)
def test_a_bad_mapping_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(IngestError, match=r"m\.yaml"):
        load_mapping(path)


def test_ids_are_stable_and_distinct(tmp_path: Path) -> None:
    one = tmp_path / "a.csv"
    one.write_text("数据集名称,提供单位,摘要,更新频率\n甲,水利局,旧,每年\n乙,水利局,旧,每年\n", "utf-8")
    two = tmp_path / "b.csv"
    two.write_text("摘要,提供单位,数据集名称\n新,水利局,乙\n新,水利局,甲\n新,教育局,甲\n", "utf-8")
    first = {d.title: d.id for d in read(one)[0]}
    second = [(d.title, d.publisher, d.id) for d in read(two)[0]]
    assert second[0][2] == first["乙"]
    assert second[1][2] == first["甲"]
    assert second[2][2] not in first.values()


def test_what_a_header_is(tmp_path: Path) -> None:
    assert looks_like_catalogue(["Category", "Name", "Organization", "Data Format", "Update Frequency", "Description"])
    for header in (
        ["学校名称", "部门", "年份", "人数"],
        ["名称", "部门", "描述", "状态"],
        ["标题", "单位", "发布时间"],
    ):
        assert not looks_like_catalogue(header)
    assert map_fields(["標籤/關鍵字", "更新频率（必填）", "无关"]) == {
        "標籤/關鍵字": "keywords",
        "更新频率（必填）": "update_frequency",
    }


def test_regions() -> None:
    assert region_of_name("国家税务总局南宁市税务局") == "广西"
    assert region_of_name("臺南市政府") == "台南"
    assert region_of_name("河北区教育局") == ""
    assert region_of_name("中山大学") == ""
    assert own_region("云澜市水务局") == "云澜"
    assert region_of_file("guangxi_datasets") == "广西"
    assert region_of_file("2024桃園市清單") == "桃园"
    assert region_in_text("收费管理—天津市各类公办学校收费") == "天津"


def test_values() -> None:
    assert (row_count("若干"), row_count("1.2万条"), row_count("0")) == (None, 12000, 0)
    assert (frequency("即時"), frequency("每周三"), frequency("R/P3M")) == ("实时", "每周", "每季度")
    summary = "该数据是水务局提供的水情信息，包括河名、站名、水位（米）等属性字段。"
    assert [item.name for item in items_in_summary(summary)] == ["河名", "站名", "水位"]
    assert items_in_summary("该数据包括1个文本。") == []
    assert data_items("本市各區統計資料。") == []
    assert [i.type for i in data_items([{"名称": "姓名", "数据类型": "字符串"}])] == ["字符串"]


@settings(deadline=None)
@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2100, 1, 1)))
def test_dates_in_every_writing(day: date) -> None:
    writings = [
        day.isoformat(),
        f"{day:%Y}年{day.month}月{day.day}日",
        f"{day:%Y}/{day.month}/{day.day} 10:20:30",
        f"{day:%Y%m%d}",
        f"民國{day.year - 1911}年{day.month}月{day.day}日",
    ]
    assert {parse_date(text) for text in writings} == {day}


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=9999))
def test_chinese_numbers_there_and_back(number: int) -> None:
    assert han_number(han(number)) == number


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_value_is_too_odd(text: str) -> None:
    parse_date(text)
    row_count(text)
    data_items(text)
    items_in_summary(text)
    frequency(text)
    han_number(text)


@pytest.mark.skipif(not CATALOGS.exists(), reason="the portals' catalogues are not here")
@pytest.mark.parametrize(
    ("name", "count", "region"),
    [
        ("guangxi_datasets.jsonl", 1189, "广西"),
        ("beijing_datasets.jsonl", 794, "北京"),
        ("tianjin_datasets.jsonl", 1561, "天津"),
        ("taoyuan_supply_list.jsonl", 1429, "桃园"),
    ],
)
def test_real_catalogues(name: str, count: int, region: str) -> None:
    path = CATALOGS / name
    assert kind_of(path, None) == "catalog"
    datasets, report = read(path)
    assert len({d.id for d in datasets}) == len(datasets) == count
    assert {d.region for d in datasets} == {region}
    assert report.skipped_count == 0
    if region == "桃园":
        assert (datasets[0].publisher, datasets[0].publisher_code) == ("社會局", "380120000J")
        assert sum(bool(d.items) for d in datasets) > 1300
    if region == "北京":
        assert [i.name for i in datasets[0].items][:3] == ["河名", "站名", "结束时间"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_spoilt_line_does_not_change_the_encoding(tmp_path: Path, encoding: str) -> None:
    lines = ["数据集名称,提供单位,摘要", *(f"数据集{i},水利局,全市河流水位和流量信息" for i in range(200))]
    raw = [line.encode(encoding) for line in lines]
    raw[100] = raw[100][:-6] + b"\xff\xfe"
    path = tmp_path / "目录.csv"
    path.write_bytes(b"\n".join(raw))
    datasets, report = read(path)
    assert len(datasets) == 199
    assert datasets[0].publisher == "水利局"
    assert [(s.where, "解码" in s.reason) for s in report.skipped] == [("第101行", True)]
