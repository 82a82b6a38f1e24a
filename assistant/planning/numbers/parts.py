"""A total and what is in it: 全年多少件，其中投诉多少件 asks for both numbers, not for the second alone."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.plan import Measure
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, is_measure
from assistant.planning.shown.targets import Shown


def read_parts(ctx: Context, shown: Shown) -> None:
    """What is tested behind 其中 tests a number of its own, beside the number asked for before it."""
    at = next((i for i, p in enumerate(ctx.phrases) if p.kind == "scope" and p.text == "其中"), 0)
    before, behind = ctx.phrases[:at], ctx.phrases[at + 1 :]
    tests = [p for p in behind if p.kind == "condition" and p.condition is not None]
    if ctx.schema.strict or not tests or not any(p.kind == "amount" or is_measure(ctx, p) for p in before):
        return
    if any(p.kind in ("rank", "group", "share", "growth", "which", "listed") or p.having for p in behind):
        return
    totals = [*shown.values, *(ctx.default_of(n) for n in shown.numbers)]
    if not totals or not all(isinstance(t, Measure) and not t.metric and t.where is None for t in totals):
        return
    shown.values = [*totals, *(_part(t, p) for p in tests for t in totals if isinstance(t, Measure))]
    shown.order = [e for e in shown.order if e not in shown.numbers]
    shown.numbers = []
    for phrase in tests:
        ctx.use(*phrase.spans)
    ctx.phrases = [p for p in ctx.phrases if p not in tests]


def _part(total: Measure, test: Phrase) -> Measure:
    return replace(total, where=test.condition, label=f"其中{test.text}")
