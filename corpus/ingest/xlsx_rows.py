"""Rows of an XLSX workbook as text, with their row numbers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from corpus.ingest.report import IngestError

HEADER_SEARCH = 10  # a header stands within the first rows, under a title at most


@dataclass
class Sheet:
    """One worksheet: its header (row `header_row`, 1 is the first) and the rows under it."""

    name: str
    header: list[str]
    header_row: int
    preamble: list[str]
    hidden: bool
    _source: Any = field(repr=False)
    overhanging: int = 0  # rows read so far that hold something to the right of the header

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells as wide as the header); empty rows are left out."""
        width = len(self.header)
        first = self.header_row + 1
        for number, cells in enumerate(self._source.iter_rows(min_row=first, values_only=True), first):
            texts = [as_text(cell) for cell in cells[:width]]
            if len(cells) > width and any(cell is not None for cell in cells[width:]):
                self.overhanging += 1
            if any(texts):
                yield number, texts + [""] * (width - len(texts))


def open_sheets(path: Path) -> list[Sheet]:
    """Every worksheet that holds something; IngestError if the file is no readable workbook."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        with path.open("rb") as file:
            old = file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        what = "文件已加密，或是旧版 XLS 格式" if old else "文件已损坏，不是有效的 XLSX 工作簿"
        raise IngestError(f"{what}。请在电子表格软件中解除加密并另存为 XLSX 或 CSV。") from error
    sheets = []
    for source in book.worksheets:
        # Some writers store a wrong extent, which would cut the sheet short.
        source.reset_dimensions()
        sheet = _sheet(source)
        if sheet is not None:
            sheets.append(sheet)
    if not sheets:
        raise IngestError("工作簿里没有内容。")
    return sheets


def _sheet(source: Any) -> Sheet | None:
    head: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(source.iter_rows(max_row=HEADER_SEARCH, values_only=True), 1):
        texts = [as_text(cell) for cell in cells]
        if any(texts):
            head.append((number, texts))
    if not head:
        return None
    widest = max(sum(map(bool, texts)) for _, texts in head)
    preamble: list[str] = []
    for number, texts in head:
        filled = [text for text in texts if text]
        # A title line spans the sheet but fills one cell; the header fills about as many as the widest row.
        if len(filled) * 2 > widest or (widest <= 2 and len(filled) == widest):
            under = [row for at, row in head if at >= number]
            width = max(position + 1 for row in under for position, text in enumerate(row) if text)
            texts = (texts + [""] * width)[:width]  # a column may have values and no header
            return Sheet(source.title, texts, number, preamble, source.sheet_state != "visible", source)
        preamble.extend(filled)
    return None


def as_text(value: Any) -> str:
    """A cell's value as people would type it: whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    text = str(value).strip()
    return "" if text.startswith("#") and text.endswith(("!", "?", "/A")) else text  # #REF!, #NAME?, #N/A
