"""Whether a search says 没有找到 when the thing is not there, and not when it is."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.index import Index
from retrieval.question import read_question
from retrieval.segment import Segmenter
from retrieval.thesaurus import load_thesaurus

TODAY = date(2026, 7, 1)
ENTRIES = [
    ("河湖水情信息", "主要河流和湖泊的水位、流量"),
    ("义务教育学校名录", "小学和初中的名称、地址"),
    ("定点医疗机构名单", "医保定点医院的名称、级别、地址"),
    ("公园名录", "公园的名称、面积、开放时间"),
    ("企业行政处罚信息", "对企业作出的行政处罚决定"),
    ("养老机构信息", "养老院的名称、床位数、地址"),
    ("公交线路信息", "公交线路的站点和首末班时间"),
    ("空气质量日报", "各监测站的空气质量指数"),
]
RULES = [
    "收到数据共享申请的，应当在十个工作日内作出答复；情况特殊的，可以延长十个工作日。",
    "申请公开政府信息的，行政机关可以收取信息处理费。收取的办法由价格主管部门制定。",
    "违反本条例规定泄露个人信息的，由主管部门责令改正，处一万元以上十万元以下罚款。",
    "任何单位不得非法收集、使用、出售个人信息。",
    "公共数据按照开放属性分为无条件开放、受限开放和禁止开放三类。",
    "数据提供部门应当每年对共享目录进行更新，保证数据准确。",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    root = tmp_path_factory.mktemp("confidence")
    store = CatalogStore(root / "catalog.sqlite")
    store.put_datasets(
        Dataset(id=f"d{n}", title=title, summary=text, publisher="云澜市数据局", region="云澜")
        for n, (title, text) in enumerate(ENTRIES)
    )
    articles = [
        Article(locator=f"第{n}条", text=f"第{n}条 {text}") for n, text in zip("一二三四五六", RULES, strict=True)
    ]
    store.put_documents([PolicyDocument(id="p", title="数据条例", effective=date(2025, 1, 1), articles=articles)])
    return Index.build(store, root / "index")


@pytest.mark.parametrize(
    "question",
    [
        "学校名录",
        "有没有养老机构的名单",
        "哪里能查河流水位",
        "看病的医院有哪些",
        "公园在哪里",
        "公交线路",
        "空气质量数据集",
    ],
)
def test_what_is_there_is_found(index: Index, question: str) -> None:
    assert index.search_datasets(question, today=TODAY).found


@pytest.mark.parametrize(
    "question",
    [
        "地铁各站客流量",
        "港口集装箱吞吐量",
        "甘蔗种植面积",
        "帮我写一首诗",
        "今天股市怎么样",
        "1加1等于几",
        "红烧肉怎么做",
        "机场航班延误情况",
    ],
)
def test_what_is_not_there_is_not_found(index: Index, question: str) -> None:
    assert not index.search_datasets(question, today=TODAY).found


def test_a_place_that_the_catalogue_does_not_cover_is_not_answered_with_another(index: Index) -> None:
    assert not index.search_datasets("上海公园名录", today=TODAY).found
    assert index.search_datasets("公园名录", today=TODAY).found


@pytest.mark.parametrize(
    "question", ["共享申请几个工作日答复", "泄露个人信息罚款多少", "公共数据按开放属性分为哪几类", "能不能出售个人信息"]
)
def test_a_rule_that_answers_is_found(index: Index, question: str) -> None:
    assert index.search_articles(question, today=TODAY).found


@pytest.mark.parametrize(
    "question",
    [
        "信息处理费每页收多少钱",
        "数据共享收益按什么比例分",
        "共享接口每天能调用多少次",
        "今天天气怎么样",
        "推荐一部电影",
    ],
)
def test_a_rule_on_the_topic_without_the_figure_is_no_answer(index: Index, question: str) -> None:
    assert not index.search_articles(question, today=TODAY).found


@pytest.mark.parametrize(
    ("text", "nominal"),
    [
        ("社会团体年度检查", True),
        ("有没有社会福利机构的数据", True),
        ("重要水库能源消耗", True),
        ("打官司请人帮忙该找哪家", False),
        ("盖楼的公司赚不赚钱", False),
        ("周末想去公园，要门票吗", False),
    ],
)
def test_a_name_is_told_from_speech(text: str, nominal: bool) -> None:
    thesaurus = load_thesaurus()
    assert read_question(text, Segmenter(thesaurus.words()), thesaurus, catalogue=True).nominal is nominal
