"""One catalogue record on its way to a dataset: its values under our field names, and the place it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.ingest import catalog_values as values
from corpus.ingest.field_mapping import IGNORE
from corpus.ingest.regions import (
    common_region,
    normal_region,
    own_region,
    region_in_text,
    region_of_file,
    region_of_name,
)

Record = dict[str, Any]


class Draft:
    """A record's values as clean text by source field; each of our fields finds its sources, the better one first.

    A value that became part of a dataset's own fields is `used`; the others are its extra fields.
    """

    __slots__ = ("_fields", "_raw", "_texts", "_used", "distributions", "region", "title", "where")

    def __init__(self, where: str, record: Record, mapping: dict[str, str]) -> None:
        self.where = where
        self.region = ""
        links = record.get("distribution")
        self.distributions: list[Record] = (
            [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
        )
        self._texts = {
            source: text
            for source, value in record.items()
            if source != "distribution" and (text := values.plain(value))
        }
        self._raw = {source: value for source, value in record.items() if not isinstance(value, str) and value}
        self._fields: dict[str, list[str]] = {}
        self._used: set[str] = set()
        for source, ours in mapping.items():
            if ours == IGNORE:
                self._used.add(source)
            elif source in self._texts:
                self._fields.setdefault(ours, []).append(source)
        self.title = self._title()

    def _title(self) -> str:
        sources = self._fields.get("title", [])
        # A title of digits alone is a numbering that slipped; another title field may know the name.
        named = [source for source in sources if re.search(r"[^\W\d_]", self._texts[source])]
        for source in (named or sources)[:1]:
            self._used.add(source)
            return " ".join(self._texts[source].split())
        return ""

    def first(self, field: str) -> str:
        """The best source's text, not yet used."""
        sources = self._fields.get(field)
        return self._texts[sources[0]] if sources else ""

    def text(self, field: str) -> str:
        """The best source's text; "" if there is none."""
        sources = self._fields.get(field)
        if not sources:
            return ""
        self._used.add(sources[0])
        return self._texts[sources[0]]

    def raw(self, field: str) -> Any:
        """The best source's value, as a list or number where it is one."""
        text = self.text(field)
        return self._raw.get(self._fields[field][0], text) if text else ""

    def parsed(self, field: str, parse: Callable[[str], Any]) -> Any:
        """The first text that `parse` understands; None if it understands none."""
        return self._parsed(field, parse, {})

    def parsed_raw(self, field: str, parse: Callable[[Any], Any]) -> Any:
        """As `parsed`, of values as lists or numbers where they are such."""
        return self._parsed(field, parse, self._raw)

    def _parsed(self, field: str, parse: Callable[[Any], Any], raw: dict[str, Any]) -> Any:
        for source in self._fields.get(field, ()):
            result = parse(raw.get(source, self._texts[source]))
            if result is not None and result != []:
                self._used.add(source)
                return result
        return None

    def extra(self) -> dict[str, str]:
        """What became no field of ours, cut to a readable length."""
        kept = {self._texts.get(source) for source in self._used}
        return {
            str(source): text[:2000]
            for source, text in self._texts.items()
            if source not in self._used and text not in kept
        }


def set_regions(drafts: list[Draft], path: Path) -> None:
    """A region column, else the publisher's own place, else that of the file: its name, or what most entries say."""
    publishers = [values.publisher(draft.first("publisher"))[0] for draft in drafts]
    whole = region_of_file(path.stem) or common_region(publishers)
    if not whole:
        told = Counter(region_in_text(draft.title) for draft in drafts)
        told.pop("", None)
        best = told.most_common(1)
        if best and best[0][1] * 10 >= len(drafts) and best[0][1] * 10 >= told.total() * 8:
            whole = best[0][0]
    for draft, name in zip(drafts, publishers, strict=True):
        column = draft.text("region")
        draft.region = normal_region(column) if column else region_of_name(name) or whole or own_region(name)
