"""The demo city's policy documents: well formed, consistent, and honest about what is in force."""

from __future__ import annotations

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


def test_reading_twice_gives_the_same(city: list[PolicyDocument]) -> None:
    assert documents() == city


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "坏文件.md"
    path.write_text("---\nid: a\ntitle: b\nlevel: rule\n---\n# b\n\n没有条号的一段。\n", "utf-8")
    with pytest.raises(ValueError, match=r"坏文件\.md.*不属于任何条款"):
        read_policy(path)
