"""Whether a written answer holds what it must hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMERAL = "0-9一二三四五六七八九十百千两."
_HALF_WIDTH = str.maketrans("０１２３４５６７８９％", "0123456789%")
_IGNORED = re.compile(r"[\s,，*＊]")


def _plain(text: str) -> str:
    return _IGNORED.sub("", text.translate(_HALF_WIDTH))


def key_met(key: str, answer: str) -> bool:
    """One of the alternatives (split by |) occurs. A number must not be the tail of a longer one or an article's number.

    >>> key_met("5个工作日|五个工作日", "应当在五个工作日内")
    True
    >>> key_met("5个工作日", "15个工作日"), key_met("十日", "第十日")
    (False, False)
    """
    text = _plain(answer)
    for alternative in key.split("|"):
        wanted = _plain(alternative)
        before = f"(?<![{_NUMERAL}第])" if wanted and re.match(f"[{_NUMERAL}]", wanted) else ""
        if wanted and re.search(before + re.escape(wanted), text):
            return True
    return False


def all_met(keys: Sequence[str], answer: str) -> bool:
    """Every key is met; no keys are met by anything."""
    return all(key_met(key, answer) for key in keys)
