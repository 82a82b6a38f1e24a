"""Words that nothing explains, said in the data's own words: 着火 → 火灾, 酒驾 → 酒后驾驶, 云胡区 → 云湖区.

The question is reworded and read again; a rewording is taken only where it leaves less unexplained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.names import Names
from assistant.planning.linking.spellings import Spellings
from retrieval.thesaurus import Thesaurus
from retrieval.values import ValueIndex


@dataclass(frozen=True)
class Rewording:
    """A question said anew; `changes` are (start, end in the old text, new words), left to right."""

    text: str
    changes: tuple[tuple[int, int, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What words are looked up in."""

    names: Names
    values: ValueIndex
    spellings: Spellings
    thesaurus: Thesaurus

    def knows(self, text: str) -> bool:
        return bool(self.values.find(text)) or any(c.score >= 0.9 for c in self.names.find(text))

    def means(self, text: str) -> bool:
        """Whether a text is the name of data or of a kind, not that of one thing: wider words name no one thing."""
        return text in self.spellings.categories or any(c.score >= 0.9 for c in self.names.find(text))


def reworded(question: str, mentions: Sequence[Mention], words: Vocabulary, choice: int = 0) -> Rewording | None:
    """The question with every unexplained word that can be said otherwise replaced; None where none can.

    `choice`: of several official words for an everyday one, which is tried.
    """
    open_at = _unexplained(mentions)
    if not open_at:
        return None
    tables = {c.table for m in mentions for c in m.candidates}
    changes: list[tuple[int, int, str]] = []
    sound: list[tuple[int, int, str]] = []  # guesses by sound alone
    for start, end, new, guessed in (
        *((*c, False) for c in _longer_names(mentions, words)),
        *((*c, False) for c in _split_words(question, open_at, words, choice)),
        *((*c, False) for c in _everyday(question, open_at, words, choice)),
        *((*c, False) for c in _spread(question, open_at, words, tables)),
        *((*c, False) for c in _misspelt(question, mentions, open_at, words, range(8, 2, -1))),
        *((*c, False) for c in _shortened(question, mentions, words, tables)),
        *((*c, True) for c in _misspelt(question, mentions, open_at, words, range(2, 1, -1))),
    ):
        if all(end <= s or start >= e for s, e, _ in changes) and question[start:end] != new:
            changes.append((start, end, new))
            sound += [(start, end, new)] if guessed else []
    changes = [c for c in changes if c not in sound or _explains_run(c, changes, open_at)]
    if not changes:
        return None
    changes.sort()
    text, last, notes = "", 0, []
    for start, end, new in changes:
        text += question[last:start] + new
        if new:
            notes.append(f"“{question[start:end]}”按“{new}”理解")
        last = end
    return Rewording(text + question[last:], tuple(changes), tuple(notes))


def _explains_run(guess: tuple[int, int, str], changes: Sequence[tuple[int, int, str]], open_at: set[int]) -> bool:
    """流浪猫: two characters that sound like a name explain nothing while the one beside them stays a riddle."""
    first, last = guess[0], guess[1]
    while first - 1 in open_at:
        first -= 1
    while last in open_at:
        last += 1
    run = open_at.intersection(range(first, last))
    return all(any(start <= k < end for start, end, _ in changes) for k in run)


def placed(mentions: Sequence[Mention], changes: Sequence[tuple[int, int, str]]) -> tuple[Mention, ...]:
    """Mentions of the reworded text at their places in the old one."""

    def back(position: int, *, end: bool) -> int:
        shift = 0
        for start, stop, new in changes:
            here = start + shift
            if position <= here:
                break
            if position < here + len(new) or (position == here + len(new) and end):
                return stop if end else start
            shift += len(new) - (stop - start)
        return position - shift

    return tuple(replace(m, start=back(m.start, end=False), end=back(m.end, end=True)) for m in mentions)


def _unexplained(mentions: Sequence[Mention]) -> set[int]:
    """The places of characters that no mention explains."""
    return {k for m in mentions if not m.known and re.search(r"[\u4e00-\u9fff]", m.text) for k in range(m.start, m.end)}


def _split_words(question: str, open_at: set[int], words: Vocabulary, choice: int) -> list[tuple[int, int, str]]:
    """着了多少次火, 生了多少娃: a verb and its noun with a count between them."""
    found = []
    for match in re.finditer(r"(?<=[\u4e00-\u9fff])[了过]", question):
        verb = match.start() - 1
        for noun in range(match.end(), min(len(question), match.end() + 7)):
            if question[noun] in "，。？！；":
                break
            entry = question[verb] + question[noun]
            if open_at.isdisjoint((verb, noun)) or not words.thesaurus.expand(entry):
                continue
            new = _known(entry, words, choice)
            if new is not None:
                found += [(verb, match.end(), ""), (noun, noun + 1, new)]
                break
    for match in re.finditer(r"([\u4e00-\u9fff])([\u4e00-\u9fff])得", question):  # 雨下得最多
        new = _known(match[2] + match[1], words, choice) if not open_at.isdisjoint(range(*match.span())) else None
        if new is not None:
            found.append((match.start(), match.end(), new))
    return found


