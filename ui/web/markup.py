"""Building HTML that cannot be broken out of: every text is escaped here, and only here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# Control characters and direction overrides can hide or reverse what a person reads.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_VOID = frozenset({"br", "hr", "input"})


class Markup(str):
    """HTML that is already safe. Anything else handed to `h` is text and gets escaped."""

    __slots__ = ()


Child = Markup | str | int | None | Iterable["Markup | str | None"]
Attribute = str | int | float | bool | None


def clean(text: str) -> str:
    """The text without control characters and direction overrides; line breaks and tabs stay."""
    return _INVISIBLE.sub("", text)


def escape(text: str) -> Markup:
    """Text as HTML: shown as it is written, whatever it contains."""
    return text if isinstance(text, Markup) else Markup(html.escape(clean(text), quote=True))


def join(children: Iterable[Markup | str | None]) -> Markup:
    """The children one after another, each escaped unless it is markup."""
    return Markup("".join(escape(child) for child in children if child is not None))


def h(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element. `class_` → class, `data_ask` → data-ask; True is a bare attribute, None and False leave it out."""
    parts = [tag]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name = key.rstrip("_").replace("_", "-")
        parts.append(name if value is True else f'{name}="{escape(str(value))}"')
    opening = f"<{' '.join(parts)}>"
    if tag in _VOID:
        return Markup(opening)
    flat: list[Markup | str | None] = []
    for child in children:
        if child is None or isinstance(child, str):
            flat.append(child)
        elif isinstance(child, int):
            flat.append(str(child))
        else:
            flat.extend(child)
    return Markup(f"{opening}{join(flat)}</{tag}>")
