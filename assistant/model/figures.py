"""The numbers and names of a clause, matched with the cells of a result table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.compose.data import number_text
from assistant.outcome import ResultTable
from assistant.planning.numerals import read_number

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
    """Something in a clause that stands in the table: the rows that it may be."""

    rows: frozenset[int]
    number: bool


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
        found.append(Reference(frozenset([row]), table.columns[column].type == "number"))
    rest = TOKEN.sub("　", clause)
    names, rest = _names(rest, table)
    found += names
    rest = _PERIOD.sub(lambda m: "　" if m[0] in asked else m[0], rest)
    found += [Reference(rows, True) for rows in _numbers(_NOT_COUNTED.sub("　", rest), table)]
    return found


def _names(text: str, table: ResultTable) -> tuple[list[Reference], str]:
    """Text cells that stand in `text`, the longest first, and the text without them."""
    rows: dict[str, set[int]] = {}
    for index, row in enumerate(table.rows):
        for column, cell in zip(table.columns, row, strict=True):
            if column.type != "number" and isinstance(cell, str) and len(cell.strip()) > 1:
                rows.setdefault(cell.strip(), set()).add(index)
    found = []
    for name in sorted(rows, key=len, reverse=True):
        if name in text:
            found.append(Reference(frozenset(rows[name]), False))
            text = text.replace(name, "　")
    return found, text


def _numbers(text: str, table: ResultTable) -> Iterator[frozenset[int]]:
    """The rows that each number of `text` may be from; Unsupported when there are none."""
    position = 0
    while position < len(text):
        char = text[position]
        if not (char.isnumeric() or char in _DIGITS):
            position += 1
            continue
        rows: set[int] = set()
        end = position + 1
        negative = text[position - 1 : position] in ("-", "−", "负")
        for value, stop in _readings(text, position):
            end = max(end, stop)
            rows |= _holding(-value if negative else value, text[stop:], table)
        if not rows:
            raise Unsupported
        yield frozenset(rows)
        position = end


def _readings(text: str, position: int) -> Iterator[tuple[float, int]]:
    """What may be meant by the number that begins here: all of it, and its digits without 万, 亿 or a percent sign."""
    whole = read_number(text, position)
    if whole is not None:
        yield (whole.value * 100 if whole.percent else whole.value), position + whole.length
        if whole.percent:
            yield whole.value, position + whole.length
    digits = re.match(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", text[position:])
    if digits:
        yield float(digits[0].replace(",", "")), position + digits.end()


def _holding(value: float, after: str, table: ResultTable) -> set[int]:
    """Rows with a cell of this value whose unit is the one that follows in the text."""
    rows = set()
    for index, row in enumerate(table.rows):
        for column, cell in zip(table.columns, row, strict=True):
            number = _number(cell)
            if number is None or value not in (number, round(number, 2), round(number, 4)):
                continue
            unit = column.unit
            if unit == "%" or (after[:1] not in _SCALES if not unit else after.startswith(unit)):
                rows.add(index)
    return rows


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
