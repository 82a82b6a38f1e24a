"""How much of a question the planner's best reading explains."""

from __future__ import annotations

from assistant.planning.embedded import Planning


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
