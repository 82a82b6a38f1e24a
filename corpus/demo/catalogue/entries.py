"""The hand-written entries: what the departments list beside the tables that are here.

Each file under entries/ maps a department's key to its entries. Keys of an entry: `id`, `title`, `cat` (项/目), `sum`, `items`
(see items.py), `freq`; and where they differ from the usual: `share` ("U" 无条件, "C:条件", "N:依据"), `open` ("O" 无条件,
"C:条件", "X" or "X:理由" 不予开放), `level`, `fmt`, `n` (records, about), `kw`, `rel` (ids without the city's prefix), `topic`.
districts.yaml holds templates for entries that each district reports on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corpus.catalog import OpeningClass, SecurityLevel, SharingClass
from corpus.demo.city import DISTRICTS
from corpus.demo.departments import CITY, Department, department

FOLDER = Path(__file__).with_name("entries")
TEMPLATES = Path(__file__).with_name("districts.yaml")
PREFIX = "yl-"
KEYS = {"id", "title", "cat", "sum", "items", "freq", "share", "open", "level", "fmt", "n", "kw", "rel", "topic"}
SHARING = {"U": SharingClass.UNCONDITIONAL, "C": SharingClass.CONDITIONAL, "N": SharingClass.NOT_SHARED}
OPENING = {"O": OpeningClass.OPEN, "C": OpeningClass.CONDITIONAL, "X": OpeningClass.CLOSED}
PERSONAL_REASON = "列入开放负面清单通用条目：个人信息类"


@dataclass(frozen=True)
class Entry:
    """One hand-written entry, before the seed decides its dates and its flaws."""

    id: str
    title: str
    department: Department
    place: str  # 项/目
    summary: str
    items: str
    frequency: str
    sharing: SharingClass = SharingClass.UNCONDITIONAL
    sharing_reason: str = ""
    opening: OpeningClass = OpeningClass.OPEN
    opening_reason: str = ""
    level: SecurityLevel = SecurityLevel.GENERAL
    formats: tuple[str, ...] = ()
    records: int | None = None
    keywords: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    region: str = CITY
    topic: str = ""


@cache
def entries() -> tuple[Entry, ...]:
    """All entries in the order of their files, the districts' last; ValueError says where a file is wrong."""
    found = [*_city_entries(), *_district_entries()]
    known = {entry.id for entry in found}
    for entry in found:
        lost = set(entry.related) - known
        if lost:
            raise ValueError(f"目录条目 {entry.id} 关联了不存在的条目：{'、'.join(sorted(lost))}")
    return tuple(found)


def _city_entries() -> Iterator[Entry]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for owner, listed in yaml.safe_load(path.read_text("utf-8")).items():
            for raw in listed:
                yield _entry(raw, department(owner), CITY)


def _district_entries() -> Iterator[Entry]:
    for template in yaml.safe_load(TEMPLATES.read_text("utf-8")):
        titles, sums = template.pop("titles"), template.pop("sums")
        owner = department(template.pop("dept"))
        for turn, name in enumerate(template.pop("districts").split()):
            district = next(d for d in DISTRICTS if d.name == name)
            own = {
                "id": f"{template['id']}-{district.code[-2:]}",
                "title": titles[turn % len(titles)].format(d=name),
                "sum": sums[turn % len(sums)].format(d=name),
            }
            yield _entry({**template, **own}, owner, name)


def _entry(raw: dict[str, Any], owner: Department, region: str) -> Entry:
    unknown = set(raw) - KEYS
    if unknown:
        raise ValueError(f"目录条目 {raw.get('id')} 有不认识的键：{'、'.join(sorted(unknown))}")
    sharing, _, sharing_reason = str(raw.get("share", "U")).partition(":")
    opening, _, opening_reason = str(raw.get("open", "O")).partition(":")
    if OPENING[opening] is OpeningClass.CLOSED and not opening_reason:
        opening_reason = PERSONAL_REASON
    return Entry(
        id=PREFIX + raw["id"],
        title=raw["title"],
        department=owner,
        place=raw["cat"],
        summary=raw["sum"],
        items=raw["items"],
        frequency=raw["freq"],
        sharing=SHARING[sharing],
        sharing_reason=sharing_reason,
        opening=OPENING[opening],
        opening_reason=opening_reason,
        level=SecurityLevel(raw.get("level", "general")),
        formats=tuple(raw.get("fmt", "").split()),
        records=raw.get("n"),
        keywords=tuple(raw.get("kw", "").split()),
        related=tuple(PREFIX + key for key in raw.get("rel", "").split()),
        region=region,
        topic=raw.get("topic", owner.theme),
    )
