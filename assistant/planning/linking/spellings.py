"""Other ways to write what the data call something: same-sound typing errors, one wrong character, shortened values.

Everything here is looked up only for words that nothing explains, and what is read for them is told to the asker.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from assistant.planning.linking.names import Names
from corpus.semantics import Role, SemanticModel
from retrieval.segment import Segmenter
from retrieval.values import ValueIndex

_MOST = 30_000  # texts that are kept by sound
_LONGEST = 10
_COLUMN = 3_000  # columns with more different texts than this are not gone through
# One of these in the place of the other is no slip: it says the contrary.
_CONTRARY = (
    "上下",
    "多少",
    "高低",
    "大小",
    "长短",
    "增减",
    "进出",
    "收支",
    "新旧",
    "男女",
    "内外",
    "前后",
    "左右",
    "公民",
    "生死",
    "早晚",
    "买卖",
)
# What people mix up when they type by sound.
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@cache
def sounds(char: str) -> tuple[str, ...]:
    """The toneless readings of a character; the character itself where it has none."""
    from pypinyin.constants import PINYIN_DICT  # 0.3 s: only where something was not understood

    found = PINYIN_DICT.get(ord(char))
    if not found:
        return (char.lower(),)
    return tuple(dict.fromkeys(_bare(reading) for reading in found.split(",")))[:3]


def _bare(reading: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))


def _folded(bare: str) -> str:
    for long, short in _NEAR:
        if bare.startswith(long):
            bare = short + bare[len(long) :]
    return bare[:-1] if bare.endswith(("ang", "eng", "ing")) else bare


def keys_of(text: str) -> Iterator[tuple[str, ...]]:
    """Every way a text may sound, four at most; in three characters or more, near sounds (zh and z, ang and an) are one."""
    for number, key in enumerate(product(*(sounds(c) for c in text))):
        if number == 4:
            return
        yield key if len(key) < 3 else tuple(map(_folded, key))


@dataclass
class Spellings:
    """The names and values of one scope by sound, by all but one character, and by the characters they begin with."""

    _sound: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    _wild: dict[str, set[str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    categories: dict[str, set[str]] = field(default_factory=dict)  # value of a category column → tables

    @classmethod
    def build(cls, model: SemanticModel, names: Names, values: ValueIndex) -> Spellings:
        index = cls()
        roles = {(t.name, c.name): c.role for t in model.tables for c in t.columns}
        index.names = tuple(names.texts(0.95))
        index.texts = tuple(sorted(_texts(names, values, roles))[:_MOST])
        for text in index.texts:
            for key in keys_of(text):
                index._sound.setdefault(key, set()).add(text)
            if 4 <= len(text) <= 8:
                for position in range(len(text)):
                    index._wild.setdefault(f"{text[:position]}*{text[position + 1 :]}", set()).add(text)
        for value, places in values.exact.items():
            for table, column in places:
                if roles.get((table, column)) == Role.CATEGORY and len(value) <= 12:
                    index.categories.setdefault(value, set()).add(table)
        for meaning, coded in values.codes.items():
            index.categories.setdefault(meaning, set()).update(table for table, _, _ in coded)
        return index

    def alike(self, text: str) -> str | None:
        """The one name or value that sounds like `text`, or differs from it by one character; None for none or several."""
        found = {other for key in keys_of(text) for other in self._sound.get(key, ())} - {text}
        found = {other for other in found if any(a == b for a, b in zip(text, other, strict=False))}
        if not found and 4 <= len(text) <= 8:
            found = {other for i in range(len(text)) for other in self._wild.get(f"{text[:i]}*{text[i + 1 :]}", ())} - {
                text
            }
        found = {other for other in found if not _contrary(text, other)}
        return found.pop() if len(found) == 1 else None

    def lengthened(self, text: str, tables: Iterable[str]) -> str | None:
        """The one value of a category in some of `tables` that `text` is a shortening of: 夜间 → 夜间线, 酒驾 → 酒后驾驶."""
        near = set(tables)
        held = [v for v, where in self.categories.items() if where & near and _part(text, v)]
        if not held:
            held = [v for v, where in self.categories.items() if where & near and _shortens(text, v)]
        return held[0] if len(held) == 1 else None

    def ending(self, text: str) -> str | None:
        """The one name or value that ends with `text`: 1号线 → 地铁1号线."""
        found = {v for v in self.texts if v.endswith(text) and v != text}
        return found.pop() if len(found) == 1 else None

    def spread(self, text: str, tables: Iterable[str]) -> tuple[int, int, str] | None:
        """A value of a category that stands in `text` with a character or two put in: 投诉举报后核查."""
        near = set(tables)
        for value, where in self.categories.items():
            if len(value) < 4 or not where & near or value[:2] not in text or value[-1] not in text:
                continue
            pattern = re.escape(value[0]) + "".join(rf"[\u4e00-\u9fff]{{0,1}}?{re.escape(c)}" for c in value[1:])
            match = re.search(pattern, text)
            if match and 0 < len(match[0]) - len(value) <= 2:
                return match.start(), match.end(), value
        return None


def _texts(names: Names, values: ValueIndex, roles: dict[tuple[str, str], Role]) -> set[str]:
    """What may be misspelt: surely meant names, values of names and kinds; no long free texts."""
    sure = set(names.texts(0.9))
    by_place: dict[tuple[str, str], list[str]] = {}
    for value, places in values.exact.items():
        for place in places:
            by_place.setdefault(place, []).append(value)
    held = {
        value
        for place, texts in by_place.items()
        if roles.get(place) in (Role.CATEGORY, Role.NAME, Role.FOREIGN) and len(texts) <= _COLUMN
        for value in texts
    }
    short = {form for form, full in values.short.items() if any(v in held for v in full)}
    return {t for t in (*sure, *held, *values.codes, *short) if 2 <= len(t) <= _LONGEST and _han(t)}


def _contrary(text: str, other: str) -> bool:
    """Whether two texts differ by a word and its opposite: 下级单位 is no misspelt 上级单位."""
    pairs = [{a, b} for a, b in zip(text, other, strict=False) if a != b]
    return len(text) == len(other) and any(pair == set(contrary) for pair in pairs for contrary in _CONTRARY)


def _han(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def _part(text: str, value: str) -> bool:
    return text != value and value.startswith(text) and len(value) <= len(text) + 2 and _ends_a_word(text, value)


def _ends_a_word(text: str, value: str) -> bool:
    """夜间线 is 夜间 and 线; 市民政局 is 市 and 民政局, so 市民 is no part of it."""
    start = 0
    for word in _segmenter().cut(value):
        if start < len(text) < start + len(word):
            return start == 0
        start += len(word)
    return True


@cache
def _segmenter() -> Segmenter:
    return Segmenter()


def _shortens(text: str, value: str) -> bool:
    """Whether `text` is made of some of the value's characters in order, the first among them: 酒驾 of 酒后驾驶."""
    if not text or len(text) < 2 or text[0] != value[:1] or len(value) > 2 * len(text):
        return False
    if value.startswith(text) and not _ends_a_word(text, value):
        return False
    position = 0
    for char in text:
        position = value.find(char, position) + 1
        if not position:
            return False
    return True


class LazySpellings:
    """Built when the first word is not understood; one build for all threads."""

    def __init__(self, model: SemanticModel, names: Names, values: ValueIndex) -> None:
        self._parts = (model, names, values)
        self._lock = threading.Lock()
        self._built: Spellings | None = None

    def get(self) -> Spellings:
        with self._lock:
            if self._built is None:
                self._built = Spellings.build(*self._parts)
            return self._built
