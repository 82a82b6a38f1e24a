"""Two questions asked in one: the most and the fewest, two clauses, one question of two subjects.

Each is put as a question of its own, and what they mean is put together: two rows, or two numbers side by side.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.planning.compiling.facts import facts_of
from assistant.planning.compiling.rollup import measures_of, value_label
from assistant.planning.linking.mentions import Mention
from assistant.planning.plan import Growth, Measure, Plan, Query, Ratio, Reading, SetPlan, Value, conjunction
from corpus.semantics import SemanticModel

_LINKS = ("和", "与", "及", "以及", "、", "跟", "同", "还有")
_BREAKS = ("，", ",", "；", ";")
_EACH = ("各", "分别", "各自", "各是", "各有", "分别是", "分别有")


def ends(question: str, mentions: Sequence[Mention]) -> tuple[str, str] | None:
    """最多和最少的诊所, 月薪最高的医生和最低的医生: one question for each end."""
    supers = [m for m in mentions if m.kind == "super"]
    for first, second in itertools.pairwise(supers):
        if first.payload == second.payload:
            continue
        between = question[first.end : second.start]
        link = next((w for w in _LINKS if between.endswith(w)), None)
        if link is None:
            continue
        middle = between.removesuffix(link)
        rest = question[second.end :]
        if middle in ("", "的"):
            return question[: first.end] + rest, question[: first.start] + second.text + rest
        if middle.startswith("的") and len(middle) > 1 and rest.startswith(middle):
            lead = question[: first.start]
            rest = rest.removeprefix(middle)
            return lead + first.text + middle + rest, lead + second.text + middle + rest
    return None


def both_ends(left: Reading, right: Reading, words: tuple[str, ...]) -> Reading | None:
    """The first rows from one end and from the other, where both show the same of the same things."""
    a, b = left.query, right.query
    if not isinstance(a, Plan) or not isinstance(b, Plan) or a.limit is None or b.limit is None:
        return None
    if (a.root, len(a.keys), len(a.values)) != (b.root, len(b.keys), len(b.values)) or a.where != b.where:
        return None
    return _together(SetPlan("union", a, b), left, right, words)


def clauses(question: str, mentions: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """Two questions that one may be: its clauses, or one predicate said of two subjects (地铁和公交各运了多少人次)."""
    each = next((m for m in mentions if m.text in _EACH), None)
    for i, mention in enumerate(mentions):
        if not 0 < i < len(mentions) - 1 or mention.text not in (*_LINKS, *_BREAKS):
            continue
        left, right = mentions[i - 1], mentions[i + 1]
        timed = [m.text for m in mentions[:i] if m.time]
        later = any(m.time for m in mentions[i + 1 :])
        lead = timed[0] if len(timed) == 1 and not later else ""
        yield question[: mention.start], lead + question[mention.end :]
        if each is not None and each.start >= right.end and mention.text not in _BREAKS:
            yield question[: mention.start] + question[right.end :], question[: left.start] + question[right.start :]


def side_by_side(left: Reading, right: Reading, words: tuple[str, ...], model: SemanticModel) -> Reading | None:
    """Two numbers of two tables in one row, each under its own conditions; None where one of them is no plain number."""
    plans = (left.query, right.query)
    if not all(isinstance(p, Plan) and _plain(p) for p in plans):
        return None
    a, b = plans
    assert isinstance(a, Plan) and isinstance(b, Plan)
    if set(facts_of(a)) & set(facts_of(b)):
        return None
    values = [_own(v, p) for p in (a, b) for v in p.values]
    if None in values:
        return None
    labels = [value_label(v, model) for v in values if v is not None]
    if len(set(labels)) < len(labels):
        return None
    return _together(Plan(a.root, values=tuple(v for v in values if v is not None)), left, right, words)


def _plain(plan: Plan) -> bool:
    rows = plan.keys or plan.group or plan.order or plan.having or plan.keep or plan.limit is not None
    return bool(plan.values) and not rows


def _own(value: Value, plan: Plan) -> Value | None:
    """A value with its plan's table and conditions in itself."""
    if isinstance(value, Growth) or (isinstance(value, Ratio) and value.under is None):
        return None
    if plan.where is not None and any(m.metric for m in measures_of(value)):
        return None

    def own(measure: Measure) -> Measure:
        tests = [t for t in (plan.where, measure.where) if t is not None]
        return replace(measure, table=measure.table or plan.root, where=conjunction(tests))

    if isinstance(value, Measure):
        return own(value)
    return replace(value, over=own(value.over), under=own(value.under) if value.under is not None else None)


def _together(query: Query, left: Reading, right: Reading, words: tuple[str, ...]) -> Reading:
    """A reading of both. A word that only one side can use is used, and that it is not by the other is told."""
    halves = [w for a, b in ((left, right), (right, left)) for w in a.unused if w in b.explained]
    unused = tuple(dict.fromkeys(w for w in (*left.unused, *right.unused) if w not in halves))
    told = tuple(f"“{w}”只用于其中一个数" for w in dict.fromkeys(halves))
    return Reading(
        query,
        max(left.score, right.score),
        explained=tuple(w for w in words if w not in unused),
        unused=unused,
        assumptions=tuple(dict.fromkeys((*left.assumptions, *right.assumptions, *told))),
    )
