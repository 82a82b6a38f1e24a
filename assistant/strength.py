"""How much of a question the planner's best reading explains."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.planning.embedded import Planning
from assistant.planning.mentions import Mention
from assistant.planning.plan import And, Col, Compare, Condition, Measure, Plan, Query
from assistant.planning.scales import kind_of
from assistant.planning.words import WORDS


def plan_strength(planning: Planning) -> float:
    """How much of the question's content the best plan explains, 0..1; 0 without a plan."""
    if not planning.candidates:
        return 0.0
    best = planning.candidates[0].reading
    known = sum(len(m.text) for m in planning.mentions if (m.candidates or m.time) and m.kind not in ("filler", "of"))
    lost = sum(len(w) for w in best.unused)
    if known == 0:
        return 0.0
    return max(0.0, min(1.0, (known - 0.3 * lost) / (known + lost))) if known >= 2 else 0.3


# A word that stands in more tables than this (区, 年份) says nothing about which of them is meant.
_TELLING = 3


def counts_what_nobody_named(planning: Planning) -> bool:
    """Whether the best plan counts rows of a table that no word of the question leads to, while a word is left over.

    「各区有多少恐龙」 is no question for the number of whatever else has districts.
    """
    best = planning.candidates[0].reading if planning.candidates else None
    if best is None or not isinstance(best.query, Plan) or not any(len(word) > 1 for word in planning.unknown):
        return False
    plan = best.query
    counts = [v for v in plan.values if isinstance(v, Measure) and v.aggregate == "count" and v.of is None]
    if not counts or len(counts) != len(plan.values) or any(v.metric for v in counts):
        return False
    counted = {v.table or plan.root for v in counts}
    for mention in planning.mentions:
        tables = {candidate.table for candidate in mention.candidates}
        if tables & counted and len(tables) <= _TELLING:
            return False
    return True


def says_nothing_new(query: Query) -> bool:
    """Whether a plan only lists what its own conditions fix: 「哪些人得了肺结核」 answered with 肺结核."""
    if not isinstance(query, Plan) or query.values or query.having or query.whole or not query.keys:
        return False
    return all(isinstance(key, Col) and key in _fixed(query.where) for key in query.keys)


def _fixed(condition: Condition | None) -> set[Col]:
    """The columns that a condition holds to one value."""
    if isinstance(condition, And):
        return set().union(*map(_fixed, condition.parts))
    if isinstance(condition, Compare) and condition.op == "=" and condition.right is None:
        return {condition.left} if isinstance(condition.left, Col) else set()
    return set()


# What names of quantities end with: a word that ends so and that nothing explains is the very number asked for.
_QUANTITY = re.compile(r"[率度比值额费价量数龄长积速距差]$")
_NO_QUANTITY = frozenset(("程度", "角度", "多数", "少数", "无数", "大量", "少量", "尽量"))


def asks_for_the_unknown(planning: Planning) -> str:
    """The word for what is asked for, where the best plan does not know it: 率 of 离婚率, 书 of 多少本书; empty for none.

    Chinese puts the head of a noun last: a plan that read 离婚 and not 率 answers another question.
    """
    best = planning.candidates[0].reading if planning.candidates else None
    if best is None:
        return ""
    lost = set(best.unused)
    for i, mention in enumerate(planning.mentions):
        if (
            mention.text not in lost
            or mention.word is not None
            or mention.number
            or mention.time
            or mention.text == "一"
        ):
            continue
        quantity = not mention.candidates and _QUANTITY.search(mention.text) and mention.text not in _NO_QUANTITY
        if quantity:
            before = planning.mentions[i - 1] if i else None
            own = before is None or before.word is not None or not before.candidates
            return planning.question[mention.start if own or before is None else before.start : mention.end]
        if _is_counted(planning.mentions, i) and not _is_unit(mention.text):
            return f"{mention.text}的数量"
    return ""


def _is_unit(text: str) -> bool:
    """人次, 批次: a measure word says in what is counted, not what."""
    word = WORDS.get(text)
    return bool(kind_of(text)) or (word is not None and word.kind == "unit")


def _is_counted(mentions: Sequence[Mention], index: int) -> bool:
    """Whether a word is what 多少 or 几 asks the number of: it stands right behind, a measure word between at most."""
    before = index - 1
    if before >= 0 and mentions[before].kind == "unit":
        before -= 1
    return before >= 0 and mentions[before].kind == "howmany"
