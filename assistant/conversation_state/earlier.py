"""What a fragment leans on: the last question that was understood, asked back, or not allowed; and choosing an option."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.outcome import Answer, Clarify, Option, Outcome, Refuse
from assistant.planning.embedded import EmbeddedPlanner
from retrieval.text import simplify

NOTE = "按上一个问题理解为：“{}”"
_NOTE = re.compile(r"^按上一个问题理解为：“(.+)”$")
_REACH = 5  # a fragment leans on what was said a few turns ago, not on anything older
_ORDINAL = re.compile(r"^(?:选|要)?第?(?P<n>[一二三四1234])(?:个|种|项|条)?(?:吧)?$")
_WORDED = {"前者": 0, "前一个": 0, "前一种": 0, "后者": -1, "后一个": -1, "后一种": -1, "最后一个": -1}
_ANSWER = re.compile(
    r"^(?:我?(?:说|问|指|要|看)的?是|是|就|选)|(?:的数据|的那个|那个|那种|这个|的)?(?:吧|呢)?[。？?！!]*$"
)


@dataclass(frozen=True)
class Earlier:
    """An earlier turn: its question as it was understood, and how it ended."""

    question: str
    outcome: Outcome
    ended: Literal["answered", "asked", "forbidden"]


def understood(outcome: Outcome) -> str:
    """The question of a turn as it was understood, should it have been a follow-up itself."""
    for warning in outcome.warnings:
        if match := _NOTE.match(warning):
            return match[1]
    return simplify(unicodedata.normalize("NFKC", outcome.question))


def turns(history: Sequence[Outcome], all_of_them: bool = False) -> list[Earlier]:
    """The turns a fragment may lean on, the newest first. One that led nowhere is passed over."""
    found = []
    for outcome in reversed(history if all_of_them else history[-_REACH:]):
        if isinstance(outcome, Answer) and outcome.route == "data" and outcome.status != "no_information":
            found.append(Earlier(understood(outcome), outcome, "answered"))
        elif isinstance(outcome, Clarify) and outcome.route == "data":
            found.append(Earlier(understood(outcome), outcome, "asked"))
        elif isinstance(outcome, Refuse) and outcome.reason == "forbidden":
            found.append(Earlier(understood(outcome), outcome, "forbidden"))
    return found


def picked(text: str, options: Sequence[Option], planner: EmbeddedPlanner) -> str | None:
    """The value of the option that a short reply means: 第一个, 后者, 医疗机构的; None when it means none or several."""
    core = text.strip("，, 。？?！!")
    if match := _ORDINAL.match(core):
        n = "一二三四".find(match["n"]) if match["n"] in "一二三四" else int(match["n"]) - 1
        return options[n].value if 0 <= n < len(options) else None
    if core in _WORDED:
        return options[_WORDED[core]].value
    core = _ANSWER.sub("", _ANSWER.sub("", core))
    if not 1 < len(core) <= 12:
        return None
    said = [o for o in options if core in o.label]
    if len(said) != 1:
        tables = {
            planner.model.table(c.table).label
            for m in planner.plan(core).mentions
            for c in m.candidates
            if c.kind == "table" and c.score >= 0.9
        }
        said = [o for o in options if any(label in o.label for label in tables)]
    return said[0].value if len(said) == 1 else None
