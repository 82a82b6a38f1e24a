"""A clause while its commands are read: what they ask for, and the words that are left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.conversation_state.edits import Edit


@dataclass
class Commands:
    """What a fragment's commands ask for, and the text without them."""

    text: str
    edits: list[Edit] = field(default_factory=list)
    excluding: bool = False  # the values that are left are to be shut out
    dropping: bool = False  # … or, where they are conditions now, to be dropped
    restoring: bool = False  # … or, where they were shut out, to be let in again
    comparing: bool = False  # … or stand beside those asked about
    adding: bool = False  # … in addition to what is there
    these: bool = False  # 他们, 这些: the rows that were shown
    asked: str = ""  # the noun behind 哪个: what is to be told apart


def take(commands: Commands, pattern: re.Pattern[str]) -> re.Match[str] | None:
    match = pattern.search(commands.text)
    if match:
        commands.text = (commands.text[: match.start()] + commands.text[match.end() :]).strip("，, 的")
    return match
