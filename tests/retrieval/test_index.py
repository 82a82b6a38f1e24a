"""The index through its public door, on real files, tantivy and Chroma."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from corpus.catalog import DataItem, Dataset, OpeningClass
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.index import Index, IndexUnusable

TODAY = date(2026, 7, 1)

DATASETS = [
    Dataset(
        id="water",
        title="河湖水情信息",
        publisher="云澜市水务局",
        region="云澜",
        summary="主要河流和湖泊的水位、流量实时监测数据",
        update_frequency="每天",
        formats=["CSV", "API"],
        updated=date(2026, 6, 30),
        published=date(2019, 5, 1),
        opening=OpeningClass.OPEN,
        items=[DataItem(name="水位"), DataItem(name="流量")],
    ),
    Dataset(
        id="schools",
        title="义务教育学校名录",
        publisher="云澜市教育局",
        region="云澜",
        summary="全市小学和初中的名称、地址、办学性质",
        update_frequency="每年",
        formats=["XLSX"],
        updated=date(2023, 9, 1),
        opening=OpeningClass.OPEN,
        items=[DataItem(name="学校名称"), DataItem(name="学区范围")],
    ),
    Dataset(
        id="hospitals",
        title="定点医疗机构信息",
        publisher="云澜市医疗保障局",
        region="云澜",
        summary="医保定点医院和药店的名称、级别、地址",
        update_frequency="每月",
        formats=["CSV"],
        updated=date(2026, 5, 1),
        opening=OpeningClass.CONDITIONAL,
    ),
    Dataset(
        id="fireworks",
        title="烟花爆竹批发许可证",
        publisher="平果市应急管理局",
        region="广西",
        summary="烟花爆竹批发企业的许可信息",
        update_frequency="每天",
        formats=["JSON"],
        updated=date(2025, 2, 1),
        opening=OpeningClass.OPEN,
    ),
    *(
        Dataset(
            id=f"other-{n}",
            title=f"{topic}统计年报",
            publisher="云澜市统计局",
            region="云澜",
            summary=f"历年{topic}汇总",
        )
        for n, topic in enumerate(["人口", "财政收入", "工业产值", "旅游接待", "房屋销售", "用电量", "园林绿化"])
    ),
]


def _law(key: str, title: str, articles: dict[str, str], **more: object) -> PolicyDocument:
    parts = [Article(locator=locator, text=f"{locator} {text}") for locator, text in articles.items()]
    return PolicyDocument(id=key, title=title, articles=parts, **more)  # type: ignore[arg-type]


DOCUMENTS = [
    _law(
        "share",
        "数据共享办法",
        {
            "第三条": "本办法所称公共数据，是指行政机关在履行职责中产生的数据。",
            "第八条": "数据提供部门应当自收到共享申请之日起十个工作日内答复。",
            "第九条": "申请数据共享应当说明下列内容：\n（一）使用依据；\n（二）使用场景；\n（三）需求的数据项。",
        },
        effective=date(2025, 8, 1),
    ),
    _law(
        "share-old",
        "数据共享办法",
        {"第八条": "数据提供部门应当自收到共享申请之日起三十个工作日内答复。"},
        effective=date(2016, 8, 1),
        superseded_by="share",
    ),
    _law(
        "province",
        "东江省数据条例",
        {"第十二条": "数据提供部门应当自收到共享申请之日起五个工作日内答复。"},
        effective=date(2022, 1, 1),
        region="东江省",
    ),
    _law("future", "数据跨境流动规定", {"第二条": "跨境流动数据应当备案。"}, effective=date(2027, 1, 1)),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CatalogStore:
    store = CatalogStore(tmp_path_factory.mktemp("store") / "catalog.sqlite")
    store.put_datasets(DATASETS)
    store.put_documents(DOCUMENTS)
    return store


@pytest.fixture(scope="module")
def index(store: CatalogStore, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.build(store, tmp_path_factory.mktemp("built") / "index")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("河湖水情", "water"),
        ("哪里能查到河流的水位？", "water"),
        ("義務教育學校", "schools"),  # traditional characters
        ("ｃｓｖ　医疗机构", "hospitals"),  # full width
        ("义务教肓学校名录", "schools"),  # a typing error
        ("学区范围", "schools"),  # by what is in it
        ("看病的地方", "hospitals"),  # an everyday word
    ],
)
def test_a_dataset_is_found_by_what_people_call_it(index: Index, question: str, expected: str) -> None:
    assert index.datasets(question)[0].id == expected


def test_scores_fall_and_stay_between_zero_and_one(index: Index) -> None:
    scores = [hit.score for hit in index.datasets("云澜市统计局的年报", top=20)]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def test_conditions_are_applied_and_shown(index: Index) -> None:
    found = index.search_datasets("平果市每天更新的烟花爆竹许可", today=TODAY)
    assert [hit.id for hit in found.hits if hit.conditions_met] == ["fireworks"] == [found.hits[0].id]
    assert {condition.label for condition in found.conditions} == {"更新频率：每天", "地区：平果市"}
    assert not found.relaxed


def test_conditions_can_be_taken_off(index: Index) -> None:
    question = "平果市每天更新的许可"
    found = index.search_datasets(question, conditions=[], today=TODAY)
    assert not found.conditions
    assert len(found.hits) > 1
    assert found.hits == index.search_datasets("许可", today=TODAY).hits  # what was taken off ranks nothing either
    kept = [c for c in index.stated(question, TODAY)[0] if c.field == "frequency"]
    assert index.search_datasets(question, conditions=kept, today=TODAY).conditions == kept


def test_conditions_that_nothing_meets_are_relaxed_with_a_note(index: Index) -> None:
    found = index.search_datasets("2026年以后更新的烟花爆竹批发许可证", today=TODAY)
    assert found.hits[0].id == "fireworks"
    assert [condition.field for condition in found.relaxed] == ["updated"]
    assert "放宽" in found.notes[0]


def test_confidence_tells_an_answer_from_none(index: Index) -> None:
    assert index.search_datasets("义务教育学校名录").found
    assert not index.search_datasets("火星探测器的轨道参数").found
    assert not index.search_datasets("😀😀").found
    assert index.datasets("") == []


def test_a_superseded_text_is_left_out_unless_asked_for(index: Index) -> None:
    question = "共享申请多少个工作日内答复"
    assert index.articles(question, today=TODAY)[0].document == "share"
    assert "share-old" not in {hit.document for hit in index.articles(question, today=TODAY)}
    everything = index.search_articles(question, today=TODAY, include_superseded=True).hits
    assert {hit.document: hit.in_force for hit in everything}["share-old"] is False


def test_a_text_is_in_force_until_the_day_on_which_another_takes_its_place(tmp_path: Path) -> None:
    store = CatalogStore(tmp_path / "catalog.sqlite")
    old = _law(
        "old",
        "公共数据办法",
        {"第二条": "数据提供部门应当在十日内答复。"},
        superseded_by="new",
        superseded_on=date(2026, 9, 1),
    )
    new = _law("new", "公共数据办法", {"第二条": "数据提供部门应当在五日内答复。"}, effective=date(2026, 9, 1))
    store.put_documents([old, new])
    index = Index.build(store, tmp_path / "index")
    for day, expected in ((date(2026, 8, 31), "old"), (date(2026, 9, 1), "new")):
        hits = index.articles("数据提供部门多久答复", today=day)
        assert [hit.document for hit in hits] == [expected]


def test_a_text_not_yet_in_force_is_left_out(index: Index) -> None:
    assert not [hit for hit in index.articles("跨境流动数据备案", today=TODAY) if hit.document == "future"]
    assert index.articles("跨境流动数据备案", today=date(2027, 6, 1))[0].document == "future"


def test_the_askers_region_comes_before_others(index: Index) -> None:
    assert index.articles("东江省的共享申请几个工作日答复", today=TODAY)[0].document == "province"
    assert index.articles("共享申请几个工作日答复", today=TODAY)[0].document == "share"


def test_chroma_and_the_exact_scan_agree(store: CatalogStore, index: Index, tmp_path: Path) -> None:
    other = Index.build(store, tmp_path / "index")
    other.warm().join()
    for question in ("河湖水情", "医保药店", "财政收入"):
        assert [hit.id for hit in other.datasets(question, 3)] == [hit.id for hit in index.datasets(question, 3)]


def test_a_rebuild_replaces_the_version_and_an_open_reader_keeps_its_own(store: CatalogStore, tmp_path: Path) -> None:
    own = CatalogStore(tmp_path / "catalog.sqlite")
    own.put_datasets(DATASETS[:2])
    before = Index.build(own, tmp_path / "index")
    own.put_datasets(DATASETS)
    assert not before.is_current()
    stages: list[float] = []
    after = Index.build(own, tmp_path / "index", lambda _stage, share: stages.append(share))
    assert after.is_current() and after.version != before.version
    assert stages[0] == 0.0 and stages[-1] == 1.0 and stages == sorted(stages)
    assert "fireworks" not in {hit.id for hit in before.datasets("烟花爆竹", 20)}
    assert after.datasets("烟花爆竹")[0].id == "fireworks"
    assert not list((tmp_path / "index").glob(".building-*"))


def test_a_damaged_vector_store_is_worked_around_and_reported(store: CatalogStore, tmp_path: Path) -> None:
    built = Index.build(store, tmp_path / "index")
    (tmp_path / "index" / built.version / "chroma" / "chroma.sqlite3").write_bytes(b"broken" * 1000)
    other = Index.open(tmp_path / "index", store)
    other.warm().join()
    assert other.datasets("河湖水情")[0].id == "water"
    assert other.faults() and "重新建立" in other.faults()[0]


def test_an_empty_catalogue_can_be_indexed_and_searched(tmp_path: Path) -> None:
    empty = Index.build(CatalogStore(tmp_path / "catalog.sqlite"), tmp_path / "index")
    assert empty.datasets("学校") == [] and empty.articles("学校") == []


def test_a_missing_index_says_what_to_do(store: CatalogStore, tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="重新建立"):
        Index.open(tmp_path / "nowhere", store)


@pytest.mark.parametrize(
    "damage",
    [
        "manifest.json",
        "dataset/records.sqlite",
        "article/vectors.npy",
        "facets.json",
        "dataset/lexical/meta.json",
    ],
)
def test_a_damaged_index_is_noticed_and_can_be_rebuilt(store: CatalogStore, tmp_path: Path, damage: str) -> None:
    own = CatalogStore(tmp_path / "catalog.sqlite")
    own.put_datasets(DATASETS[:4])
    own.put_documents(DOCUMENTS)
    built = Index.build(own, tmp_path / "index")
    (tmp_path / "index" / built.version / damage).write_bytes(b"\x00broken")
    with pytest.raises(IndexUnusable, match="重新建立"):
        Index.open(tmp_path / "index", own)
    assert Index.build(own, tmp_path / "index").datasets("烟花爆竹")[0].id == "fireworks"


def test_nothing_heavy_is_imported_to_answer(store: CatalogStore, index: Index, tmp_path: Path) -> None:
    Index.build(store, tmp_path / "index")
    code = (
        "import sys; from pathlib import Path; from corpus.store import CatalogStore; from retrieval.index import Index;"
        f"i = Index.open(Path({str(tmp_path / 'index')!r}), CatalogStore(Path({str(tmp_path / 'c.sqlite')!r})));"
        "i.datasets('河湖水情'); i.articles('共享申请');"
        "print([m for m in ('torch', 'chromadb', 'sentence_transformers', 'transformers', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
