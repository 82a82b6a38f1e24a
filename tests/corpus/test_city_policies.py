"""The demo city's policy documents: well formed, consistent, and honest about what is in force."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from corpus.demo.policies import documents
from corpus.demo.policies.reading import read_policy
from corpus.policy import DocumentLevel, PolicyDocument

TODAY = date(2026, 7, 1)
DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones else "")


@pytest.fixture(scope="module")
def city() -> list[PolicyDocument]:
    return documents()


@pytest.fixture(scope="module")
def local(city: list[PolicyDocument]) -> list[PolicyDocument]:
    return [document for document in city if document.level is not DocumentLevel.DIGEST]


def text_of(document: PolicyDocument) -> str:
    return "\n".join(article.text for article in document.articles)


def test_articles_are_numbered_without_a_gap(local: list[PolicyDocument]) -> None:
    for document in local:
        expected = [f"第{in_chinese(n)}条" for n in range(1, len(document.articles) + 1)]
        assert [article.locator for article in document.articles] == expected, document.title


def test_metadata_is_complete_and_dates_are_in_order(local: list[PolicyDocument]) -> None:
    assert len({document.id for document in local}) == len(local)
    assert len({document.title for document in local}) == len(local)
    assert len({document.number for document in local}) == len(local)
    for document in local:
        assert document.issuer and document.number and document.region == "云澜市", document.title
        assert document.published is not None and document.effective is not None, document.title
        assert document.published <= document.effective, document.title
        assert 8 <= len(document.articles) <= 40, document.title
        assert all(article.text.strip() and article.path for article in document.articles), document.title


def test_superseded_pairs_resolve(city: list[PolicyDocument]) -> None:
    by_id = {document.id: document for document in city}
    pairs = [(document, by_id[document.superseded_by]) for document in city if document.superseded_by]
    assert len(pairs) == 2
    for old, new in pairs:
        assert not old.in_force(TODAY) and new.in_force(TODAY)
        assert old.effective and new.effective and old.effective < new.effective
        assert old.number in text_of(new), "the new text says what it repeals"


def test_old_and_new_numbers_differ(city: list[PolicyDocument]) -> None:
    by_id = {document.id: document for document in city}
    new, old = by_id["yl-policy-public-data-measures-2024"], by_id["yl-policy-public-data-measures-2019"]
    assert "自收到申请之日起5个工作日内作出是否同意共享" in text_of(new)
    assert "有条件共享的数据，提供部门应当在15个工作日内答复" in text_of(old)


def test_at_least_sixteen_are_in_force_and_one_is_not_yet(local: list[PolicyDocument]) -> None:
    assert sum(document.in_force(TODAY) for document in local) >= 16
    coming = [document for document in local if document.effective and document.effective > TODAY]
    assert coming and not any(document.in_force(TODAY) for document in coming)


def test_references_among_the_texts_resolve(local: list[PolicyDocument]) -> None:
    titles = {document.title: document for document in local}
    pattern = re.compile(r"《(云澜市[^》]+)》(?:（[^）]*）)?(第[一二三四五六七八九十]+条)?")
    for document in local:
        for title, locator in pattern.findall(text_of(document)):
            assert title in titles, f"{document.title} cites {title}"
            if locator:
                assert locator in {article.locator for article in titles[title].articles}, (document.title, title)


@pytest.mark.parametrize(
    ("document", "locator", "clause", "national"),
    [
        ("sharing-rules", "第十二条", "1个工作日内答复", 1),
        ("sharing-rules", "第十三条", "5个工作日内作出", 10),
        ("sharing-rules", "第十四条", "延期不得超过5个工作日", 10),
        ("sharing-rules", "第十八条", "10个工作日内提供", 20),
        ("request-procedure", "第九条", "5个工作日内", 10),
        ("request-procedure", "第十三条", "10个工作日内提供", 20),
        ("correction-rules", "第七条", "5个工作日内核实", 10),
        ("catalogue-rules", "第十八条", "2个工作日内完成审核", 2),
        ("catalogue-rules", "第十九条", "5个工作日内更新", 10),
        ("catalogue-rules", "第十九条", "延长3个工作日", 5),
        ("public-data-measures-2024", "第十条", "2个工作日内完成审核", 2),
        ("public-data-measures-2024", "第十二条", "5个工作日内更新", 10),
        ("public-data-measures-2024", "第十九条", "5个工作日内核实", 10),
        ("public-data-measures-2024", "第二十二条", "5个工作日内作出", 10),
        ("public-data-measures-2024", "第二十四条", "10个工作日内提供", 20),
    ],
)
def test_city_limits_are_never_looser_than_national_ones(
    local: list[PolicyDocument], document: str, locator: str, clause: str, national: int
) -> None:
    found = next(d for d in local if d.id == f"yl-policy-{document}")
    text = next(article.text for article in found.articles if article.locator == locator)
    assert clause in text
    stated = re.search(r"\d+", clause)
    assert stated and int(stated[0]) <= national


def test_records_are_kept_at_least_as_long_as_the_nation_asks(local: list[PolicyDocument]) -> None:
    for document in local:
        if document.in_force(TODAY):
            for years in re.findall(r"使用[^。]{0,60}记录保存不少于(\d+)年", text_of(document)):
                assert int(years) >= 3, document.title


def digest_of(city: list[PolicyDocument]) -> PolicyDocument:
    return next(document for document in city if document.level is DocumentLevel.DIGEST)


def test_digest_entries_name_their_source_once(city: list[PolicyDocument]) -> None:
    digest = digest_of(city)
    locators = [article.locator for article in digest.articles]
    assert len(set(locators)) == len(locators) >= 30
    assert all(
        re.fullmatch(r"\S+(条例|法) 第[一二三四五六七八九十]+条(第[一二三四五六七八九十]+[款项])?", it)
        for it in locators
    )
    assert all(article.title and article.text.startswith("要点：") for article in digest.articles)
    assert digest.region == "" and digest.in_force(TODAY)


def test_digest_holds_nothing_unconfirmed(city: list[PolicyDocument]) -> None:
    text = text_of(digest_of(city))
    for unconfirmed in ("1272号", "43697", "6月3日", "编制指南", "特别严重", "附录", "四级", "信用代码", "核心元数据"):
        assert unconfirmed not in text


def test_digest_numbers_stand_in_the_articles_they_cite(city: list[PolicyDocument]) -> None:
    laws = Path(__file__).parents[3] / "shared/data/laws/data_related"
    if not laws.is_dir():
        pytest.skip("没有法律文本，跳过与原文的核对")
    for entry in digest_of(city).articles:
        law, _, place = entry.locator.partition(" ")
        article = re.match(r"第[一二三四五六七八九十]+条", place)
        [path] = [p for p in laws.glob(f"*{law}(*.md") if "地方" not in p.name]
        found = re.search(
            rf"^{article[0] if article else ''} (.*?)(?=^第[一二三四五六七八九十百]+条 |^#|\Z)",
            path.read_text("utf-8"),
            re.M | re.S,
        )
        assert found, entry.locator
        for number in re.findall(r"\d+(?:个工作日|年(?=[；;。]))", entry.text):
            assert number in found[1], f"{entry.locator}: {number}"


def test_reading_twice_gives_the_same(city: list[PolicyDocument]) -> None:
    assert documents() == city


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "坏文件.md"
    path.write_text("---\nid: a\ntitle: b\nlevel: rule\n---\n# b\n\n没有条号的一段。\n", "utf-8")
    with pytest.raises(ValueError, match=r"坏文件\.md.*不属于任何条款"):
        read_policy(path)
