"""What speaks for each route: the wording, how much a plan explains of it, and how sure the two searches are.

A word that the reading has explained as a name or a value of the data says nothing about rules: 「被处罚5次以上的企业」 speaks
of recorded penalties, however much the rules have to say on penalties.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.planning.embedded import Planning
from assistant.steps import cues
from assistant.strength import plan_strength
from assistant.turn import Turn

SAME = 0.25  # the score of an entry that has something in common with a question
NAMED = 0.85  # a name that means a thing, not a part of a longer name
SETTLED = 0.8  # the planner has a use for next to every word
# Words of the planner that ask for a figure: 日均, 多少, 最多, 占, 同比, 相差, 倍, 每.
_FIGURES = {"agg", "howmany", "super", "share", "growth", "gap", "times", "per", "cmp", "trend"}


@dataclass(frozen=True)
class Evidence:
    """Numbers are 0..1."""

    strength: float  # how much of the question the best plan explains
    touched: bool  # some word of it means something in the data, with or without a plan
    policy: float  # how sure the search in the policies is
    datasets: float  # how sure the search in the catalogue is
    quantity: bool  # a figure is asked for
    statistic: bool  # … beyond doubt
    finds: bool  # a dataset is asked for
    where: bool  # … by asking where
    dataset: bool  # … as the thing that all other words describe
    rules: bool  # what rules say is asked for
    nouns: bool  # nouns of the rules that are no names of the data here
    legal: bool  # rules are spoken of, whatever figures are


def gather(turn: Turn, planning: Planning) -> Evidence:
    """The evidence for the routes of a question that was searched for and planned."""
    text, strength = turn.text, plan_strength(planning)
    policy = turn.articles.confidence if turn.articles and turn.articles.hits else 0.0
    datasets = turn.datasets.confidence if turn.datasets and turn.datasets.hits else 0.0
    if turn.datasets and turn.datasets.hits and turn.datasets.hits[0].score < SAME:
        datasets = min(datasets, 0.4)  # the best of entries that have next to nothing in common with the question
    left = _left_by_reading(text, planning) if strength >= SETTLED else text
    return Evidence(
        strength,
        any(m.candidates and m.kind != "filler" for m in planning.mentions),
        policy,
        datasets,
        quantity=bool(cues.QUANTITY.search(text)) or (strength > 0 and _asks_for_figure(planning)),
        statistic=bool(cues.STATISTIC.search(text)),
        finds=bool(cues.FIND.search(text)),
        where=bool(cues.ASKS_WHERE.match(text)),
        dataset=bool(cues.DATASET.match(text)) and not cues.STATISTIC.search(text),
        rules=bool(cues.RULES.search(text)),
        nouns=bool(cues.RULE_NOUNS.search(left)),
        legal=bool(cues.LEGAL.search(text)),
    )


def names_nothing(planning: Planning) -> bool:
    """Whether a figure is asked for and not of what: 「去年的数量是多少」."""
    if planning.unknown or planning.candidates or any(m.candidates for m in planning.mentions):
        return False
    return any(m.kind == "agg" for m in planning.mentions)


def _asks_for_figure(planning: Planning) -> bool:
    return any(m.kind in _FIGURES for m in planning.mentions)


def _left_by_reading(text: str, planning: Planning) -> str:
    """The text without the names and values that a reading explains."""
    marks = list(text)
    for mention in planning.mentions:
        if mention.kind != "filler" and any(c.kind == "value" or c.score >= NAMED for c in mention.candidates):
            marks[mention.start : mention.end] = "·" * (mention.end - mention.start)
    return "".join(marks)
