"""Conditions of a dataset search that a person takes off again: 「不限地区」 after a search in one region."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.outcome import Option, Outcome
from retrieval.conditions import FIELD_LABELS, Condition
from retrieval.text import simplify

_FIELDS = {label: field for field, label in FIELD_LABELS.items()}
_OFF = re.compile(rf"^(?:不限制?|去掉|取消|不要限制?)({'|'.join(_FIELDS)})(?:的?(?:条件|限制))?[。！!]?$")


def condition_chips(conditions: Sequence[Condition]) -> list[Option]:
    """One option a condition; its value asks the same without it."""
    return [Option(label=one.label, value=f"不限{FIELD_LABELS[one.field]}") for one in conditions]


def taken_off(text: str, history: Sequence[Outcome]) -> tuple[str, frozenset[str]] | None:
    """The search that `text` speaks of and the fields that no longer limit it; None where it takes none off."""
    match = _OFF.match(text)
    fields = set()
    for outcome in reversed(history):
        if match is None or outcome.route != "find_dataset":
            return None
        fields.add(_FIELDS[match[1]])
        asked = " ".join(simplify(unicodedata.normalize("NFKC", outcome.question)).split())
        match = _OFF.match(asked)
        if match is None:
            return asked, frozenset(fields)
    return None
