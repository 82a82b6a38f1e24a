"""Papers of a request: every word in its place, nothing read as instructions, whole in Word, WPS and LibreOffice."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from request_office import EDUCATION, POLICE, WHOLE, Office

from tools.requests.model import ShareRequest
from tools.requests.paper.bundle import archive, paper_file
from tools.requests.paper.render import (
    PAPERS,
    PaperError,
    converted,
    office_program,
    template_path,
    write_templates,
)
from tools.requests.states import Action

PERSONAL: dict[str, Any] = {
    "items": [*WHOLE["items"], {"name": "姓名", "use": "核对重名"}],
    "left_out": [{"name": "居住地址", "reason": "预测只用人数"}],
    "personal_impact": "已评估，风险可控",
}
needs_office = pytest.mark.skipif(office_program() is None, reason="没有安装 LibreOffice，不检查 PDF 和重新保存")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def text_of(docx: bytes) -> str:
    """All words of a document, tables too, in order."""
    document = Document(io.BytesIO(docx))
    return "\n".join(node.text for node in document.element.body.iter() if node.tag.endswith("}t") and node.text)


def test_the_form_says_everything_that_was_stated(office: Office) -> None:
    request = office.draft(**PERSONAL)
    text = text_of(paper_file(office.desk, request, "docx", office.root))
    expected = [
        request.number,
        "港城市教育局",
        "港城市公安局",
        "常住人口登记",
        "201001/00001",
        "有条件共享",
        "李晓",
        "周立",
    ]
    expected += ["出生年月", "计算适龄儿童人数", "核对重名", "预测只用人数", "《港城市学位规划办法》第六条"]
    expected += ["2026年8月1日至2027年7月31日", "专网传输", "已评估，风险可控", "草稿，尚未提交", "第二十条第二款"]
    assert [words for words in expected if words not in text] == []
    assert "（待填）" not in text
    assert "{{" not in text
    assert "{%" not in text


def test_what_was_not_stated_stays_visibly_blank(office: Office) -> None:
    request = office.desk.create(EDUCATION, "residents", {"purpose": "学位预测"})
    for paper in PAPERS:
        assert "（待填）" in text_of(paper_file(office.desk, request, "docx", office.root, paper))


def test_the_letter_is_addressed_to_the_provider(office: Office) -> None:
    request = office.submitted()
    text = text_of(paper_file(office.desk, request, "docx", office.root, "letter"))
    assert "关于申请共享“常住人口登记”数据的函" in text
    assert "港城市公安局：" in text
    assert "草稿" not in text
    assert "2026年7月6日" in text


def test_the_answer_is_on_the_form(office: Office) -> None:
    request = office.act(office.submitted(), POLICE, Action.REFUSE, "数据项超出需要")
    assert "2026年7月6日答复：不同意共享；数据项超出需要" in text_of(
        paper_file(office.desk, request, "docx", office.root)
    )


HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "</w:t></w:r><script>&amp;",
    "{{ self.__class__ }}",
    "&#x41;<b>粗</b>",
    "a\x00b\x0bc",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_people_are_words(office: Office, words: str) -> None:
    request = office.draft(scenario=words, security=f"措施{words}")
    text = text_of(paper_file(office.desk, request, "docx", office.root))
    assert words.replace("\x00", "").replace("\x0b", "") in text
    assert "49" not in text


@pytest.fixture(scope="module")
def one_draft(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, ShareRequest]:
    office = Office(tmp_path_factory.mktemp("office"))
    return office, office.draft()


@given(words=st.text(min_size=1, max_size=60))
@settings(max_examples=8, deadline=None)
def test_any_words_make_a_whole_document(one_draft: tuple[Office, ShareRequest], words: str) -> None:
    office, draft = one_draft
    said = draft.model_copy(update={"purpose": words, "scenario": words, "officer_name": words})
    for paper in PAPERS:
        Document(io.BytesIO(paper_file(office.desk, said, "docx", office.root, paper)))


# What the format's schema prescribes, and Word insists on.
ORDER = {
    "tblPr": ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
    "pPr": ["pStyle", "keepNext", "keepLines", "widowControl", "pBdr", "spacing", "ind", "jc", "rPr"],
    "rPr": ["rStyle", "rFonts", "b", "color", "sz", "szCs"],
    "tcPr": ["tcW", "gridSpan", "vMerge", "vAlign"],
}


@pytest.mark.parametrize("paper", PAPERS)
def test_parts_stand_in_the_order_that_word_insists_on(office: Office, paper: str) -> None:
    document = Document(io.BytesIO(paper_file(office.desk, office.draft(**PERSONAL), "docx", office.root, paper)))
    for node in document.element.body.iter():
        order = ORDER.get(node.tag.rpartition("}")[2])
        if order is not None:
            places = [order.index(child.tag.rpartition("}")[2]) for child in node]
            assert places == sorted(places), [child.tag for child in node]


@needs_office
def test_libreoffice_saves_it_again_and_prints_it(office: Office) -> None:
    request = office.draft(**PERSONAL, scenario="第一行\n第二行 <&>")
    first = paper_file(office.desk, request, "docx", office.root)
    assert "".join(text_of(converted(first, "docx")).split()) == "".join(text_of(first).split())
    pdf = PdfReader(io.BytesIO(paper_file(office.desk, request, "pdf", office.root, "letter")))
    assert len(pdf.pages) in (1, 2)
    assert "常住人口登记" in "".join(page.extract_text() for page in pdf.pages).replace("\n", "")


def test_without_libreoffice_a_pdf_is_refused_in_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(office.root))
    with pytest.raises(PaperError, match="没有安装 LibreOffice"):
        paper_file(office.desk, office.draft(), "pdf", office.root)


def test_the_owner_replaces_a_template(office: Office) -> None:
    written = write_templates(office.root)
    assert [path.name for path in written] == ["共享申请表.docx", "共享申请函.docx"]
    assert write_templates(office.root) == []
    document = Document()
    document.add_paragraph("本市格式：{{ 申请部门 }}申请{{ 目录名称 }}")
    document.save(str(template_path(office.root, PAPERS["form"])))
    request = office.draft()
    assert text_of(paper_file(office.desk, request, "docx", office.root)) == "本市格式：港城市教育局申请常住人口登记"


@pytest.mark.parametrize("tag", ["{{ 申请部门", "{% for x %}", "{{ 申请部门.__class__.__mro__ }}{{ 1/0 }}"])
def test_a_wrong_template_is_named(office: Office, tag: str) -> None:
    path = template_path(office.root, PAPERS["form"])
    path.parent.mkdir()
    document = Document()
    document.add_paragraph(tag)
    document.save(str(path))
    with pytest.raises(PaperError, match="共享申请表"):
        paper_file(office.desk, office.draft(), "docx", office.root)
    path.write_bytes(b"no document")
    with pytest.raises(PaperError, match="不是完好的 DOCX"):
        paper_file(office.desk, office.draft(), "docx", office.root)


def test_the_json_has_every_fact_and_leaves_blanks_null(office: Office) -> None:
    request = office.act(office.submitted(), POLICE, Action.ACCEPT, items=["所属区"])
    data = json.loads(paper_file(office.desk, request, "json", office.root))
    assert (data["format"], data["number"], data["state"]) == ("zhengwen-share-request/1", request.number, "accepted")
    assert data["catalogue"]["sharing"] == "conditional"
    assert data["period"] == {"starts": "2026-08-01", "ends": "2027-07-31"}
    assert data["reply"] == {"day": "2026-07-06", "agreed": True, "items": ["所属区"], "ends": None, "reason": None}
    assert data["missing"] == []
    blank = office.desk.create(EDUCATION, "residents", {})
    data = json.loads(paper_file(office.desk, blank, "json", office.root))
    assert data["purpose"] is None
    assert data["submitted"] is None
    assert "purpose" in data["missing"]


def test_many_requests_go_into_one_archive(office: Office) -> None:
    requests = [office.draft(purpose="=1+1"), office.submitted()]
    files = zipfile.ZipFile(io.BytesIO(archive(office.desk, requests, office.root)))
    assert files.testzip() is None
    names = {f"{r.number}{end}" for r in requests for end in (".json", "_共享申请表.docx", "_共享申请函.docx")}
    assert set(files.namelist()) == {"清单.csv", *names}
    listed = files.read("清单.csv").decode("utf-8-sig")
    assert "'=1+1" in listed
    assert "待答复" in listed
    assert "答复期限2026-07-20" in listed
