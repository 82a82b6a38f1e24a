"""The built-in templates: A4 with the margins and sizes of official documents, places to fill in marked for docxtpl.

An owner who wants another look writes them out, edits them in Word or WPS and keeps them in the workspace.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE, BODY, HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
FALLBACK = "仿宋"
FORM_ROWS: tuple[tuple[str, str], ...] = (
    ("使用目的", "{{ 使用目的 }}"),
    ("使用场景", "{{ 使用场景 }}"),
    ("使用范围", "{{ 使用范围 }}"),
    ("共享方式", "{{ 共享方式 }}"),
    ("使用时限", "{{ 使用起始日 }}至{{ 使用截止日 }}"),
    ("需要的更新频率", "{{ 更新频率 }}"),
    ("涉及的个人信息", "{{ 个人信息 }}"),
    ("个人信息保护影响评估", "{{ 个人信息保护影响评估 }}"),
    ("安全保护措施", "{{ 安全保护措施 }}"),
    ("使用后的处置", "{{ 使用后的处置 }}"),
)


@cache
def application_form() -> bytes:
    """共享申请表 as a template."""
    document = _page()
    _line(document, "{{ 草稿提示 }}", HEAD, 12, align="right")
    _line(document, "政务数据共享申请表", TITLE, 22, align="center", after=6)
    _line(document, "申请编号：{{ 编号 }}", BODY, 12)
    _who_and_what(document)
    _line(document, "一、申请的数据项", HEAD, 14, before=10)
    _looped(document, "数据项", (("序号", 14), ("数据项", 46), ("用途", 96)), ("序号", "名称", "用途"))
    _line(document, "{%p if 不申请的数据项 %}", BODY, 12)
    _line(document, "不申请的数据项（使用目的不需要）", HEAD, 12, before=6)
    _looped(document, "不申请的数据项", (("数据项", 60), ("理由", 96)), ("名称", "理由"))
    _line(document, "{%p endif %}", BODY, 12)
    _line(document, "二、使用依据", HEAD, 14, before=10)
    _line(document, "{%p for 行 in 使用依据 %}", BODY, 12)
    _line(document, "{{ loop.index }}．{{ 行.名称 }}{% if 行.原文 %}：{{ 行.原文 }}{% endif %}", BODY, 14)
    _line(document, "{%p endfor %}", BODY, 12)
    _line(document, "{%p if not 使用依据 %}", BODY, 12)
    _line(document, "（待填）", BODY, 14)
    _line(document, "{%p endif %}", BODY, 12)
    _line(document, "三、使用说明", HEAD, 14, before=10)
    table = _table(document, 2, (40, 116))
    for label, place in FORM_ROWS:
        _row(table, (label, place))
    _line(document, "四、意见", HEAD, 14, before=10)
    _opinions(document)
    _line(
        document,
        "申请部门对申请的真实性、合法性、必要性负责；数据只用于本表所列目的，未经提供部门同意不提供给第三方；"
        "使用场景、过程、成效、存储和销毁情况按规定记录并保存。",
        BODY,
        12,
        before=6,
    )
    document.add_page_break()
    _appendix(document)
    return _bytes(document)


@cache
def covering_letter() -> bytes:
    """申请函 as a template."""
    document = _page()
    _line(document, "{{ 草稿提示 }}", HEAD, 12, align="right")
    _line(document, "{{ 申请部门 }}", TITLE, 26, align="center", colour="C00000")
    _line(document, "　　　〔　　　　〕　　号", BODY, 16, align="center", after=2)
    _rule(document)
    _line(document, "关于申请共享“{{ 目录名称 }}”数据的函", TITLE, 20, align="center", after=10)
    _line(document, "{{ 提供部门 }}：", BODY, 16)
    for text in (
        "因{{ 使用目的 }}需要，依据{{ 使用依据名称 }}，现按照《政务数据共享条例》第二十条的规定，"
        "申请共享你单位“{{ 目录名称 }}”（目录代码：{{ 目录代码 }}，{{ 共享属性 }}）的下列数据项：{{ 数据项名称 }}。",
        "使用场景：{{ 使用场景 }}",
        "使用范围：{{ 使用范围 }}；共享方式：{{ 共享方式 }}；使用时限：{{ 使用起始日 }}至{{ 使用截止日 }}。",
        "我单位对申请的真实性、合法性、必要性负责，按所列目的使用数据，落实安全保护措施，使用结束后按要求妥善处置。",
        "妥否，请函复。",
    ):
        _line(document, text, BODY, 16, indent=True)
    _line(document, "附件：政务数据共享申请表（{{ 编号 }}）", BODY, 16, indent=True, before=8, together=True)
    _line(document, "{{ 申请部门 }}", BODY, 16, align="right", before=20, together=True)
    _line(document, "{{ 日期 }}", BODY, 16, align="right", together=True)
    _line(document, "（联系人：{{ 经办人 }}，联系方式：{{ 联系方式 }}）", BODY, 16, indent=True, before=6)
    return _bytes(document)


def _who_and_what(document: Any) -> None:
    table = _table(document, 4, (32, 46, 32, 46))
    for row in (
        ("申请部门", "{{ 申请部门 }}", "申请日期", "{{ 日期 }}"),
        ("经办人", "{{ 经办人 }}", "联系方式", "{{ 联系方式 }}"),
        ("目录名称", "{{ 目录名称 }}", "目录代码", "{{ 目录代码 }}"),
        ("提供部门", "{{ 提供部门 }}", "共享属性", "{{ 共享属性 }}"),
        ("数据分级", "{{ 数据分级 }}", "目录更新频率", "{{ 目录更新频率 }}"),
    ):
        _row(table, row)
    cells = _new_row(table).cells
    merged = cells[1].merge(cells[3])
    _fill(cells[0], "共享条件", HEAD)
    _fill(merged, "{{ 共享条件 }}", BODY)


def _opinions(document: Any) -> None:
    table = _table(document, 2, (40, 116))
    for label, place in (
        ("申请部门共享工作机构负责人", "{{ 负责人 }}\n\n签字（盖章）：　　　　　　　　　年　　月　　日"),
        ("提供部门答复", "{{ 答复 }}\n\n签字（盖章）：　　　　　　　　　年　　月　　日"),
    ):
        _row(table, (label, place))


def _appendix(document: Any) -> None:
    _line(document, "附：提交前核对和内容来源", HEAD, 14)
    _line(document, "以下由系统核对，供审核参考，不代替审核。", BODY, 12)
    _looped(
        document,
        "核对",
        (("核对事项", 46), ("依据", 40), ("结果", 18), ("说明", 52)),
        ("事项", "依据", "结果", "说明"),
        size=10.5,
    )
    _line(document, "各项内容的来源", HEAD, 12, before=10)
    _looped(document, "来源", (("内容", 46), ("来源", 110)), ("内容", "来源"), size=10.5)


def _page() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FALLBACK, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    _number_pages(section)
    return document


def _number_pages(section: Any) -> None:
    """「— 1 —」 at the foot of each page."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, "— ", BODY, 12)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = code
        run._element.append(mark)
    _write(paragraph, " —", BODY, 12)


