"""A catalogue of any size, varied from real entries: other places, years and wordings, as a nation's portals repeat each other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.catalog import Dataset
from retrieval.facets import split_place
from retrieval.text import normalise

# Characters that names of places are made of; the names themselves are invented.
_FIRST = (
    "安宝长常崇东丰富广海和衡宏华惠吉江金京景康兰乐临灵龙隆宁平清庆荣瑞三山石顺泰天通同万文武西新兴宣阳永玉元云泽镇"
)
_SECOND = "安昌城川德丰峰冈港关海河湖化江津康口岭流门宁平坪浦泉沙山水塘田亭湾溪乡兴阳原源远泽州洲"
_CITIES = 340
_COUNTIES = 2800
_FREQUENCIES = ("每天", "每周", "每月", "每季度", "每年", "不定期", "实时")
_FORMATS = ("CSV", "XLSX", "JSON", "XML", "API")


@dataclass(frozen=True)
class Place:
    name: str
    region: str


@dataclass(frozen=True)
class Probe:
    """A question, the style it imitates and the entry it was made from."""

    text: str
    style: str
    id: str


def places(chance: random.Random) -> list[Place]:
    """As many cities and counties as a large country has, in 31 regions."""
    stems = [a + b for a in _FIRST for b in _SECOND if a != b]
    chance.shuffle(stems)
    regions = [f"{stem}省" for stem in stems[:31]]
    rest = stems[31:]
    found = [Place(f"{rest[n]}市", regions[n % 31]) for n in range(_CITIES)]
    for number in range(_COUNTIES):
        stem = rest[(_CITIES + number) % len(rest)]
        found.append(Place(stem + "县区市"[(_CITIES + number) // len(rest) + number % 2], regions[number % 31]))
    return found


def _moved(text: str, place: str) -> str:
    """The text as another place would write it: its leading place replaced, or the new one set before it."""
    plain = normalise(text)
    _, rest = split_place(plain)
    return f"{place}{rest if len(rest) >= 2 else plain}"


def vary(bases: Sequence[Dataset], count: int, seed: int = 20260701) -> Iterator[Dataset]:
    """`count` entries with distinct ids and nearly distinct titles; the same arguments give the same entries."""
    chance = random.Random(seed)
    towns = places(chance)
    for number in range(count):
        base = bases[number % len(bases)]
        town = towns[chance.randrange(len(towns))]
        year = chance.randrange(2015, 2027)
        title = _moved(base.title, town.name)
        if chance.random() < 0.3:
            title = f"{title}（{year}年）"
        updated = date(year, 1, 1) + timedelta(days=chance.randrange(180))
        yield base.model_copy(
            update={
                "id": f"n{number:06d}",
                "title": title,
                "publisher": _moved(base.publisher, town.name) if base.publisher else f"{town.name}大数据管理局",
                "region": town.region,
                "summary": f"{town.name}{base.summary}" if base.summary else title,
                "update_frequency": base.update_frequency or chance.choice(_FREQUENCIES),
                "formats": base.formats or chance.sample(_FORMATS, chance.randrange(1, 4)),
                "updated": updated,
                "published": updated - timedelta(days=chance.randrange(900)),
                "table": None,
                "related": [],
            }
        )


def probes(entries: Sequence[Dataset], seed: int = 7) -> list[Probe]:
    """One question for each entry, in turn: its title, a need, only its subject, with a typing error, with conditions."""
    chance = random.Random(seed)
    asked = []
    for number, entry in enumerate(entries):
        title = normalise(entry.title)
        _, subject = split_place(title)
        style = ("title", "need", "subject", "noisy", "filtered")[number % 5]
        if style == "need":
            text = f"我想了解{title}，哪里可以查到？"
        elif style == "subject":
            text = subject
        elif style == "noisy":
            cut = chance.randrange(len(title))
            text = title[:cut] + title[cut + 1 :]
        elif style == "filtered":
            text = f"{entry.updated.year if entry.updated else 2020}年以来更新的{title}，{entry.formats[0] if entry.formats else 'CSV'}格式"
        else:
            text = title
        asked.append(Probe(text, style, entry.id))
    return asked


def changed(entry: Dataset) -> Dataset:
    """The entry as its publisher might have edited it."""
    return entry.model_copy(update={"summary": f"{entry.summary}本次更新补充了数据说明。"})
