"""Headers as people wrote them → a label to show, with the unit taken out."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.drafting.units import Unit, parse_unit

CJK = re.compile(r"[\u3400-\u9fff]")
_BRACKETS = str.maketrans("（）【】［］〔〕[]", "()()()()()")
_INNER = re.compile(r"\(([^()]*)\)")
_TAIL = re.compile(r"[_\-—/,，]\s*([^_\-—/,，]+)$")
_EDGE = " \t\r\n_-—:：,，、。*"


class Header(NamedTuple):
    """`label` without unit; `scale` is what one stored 1 is worth in `unit`; `qualifier` is a remark in brackets."""

    label: str
    unit: str = ""
    scale: float = 1.0
    qualifier: str = ""


def clean_header(raw: str) -> Header:
    """The label, unit and remark in a header: 「注册资本（万元）」 → 注册资本, 元, 10000. Never an empty label for a non-empty name."""
    text = raw.strip().translate(_BRACKETS)
    unit: Unit | None = None
    remarks: list[str] = []
    label = text
    while True:
        found, rest = _taken(label, remarks)
        if rest == label or not rest:
            break
        unit, label = unit or found, rest
    if not label.strip(_EDGE + "()"):
        return Header(raw.strip() or raw)
    label = _joined(_INNER.sub(r"\1", label).strip(_EDGE)) or label
    return Header(label, unit.unit if unit else "", unit.scale if unit else 1.0, "；".join(remarks))


def _taken(text: str, remarks: list[str]) -> tuple[Unit | None, str]:
    """One bracket or unit at the end taken off `text`; what is left is empty when the text was nothing else."""
    match = _INNER.search(text)
    if match:
        inside, rest = match.group(1).strip(), (text[: match.start()] + text[match.end() :]).strip(_EDGE)
        found = parse_unit(inside)
        if found is None and inside and rest:
            remarks.append(inside)
        return found, rest
    tail = _TAIL.search(text.rstrip(_EDGE)) if CJK.search(text) else None
    # A single letter or a measure word after a dash is more often a name's part than a unit.
    if tail and len(tail.group(1).strip()) > 1:
        found = parse_unit(tail.group(1))
        if found is not None:
            return found, text[: tail.start()].strip(_EDGE)
    return None, text


def _joined(text: str) -> str:
    """Underscores and spaces removed between Chinese characters; an English name stays as it is."""
    if not CJK.search(text):
        return text
    return re.sub(r"[_\s]+", "", text)


def is_chinese(text: str) -> bool:
    return CJK.search(text) is not None


def words(name: str) -> list[str]:
    """The lower-case words of an English name: studentCount_2020 → student, count, 2020."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [w for w in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if w]
