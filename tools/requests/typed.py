"""Fields as people type them on one line: 「出生年月：计算人数、所属区：汇总」, 「《办法》第六条：原文」. Pure."""

from __future__ import annotations

import re
from typing import Any

from tools.requests.editing import FIXED
from tools.requests.model import EDITABLE, LABELS
from tools.requests.problems import Invalid

# What may not be edited is known by its name too: whoever edits it is told why not.
_BY_LABEL = {label: name for name, label in FIXED.items()} | {label: name for name, label in LABELS.items()}
_BASIS = re.compile(
    r"《(?P<document>[^》]+)》\s*(?P<article>第[^：:，,；;\s]+条(?:第[^：:，,；;\s]+款)?)?\s*[：:]?\s*(?P<quote>.*)",
    re.S,
)
_PAIR = re.compile(r"\s*[：:]\s*")
_DAY = re.compile(r"^(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?$")


def field_name(word: str) -> str:
    """The field that a Chinese label or its own name means; Invalid names those there are."""
    word = word.strip()
    name = _BY_LABEL.get(word, word)
    if name not in (*EDITABLE, *FIXED) and word not in _BY_LABEL:
        listed = "、".join(LABELS[n] for n in EDITABLE)
        raise Invalid(f"申请里没有“{word}”这一项。可以填写的有：{listed}。", {word: "没有这一项"})
    return name


def typed_value(name: str, text: str) -> Any:
    """The value of field `name` from one line of text."""
    text = text.strip()
    if name == "items":
        return [_pair(part, "use") for part in _parts(text)]
    if name == "left_out":
        return [_pair(part, "reason") for part in _parts(text)]
    if name == "basis":
        return [typed_basis(part) for part in re.split(r"[；;\n]+", text) if part.strip()]
    if name in ("starts", "ends"):
        found = _DAY.match(text)
        return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else text
    return text


def typed_basis(text: str) -> dict[str, str]:
    """「《title》第六条：words」 as an article; anything else as a duty."""
    found = _BASIS.match(text.strip())
    if found is None:
        return {"duty": text.strip()}
    return {
        "document": found["document"].strip(),
        "article": (found["article"] or "").strip(),
        "quote": found["quote"].strip().strip('“”"'),
    }


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[、；;\n]+", text) if part.strip()]


def _pair(text: str, second: str) -> dict[str, str]:
    name, *rest = _PAIR.split(text.strip(), maxsplit=1)
    return {"name": name, second: rest[0] if rest else ""}


def typed_changes(pairs: list[str]) -> dict[str, Any]:
    """`字段=内容` for each pair."""
    changes: dict[str, Any] = {}
    for pair in pairs:
        word, mark, text = pair.partition("=")
        if not mark:
            raise Invalid(f"“{pair}”的写法不对，要写成 字段=内容，例如 使用目的=学位预测。")
        name = field_name(word)
        changes[name] = typed_value(name, text)
    return changes
