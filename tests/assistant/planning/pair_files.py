"""Pairs of a question and what it means, kept as text: `fixtures/<topic>.txt`, one file for each topic.

A pair ends at an empty line. Its first line is the question; the others begin with a sign:

    =  the logical form (see `notation`): what is shown at least, and every other clause exactly
    |  a row: these cells, others may stand between them; `-` is an empty cell, `| none` no row at all
    >  a row in its place: rows written so must come in this order
    ~  a word that is told to be unread; without such lines every word must be read
    !  what an assumption that is told says (a part of it)
    ?  a question offered to choose from; without such lines nothing may be asked back
    x  no number may be stated as a fact: nothing is answered, or what was not read is told

`@ schema` says which schema the pairs below it are asked of, `@ schema, literal` asks as the public benches do. `#` is a remark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "fixtures"
SIGNS = "=|>~!?x"


@dataclass
class Pair:
    """One question and what must come of it."""

    topic: str
    schema: str
    literal: bool
    question: str
    form: str = ""
    rows: list[tuple[str, ...]] | None = None
    ordered: bool = False
    unread: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    withheld: bool = False

    @property
    def id(self) -> str:
        return f"{self.topic}: {self.question}"


def pairs() -> list[Pair]:
    """Every pair of every topic."""
    return [pair for path in sorted(FOLDER.glob("*.txt")) for pair in _read(path)]


def _read(path: Path) -> Iterator[Pair]:
    schema, literal = "", False
    for block in path.read_text("utf-8").split("\n\n"):
        pair: Pair | None = None
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith("@"):
                schema, _, mode = line[1:].strip().partition(", ")
                literal = mode == "literal"
            elif pair is None:
                pair = Pair(path.stem, schema, literal, line)
            else:
                _add(pair, line)
        if pair is not None:
            yield pair


def _add(pair: Pair, line: str) -> None:
    sign, text = line[:1], line[1:].strip()
    assert sign in SIGNS and (line[1:2] == " " or line == "x"), f"{pair.id}: {line}"
    if sign == "=":
        pair.form = text
    elif sign in "|>":
        pair.rows, pair.ordered = pair.rows or [], sign == ">"
        if text != "none":
            pair.rows.append(tuple(cell.strip() for cell in text.split(" | ")))
    elif sign == "x":
        pair.withheld = True
    else:
        {"~": pair.unread, "!": pair.told, "?": pair.offered}[sign].append(text)


def cell(value: object) -> str:
    """A result's cell as the files write it."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)


def holds(row: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether the wanted cells stand in a row, in their order."""
    cells = iter(row)
    return all(any(found == want for found in cells) for want in wanted)


def same_rows(found: list[tuple[str, ...]], wanted: list[tuple[str, ...]], *, ordered: bool) -> bool:
    """Whether each row found is one of those wanted, and none is missing or too many."""
    if len(found) != len(wanted):
        return False
    if ordered:
        return all(holds(row, want) for row, want in zip(found, wanted, strict=True))
    left = list(found)
    for want in sorted(wanted, key=len, reverse=True):
        match = next((row for row in left if holds(row, want)), None)
        if match is None:
            return False
        left.remove(match)
    return True
