"""Rows of two selections together, in common, or without each other: 前3的或…最多的5个, 前3但不是…的."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Literal

from assistant.planning.plan import Measure, Plan, SetPlan
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase

_LINKS: dict[str, Literal["union", "except"]] = {
    "or": "union",
    "not": "except",
    "except": "except",
    "without": "except",
}


def link_of(ctx: Context) -> tuple[int, Literal["union", "intersect", "except"]] | None:
    """Where two selections meet, and how; None when one selection is all there is."""
    ranks = [k for k, p in enumerate(ctx.phrases) if p.kind == "rank" and p.limit is not None]
    if not ranks:
        return None
    for k, phrase in enumerate(ctx.phrases):
        op = _LINKS.get(phrase.kind)
        if op is None or not _restricts(ctx.phrases[:k]) or not _restricts(ctx.phrases[k + 1 :]):
            continue
        if op == "union" and not _around(ctx.phrases, k):
            continue
        return k, op
    for a, b in itertools.pairwise(ranks):
        for k in range(a + 1, b):
            if ctx.phrases[k].kind == "scope":
                return k, "intersect"
    return None


def _restricts(phrases: list[Phrase]) -> bool:
    return any(p.kind in ("condition", "rank") for p in phrases)


def _around(phrases: list[Phrase], k: int) -> bool:
    """或 joins two selections when a ranking stands on one side of it; between two conditions it is an alternative."""
    before = [p.kind for p in phrases[:k] if p.kind in ("condition", "rank")]
    after = [p.kind for p in phrases[k + 1 :] if p.kind in ("condition", "rank")]
    return before[-1] == "rank" or after[0] == "rank"


def combined(ctx: Context, plan: Plan, left: Plan, right: Plan, op: Literal["union", "intersect", "except"]) -> SetPlan:
    """Both selections show the same: the whole question's keys."""
    shown = [replace(p, keys=plan.keys, values=(), group=(), distinct=False, context=()) for p in (left, right)]
    for i, part in enumerate(shown):
        if any(isinstance(o.by, Measure) for o in part.order) or part.having:
            shown[i] = replace(part, group=plan.group)
    ctx.bonus += 0.6
    return SetPlan(op, shown[0], shown[1])
