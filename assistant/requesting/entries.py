"""Which catalogue entries the words mean: by code, by title, by what they describe. Class and provider are never read from words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.requesting.names import CatalogueNames
from assistant.requesting.provider_names import names_provider
from corpus.catalog import Dataset, OpeningClass, SharingClass
from retrieval.index import DatasetSearch

CERTAIN = 0.5  # confidence of the search from which on an entry was found
NEAR = 0.3  # below it nothing comes near
CLOSE = 0.92  # two scores this close are told apart by the person
TITLE = 0.7  # a score as high as this needs no character of the title in the words
_CODE = re.compile(r"(?<![\d/])\d{5,6}/\d{3,6}(?![\d/])")
_ID = re.compile(r"(?:目录)?编号[ ：]*([A-Za-z0-9][\w.-]{2,60})")
_NOISE = re.compile(
    r"^(?:再|请|麻烦|现|拟)+|^[要得想]\s+|(?:帮|给|替|为)(?:我们?局?|本局)|我们?(?:局|委|中心|单位|部门|支队)?|本(?:局|委|单位|部门|中心)|申请(?:使用|共享|调用|获取)?(?:一下|一次)?|起草|共享(?=[^平交])"
    r"|(?:想要?|需要|要|得|拟|打算|准备)?(?:使用|调用|获取|用(?![户电水车人能]))|想要?|需要|(?:一份|一批|一些|一个|这个|那个)(?:的)?|目录(?:代码|编号)|(?:服务)?接口(?:方式)?$|用[于来作以](?=$|，)|(?:来|去)?(?:做|开展|进行)(?=$|，)"
    r"|(?:跟|向|找|从)(?=[^，]{1,12}(?:要|申请))|“|”|《|》"
)
_LED_BY_OFFICE = re.compile(
    r"^[\u4e00-\u9fff]{1,14}?(?:局|委|委员会|中心|支队|办公室|部门)(?:这边)? (?=\S{2,})"
)  # who asks
_KINDS_OF_LIST = re.compile(
    r"(?<=..)(?:花名册|名册|信息库|数据库|明细表|一览表|登记表|库)$"
)  # says nothing of what is listed
_VAGUE = re.compile(
    r"^(?:[点些要拿跟想]|一些|有关|相关|别的|其他|其它|部门|单位|的|和|给|把|都|数据|资料|信息|目录|资源|材料|东西|表|库|申请|共享|草稿|内容|，|、|\s)*$"
)
_JOINED = re.compile(r"、|以及|还有|及|和|与|，")
_PLACES = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
]
_ELSEWHERE = re.compile(
    rf"(?:{'|'.join(_PLACES)})(?:省|市|自治区)?|(?:外|邻|兄弟|其他|别的)省市?|(?:外|邻|兄弟)市|省外|外地|跨省"
)

Kind = Literal["found", "several", "choose", "vague", "everything", "elsewhere", "no_such_code", "nothing"]
Search = Callable[[str, int], DatasetSearch]


@dataclass(frozen=True)
class Found:
    """`entries`: the ones meant, or the ones to choose from. `near`: others that come close. `words`: what was looked for."""

    kind: Kind
    entries: tuple[Dataset, ...] = ()
    near: tuple[Dataset, ...] = ()
    words: str = ""


def find_entries(
    wanted: str, datasets: Mapping[str, Dataset], names: CatalogueNames, search: Search, home: str
) -> Found:
    """The entries that `wanted` means. `home`: the region that this catalogue is of."""
    by_code = _by_code(wanted, datasets, names)
    if by_code is not None:
        return by_code
    if place := _elsewhere(_without(wanted, names.titles_in(wanted)), home):
        return Found("elsewhere", words=place)
    titled = [names.entry(title) for title in dict.fromkeys(names.titles_in(wanted))]
    if titled:
        return Found("found" if len(titled) == 1 else "several", tuple(titled), words=wanted)
    words = bare_words(wanted)
    if _VAGUE.match(words):
        return Found("vague", words=words)
    parts = [p.strip(" 的") for p in _JOINED.split(words) if len(p.strip(" 的")) >= 2]
    whole = _best(words, datasets, search)
    if len(parts) > 1:
        each = [_best(part, datasets, search) for part in parts]
        firsts = [found.entries[0] for found in each if found.kind == "found"]
        distinct = list({d.id: d for d in firsts}.values())
        if len(distinct) > 1 and len(firsts) == len(parts):
            return Found("several", tuple(distinct), words=words)
    return whole


def _without(text: str, titles: Sequence[str]) -> str:
    for title in titles:
        text = text.replace(title, " ")
    return text


def bare_words(wanted: str) -> str:
    """The words that say which data, without those that ask for them, who asks, and what kind of list it is."""
    before = None
    while before != wanted:
        before, wanted = wanted, _NOISE.sub(" ", wanted).strip(" ，。的")
    words = _LED_BY_OFFICE.sub("", re.sub(r"\s+", " ", wanted))
    return _KINDS_OF_LIST.sub("", words)


def _by_code(wanted: str, datasets: Mapping[str, Dataset], names: CatalogueNames) -> Found | None:
    if named := _ID.search(wanted):
        entry = datasets.get(named[1])
        if entry is not None:
            return Found("found", (entry,), words=named[1])
    known = {code: names.of_code(code) for code in _CODE.findall(wanted)}
    if not known:
        return None
    entries = tuple(entry for entry in known.values() if entry is not None)
    lost = next((code for code, entry in known.items() if entry is None), "")
    if lost:
        return Found("no_such_code", entries, words=lost)
    return Found("found" if len(entries) == 1 else "several", entries, words=next(iter(known)))


def _best(words: str, datasets: Mapping[str, Dataset], search: Search) -> Found:
    """What one phrase means: one entry, or several to choose from, or nothing."""
    result = search(words, 6)
    hits = [(h.score, datasets[h.id]) for h in result.hits if h.id in datasets]
    if not hits or result.confidence < NEAR:
        return Found("nothing", near=tuple(d for _, d in hits[:2] if result.confidence >= NEAR / 2), words=words)
    ranked = sorted(hits, key=lambda h: -h[0] * _fit(words, h[1]))
    score = {d.id: s * _fit(words, d) for s, d in hits}
    first = ranked[0][1]
    near = [d for _, d in ranked[1:] if score[d.id] >= CLOSE * score[first.id]]
    others = tuple(d for _, d in ranked[1:3])
    if result.confidence < CERTAIN or (ranked[0][0] < TITLE and not _shares_sign(words, first)):
        return Found("choose", tuple(d for _, d in ranked[:3]), words=words)
    closed = [d for d in (first, *near) if needs_request(d)]
    if near and len(closed) == 1:  # who applies does not mean what anybody may have
        return Found("found", (closed[0],), tuple(d for d in (first, *near) if d is not closed[0]), words)
    if near:
        return Found("choose", (first, *near[:3]), words=words)
    return Found("found", (first,), others, words)


def _fit(words: str, entry: Dataset) -> float:
    return 1.3 if names_provider(words, entry.publisher) else 1.0


def needs_request(entry: Dataset) -> bool:
    """Whether an entry is not simply open to everyone."""
    return not (entry.sharing is SharingClass.UNCONDITIONAL and entry.opening is OpeningClass.OPEN)


def _shares_sign(words: str, entry: Dataset) -> bool:
    """Whether the title has a character of the words that says something."""
    said = set(re.sub(r"数据|信息|资料|名单|记录|的|人|档案|情况|明细|登记", "", words))
    return bool(said & set(entry.title))


def _elsewhere(words: str, home: str) -> str:
    """The place that the words name and this catalogue is not of."""
    match = _ELSEWHERE.search(words)
    if not match:
        return ""
    place = match.group()
    short = re.sub(r"(?:省|市|自治区)$", "", place)
    return "" if short in home else place


def may_apply(entries: Sequence[Dataset], department: str) -> list[Dataset]:
    """Entries whose condition names this department: what it may ask for."""
    return [
        d for d in entries if d.sharing is SharingClass.CONDITIONAL and names_provider(d.sharing_condition, department)
    ]
