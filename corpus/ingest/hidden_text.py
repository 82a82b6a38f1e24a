"""Text in documents that no reader sees: hidden, white, or a speck in size. It is not taken in, and the report says so.

Who reads the document must find there what an answer quotes from it; text put in for machines alone is not the document's.
"""

from __future__ import annotations

import re
from typing import Any

SPECK = 4.0  # points; smaller letters are not meant to be read
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*(?:0|0?\.\d+|1)(?:px|pt|em)?\s*(?:;|$)",
    re.I,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent\b)", re.I
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:", re.I)


def visible_runs(paragraph: Any) -> tuple[str, int]:
    """A DOCX paragraph's text without its hidden runs, and how many characters these have."""
    from docx.text.hyperlink import Hyperlink

    shown, hidden = "", 0
    for part in paragraph.iter_inner_content():
        for run in part.runs if isinstance(part, Hyperlink) else [part]:
            if _hidden_run(run):
                hidden += len(run.text.strip())
            else:
                shown += run.text
    return shown, hidden


def _hidden_run(run: Any) -> bool:
    font = run.font
    if font.hidden:
        return True
    if font.size is not None and font.size.pt < SPECK:
        return True
    white = font.color is not None and font.color.rgb is not None and str(font.color.rgb) == "FFFFFF"
    return white and font.highlight_color is None and not run._r.xpath("ancestor::w:p//w:shd")


def drop_hidden_elements(soup: Any) -> int:
    """Take elements that are not shown out of a page; returns how many characters they have.

    White letters count as hidden where nothing near says that they stand on a colour.
    """
    hidden = 0
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        style = tag.get("style") or ""
        white = _WHITE.search(style) and not any(_BACKGROUND.search(t.get("style") or "") for t in (tag, *tag.parents))
        if tag.has_attr("hidden") or _HIDING.search(style) or (white and not _coloured(tag)):
            hidden += len(tag.get_text(strip=True))
            tag.decompose()
    return hidden


def _coloured(tag: Any) -> bool:
    """Whether a background colour is given the old way, by attribute."""
    return any(t.has_attr("bgcolor") for t in (tag, *tag.parents) if hasattr(t, "has_attr") and t.name != "[document]")


def pdf_text(page: Any) -> tuple[str, int]:
    """A PDF page's text without what is drawn unseen, and how many characters that has.

    A page with more unseen than seen text is a scan with its recognised text behind the picture: that is its text.
    """
    look = _Letters(drop=False)
    text = page.extract_text(visitor_operand_before=look.before) or ""
    if not look.hidden or look.hidden >= look.shown:
        return text, 0
    return page.extract_text(visitor_operand_before=_Letters(drop=True).before) or "", look.hidden


class _Letters:
    """Follows a page's operators: whether letters drawn now would be seen on white paper."""

    def __init__(self, *, drop: bool) -> None:
        self.shown = self.hidden = 0
        self._drop = drop
        self._white, self._mode, self._size = False, 0, 12.0
        self._stack: list[tuple[bool, int, float]] = []

    def before(self, operator: bytes, operands: list[Any], cm: Any, tm: Any) -> None:
        """What pypdf calls before it takes in an operator; emptied operands draw nothing."""
        if operator == b"q":
            self._stack.append((self._white, self._mode, self._size))
        elif operator == b"Q" and self._stack:
            self._white, self._mode, self._size = self._stack.pop()
        elif operator in (b"g", b"rg", b"k", b"sc", b"scn"):
            self._white = _is_white(operands, ink=operator == b"k")
        elif operator == b"Tr" and operands:
            self._mode = int(operands[0])
        elif operator == b"Tf" and len(operands) > 1:
            self._size = float(operands[1])
        elif operator in (b"Tj", b"TJ", b"'", b'"') and operands:
            count = len(str(operands[-1]))
            if not (self._white or self._mode == 3 or self._height(cm, tm) < SPECK):
                self.shown += count
                return
            self.hidden += count
            if self._drop:
                operands[-1] = type(operands[-1])()

    def _height(self, cm: Any, tm: Any) -> float:
        """How high letters are on the page, in points; turned text is measured along its other side."""
        return self._size * float(max(abs(tm[3]), abs(tm[1])) * max(abs(cm[3]), abs(cm[1])))


def _is_white(operands: list[Any], *, ink: bool) -> bool:
    try:
        parts = [float(operand) for operand in operands]
    except (TypeError, ValueError):  # a pattern
        return False
    return bool(parts) and (not any(part > 0.01 for part in parts) if ink else all(part >= 0.99 for part in parts))
