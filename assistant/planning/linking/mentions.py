"""Cut a question into mentions: names, values, numbers, times and function words, each span with all it may mean.

The cut with the greatest total weight wins (a longest-match lattice solved by dynamic programming).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from assistant.planning.linking.names import Candidate, Names
from assistant.planning.linking.numerals import Number, read_number
from assistant.planning.linking.times import TimeSpan, read_time, shifted
from assistant.planning.linking.words import AGE_NOUNS, KIND_NOUNS, MAX_WORD, PLACE_NOUNS, WORDS, Word
from retrieval.values import ValueIndex

_TOKEN_COST = 0.5
# A Chinese numeral of one character is a number only before one of these; elsewhere it is part of a word (一带一路).
_COUNTED = set("个所家位名件条辆户笔份座张岁元块亩吨次起项种类届场部本款套台天年月日分人倍成万亿千百十支只首期级")


@dataclass(frozen=True)
class Mention:
    """A span of the question and what it may mean."""

    text: str
    start: int
    end: int
    word: Word | None = None
    number: Number | None = None
    time: TimeSpan | None = None
    candidates: tuple[Candidate, ...] = field(default=())

    @property
    def kind(self) -> str:
        return self.word.kind if self.word else ""

    @property
    def payload(self) -> str:
        return self.word.payload if self.word else ""

    @property
    def known(self) -> bool:
        return bool(self.word or self.number or self.time or self.candidates)


def find_mentions(question: str, names: Names, values: ValueIndex, today: date) -> list[Mention]:
    """The best cut of a (normalised) question; characters that nothing explains are joined into unknown mentions."""
    size = len(question)
    best: list[tuple[float, int, Mention | None]] = [(float("-inf"), 0, None)] * (size + 1)
    best[0] = (0.0, 0, None)
    longest = max(names.longest, values.longest, MAX_WORD)
    for start in range(size):
        weight = best[start][0]
        if weight - 0.2 > best[start + 1][0]:
            best[start + 1] = (weight - 0.2, start, None)
        for mention, gain in _at(question, start, min(longest, size - start), names, values, today):
            if weight + gain > best[mention.end][0]:
                best[mention.end] = (weight + gain, start, mention)
    cut: list[Mention] = []
    position = size
    while position > 0:
        _, start, found = best[position]
        cut.append(found or Mention(question[start:position], start, position))
        position = start
    return _with_years(_join_unknown(list(reversed(cut))))


def _with_years(cut: list[Mention]) -> list[Mention]:
    """2024年…，10月1日到7日: a time without a year is in the year named before it."""
    year: int | None = None
    result = []
    for mention in cut:
        span = mention.time
        if span is not None and span.assumed and not span.year_given and year is not None and span.start and span.end:
            moved = year - span.start.year
            span = replace(span, start=shifted(span.start, moved), end=shifted(span.end, moved), assumed="")
            mention = replace(mention, time=span)
        elif span is not None and span.start is not None and span.year_given:
            year = span.start.year
        result.append(mention)
    return result


def _at(
    text: str, start: int, longest: int, names: Names, values: ValueIndex, today: date
) -> list[tuple[Mention, float]]:
    found: dict[int, tuple[Mention, float]] = {}
    for length in range(1, longest + 1):
        piece = text[start : start + length]
        candidates = names.find(piece)
        hits = values.find(piece) if piece not in "年月日人" else []
        word = WORDS.get(piece) or (Word("unit") if piece in names.units else None)
        if word and word.kind == "unit" and not _may_be_unit(text, start):
            word = None
        if word and word.kind == "of" and piece in _PLACES and not text[start - 1 : start].strip("，。；？,;?"):
            word = None  # 中医院: within what?
        gains = []
        if candidates:
            gains.append(length * (0.6 + 0.6 * candidates[0].score))
        if hits:
            gains.append(length * (1.4 if hits[0].score == 1 else 1.1) if length > 1 else 0.9)
        if word:
            gains.append(length * (0.8 if word.kind == "filler" else 1.05))
        if not gains and (piece in KIND_NOUNS or (piece in PLACE_NOUNS and not names.find(piece[-1]))):
            found[length] = (Mention(piece, start, start + length), 0.6)  # one word, though it names no thing
        if not gains and piece in AGE_NOUNS:
            found[length] = (Mention(piece, start, start + length), length * 1.05 - _TOKEN_COST)
        if not gains:
            continue
        meanings = tuple(Candidate("value", h.table, h.column, h.value, h.score) for h in hits) + tuple(candidates)
        mention = Mention(piece, start, start + length, word=word, candidates=meanings)
        found[length] = (mention, max(gains) - _TOKEN_COST)
    number = read_number(text, start)
    if number and _is_number(text, start, number):
        piece = text[start : start + number.length]
        old = found.get(number.length)
        candidates_there = old[0].candidates if old else ()
        mention = Mention(piece, start, start + number.length, number=number, candidates=candidates_there)
        found[number.length] = (mention, 1.3 * number.length + 0.3 - _TOKEN_COST)
    time = read_time(text, start, today)
    if time:
        piece = text[start : start + time.length]
        found[time.length] = (
            Mention(piece, start, start + time.length, time=time),
            1.35 * time.length + 0.4 - _TOKEN_COST,
        )
    return list(found.values())


_PLACES = frozenset(("中", "里", "内", "下", "上", "外"))  # within or beside what stands before them


def _may_be_unit(text: str, start: int) -> bool:
    """A measure word stands behind a number or a word that counts (几个, 这家), not in the middle of a noun."""
    before = text[start - 1 : start]
    return bool(before) and (
        before.isdigit() or before in "零〇一二两三四五六七八九十百千万亿几各每哪这那多少半该此某数第分%."
    )


def _is_number(text: str, start: int, number: Number) -> bool:
    if not number.chinese or number.length > 1 or number.percent:
        return True
    after = text[start + 1 : start + 2]
    before = text[start - 1 : start]
    return after in _COUNTED or before in "前后于过少多足到第" or not after


def _join_unknown(cut: list[Mention]) -> list[Mention]:
    joined: list[Mention] = []
    for mention in cut:
        if joined and not mention.known and not joined[-1].known and mention.text not in AGE_NOUNS:
            last = joined.pop()
            mention = Mention(last.text + mention.text, last.start, mention.end)
        joined.append(mention)
    return joined
