"""How well an entry is kept: its dates, the wording of its frequency, its formats — drawn from the seed, uneven as in life.

Every entry draws from a stream of its own, so that one more entry changes no other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.catalog import OpeningClass
from corpus.demo.world import TODAY

FIRST_PUBLISHED = date(2018, 6, 1)
LAST_PUBLISHED = date(2026, 3, 31)
# Days since the last update that each frequency allows.
WINDOWS = {
    "实时": (0, 1),
    "每日": (1, 2),
    "每周": (1, 9),
    "每月": (4, 38),
    "每季度": (10, 105),
    "每半年": (20, 200),
    "每年": (40, 400),
    "不定期": (20, 1300),
}
# How else people write them; the first is what the rules ask for.
WORDINGS = {
    "实时": ("实时", "实时更新"),
    "每日": ("每日", "每天", "按日"),
    "每周": ("每周", "周更新", "按周"),
    "每月": ("每月", "月", "按月更新"),
    "每季度": ("每季度", "季度", "按季"),
    "每半年": ("每半年", "半年"),
    "每年": ("每年", "年度", "1年", "按年更新"),
    "不定期": ("不定期", "不定期更新", "按需"),
}
OPEN_FORMATS = (("xlsx",), ("csv", "xlsx"), ("csv", "json", "xml", "xlsx"), ("xls",), ("csv", "json"))


@dataclass(frozen=True)
class Upkeep:
    published: date | None
    updated: date | None
    frequency: str
    formats: tuple[str, ...]
    records: int | None


def upkeep(
    seed: int, key: str, frequency: str, opening: OpeningClass, formats: tuple[str, ...], records: int | None
) -> Upkeep:
    """Draw the upkeep of the entry `key`: about one in eleven is stale, one in fourteen misses a date."""
    rng = random.Random(f"{seed}:{key}")
    published = FIRST_PUBLISHED + timedelta(days=rng.randrange((LAST_PUBLISHED - FIRST_PUBLISHED).days))
    low, high = WINDOWS.get(frequency, WINDOWS["不定期"])
    age = rng.randint(low, high) + (rng.randint(300, 1700) if rng.random() < 0.09 else 0)
    updated = max(TODAY - timedelta(days=age), published)
    wordings = WORDINGS.get(frequency, (frequency,))
    wording = wordings[0] if rng.random() < 0.8 else rng.choice(wordings)
    usual = rng.choice(OPEN_FORMATS) if opening is not OpeningClass.CLOSED else ("数据库",)
    chosen = formats or (usual if rng.random() > 0.04 else ())
    return Upkeep(
        published=published if rng.random() > 0.05 else None,
        updated=updated if rng.random() > 0.07 else None,
        frequency=wording,
        formats=chosen,
        records=round(records * rng.uniform(0.93, 1.07)) if records else None,
    )