def _longer_names(mentions: Sequence[Mention], words: Vocabulary) -> list[tuple[int, int, str]]:
    """藏书: the one name that begins so, and is a character or two longer (藏书量)."""
    found = []
    for mention in mentions:
        if not mention.known and len(mention.text) >= 2:
            longer = [
                n for n in words.spellings.names if n.startswith(mention.text) and len(n) <= len(mention.text) + 1
            ]
            if len(longer) == 1:
                found.append((mention.start, mention.end, longer[0]))
    return found


def _everyday(question: str, open_at: set[int], words: Vocabulary, choice: int) -> list[tuple[int, int, str]]:
    found = []
    for start, end, entry in words.thesaurus.matches(question):
        if words.knows(entry) or not open_at.intersection(range(start, end)):
            continue
        new = _known(entry, words, choice)
        if new is not None:
            found.append((start, end, new))
    return found


def _known(entry: str, words: Vocabulary, choice: int) -> str | None:
    """The first official word for `entry` that the data know; else one that begins what they know (出生 of 出生人口)."""
    others = words.thesaurus.expand(entry)
    known = [w for w in others if words.knows(w) and (words.means(w) or entry in words.thesaurus.expand(w))]
    heads = [w for w in others if any(c.kind == "column" and c.score >= 0.5 for c in words.names.find(w))]
    found = [*known, *(h for h in heads if h not in known)]
    return found[choice] if choice < len(found) else None


def _spread(question: str, open_at: set[int], words: Vocabulary, tables: set[str]) -> list[tuple[int, int, str]]:
    hit = words.spellings.spread(question, tables)
    return [hit] if hit is not None and not open_at.isdisjoint(range(hit[0], hit[1])) else []


def relinked(question: str, mentions: Sequence[Mention], unused: Sequence[str], words: Vocabulary) -> Rewording | None:
    """电动车起火: a value that the table of an unused word does not hold may be short for one that it holds."""
    aside = {c.table for m in mentions if m.text in unused for c in m.candidates}
    used = {c.table for m in mentions if m.text not in unused for c in m.candidates if c.kind != "value"}
    for mention in mentions:
        tables = used if mention.text in unused else aside
        if mention.word or len(mention.text) < 2 or not mention.candidates or not tables:
            continue
        if any(c.kind != "value" or c.table in tables for c in mention.candidates):
            continue
        value = words.spellings.lengthened(mention.text, tables)
        if value is not None:
            text = question[: mention.start] + value + question[mention.end :]
            note = f"“{mention.text}”按“{value}”理解"
            return Rewording(text, ((mention.start, mention.end, value),), (note,))
    return None


def _shortened(
    question: str, mentions: Sequence[Mention], words: Vocabulary, tables: set[str]
) -> list[tuple[int, int, str]]:
    found = []
    for mention in mentions:
        if mention.known:
            continue
        unit = next((m for m in mentions if m.kind == "unit" and m.end == mention.start), None)
        begins = unit.start if unit is not None else mention.start
        number = next((m for m in mentions if m.number and m.end == begins), None)
        named = words.spellings.ending(question[number.start : mention.end]) if number else None
        if number and named:
            found.append((number.start, mention.end, named))  # 1号线
            continue
        for size in range(len(mention.text), 1, -1):
            places = range(mention.start, mention.end - size + 1)
            hits = [(k, words.spellings.lengthened(question[k : k + size], tables)) for k in places]
            hit = next(((k, value) for k, value in hits if value), None)
            if hit is not None:
                found.append((hit[0], hit[0] + size, str(hit[1])))
                break
    return found


def _whole_words(mentions: Sequence[Mention], start: int, end: int) -> bool:
    """Whether no word that means something of two characters or more is cut in two."""
    return not any((m.start < start < m.end or m.start < end < m.end) and m.known and len(m.text) > 1 for m in mentions)


def _denies(text: str) -> bool:
    return any(c in text for c in "未不非无没")


def _misspelt(
    question: str, mentions: Sequence[Mention], open_at: set[int], words: Vocabulary, sizes: Iterable[int]
) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for size in sizes:
        for start in range(max(0, min(open_at) - size + 1), min(len(question) - size, max(open_at)) + 1):
            if open_at.isdisjoint(range(start, start + size)):
                continue
            if size == 2 and any(m.candidates and start <= m.start < start + 2 for m in mentions):
                continue  # 区雨: a name beside is no part of a guess
            if not _whole_words(mentions, start, start + size):
                continue
            new = words.spellings.alike(question[start : start + size])
            if new is not None and _denies(new) != _denies(question[start : start + size]):
                continue
            if new is not None and all(start + size <= s or start >= e for s, e, _ in found):
                found.append((start, start + size, new))
    return found
