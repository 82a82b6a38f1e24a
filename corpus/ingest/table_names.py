"""Names for warehouse tables and columns: letters, digits, underscores and Chinese characters only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.drafting.labels import clean_header
from corpus.ingest.scripts import simplified

MAX_NAME = 60
# Words that are awkward as a bare name in SQL.
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        "all and any as asc between by case cast check column create cross default delete desc distinct else end except exists "
        "false for foreign from full group having in inner insert into is join key left like limit not null offset on or order "
        "outer primary references right select set table then to true union unique update using values when where with",
    )
)
_GENERIC_SHEET = re.compile(r"^(sheet|工作表|表)\s*\d*$", re.I)


def safe_name(text: str, fallback: str) -> str:
    """`text` as a name: 「2023年各区 人口(万人)」 → t_2023年各区_人口_万人."""
    name = re.sub(r"[^\w\u4e00-\u9fff]+", "_", text.strip().lower()).strip("_")[:MAX_NAME].strip("_")
    if not name:
        return fallback
    if name[0].isdecimal():
        name = f"t_{name}"
    return f"{name}_" if name in _RESERVED else name


def unique(name: str, taken: Iterable[str]) -> str:
    """`name`, or with the first number that makes it new; DuckDB's names do not tell case apart."""
    used = {other.lower() for other in taken}
    candidate, number = name, 2
    while candidate.lower() in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def column_names(headers: list[str]) -> list[str]:
    """One safe, distinct name per header: units in brackets go (the label keeps them), blanks become 列N."""
    names: list[str] = []
    for position, header in enumerate(headers, 1):
        label = clean_header(header).label if header.strip() else ""
        name = safe_name(label, f"列{position}")
        names.append(unique(name, names))
    return names


def table_title(stem: str, part: str = "") -> str:
    """What people would call the table: the file's name without dates of export, with the sheet's name if it says something."""
    title = re.sub(r"[_\-\s]*(?:\d{8,14}|\d{4}-\d{2}-\d{2})$", "", stem).strip(" _-") or stem
    if part and not _GENERIC_SHEET.match(part.strip()) and simplified(part) != simplified(title):
        return part if len(part) > 1 and re.search(r"[\u4e00-\u9fff]{4,}", part) else f"{title}_{part}"
    return title
