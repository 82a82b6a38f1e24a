"""Conditions that a question states about the dataset itself: where, whose, how often, in what form, since when.

They are shown to the person, each with the words it came from, and can be taken off again. Only values that the
catalogue really uses are recognised, so a condition never invents a place or a format.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from retrieval.facets import FREQUENCY_LABELS, frequency, place_names
from retrieval.lexical import Filter
from retrieval.text import normalise
from retrieval.thesaurus import Thesaurus

ConditionField = Literal["region", "publisher", "frequency", "format", "opening", "sharing", "published", "updated"]

FIELD_LABELS: dict[str, str] = {
    "region": "地区",
    "publisher": "提供单位",
    "frequency": "更新频率",
    "format": "格式",
    "opening": "开放属性",
    "sharing": "共享属性",
    "published": "发布时间",
    "updated": "更新时间",
}
_CLASSES = {
    "无条件开放": ("opening", "c:open"),
    "有条件开放": ("opening", "c:conditional"),
    "受限开放": ("opening", "c:conditional"),
    "不予开放": ("opening", "c:closed"),
    "无条件共享": ("sharing", "s:unconditional"),
    "有条件共享": ("sharing", "s:conditional"),
    "不予共享": ("sharing", "s:not_shared"),
}
_FREQUENCY = re.compile(
    r"(实时|每?半年|每?季度|每个?月|每年|每天|每日|每周|每星期|按[年月季日周]|逐[日月]|不定期|一年一次)(?:度|地)?(?:进行)?(?:更新|发布|一更|更一次|刷新)(?:的|一次)?"
)
_FORMAT = re.compile(
    r"(csv|jsonl?|xml|xlsx?|excel|rdf|api|pdf|docx?|txt|shp|geojson|kml|zip)(?:格式|文件|表格|版)?(?:的)?", re.I
)
_SINCE = re.compile(r"((?:19|20)\d\d)年?(?:(\d{1,2})月)?(?:以后|之后|以来|后|起|以降)(?:更新|发布)?过?(?:的)?")
_YEAR_ACT = re.compile(r"((?:19|20)\d\d)年(?:(\d{1,2})月)?(?:里)?(发布|上线|公布|开放|更新)(?:过)?(?:的)?")
_RECENT = re.compile(r"(?:最近|近)(一|两|三|半|\d+)(?:个)?(年|月)(?:内|来)?(?:更新|发布)过?(?:的)?")
_ORGANISATION = re.compile(r".*(?:局|委|委员会|厅|办|办公室|院|署|处|中心|联|部|队|馆|站|公司|协会|政府|法院)$")
_NUMBERS = {"一": 1, "两": 2, "三": 3}


class Condition(BaseModel):
    """One condition: what it limits, the value in words, and the part of the question that said so."""

    model_config = ConfigDict(frozen=True)

    field: ConditionField
    value: str
    said: str
    tags: tuple[str, ...] = ()
    since: int = 0  # yyyymmdd, inclusive
    until: int = 0

    @property
    def label(self) -> str:
        return f"{FIELD_LABELS[self.field]}：{self.value}"

    def as_filter(self) -> Filter:
        return Filter(tags=self.tags, since=self.since, until=self.until)

    def met_by(self, tags: Collection[str], day: int) -> bool | None:
        """Whether an entry of these facet terms and this day of change meets it; None: the entry does not say."""
        if self.tags:
            if not set(self.tags).isdisjoint(tags):
                return True
            return False if any(tag[:2] == self.tags[0][:2] for tag in tags) else None
        return (self.since or 1) <= day <= (self.until or day) if day else None


@dataclass(frozen=True)
class Facets:
    """The values that the indexed catalogue uses: term → how many entries carry it."""

    counts: dict[str, int] = field(default_factory=dict)
    regions: frozenset[str] = frozenset()  # names of whole regions: 北京, 广西

    def values(self, prefix: str) -> Iterable[str]:
        return (tag[len(prefix) :] for tag in self.counts if tag.startswith(prefix))


def read_conditions(question: str, facets: Facets, thesaurus: Thesaurus, today: date) -> tuple[list[Condition], str]:
    """The conditions of a question and the question without the words that only state a frequency, format, class or date.

    Names of places and organisations stay in the text: titles carry them too.
    """
    text = normalise(question)
    found: list[Condition] = []
    rest = text
    for condition in [
        *_classes(text, facets),
        *_frequencies(text, facets),
        *_dates(text, today),
        *_formats(text, facets),
    ]:
        found.append(condition)
        rest = rest.replace(condition.said, " ", 1)
    found += _places(text, facets)
    found += _organisations(text, facets, thesaurus)
    return found, rest if rest.strip() else text


def _classes(text: str, facets: Facets) -> Iterable[Condition]:
    for said, (name, tag) in _CLASSES.items():
        if said in text and tag in facets.counts:
            yield Condition(field=name, value=said, said=said, tags=(tag,))  # type: ignore[arg-type]


def _frequencies(text: str, facets: Facets) -> Iterable[Condition]:
    if match := _FREQUENCY.search(text):
        code = frequency(match.group(1).replace("按", "每").replace("逐", "每").replace("每个", "每"))
        if code and f"f:{code}" in facets.counts:
            yield Condition(field="frequency", value=FREQUENCY_LABELS[code], said=match.group(), tags=(f"f:{code}",))


def _formats(text: str, facets: Facets) -> Iterable[Condition]:
    if match := _FORMAT.search(text):
        word = match.group(1).lower()
        names = {"xls": ("xls", "xlsx"), "xlsx": ("xls", "xlsx"), "excel": ("xls", "xlsx"), "doc": ("doc", "docx")}.get(
            word, (word,)
        )
        tags = tuple(f"x:{name}" for name in names if f"x:{name}" in facets.counts)
        if tags:
            yield Condition(field="format", value=word.upper(), said=match.group(), tags=tags)


def _dates(text: str, today: date) -> Iterable[Condition]:
    if match := _SINCE.search(text):
        year, month = int(match.group(1)), int(match.group(2) or 0)
        exclusive = "以来" not in match.group() and "起" not in match.group()
        if month:
            since = year * 10000 + month * 100 + (32 if exclusive else 1)
        else:
            since = (
                year + 1 if exclusive and "年后" not in match.group() and "之后" not in match.group() else year
            ) * 10000 + 101
        yield Condition(
            field="updated",
            value=f"{match.group(1)}年{f'{month}月' if month else ''}以后",
            said=match.group(),
            since=since,
        )
    elif match := _YEAR_ACT.search(text):
        year, month = int(match.group(1)), int(match.group(2) or 0)
        if match.group(3) == "更新":
            since = year * 10000 + (month * 100 if month else 100) + 1
            until = year * 10000 + (month * 100 if month else 1200) + 31
            yield Condition(
                field="updated",
                value=f"{year}年{f'{month}月' if month else ''}",
                said=match.group(),
                since=since,
                until=until,
            )
        else:
            yield Condition(field="published", value=f"{year}年", said=match.group(), tags=(f"y:{year}",))
    elif match := _RECENT.search(text):
        count, unit = match.groups()
        days = (365 if unit == "年" else 31) * (_NUMBERS.get(count) or (int(count) if count.isdigit() else 1))
        if count == "半":
            days = 183 if unit == "年" else 15
        start = today - timedelta(days=days)
        since = start.year * 10000 + start.month * 100 + start.day
        yield Condition(field="updated", value=f"{start.isoformat()} 以后", said=match.group(), since=since)


def _places(text: str, facets: Facets) -> list[Condition]:
    """Full place names anywhere; short names only for whole regions or where the question begins with them."""
    taken = [False] * len(text)
    found = []
    for name in sorted(facets.values("p:"), key=lambda n: (-len(n), n)):
        start = text.find(name)
        if start < 0 or any(taken[start : start + len(name)]):
            continue
        full = name[-1] in "省市区县州旗盟" and len(name) >= 3
        if not full and name not in facets.regions and start > 0:
            continue
        taken[start : start + len(name)] = [True] * len(name)
        short = place_names(name)[-1]
        if full:  # a whole region's entries say 天津 as well as 天津市
            tags = (f"p:{name}", f"p:{short}") if short in facets.regions and short != name else (f"p:{name}",)
        else:
            tags = (f"p:{name}", f"p:{name}市") if f"p:{name}市" in facets.counts else (f"p:{name}",)
        found.append((start, Condition(field="region", value=name, said=name, tags=tags)))
    return [condition for _, condition in sorted(found, key=lambda pair: pair[0])]


def _organisations(text: str, facets: Facets, thesaurus: Thesaurus) -> list[Condition]:
    """Named organisations, also by abbreviation: 人社局 → 人力资源和社会保障局."""
    names = sorted(
        (n for n in facets.values("o:") if len(n) >= 3 and _ORGANISATION.match(n)), key=lambda n: (-len(n), n)
    )
    for name in names:
        if name in text:
            return [_organisation(name, name, facets)]
    for _, _, word in thesaurus.matches(text):
        if _ORGANISATION.match(word):
            others = [other for other in thesaurus.expand(word) if f"o:{other}" in facets.counts]
            if others:
                parts = [_organisation(other, word, facets) for other in others]
                tags = tuple(dict.fromkeys(tag for part in parts for tag in part.tags))
                return [Condition(field="publisher", value="、".join(others[:2]), said=word, tags=tags)]
    return []


def _organisation(name: str, said: str, facets: Facets) -> Condition:
    tags = tuple(f"o:{other}" for other in facets.values("o:") if other.startswith(name))
    return Condition(field="publisher", value=name, said=said, tags=tags)
