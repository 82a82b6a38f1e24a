"""Traditional → simplified characters."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _converter() -> Any:
    from opencc import OpenCC  # loads its tables: only where needed

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` in simplified characters; length is kept."""
    return text if text.isascii() else str(_converter().convert(text))
