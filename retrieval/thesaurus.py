"""Everyday words and the official words for them: 看病 → 医疗机构, 五险一金 → 社会保险.

`thesaurus.tsv` is ours and may be edited; a file `thesaurus.tsv` in the workspace adds to it. Each line holds words that mean
the same in government matters, separated by tabs. A line that starts with `>` goes one way: its first word is widened to
the others, not the reverse (看病 finds 医院; 医院 does not find 看病).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path

from retrieval.text import normalise

BUILT_IN = Path(__file__).with_name("thesaurus.tsv")


class Thesaurus:
    """`own`: the words that the owner's list adds."""

    def __init__(self, lines: Iterable[str], own: Iterable[str] = ()) -> None:
        self._wider: dict[str, dict[str, None]] = {}
        self._add(lines)
        self.own = frozenset(Thesaurus(own)._wider) if own else frozenset()
        self._add(own)
        self._longest = max(map(len, self._wider), default=0)

    def _add(self, lines: Iterable[str]) -> None:
        for line in lines:
            line = line.split("#")[0].strip("\n")
            one_way = line.startswith(">")
            words = [word for part in line.removeprefix(">").split("\t") if (word := normalise(part))]
            for number, word in enumerate(words):
                if one_way and number:
                    break
                self._wider.setdefault(word, {}).update(dict.fromkeys(other for other in words if other != word))

    def __len__(self) -> int:
        return sum(map(len, self._wider.values()))

    def words(self) -> set[str]:
        """Every word on either side, for the segmenter."""
        return {*self._wider, *(other for others in self._wider.values() for other in others)}

    def expand(self, word: str) -> list[str]:
        return list(self._wider.get(word, ()))

    def officially(self, text: str, known: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
        """The (normalised) text with the owner's words that are not `known` said in an official one that is; and which.

        Only the owner's: that ours mean the same is likely, that theirs do is their word.
        """
        said: list[tuple[str, str]] = []
        for start, end, word in reversed(self.matches(text)):
            official = next((other for other in self.expand(word) if known(other)), "")
            if word in self.own and official and not known(word):
                text = text[:start] + official + text[end:]
                said.insert(0, (word, official))
        return text, said

    def matches(self, text: str) -> list[tuple[int, int, str]]:
        """Longest entries inside normalised `text`, left to right, not overlapping: (start, end, word)."""
        found = []
        start = 0
        while start < len(text):
            for length in range(min(self._longest, len(text) - start), 1, -1):
                if text[start : start + length] in self._wider:
                    found.append((start, start + length, text[start : start + length]))
                    start += length - 1
                    break
            start += 1
        return found


def load_thesaurus(own: Path | None = None) -> Thesaurus:
    """The built-in list, with the owner's file added when there is one. OSError, UnicodeDecodeError: it cannot be read."""
    if own is None or not own.is_file():
        return _built_in()
    return _with_own(own, own.stat().st_mtime_ns)


@cache
def _built_in() -> Thesaurus:
    return Thesaurus(BUILT_IN.read_text("utf-8").splitlines())


@lru_cache(maxsize=4)
def _with_own(own: Path, _changed: int) -> Thesaurus:
    return Thesaurus(BUILT_IN.read_text("utf-8").splitlines(), own.read_text("utf-8-sig").splitlines())
