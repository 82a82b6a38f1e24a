"""Values that have an order: 三级甲等 above 二级甲等, 本科 above 大专, 60-79岁 above 35-59岁. Pure: texts in, places out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DIGITS = {c: float(i) for i, c in enumerate("零一二三四五六七八九十")} | {
    "Ⅰ": 1.0,
    "Ⅱ": 2.0,
    "Ⅲ": 3.0,
    "Ⅳ": 4.0,
    "Ⅴ": 5.0,
}
_NUMERAL = re.compile(r"(劣?)([一二三四五六七八九十]|[ⅠⅡⅢⅣⅤ]|\d)(A级|A|星级|星|级|类|等)(?:([甲乙丙])等?)?$")
_PARTS = {"甲": 0.3, "乙": 0.2, "丙": 0.1}
_SPAN = re.compile(r"(\d+)\s*[-~—至到]\s*(\d+)")
_OPEN = re.compile(r"(\d+)[^\d]{0,3}(及?以上|及?以下)")
_LETTER = re.compile(r"([A-E])级?$")
# From the lowest to the highest; words that say the same stand together. The longest word of a value counts.
_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("小学",), ("初中",), ("高中", "中专", "中职", "技校"), ("大专", "专科"), ("本科",), ("研究生", "硕士"), ("博士",)),
    (("员级",), ("初级", "助理级"), ("中级",), ("副高级", "副高"), ("正高级", "正高")),
    (("微型",), ("小型",), ("中型",), ("大型",), ("特大型", "超大型")),
    (("镇级", "乡级"), ("县控", "县级", "区级", "区控"), ("市考", "市控", "市级"), ("省考", "省控", "省级"), ("国考", "国控", "国家级")),
    (("非常不满意",), ("不满意",), ("一般", "基本满意"), ("满意",), ("非常满意",)),
    (("较差", "差"), ("一般", "合格"), ("良好", "良"), ("优秀", "优")),
    (("轻度",), ("中度",), ("重度",), ("严重",)),
    (("轻微",), ("一般",), ("较大",), ("重大",), ("特别重大", "特大")),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a value stands on a ladder: from `low` to `high`, which are one for a value without an extent."""

    ladder: str
    low: float
    high: float


def places_of(text: str) -> list[Place]:
    """Every ladder on which a text may stand; empty for a text without an order."""
    found = [place for place in (_extent(text), _numbered(text), _lettered(text)) if place is not None]
    for number, scale in enumerate(_SCALES):
        words = [(len(w), float(rank)) for rank, names in enumerate(scale) for w in names if w in text]
        if words:
            rank = max(words)[1]
            found.append(Place(f"scale {number}", rank, rank))
    return found


def ladder_of(values: Mapping[str, str], said: Place) -> dict[str, Place]:
    """Stored value → its place on the ladder of `said`, for the values (stored → meaning) that stand on it; none for fewer than two."""
    placed = {}
    for stored, text in values.items():
        place = next((p for p in places_of(text) if p.ladder == said.ladder), None)
        if place is not None:
            placed[stored] = place
    return placed if len(placed) > 1 else {}


def within(ladder: Mapping[str, Place], said: Place, op: str) -> list[str] | None:
    """The stored values that stand beyond a bound, lowest first; None where the bound cuts one of them in two."""
    kept = []
    for stored, place in sorted(ladder.items(), key=lambda item: item[1].low):
        above, below = place.low >= said.low, place.high <= said.high
        if op == ">" and place.high > place.low:
            above = place.low >= said.low  # over 60 of 60-79: as near as the groups allow
        elif op == ">":
            above = place.low > said.high
        elif op == "<":
            below = place.high < said.low
        met = above if op in (">", ">=") else below
        inside = place.low < said.low <= place.high if op in (">", ">=") else place.low <= said.high < place.high
        if place.high > place.low and not met and inside and place.low != said.low:
            return None
        if met:
            kept.append(stored)
    return kept


def _extent(text: str) -> Place | None:
    """18-34岁, 80岁及以上: from where to where, in the unit that is written."""
    span, opened = _SPAN.search(text), _OPEN.search(text)
    unit = "岁" if "岁" in text else ""
    if span:
        return Place(f"extent {unit}", float(span[1]), float(span[2]))
    if opened:
        value = float(opened[1])
        return Place(f"extent {unit}", *((value, float("inf")) if opened[2].endswith("上") else (0.0, value)))
    return None


def _numbered(text: str) -> Place | None:
    """三级甲等, 四星, 5A级, Ⅲ类: 级 and 星 grow with their number, the first 类 and 等 are the best."""
    found = _NUMERAL.search(text)
    if not found:
        return None
    number = _DIGITS.get(found[2]) or float(found[2] if found[2].isdigit() else 0)
    kind = found[3].removesuffix("级") or "级"
    if kind in ("类", "等"):
        number = -number - (0.5 if found[1] else 0.0)
        return Place(f"number {kind}", number, number)
    if found[4]:
        return Place(f"number {kind}", number + _PARTS[found[4]], number + _PARTS[found[4]])
    return Place(f"number {kind}", number, number + 0.4)


def _lettered(text: str) -> Place | None:
    found = _LETTER.fullmatch(text)
    return Place("letter", -float(ord(found[1])), -float(ord(found[1]))) if found else None
