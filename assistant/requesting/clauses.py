"""A turn's words cut into clauses, each keeping its place in the text, so that what is filled in is verbatim. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from retrieval.text import simplify

_WIDE = str.maketrans(",;:?!()", "，；：？！（）")
_BREAK = re.compile(r"[，；。！？\n]+")
_HIDDEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|（[^）]*）")


@dataclass(frozen=True)
class Clause:
    text: str
    start: int
    end: int


def plain(question: str) -> str:
    """The words with one spelling of signs: simplified characters, half-width letters and digits, full-width punctuation."""
    text = _HIDDEN.sub("", simplify(unicodedata.normalize("NFKC", question)))
    text = re.sub(r"[ \t　]+", " ", text).strip()
    return re.sub(r"(?<=\d)[：](?=\d)", ":", text.translate(_WIDE))


def clauses(text: str) -> list[Clause]:
    """The clauses of a text; signs inside 《》, “” and （） do not end one."""
    shut = [False] * len(text)
    for match in _QUOTED.finditer(text):
        shut[match.start() : match.end()] = [True] * (match.end() - match.start())
    found: list[Clause] = []
    start = 0
    for match in _BREAK.finditer(text):
        if shut[match.start()]:
            continue
        found.append(Clause(text[start : match.start()], start, match.start()))
        start = match.end()
    found.append(Clause(text[start:], start, len(text)))
    return [_trimmed(c) for c in found if c.text.strip()]


def _trimmed(clause: Clause) -> Clause:
    lead = len(clause.text) - len(clause.text.lstrip())
    text = clause.text.strip()
    return Clause(text, clause.start + lead, clause.start + lead + len(text))
