"""Policy texts of every format: articles with their locators, dates, level, and what has replaced what."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from corpus.ingest import IngestError
from corpus.ingest.pdf_lines import join_wrapped
from corpus.ingest.policies import read_document, same_title
from corpus.ingest.report import FileReport
from corpus.ingest.superseding import mark_superseded, repeals
from corpus.policy import Article, DocumentLevel, PolicyDocument

LAWS = Path(__file__).parents[2].parent / "shared" / "data" / "laws" / "data_related"

BODY = """云澜市公共数据管理办法

（2023年5月6日云澜市人民政府令第12号公布）

第一章　总　则
第一条　为了规范公共数据管理，制定本办法。
第二条　本办法适用于本市行政机关。
前款所称行政机关包括派出机构。
第二章　共享
第一节　申请
第三条　申请共享应当说明下列事项：
（一）使用依据；
（二）使用场景。
第二条规定的行政机关可以委托他人申请。
第三条之一　申请可以撤回。
第四条　本办法自2023年7月1日起施行。《云澜市数据管理暂行办法》同时废止。
"""


def read(path: Path) -> tuple[PolicyDocument, FileReport]:
    report = FileReport(path=str(path))
    return read_document(path, report), report


def check(document: PolicyDocument) -> None:
    assert document.title == "云澜市公共数据管理办法"
    assert [a.locator for a in document.articles] == ["第一条", "第二条", "第三条", "第三条之一", "第四条"]
    assert document.articles[1].text == "本办法适用于本市行政机关。\n前款所称行政机关包括派出机构。"
    assert document.articles[2].path == ["第二章 共享", "第一节 申请"]
    assert document.articles[2].text.endswith("第二条规定的行政机关可以委托他人申请。")
    assert document.articles[0].path == ["第一章 总则"]
    assert (document.published, document.effective) == (date(2023, 5, 6), date(2023, 7, 1))
    assert (document.level, document.region) == (DocumentLevel.RULE, "云澜")
    assert document.number == "云澜市人民政府令第12号"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "办法.txt"
    path.write_text(BODY, encoding)
    check(read(path)[0])


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "规章__云澜__云澜市公共数据管理办法(2023-05-06).md"
    text = (
        re.sub(r"^(第.章.*)$", r"## \1", BODY, flags=re.M)
        .replace("第一节", "### 第一节")
        .replace("云澜市公共", "# 云澜市公共", 1)
    )
    path.write_text(re.sub(r"\n", "\n\n", text), "utf-8")
    check(read(path)[0])


def test_html_without_its_menus(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY.splitlines()[1:] if line)
    menu = "".join(f"<li><a href='/{i}'>栏目{i}</a></li>" for i in range(30))
    path = tmp_path / "p.html"
    path.write_text(
        f"<html><head><title>云澜市公共数据管理办法_云澜市政府网</title><script>var a=1</script></head><body><nav>{menu}</nav>"
        f"<div class=top>首页 &gt; 政策</div><div id=main><h1>云澜市公共数据管理办法</h1>{paragraphs}</div>"
        "<footer>版权所有</footer></body></html>",
        "utf-8",
    )
    check(read(path)[0])


def test_docx(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("云澜市公共数据管理办法", 0)
    for line in BODY.splitlines()[1:]:
        document.add_paragraph(line)
    path = tmp_path / "a.docx"
    document.save(str(path))
    check(read(path)[0])


def test_docx_with_the_numbers_word_writes(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    document.add_paragraph("云澜市数据办法")
    for number in range(1, 13):
        paragraph = document.add_paragraph(f"正文{number}。")
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
        )
    path = tmp_path / "a.docx"
    document.save(str(path))
    read_back, _ = read(path)
    assert [a.locator for a in read_back.articles][-2:] == ["第十一条", "第十二条"]
    assert read_back.articles[11].text == "正文12。"


def pdf(path: Path, pages: list[list[str]], password: str | None = None) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    sheet = canvas.Canvas(str(path), encrypt=StandardEncryption(password) if password else None)
    for number, lines in enumerate(pages, 1):
        sheet.setFont("STSong-Light", 12)
        for row, line in enumerate([*lines, f"- {number} -"]):
            sheet.drawString(60, 780 - row * 20, line)
        sheet.showPage()
    sheet.save()


def test_pdf(tmp_path: Path) -> None:
    wrapped = [line for text in BODY.splitlines() if text for line in (text[:30], text[30:]) if line]
    path = tmp_path / "a.pdf"
    pdf(path, [wrapped[:10], wrapped[10:]])
    document, report = read(path)
    assert report.format == "PDF"
    assert [a.locator for a in document.articles] == ["第一条", "第二条", "第三条", "第三条之一", "第四条"]
    assert document.articles[-1].text.endswith("同时废止。")
    assert "- 1 -" not in "".join(a.text for a in document.articles)


def test_lines_broken_by_the_page_are_joined() -> None:
    lines = ["第一条 为了规范政务数据共享工作，推进", "政务数据共享，制定本办法。", "（一）第一项内容；", "第二条 略。"]
    assert join_wrapped(lines) == [
        "第一条 为了规范政务数据共享工作，推进政务数据共享，制定本办法。",
        "（一）第一项内容；",
        "第二条 略。",
    ]


def test_unreadable_files_are_one_chinese_sentence(tmp_path: Path) -> None:
    pdf(tmp_path / "scan.pdf", [[""]])
    pdf(tmp_path / "locked.pdf", [["第一条 内容内容内容"]], password="secret")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (tmp_path / "broken.docx").write_bytes(b"PK nothing")
    (tmp_path / "old.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "blank.md").write_text("\n \n", "utf-8")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 9)
    expected = {
        "scan.pdf": "没有可提取的文字",
        "locked.pdf": "加密",
        "broken.pdf": "损坏",
        "broken.docx": "损坏",
        "old.docx": "DOC",
        "empty.md": "空的",
        "blank.md": "没有文字",
        "binary.txt": "编码无法识别",
    }
    for name, words in expected.items():
        with pytest.raises(IngestError, match=words) as caught:
            read(tmp_path / name)
        assert str(caught.value).endswith("。")


def test_a_notice_is_cut_by_its_sections(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text(
        "云澜市人民政府办公室\n关于做好数据共享工作的通知\n云政办发〔2024〕3号\n各区人民政府，市政府各部门：\n"
        "为做好政务数据共享工作，经市政府同意，现就有关事项通知如下。\n一、总体要求\n（一）坚持需求导向。各部门要主动共享。\n"
        "（二）坚持安全可控。\n二、加强组织领导。各区要落实责任。\n本通知自印发之日起施行。\n2024年3月1日\n",
        "utf-8",
    )
    document, report = read(path)
    assert document.title == "云澜市人民政府办公室关于做好数据共享工作的通知"
    assert [a.locator for a in document.articles] == ["序言", "一、（一）", "一、（二）", "二、"]
    assert document.articles[1].path == ["一、总体要求"]
    assert document.number == "云政办发〔2024〕3号"
    assert document.level is DocumentLevel.NORMATIVE
    assert any("第N条" in warning for warning in report.warnings)


def test_an_annex_does_not_swallow_the_last_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY + "附件：数据清单\n第一条 清单说明。\n一览表\n", "utf-8")
    document, _ = read(path)
    assert document.articles[4].text.endswith("同时废止。")
    assert document.articles[5].locator == "附件 第一条"
    assert document.articles[5].text == "清单说明。\n一览表"


def law(key: str, title: str, day: date | None, text: str = "略。", region: str = "") -> PolicyDocument:
    return PolicyDocument(
        id=key, title=title, published=day, region=region, articles=[Article(locator="第一条", text=text)], source=key
    )


def test_the_newest_of_one_title_stands_in_any_order() -> None:
    old, middle, new = law("a", "统计法", date(1983, 1, 1)), law("b", "中华人民共和国统计法（2009修订）", date(2009, 6, 27)), law("c", "《统计法》", date(2024, 9, 13))  # fmt: skip
    elsewhere = law("d", "统计法", date(2030, 1, 1), region="云澜")
    for order in ([old, middle, new, elsewhere], [new, elsewhere, old, middle]):
        marked, warnings = mark_superseded(order)
        by = {d.id: (d.superseded_by, d.superseded_on) for d in marked}
        assert by == {
            "a": ("c", date(2009, 6, 27)),
            "b": ("c", date(2024, 9, 13)),
            "c": (None, None),
            "d": (None, None),
        }
        assert not warnings


def test_an_old_text_applies_until_the_new_one_does() -> None:
    old = law("a", "条例", date(2014, 1, 1))
    new = law("b", "条例", date(2024, 7, 10)).model_copy(update={"effective": date(2024, 9, 1)})
    (old, new), _ = mark_superseded([old, new])
    assert [d.in_force(date(2024, 8, 1)) for d in (old, new)] == [True, False]
    assert [d.in_force(date(2024, 9, 1)) for d in (old, new)] == [False, True]


def test_repeal_by_name() -> None:
    text = "本条例自2024年3月1日起施行。依照《档案法》制定的《中华人民共和国档案法实施办法》、2001年国家局公布的《甲规定》（试行）同时废止。"
    new = law("n", "档案法实施条例", date(2024, 1, 12), text)
    assert repeals(new) == ["甲规定", "中华人民共和国档案法实施办法"]
    marked, _ = mark_superseded(
        [law("o", "档案法实施办法", date(1999, 1, 1)), law("l", "档案法", date(2020, 1, 1)), new]
    )
    assert [(d.superseded_by, d.repealed) for d in marked] == [("n", True), (None, False), (None, False)]


def test_versions_without_dates_are_not_guessed() -> None:
    marked, warnings = mark_superseded([law("a", "办法", None), law("b", "办法", date(2020, 1, 1))])
    assert [d.superseded_by for d in marked] == [None, None]
    assert "无法判断先后" in warnings[0]


def test_marks_go_with_the_successor() -> None:
    old = law("a", "办法", date(2000, 1, 1)).model_copy(update={"superseded_by": "gone"})
    assert mark_superseded([old])[0][0].superseded_by is None


def test_same_title() -> None:
    assert same_title("中华人民共和国统计法(2009年修正)") == same_title("《統計法》（試行）") == "统计法"
    assert same_title("最高人民法院、最高人民检察院关于某事的解释") == same_title("关于某事的解释")


@pytest.mark.skipif(not LAWS.exists(), reason="the law texts are not here")
def test_real_laws() -> None:
    documents = {}
    for path in sorted(LAWS.glob("*.md")):
        document, report = read(path)
        written = re.findall(r"^第[一二三四五六七八九十百零]+条", path.read_text("utf-8"), re.M)
        numbered = [a.locator for a in document.articles if a.locator != "序言"]
        assert numbered == written, path.name
        assert not report.warnings
        documents[path.name] = document
    assert len(documents) == 59
    sharing = documents["政务数据共享条例(2025-05-28).md"]
    assert len(sharing.articles) == 44
    assert (sharing.level, sharing.effective) == (DocumentLevel.ADMINISTRATIVE_REGULATION, date(2025, 8, 1))
    assert sharing.articles[20].path == ["第四章 共享使用"]
    assert "10个工作日" in sharing.articles[20].text
    marked, _ = mark_superseded({d.id: d for d in documents.values()}.values())
    replaced = {d.source: d.superseded_by for d in marked if d.superseded_by}
    assert replaced["经济法__统计法(2009-06-27).md"] == documents["经济法__统计法(2024-09-13).md"].id
    assert (
        replaced["行政法规__档案法实施办法(2017-03-01).md"] == documents["行政法规__档案法实施条例(2024-01-12).md"].id
    )
    assert len(replaced) == 7
    levels = {name: documents[name].level for name in documents}
    assert levels["行政法__数据安全法(2021-06-10).md"] is DocumentLevel.LAW
    assert levels["上海地方法规__上海__上海市数据条例(2021-11-25).md"] is DocumentLevel.LOCAL_REGULATION
    assert {d.region for d in documents.values()} >= {"", "上海", "北京", "浙江", "广东", "河南", "山东"}
