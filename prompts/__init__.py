"""Every word that is sent to a model, one file each.

A file has two parts with a line `---` between them: what the model is told to do, and what it is given to do it with.
The second part has slots, `{{name}}`; each is filled with JSON (see `encoding`), once, and what was filled in is never
looked at again, so a text in a slot can neither leave its place nor open another slot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.encoding import Value, encode

__all__ = ["Prompt", "Value", "load", "names"]

_FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")


@dataclass(frozen=True)
class Prompt:
    """`system` is ours alone; `user` is ours with the data in its places."""

    system: str
    user: str


def load(name: str, **slots: Value) -> Prompt:
    """The prompt `name` with its slots filled. KeyError: no such prompt; ValueError: the slots are not the file's."""
    system, user = _template(name)
    wanted = set(_SLOT.findall(user))
    if wanted != set(slots):
        raise ValueError(f"{name}: slots {sorted(wanted)} expected, {sorted(slots)} given")
    return Prompt(system, _SLOT.sub(lambda found: encode(slots[found[1]]), user))


def names() -> list[str]:
    """The prompts there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.md"))


@cache
def _template(name: str) -> tuple[str, str]:
    if name not in names():
        raise KeyError(name)
    system, _, user = (_FOLDER / f"{name}.md").read_text("utf-8").partition("\n---\n")
    if not user.strip() or _SLOT.search(system):
        raise ValueError(f"{name}: the file needs two parts, with slots in the second alone")
    return system.strip(), user.strip()
