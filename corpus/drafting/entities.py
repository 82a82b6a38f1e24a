"""What one row of a table is: its noun, and the word it is counted with."""

from __future__ import annotations

import re

from corpus.drafting.labels import is_chinese, words
from corpus.drafting.lexicon import ENGLISH, MEASURE_WORDS

_TABLE_END = re.compile(
    r"(?:信息表|数据表|统计表|基本信息表|基本情况表|基本信息|基本情况|基础信息|信息|数据|情况|统计|列表|名单|名录|明细|清单|一览|目录|登记|台账|汇总|总表|表)$"
)
_NAME_END = re.compile(r"(?:的)?(?:中文名称|名称|名字|姓名|全称|标题|名)$")
_LONGEST = max(map(len, MEASURE_WORDS))
DEFAULT_MEASURE = "个"


def table_synonyms(label: str, entity: str) -> list[str]:
    """Other names of a table: without 信息表 and the like, and its noun."""
    found: list[str] = []
    text = label
    while (match := _TABLE_END.search(text)) and match.start() > 0:
        text = text[: match.start()]
        found.append(text)
    if not is_chinese(label):
        spaced = words(label)
        if spaced and spaced[0] in ("t", "tb", "tbl", "dim", "fact", "ods", "dwd", "dws", "ads"):
            spaced = spaced[1:]
        found += [" ".join(spaced), translated(spaced)]
    return _unique([*found, entity], label)


def entity_of(label: str, name_label: str = "") -> str:
    """The noun that a table's rows count as: 学校基本信息 → 学校; 美国近几年校园枪击事件 → 枪击事件.

    `name_label` is the label of the column that names a row: 节目名称 also says 节目.
    """
    text = label
    while (match := _TABLE_END.search(text)) and match.start() > 0:
        text = text[: match.start()]
    if not is_chinese(text):
        text = translated([w for w in words(text) if w not in ("t", "tb", "tbl")]) or text
    known = _known_end(text)
    if known:
        return known
    stem = _NAME_END.sub("", name_label)
    if stem and stem != name_label and (known := _known_end(stem)):
        return known
    # 一带一路的中国城市 → what follows the last 的
    return text.rsplit("的", 1)[-1] or text


def measure_word_of(entity: str) -> str:
    """个 when nothing better is known."""
    known = _known_end(entity)
    return MEASURE_WORDS[known] if known else DEFAULT_MEASURE


def _known_end(text: str) -> str:
    for start in range(max(0, len(text) - _LONGEST), len(text)):
        if text[start:] in MEASURE_WORDS:
            return text[start:]
    return ""


def translated(english: list[str]) -> str:
    """A Chinese reading of an English name, empty unless every word is known."""
    parts: list[str] = []
    for word in english:
        known = ENGLISH.get(word) or ENGLISH.get(word.removesuffix("s"))
        if known is None:
            return ""
        parts.append(known[0])
    return "".join(parts)


def _unique(items: list[str], label: str) -> list[str]:
    return [item for item in dict.fromkeys(items) if item and item != label]
