"""Which words of an article answer a question: a verbatim stretch, never rewritten."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.answering import answers
from retrieval.segment import Segmenter, grams
from retrieval.text import normalise, sentences
from retrieval.thesaurus import load_thesaurus

_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十百]+[)）]|[（(]?\d{1,2}[)）.、．](?!\d))")
_LOCATOR = re.compile(r"^\s*第[〇零一二三四五六七八九十百千\d]+条\s*")
_ASKS_LIST = re.compile(
    r"哪些|哪几|几种|几类|什么内容|内容是什么|什么条件|什么材料|什么情形|什么情况|包括|包含|分为|怎么分|如何分|说明什么|写明什么|种类|事项|要素"
)
_ASKS_NUMBER = re.compile(
    r"多久|多少|几[个天日年月次倍]|多长|期限|时限|多大|比例|罚款|金额|何时|什么时候|哪天|哪年|时间"
)
_NUMBER = re.compile(
    r"[\d一二三四五六七八九十百千万亿两]+(?:个)?(?:工作日|日|天|小时|个月|月|年|周|元|万元|亿元|倍|%|次|人)|百分之"
)
_MODAL = re.compile(r"应当|不得|可以|有权|禁止|必须|处以?|责令|予以")
_LONGEST_LIST = 700  # characters; a longer list is quoted only where it matches
_SHORT_PARAGRAPH = 200
_LONG_SENTENCE = 260
_MANY = 8  # texts, from which on it can be told which words are common
_SAYS = 2.5  # how much more a sentence counts that says the kind of thing asked


@dataclass(frozen=True)
class _Unit:
    """A sentence, or an item of a list; `group` numbers the list it belongs to (its introduction included), 0: none."""

    start: int
    end: int
    group: int
    item: bool


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return Segmenter(load_thesaurus().words())


def _units(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    group = groups = 0
    for start, end in sentences(text):
        piece = text[start:end]
        # 「…情形：（一）」 on one line: the introduction and the first item are two units.
        first = re.search(r"[：:]\s*(?=[（(]一[)）])", piece)
        if first:
            groups += 1
            group = groups
            units.append(_Unit(start, start + first.end(), group, False))
            units.append(_Unit(start + first.end(), end, group, True))
        elif (
            _ITEM.match(piece)
            and units
            and (group or text[units[-1].start : units[-1].end].rstrip().endswith(("：", ":")))
        ):
            if not group:
                groups += 1
                group = groups
                last = units[-1]
                units[-1] = _Unit(last.start, last.end, group, False)
            units.append(_Unit(start, end, group, True))
        else:
            group = 0
            units.append(_Unit(start, end, 0, False))
    return units


def best_span(question: str, text: str) -> tuple[int, int]:
    """(start, end) of the stretch of `text` that best answers `question`; the whole text when nothing stands out.

    A list （一）（二）… is kept whole, introduction included, when the question asks which things or what contents;
    otherwise the sentence (or the item) that covers the question best, with a neighbour that adds what it lacks.
    The number of the article itself is not part of the quote.
    """
    offset = match.end() if (match := _LOCATOR.match(text)) else 0
    units = [unit for unit in _units(text) if unit.end > offset]
    if not units:
        return 0, len(text)
    units[0] = _Unit(max(units[0].start, offset), units[0].end, units[0].group, units[0].item)
    wanted = _wanted(question)
    if not wanted:
        return offset, len(text.rstrip())
    covered = [_covered(wanted, text[unit.start : unit.end]) for unit in units]
    wanted = _telling(wanted, covered)
    numbers = bool(_ASKS_NUMBER.search(question))
    lists = bool(_ASKS_LIST.search(question))
    scores = []
    for number, unit in enumerate(units):
        piece = text[unit.start : unit.end]
        score = sum(wanted[word] for word in covered[number]) / (1.0 + 0.0008 * len(piece))
        if numbers and _NUMBER.search(piece):
            score *= 1.6
        elif lists and piece.count("、") >= 3:
            score *= 1.5
        elif _MODAL.search(piece):
            score *= 1.15
        score *= 1.0 + _SAYS * answers(question, piece)
        scores.append(score)
    if lists:
        whole = _whole_list(units, scores, len(text))
        if whole:
            return whole
    best = max(range(len(units)), key=lambda i: scores[i])
    if scores[best] <= 0:
        return offset, len(text.rstrip())
    chosen = units[best]
    if chosen.group:
        members = [unit for unit in units if unit.group == chosen.group]
        first, last = members[0].start, members[-1].end
        if not chosen.item or last - first <= _LONGEST_LIST:
            return first, last
        return (first, chosen.end) if chosen.end - first <= _LONGEST_LIST else (chosen.start, chosen.end)
    start, end = _with_neighbour(units, covered, scores, wanted, best)
    return _whole_thought(text, offset, start, end)


def covers(question: str, texts: Sequence[str]) -> list[float]:
    """For each text the share of the question's words that it has, 0..1; words that most of many texts have count little."""
    thesaurus = load_thesaurus()
    words = {word: [word, *thesaurus.expand(word)] for word in _segmenter().question(question)}
    forms = [normalise(text) for text in texts]
    held = {word: [any(name in form for name in names) for form in forms] for word, names in words.items()}
    many = len(texts) >= _MANY
    worth = {w: len(w) * (math.log1p(len(texts) / max(1, sum(held[w]))) if many else 1.0) for w in words}
    total = sum(worth.values()) or 1.0
    return [sum(worth[w] for w in words if held[w][number]) / total for number in range(len(texts))]


