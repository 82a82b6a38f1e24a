"""Catalogue entries by title and code, looked up without going through the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.catalog import Dataset

_SHORTEST = 4  # characters of a title that is told from speech


class CatalogueNames:
    """Titles and codes of a catalogue that does not change while it is open."""

    def __init__(self, datasets: Mapping[str, Dataset]) -> None:
        self._titles: dict[str, Dataset] = {}
        self._codes: dict[str, Dataset] = {}
        for entry in datasets.values():
            if len(entry.title) >= _SHORTEST:
                self._titles.setdefault(entry.title, entry)
            if entry.code:
                self._codes.setdefault(entry.code, entry)
        self._lengths = sorted({len(t) for t in self._titles}, reverse=True)

    def titles_in(self, text: str) -> list[str]:
        """The titles that stand in `text`, in its order; of two that overlap the longer one."""
        taken = [False] * len(text)
        found: list[tuple[int, str]] = []
        for length in self._lengths:
            for at in range(len(text) - length + 1):
                if not taken[at] and text[at : at + length] in self._titles and not any(taken[at : at + length]):
                    taken[at : at + length] = [True] * length
                    found.append((at, text[at : at + length]))
        return [title for _, title in sorted(found)]

    def entry(self, title: str) -> Dataset:
        return self._titles[title]

    def of_code(self, code: str) -> Dataset | None:
        return self._codes.get(code)
