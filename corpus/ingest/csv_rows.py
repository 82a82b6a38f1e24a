"""Rows of a CSV file with their line numbers; a broken row costs itself, never its neighbours."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.ingest.decoding import sniff_file
from corpus.ingest.report import IngestError

DELIMITERS = (",", "\t", ";", "|", "，")
MAX_RECORD_LINES = 200  # a quoted cell that runs on for longer was never closed
SPOILT = "\ufffd"
csv.field_size_limit(1 << 27)

OnBroken = Callable[[int, str], None]  # line number, reason


class CsvFile:
    """An opened CSV: its encoding, delimiter and header, and its rows once.

    A row is (line number, cells), as wide as the header. A row with trailing empty cells too many is cut, one with
    cells missing or too many is reported to `on_broken` and left out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = sniff_file(path)
        self.delimiter = ","
        self.header: list[str] = []
        self.header_line = 0
        self.preamble: list[str] = []
        first = self._first_lines()
        if not first:
            raise IngestError("文件是空的。")
        self.delimiter = _delimiter(first)
        several = sum(len(_parse(line, self.delimiter) or []) > 1 for line in first) * 2 > len(first)
        for line, cells in self._records(lambda line, reason: None):
            filled = [cell.strip() for cell in cells if cell.strip()]
            if not filled:
                continue
            if len(filled) == 1 and several and line < 6:
                self.preamble.append(filled[0])  # the name of the table above its header
                continue
            self.header, self.header_line = _header(cells, [_parse(text, self.delimiter) or [] for text in first]), line
            break
        if not self.header:
            raise IngestError("找不到表头行。")

    def _lines(self) -> Iterator[str]:
        # newline="" keeps \r\n inside quoted cells; a lone \r ends a line as well (old Mac exports).
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            for line in file:
                yield line.replace("\0", "")

    def _first_lines(self) -> list[str]:
        lines: list[str] = []
        for line in self._lines():
            if line.strip():
                lines.append(line)
            if len(lines) == 20:
                break
        return lines

    def _records(self, on_broken: OnBroken) -> Iterator[tuple[int, list[str]]]:
        """Records as they stand in the file, whatever their width; lines that cannot be decoded are broken."""
        numbered = enumerate(self._lines(), 1)
        delimiter = self.delimiter
        for number, line in numbered:
            if '"' in line:
                yield from self._quoted(number, line, numbered, on_broken)
            elif SPOILT in line:
                on_broken(number, f"含有无法按 {self.encoding} 解码的字节")
            else:
                yield number, line.rstrip("\r\n").split(delimiter)

    def _quoted(
        self, number: int, line: str, numbered: Iterator[tuple[int, str]], on_broken: OnBroken
    ) -> Iterator[tuple[int, list[str]]]:
        """The record that begins with `line`; if its quote is never closed, those in the lines taken for it."""
        pending = [(number, line)]
        while pending:
            number, record = pending[0]
            taken = 1
            cells = _parse(record, self.delimiter)
            while cells is None and taken <= MAX_RECORD_LINES:
                if taken == len(pending):
                    following = next(numbered, None)
                    if following is None:
                        break
                    pending.append(following)
                record += pending[taken][1]
                taken += 1
                cells = _parse(record, self.delimiter) if '"' in pending[taken - 1][1] else None
            if cells is None:
                on_broken(number, "引号没有闭合")
                taken = 1
            elif SPOILT in record:
                on_broken(number, f"含有无法按 {self.encoding} 解码的字节")
            else:
                yield number, cells
            pending = pending[taken:]

    def rows(self, on_broken: OnBroken) -> Iterator[tuple[int, list[str]]]:
        """The rows under the header."""
        width, above = len(self.header), self.header_line
        for line, cells in self._records(on_broken):
            if line <= above or not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) == width:
                yield line, cells
            else:
                on_broken(line, f"应有 {width} 列，实有 {len(cells)} 列")


def _parse(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record; None if a quote in it is still open."""
    try:
        rows = list(csv.reader([record], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        try:
            rows = list(csv.reader([record], delimiter=delimiter))
        except csv.Error:
            return None
    return rows[0] if rows else []


def _delimiter(lines: list[str]) -> str:
    """The separator that cuts the lines into equally many, and most, cells."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(_parse(line, delimiter) or []) for line in lines]
        head = widths[0]
        if head < 2:
            return (0.0, 0)
        return (sum(width == head for width in widths) / len(widths), head)

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] > 0 else ","


def _header(cells: list[str], sample: list[list[str]]) -> list[str]:
    """The header without the blanks at its end that head no values either."""
    while cells and not cells[-1].strip() and not any(any(c.strip() for c in row[len(cells) - 1 :]) for row in sample):
        cells = cells[:-1]
    return [cell.strip().removeprefix("\ufeff") for cell in cells]