def _rule(document: Any) -> None:
    """The red line under the name of the sender."""
    paragraph = document.add_paragraph()
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)  # before the spacing: Word insists on the order
    paragraph.paragraph_format.space_after = Pt(4)


def _line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    align: str = "left",
    before: float = 0,
    after: float = 0,
    indent: bool = False,
    colour: str = "",
    together: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing = Pt(27) if size == 16 else 1.25  # close to the 22 lines on a page of official letters
    form.keep_with_next = together
    paragraph.alignment = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]
    if indent:
        form.first_line_indent = Pt(size * 2)
    _write(paragraph, text, font, size, colour)


def _write(paragraph: Any, text: str, font: str, size: float, colour: str = "") -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour:
        from docx.shared import RGBColor

        run.font.color.rgb = RGBColor.from_string(colour)


def _table(document: Any, columns: int, widths_mm: Iterable[float]) -> Any:
    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "50")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def _row(table: Any, texts: Iterable[str], size: float = 12, *, head: bool = False) -> Any:
    """A row whose odd cells are labels, or all of whose cells are headings."""
    row = _new_row(table, size)
    for n, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = table.columns[n].width
        _fill(cell, text, HEAD if head or n % 2 == 0 else BODY, size)
    return row


def _new_row(table: Any, size: float = 12) -> Any:
    """A row of a comfortable height that no page break cuts."""
    row = table.add_row()
    row.height, row.height_rule = Mm(size * 0.75), WD_ROW_HEIGHT_RULE.AT_LEAST
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in row.cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _fill(cell: Any, text: str, font: str, size: float = 12) -> None:
    first, *rest = text.split("\n")
    _write(cell.paragraphs[0], first, font, size)
    for line in rest:
        _write(cell.add_paragraph(), line, font, size)


def _looped(
    document: Any, name: str, columns: tuple[tuple[str, float], ...], fields: tuple[str, ...], size: float = 12
) -> None:
    """A table with one row for each entry of `name`."""
    table = _table(document, len(columns), [width for _, width in columns])
    heading = _row(table, [label for label, _ in columns], size, head=True)
    mark = OxmlElement("w:tblHeader")  # repeated on every page that the table goes on to
    mark.set(qn("w:val"), "true")
    heading._tr.get_or_add_trPr().append(mark)
    empty = [""] * (len(columns) - 1)
    _row(table, [f"{{%tr for 行 in {name} %}}", *empty], size)
    row = _new_row(table, size)
    for n, (cell, field) in enumerate(zip(row.cells, fields, strict=True)):
        cell.width = table.columns[n].width
        _fill(cell, f"{{{{ 行.{field} }}}}", BODY, size)
    _row(table, ["{%tr endfor %}", *empty], size)


def _bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