def _whole_thought(text: str, offset: int, start: int, end: int) -> tuple[int, int]:
    """Widen to the paragraph where it is short, else to the full stop: law seldom says a rule and its limit in one clause."""
    top = max(offset, text.rfind("\n", 0, start) + 1)
    bottom = text.find("\n", end)
    bottom = len(text.rstrip()) if bottom < 0 else bottom
    if bottom - top <= _SHORT_PARAGRAPH:
        return top, bottom
    before = max(top, text.rfind("。", 0, start) + 1)
    after = text.find("。", max(start, end - 1))
    after = bottom if after < 0 or after >= bottom else after + 1
    return (before, after) if after - before <= _LONG_SENTENCE else (start, end)


def _wanted(question: str) -> dict[str, float]:
    """Words looked for and their worth: longer words tell more, official names of everyday words count half."""
    thesaurus = load_thesaurus()
    wanted: dict[str, float] = {}
    for word in _segmenter().question(question):
        wanted[word] = float(len(word))
        for other in thesaurus.expand(word):
            wanted.setdefault(other, len(other) * 0.4)
    for _, _, phrase in thesaurus.matches(normalise(question)):
        for other in thesaurus.expand(phrase):
            wanted.setdefault(other, len(other) * 0.4)
    for gram in grams(question):
        wanted.setdefault(gram, 0.3)
    return wanted


def _telling(wanted: dict[str, float], covered: list[set[str]]) -> dict[str, float]:
    """Words that every sentence has do not tell sentences apart."""
    seen = Counter(word for words in covered for word in words)
    return {word: worth * math.log1p(len(covered) / max(1, seen[word])) for word, worth in wanted.items()}


def _covered(wanted: dict[str, float], piece: str) -> set[str]:
    form = normalise(piece)
    return {word for word in wanted if word in form}


def _whole_list(units: list[_Unit], scores: list[float], length: int) -> tuple[int, int] | None:
    """The list whose introduction or items answer best, if lists carry the answer at all."""
    lists: dict[int, tuple[float, int, int]] = {}
    for unit, score in zip(units, scores, strict=True):
        if unit.group:
            before = lists.get(unit.group, (0.0, unit.start, unit.end))
            lists[unit.group] = (max(before[0], score), min(before[1], unit.start), max(before[2], unit.end))
    if not lists:
        return None
    score, start, end = max(lists.values())
    alone = max((s for unit, s in zip(units, scores, strict=True) if not unit.group), default=0.0)
    return (start, end) if score >= 0.5 * alone and end - start <= max(_LONGEST_LIST, length // 2) else None


def _with_neighbour(
    units: list[_Unit], covered: list[set[str]], scores: list[float], wanted: dict[str, float], best: int
) -> tuple[int, int]:
    start, end = units[best].start, units[best].end
    total = sum(wanted[word] for word in covered[best])
    for other in (best - 1, best + 1):
        if 0 <= other < len(units) and not units[other].group and not units[best].group:
            added = sum(wanted[word] for word in covered[other] - covered[best])
            if added >= 0.35 * total and scores[other] >= 0.5 * scores[best]:
                start, end = min(start, units[other].start), max(end, units[other].end)
    return start, end
