"""Facets of a dataset as short terms: place, organisation, frequency, format, class, year.

| prefix | meaning                          | example      |
|--------|----------------------------------|--------------|
| p:     | place, with and without 市/区/县 | p:平果市 p:平果 |
| o:     | organisation without its place   | o:水务局      |
| f:     | update frequency                 | f:month      |
| x:     | format                           | x:csv        |
| c:     | opening class                    | c:open       |
| s:     | sharing class                    | s:conditional |
| y:     | year published                   | y:2019       |
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from corpus.catalog import Dataset
from retrieval.text import HAN, normalise

FREQUENCIES: dict[str, tuple[str, ...]] = {
    "realtime": ("实时", "分钟", "小时", "即时"),
    "day": ("每天", "每日", "逐日", "日更", "天"),
    "week": ("每周", "每星期", "周更"),
    "month": ("每月", "逐月", "月更", "按月"),
    "quarter": ("每季度", "每季", "季度"),
    "half_year": ("每半年", "半年"),
    "year": ("每年", "年度", "按年", "逐年", "一年一次"),
    "irregular": ("不定期", "不定时", "按需"),
}
FREQUENCY_LABELS = {
    "realtime": "实时",
    "day": "每天",
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
    "irregular": "不定期",
}
_FORMATS = {"excel": "xls", "xlsx": "xls", "接口": "api", "api": "api"}
# A place ends in one of these; 市场, 市政, 区域, 县级 and the like are words of their own.
_PLACE = re.compile(
    rf"^[{HAN}]{{2,6}}?(?:特别行政区|自治区|自治州|自治县|新区|开发区|省(?![级属直])|市(?![场政民容级属直辖])|区(?![域块间级属])|县(?![级域属])|州(?![级市县区])|旗|盟)"
)
_NO_PLACE = frozenset(
    [
        "自治区",
        "自治州",
        "自治县",
        "开发区",
        "全市",
        "全省",
        "全区",
        "全县",
        "本市",
        "我市",
        "市区",
        "社区",
        "地区",
        "小区",
        "园区",
    ]
)
_ETHNIC = "壮族|回族|维吾尔"
_TAIL = re.compile(r"(?:自治区|自治州|自治县|特别行政区|新区|省|市|区|县|州|旗|盟)$")
_FILE = re.compile(r"\.(csv|jsonl?|xml|xlsx?|pdf|docx?|txt|zip)$", re.I)
_BRACKETS = re.compile(r"\(.*?\)")


def frequency(text: str) -> str:
    """The frequency's code, or "" when the words say none: 「每半年」 → half_year."""
    term = normalise(text)
    if not term:
        return ""
    for code in ("half_year", "irregular", "realtime", "quarter", "week", "month", "year", "day"):
        if any(word in term for word in FREQUENCIES[code]):
            return code
    return {"月": "month", "年": "year", "日": "day", "周": "week", "季": "quarter"}.get(term, "")


def format_code(text: str) -> str:
    term = normalise(text).lstrip(".")
    return _FORMATS.get(term, term)


def split_place(name: str) -> tuple[list[str], str]:
    """Places that lead an organisation's name, and what is left: 「百色市田阳区大数据发展局」 → [百色市, 田阳区], 大数据发展局."""
    rest = _BRACKETS.sub("", normalise(name))
    for prefix in ("国家税务总局", "中华人民共和国"):
        rest = rest.removeprefix(prefix)
    places = []
    while (match := _PLACE.match(rest)) and match.group() not in _NO_PLACE:
        places.append(match.group())
        rest = rest[match.end() :]
    return places, rest


def place_names(place: str) -> list[str]:
    """A place's names in use: 「广西壮族自治区」 → itself and 广西; 「平果市」 → itself and 平果."""
    term = normalise(place)
    short = _TAIL.sub("", term)
    short = re.sub(_ETHNIC, "", short) or short
    return list(dict.fromkeys(name for name in (term, short) if len(name) >= 2))


def dataset_tags(dataset: Dataset) -> list[str]:
    """All facet terms of one dataset, without repeats."""
    tags: list[str] = []
    places, organisation = split_place(dataset.publisher)
    leading, _ = split_place(dataset.title)
    for place in [normalise(dataset.region), *places, *leading]:
        tags += [f"p:{name}" for name in place_names(place)] if place else []
    if len(organisation) >= 2:
        tags.append(f"o:{organisation}")
    code = frequency(dataset.update_frequency)
    if code:
        tags.append(f"f:{code}")
    formats: list[str] = [*dataset.formats, *(part.format for part in dataset.distributions)]
    formats += [match.group(1)] if (match := _FILE.search(dataset.title)) else []
    tags += [f"x:{format_code(name)}" for name in formats if name]
    if dataset.opening:
        tags.append(f"c:{dataset.opening.value}")
    if dataset.sharing:
        tags.append(f"s:{dataset.sharing.value}")
    if dataset.published:
        tags.append(f"y:{dataset.published.year}")
    return list(dict.fromkeys(tag.replace(" ", "") for tag in tags))


class FacetNames:
    """The places and organisations of a large catalogue, looked up by what a question says instead of gone through one by one."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._others = {tag: count for tag, count in counts.items() if tag[:2] not in ("p:", "o:")}
        self._organisations = sorted(tag for tag in counts if tag.startswith("o:"))
        self._longest = max((len(tag) - 2 for tag in counts), default=0)

    def named(self, text: str, also: Iterable[str] = ()) -> dict[str, int]:
        """The counts of all facet terms that normalised `text` can mean.

        These are: names that occur in it, organisations whose names begin with one of these or with one of `also`, cities by
        their names without 市, and every term that is neither a place nor an organisation.
        """
        found = dict(self._others)
        parts = {text[a:b] for a in range(len(text)) for b in range(a + 1, min(len(text), a + self._longest) + 1)}
        for name in parts:
            for tag in (f"p:{name}", f"p:{name}市"):
                if tag in self._counts:
                    found[tag] = self._counts[tag]
        for name in [*(part for part in parts if f"o:{part}" in self._counts), *also]:
            tag = f"o:{name}"
            for place in range(bisect_left(self._organisations, tag), len(self._organisations)):
                if not self._organisations[place].startswith(tag):
                    break
                found[self._organisations[place]] = self._counts[self._organisations[place]]
        return found
