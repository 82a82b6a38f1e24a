"""One place that decides when two spellings are the same text.

Full-width and half-width, traditional and simplified, upper and lower case are folded on both sides, when a text is
indexed and when a question is asked. The mapping is character by character, so it needs no context and costs microseconds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_SPACES = re.compile(r"\s+")
_SENTENCE_END = "。！？!?；;\n"
HAN = "\u3400-\u4dbf\u4e00-\u9fff"


@cache
def _simplified() -> dict[int, str]:
    """OpenCC's traditional → simplified characters; the first of several readings."""
    import opencc

    table: dict[int, str] = {}
    source = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    for line in source.read_text("utf-8").splitlines():
        left, _, right = line.partition("\t")
        if len(left) == 1 and right and ord(left) < 0x20000:
            table[ord(left)] = right.split()[0]
    return table


# Characters that are simplified within some words only, so that no table of single characters has them.
_WORDS = re.compile(r"(?<=[答回反])覆|瞭(?=解)|乾(?=[净燥旱])|藉(?=[由以])")
_SIMPLE = {"覆": "复", "瞭": "了", "乾": "干", "藉": "借"}


def simplify(text: str) -> str:
    """Traditional characters to simplified ones; length is kept."""
    if text.isascii():
        return text
    return _WORDS.sub(lambda found: _SIMPLE[found[0]], text.translate(_simplified()))


def normalise(text: str) -> str:
    """The form that is compared: NFKC, simplified, lower case, single spaces."""
    if not text.isascii():
        text = simplify(unicodedata.normalize("NFKC", text))
    return _SPACES.sub(" ", text).strip().lower()


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, end marks included, outer blanks left out."""
    spans = []
    start = 0
    for position, character in enumerate(text):
        if character in _SENTENCE_END:
            spans.append((start, position + 1))
            start = position + 1
    spans.append((start, len(text)))
    trimmed = []
    for begin, end in spans:
        while begin < end and text[begin].isspace():
            begin += 1
        while end > begin and text[end - 1].isspace():
            end -= 1
        if end > begin:
            trimmed.append((begin, end))
    return trimmed


def passages(text: str, size: int = 220) -> list[str]:
    """Cut a long text into runs of whole sentences of about `size` characters; a short text stays one passage."""
    if len(text) <= size * 1.5:
        return [text]
    cut: list[str] = []
    begin = end = 0
    for start, stop in sentences(text):
        if end > begin and stop - begin > size:
            cut.append(text[begin:end])
            begin = start
        end = stop
    cut.append(text[begin:end])
    return [part for part in cut if part]
