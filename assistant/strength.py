"""How much of a question the planner's best reading explains."""

from __future__ import annotations

from assistant.planning.embedded import Planning
from assistant.planning.plan import And, Col, Compare, Condition, Measure, Plan, Query


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
