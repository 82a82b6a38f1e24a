"""A result table as CSV or XLSX, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from assistant.outcome import Answer, ResultTable
from ui.web.markup import clean

# What begins a formula or a command in some spreadsheet, once it is in its ordinary width: = + - @ | %, and blanks that hide one.
_FORMULA = frozenset("=+-@|%\u2212\t\r\n")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
_CELL_LIMIT = 32_000  # a spreadsheet cell holds 32,767 characters
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def harmless(text: str) -> str:
    """Text that a spreadsheet shows instead of running: a leading formula sign gets an apostrophe before it."""
    text = _ILLEGAL.sub("", clean(text))
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    if (_FORMULA.intersection(first) or _FORMULA.intersection(text[:1])) and not _PLAIN_NUMBER.match(text):
        return f"'{text}"
    return text


def headings(table: ResultTable) -> list[str]:
    return [harmless(f"{c.label or c.name}（{c.unit}）" if c.unit else c.label or c.name) for c in table.columns]


def table_csv(table: ResultTable) -> bytes:
    """UTF-8 with a byte-order mark, so that office programs read the Chinese; lines end in CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings(table))
    writer.writerows([[_csv_value(value) for value in row] for row in table.rows])
    return out.getvalue().encode("utf-8-sig")


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return repr(value) if isinstance(value, float) else str(value)
    return harmless(value.isoformat() if isinstance(value, date | datetime) else str(value))


def table_xlsx(answer: Answer) -> bytes:
    """A workbook with the table and, on a second sheet, where it comes from. ValueError without a table."""
    if answer.table is None:
        raise ValueError("the answer has no table")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("结果")
    sheet.freeze_panes = "A2"
    heads = [_text_cell(sheet, text) for text in headings(answer.table)]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    for row in answer.table.rows:
        sheet.append([_sheet_value(sheet, value) for value in row])
    notes = book.create_sheet("说明")
    for label, text in _provenance(answer):
        notes.append([_text_cell(notes, label), _text_cell(notes, text)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _provenance(answer: Answer) -> list[tuple[str, str]]:
    lines = [("问题", answer.question), ("回答", answer.text), ("理解", answer.explanation)]
    lines += [("数据版本", answer.versions.get("data", "")), ("查询语句", answer.sql.text if answer.sql else "")]
    lines += [(f"来源 {c.n}", f"{c.title} {c.locator}".strip()) for c in answer.citations]
    lines += [("提示", text) for text in answer.warnings]
    return [(label, text) for label, text in lines if text]


def _sheet_value(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, int | float | date):
        return value
    return float(value) if isinstance(value, Decimal) else _text_cell(sheet, str(value))


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with: openpyxl takes a leading = for a formula unless told."""
    cell = WriteOnlyCell(sheet)
    cell.value = harmless(text)[:_CELL_LIMIT]
    cell.data_type = "s"
    return cell
