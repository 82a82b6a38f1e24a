"""Folding of spellings, segmentation, the thesaurus, facets and conditions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import Dataset, Distribution, OpeningClass
from retrieval.conditions import Facets, read_conditions
from retrieval.facets import dataset_tags, frequency, split_place
from retrieval.segment import Segmenter, grams
from retrieval.text import normalise, passages, sentences
from retrieval.thesaurus import Thesaurus, load_thesaurus

TODAY = date(2026, 7, 1)
FACETS = Facets(
    counts={
        "p:云澜": 9, "p:云澜市": 9, "p:东湖区": 2, "p:东湖": 2, "o:水务局": 3, "o:人力资源和社会保障局": 2, "f:day": 3, "f:half_year": 1,
        "x:csv": 4, "x:xlsx": 2, "c:open": 5, "y:2019": 1,
    },
    regions=frozenset({"云澜"}),
)  # fmt: skip


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_spellings_of_one_word_are_folded() -> None:
    assert normalise("臺灣　ＣＳＶ\n資料") == "台湾 csv 资料"


@given(st.text(alphabet="甲乙。；！ \n丙1", max_size=120))
def test_sentences_lose_only_blanks(text: str) -> None:
    kept = "".join(text[a:b] for a, b in sentences(text))
    assert "".join(kept.split()) == "".join(text.split())


@given(st.text(alphabet="甲乙丙。；", min_size=1, max_size=900))
def test_passages_cover_the_text(text: str) -> None:
    assert "".join(passages(text, 100)) == text


def test_own_words_are_found_whole_and_by_their_parts() -> None:
    words = Segmenter(["水影响评价"]).words("水影响评价审查")
    assert "水影响评价" in words and "评价" in words and "审查" in words


def test_a_question_of_filler_only_still_has_words() -> None:
    assert Segmenter().question("请问有哪些") != []
    assert Segmenter().question("请问哪里能查到公园的名单")[-2:] == ["公园", "名单"]


def test_an_article_number_is_one_word() -> None:
    assert "第二十一条" in Segmenter().words("依照第二十一条的规定")


def test_pairs_of_characters() -> None:
    assert grams("河湖 GDP") == ["河湖", "gdp"]


def test_the_thesaurus_widens_one_way_or_both(tmp_path: Path) -> None:
    own = Thesaurus(["> 看病\t医院\t门诊", "社保\t社会保险", "# 说明", ""])
    assert own.expand("看病") == ["医院", "门诊"] and own.expand("医院") == []
    assert own.expand("社保") == ["社会保险"] and own.expand("社会保险") == ["社保"]
    assert [word for _, _, word in own.matches("我要看病和社保")] == ["看病", "社保"]
    extra = tmp_path / "thesaurus.tsv"
    extra.write_text("网红打卡点\t旅游景点\n", "utf-8")
    assert "旅游景点" in load_thesaurus(extra).expand("网红打卡点")


def test_the_built_in_thesaurus_is_large_and_well_formed() -> None:
    assert len(load_thesaurus()) >= 1500
    assert "社会保险" in load_thesaurus().expand("五险一金")


@pytest.mark.parametrize(
    ("words", "code"),
    [("每天", "day"), ("每半年", "half_year"), ("实时", "realtime"), ("年", "year"), ("每季度", "quarter"), ("", "")],
)
def test_frequencies(words: str, code: str) -> None:
    assert frequency(words) == code


def test_places_lead_a_publishers_name() -> None:
    assert split_place("百色市田阳区大数据发展局") == (["百色市", "田阳区"], "大数据发展局")
    assert split_place("文化市场行政执法总队") == ([], "文化市场行政执法总队")


def test_facets_of_a_dataset() -> None:
    dataset = Dataset(
        id="a",
        title="水情",
        publisher="云澜市水务局",
        region="云澜",
        update_frequency="每日",
        formats=["CSV"],
        distributions=[Distribution(format="接口")],
        opening=OpeningClass.OPEN,
        published=date(2019, 5, 1),
    )
    assert {"p:云澜", "p:云澜市", "o:水务局", "f:day", "x:csv", "x:api", "c:open", "y:2019"} <= set(
        dataset_tags(dataset)
    )


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("东湖区每天更新的水情", ["更新频率：每天", "地区：东湖区"]),
        ("云澜市水务局的水情数据", ["地区：云澜市", "提供单位：水务局"]),
        ("人社局的招聘信息", ["提供单位：人力资源和社会保障局"]),
        ("CSV格式的公园名录", ["格式：CSV"]),
        ("无条件开放的数据", ["开放属性：无条件开放"]),
        ("2019年发布的水情", ["发布时间：2019年"]),
        ("2024年以后更新的水情", ["更新时间：2024年以后"]),
        ("公园名录", []),
        ("东湖的水情", ["地区：东湖"]),  # a short name where the question begins with it
        ("我住在东湖那边", []),  # elsewhere a short name may be any word
        ("季度更新的税收", []),  # nothing in this catalogue is updated by the quarter
    ],
)
def test_conditions_are_read_from_questions(question: str, labels: list[str]) -> None:
    found, rest = read_conditions(question, FACETS, load_thesaurus(), TODAY)
    assert [condition.label for condition in found] == labels
    assert rest.strip()


@given(st.text(max_size=50))
def test_any_question_can_be_read(text: str) -> None:
    found, _ = read_conditions(text, FACETS, load_thesaurus(), TODAY)
    assert all(condition.tags or condition.since for condition in found)
