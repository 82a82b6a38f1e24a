"""The numbers and names of a clause, matched with the cells of a result table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.compose.data import number_text
from assistant.outcome import ResultTable
from assistant.planning.linking.numerals import read_number

TOKEN = re.compile(r"\[\[\s*r(\d{1,4})\s*c(\d{1,3})\s*\]\]", re.I)
_DIGITS = "零〇一二两俩三四五六七八九十百千万亿"
# Words with a numeral in them that count nothing.
_NOT_COUNTED = re.compile(
    r"一共|一般|一些|一样|一致|一定|一直|一起|一类|一般地|唯一|统一|之一|万一|千万别|十分|百分点|其一|一律|一并|进一步|一方面|另一方面|一带一路|第一(?=[，。、]|$|是|为|的)"
)
_SCALES = "万亿千百%％‰"
_PERIOD = re.compile(
    r"(?:19|20)\d{2}年(?:\d{1,2}月(?:\d{1,2}日)?|第?[一二三四1-4]季度|[上下]半年)?|第?[一二三四1-4]季度|\d{1,2}月(?:份|\d{1,2}日)?"
)


@dataclass(frozen=True)
class Reference:
    """Something in a clause that stands in the table: the cells that it may be, as (row, column)."""

    cells: frozenset[tuple[int, int]]
    number: bool

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(row for row, _ in self.cells)

    @property
    def columns(self) -> frozenset[int]:
        return frozenset(column for _, column in self.cells)


class Unsupported(Exception):
    """A number that no cell holds, or a token without a cell."""


def references(clause: str, table: ResultTable, asked: str) -> list[Reference]:
    """All references of a clause. `asked` is the question with how it was understood: its periods may be repeated."""
    found: list[Reference] = []
    rest = clause
    for token in TOKEN.finditer(clause):
        row, column = int(token[1]) - 1, int(token[2]) - 1
        if not (0 <= row < len(table.rows) and 0 <= column < len(table.columns)) or table.rows[row][column] is None:
            raise Unsupported
        found.append(Reference(frozenset([(row, column)]), table.columns[column].type == "number"))
    rest = TOKEN.sub("　", clause)
    names, rest = _names(rest, table)
    found += names
    rest = _PERIOD.sub(lambda m: "　" if m[0] in asked else m[0], rest)
    found += [Reference(cells, True) for cells in _numbers(_NOT_COUNTED.sub("　", rest), table)]
    return found


def _names(text: str, table: ResultTable) -> tuple[list[Reference], str]:
    """Text cells that stand in `text`, the longest first, and the text without them."""
    cells: dict[str, set[tuple[int, int]]] = {}
    for row, values in enumerate(table.rows):
        for column, value in enumerate(values):
            if table.columns[column].type != "number" and isinstance(value, str) and len(value.strip()) > 1:
                cells.setdefault(value.strip(), set()).add((row, column))
    found = []
    for name in sorted(cells, key=len, reverse=True):
        if name in text:
            found.append(Reference(frozenset(cells[name]), False))
            text = text.replace(name, "　")
    return found, text


def _numbers(text: str, table: ResultTable) -> Iterator[frozenset[tuple[int, int]]]:
    """The cells that each number of `text` may be; Unsupported when there are none."""
    position = 0
    while position < len(text):
        char = text[position]
        if not (char.isnumeric() or char in _DIGITS):
            position += 1
            continue
        cells: set[tuple[int, int]] = set()
        end = position + 1
        negative = text[position - 1 : position] in ("-", "−", "负")
        for value, stop, percent in _readings(text, position):
            end = max(end, stop)
            cells |= _holding(-value if negative else value, percent, text[stop:], table)
        if not cells:
            raise Unsupported
        yield frozenset(cells)
        position = end


def _readings(text: str, position: int) -> Iterator[tuple[float, int, bool]]:
    """What may be meant by the number that begins here, where it ends, whether it is a percentage.

    All of it, and its digits without the 万, 亿 or percent sign behind them, which may be the unit.
    """
    whole = read_number(text, position)
    if whole is not None:
        yield whole.value, position + whole.length, False
        if whole.percent:
            yield round(whole.value * 100, 6), position + whole.length, True
    digits = re.match(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", text[position:])
    if digits:
        yield float(digits[0].replace(",", "")), position + digits.end(), False


def _holding(value: float, percent: bool, after: str, table: ResultTable) -> set[tuple[int, int]]:
    """The cells of this value whose unit is the one that follows in the text."""
    cells = set()
    for row, values in enumerate(table.rows):
        for column, cell in enumerate(values):
            number = _number(cell)
            if number is None or value not in (number, round(number, 2), round(number, 4)):
                continue
            unit = table.columns[column].unit
            follows = after.startswith(unit) if unit else not after or after[0] not in _SCALES
            if unit == "%" if percent else follows:
                cells.add((row, column))
    return cells


def _number(cell: object) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    # A year or another number that the table shows as text.
    return float(cell) if isinstance(cell, str) and re.fullmatch(r"\d+(\.\d+)?", cell) else None


def written_out(text: str, table: ResultTable) -> str:
    """The text with each token replaced by its cell; a unit that the text repeats behind it is taken away."""

    def cell(found: re.Match[str]) -> str:
        column = table.columns[int(found[2]) - 1]
        value = table.rows[int(found[1]) - 1][int(found[2]) - 1]
        if column.type != "number":
            return str(value)
        return number_text(value, column.unit) + ("\0" + column.unit + "\0" if column.unit else "")

    marked = TOKEN.sub(cell, text)
    return re.sub(r"\0([^\0]+)\0(?:\1)?", "", marked)
