"""From the state that is wanted to a question that says it: written in several ways, kept as far as it is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from assistant.conversation_state.building import built
from assistant.conversation_state.earlier import Earlier
from assistant.conversation_state.edits import Edit, SetFilter, SetPeriod
from assistant.conversation_state.labels import slots_of, value_words
from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import Filter, Quantity, State, column_of, concept, state_of
from assistant.conversation_state.wording import every, questions
from assistant.planning.embedded import Candidate, EmbeddedPlanner
from assistant.planning.linking.names import Names
from assistant.planning.plan import Col, Growth, Plan, Query, Ratio
from corpus.semantics import Additivity, SemanticModel

_PLACE = re.compile(r"[\u4e00-\u9fff](?:区|县|市|镇|乡|街道|省)$")
_NOT_COUNTED = re.compile(r"(?:号码?|电话|姓名|名单|地址|住址|账号|率|额|价格?|收入|支出|人数|人口|面积|得分)$")


def state_in(question: str, planner: EmbeddedPlanner) -> State | None:
    """The state of a question as the planner understands it; None where it has none."""
    planning = planner.plan(question)
    found = state_of(planning.candidates[0].reading.query, planner.model) if planning.candidates else None
    if found is None or found.period is None or not any(_is_stock(q, planner.model) for q in found.quantities):
        return found
    spans = [Period(m.time.start, m.time.end) for m in planning.mentions if m.time]
    return replace(found, asked=spans[0]) if len(spans) == 1 and _ends_with(spans[0], found.period) else found


def _is_stock(quantity: Quantity, model: SemanticModel) -> bool:
    return quantity.column is not None and column_of(quantity.column, model).additivity == Additivity.SNAPSHOT


def _ends_with(whole: Period, last: Period) -> bool:
    """Whether a time is longer than another that lies in it."""
    if None in (whole.start, whole.end, last.start, last.end) or whole == last:
        return False
    return whole.start <= last.start and last.end <= whole.end  # type: ignore[operator]


@dataclass(frozen=True)
class Rewriting:
    """A question, whether the planner understands it as it was meant, and its plan where no wording says it."""

    text: str
    sure: bool
    given: Candidate | None = None
    base: Earlier | None = None  # the turn that it builds on


def rewritten(wanted: State, old: State, edits: list[Edit], before: str, planner: EmbeddedPlanner) -> Rewriting:
    """The old wording with the edit in it, or a new one: the first that is understood as `wanted`.

    Where none is, the plan is built from `wanted` itself; where that cannot be, the closest wording is taken.
    """
    tries = [t for t in (_edited(before, edits, planner),) if t]
    if old.whole:
        tries += questions(wanted, planner.model)
    goal = slots_of(_settled(wanted, planner.model), planner.model)
    best, most = tries[0] if tries else "", -1
    whole = 2 * len(fields(goal))
    for candidate in tries:
        planning = planner.plan(candidate)
        if not planning.candidates:
            continue
        first = planning.candidates[0].reading
        got = state_of(first.query, planner.model)
        if got is None:
            continue
        agreed = 2 * slots_of(got, planner.model).agreement(goal) - bool(first.unused)
        agreed -= _forms(got) != _forms(wanted) or (wanted.threshold is not None and not _shows(first.query))
        if not _ordered(first.query, wanted):
            continue
        if agreed > most:
            best, most = candidate, agreed
        if agreed == whole:
            return Rewriting(best, old.whole, planning.candidates[0] if old.whole else None)
    given = built(wanted, planner) if old.whole else None
    if given is not None:
        told = state_of(given.reading.query, planner.model)
        if told is not None and slots_of(told, planner.model).agreement(goal) == len(fields(goal)):
            return Rewriting(best or before, True, given)
    return Rewriting(best, old.whole and most >= whole - 1)


def _settled(state: State, model: SemanticModel) -> State:
    """The state without groupings by what one condition fixes, as it is read off a plan."""
    fixed = {concept(f.column, model) for f in state.filters if f.op == "=" and len(f.values) == 1}
    kept = tuple(d for d in state.dimensions if d.column is None or concept(d.column, model) not in fixed)
    return replace(state, dimensions=kept)


def _forms(state: State) -> tuple[bool, ...]:
    """Which of the quantities are told row by row, not added up."""
    return tuple(sorted(q.aggregate == "row" for q in state.quantities))


def _ordered(query: Query, wanted: State) -> bool:
    """Whether the rows stand in the order that is wanted; by growth, where growth is what is ranked."""
    if wanted.ranking is None or not isinstance(query, Plan):
        return True
    if wanted.dimensions and (not query.order or query.order[0].descending != wanted.ranking.descending):
        return False
    if not any(q.change for q in wanted.quantities):
        return True
    return isinstance(query, Plan) and bool(query.order) and isinstance(query.order[0].by, Growth | Ratio)


def _shows(query: Query) -> bool:
    """Whether the numbers asked for are among what is shown."""
    return not isinstance(query, Plan) or bool(query.values)


def _edited(before: str, edits: list[Edit], planner: EmbeddedPlanner) -> str:
    """The old wording with one time or one value in the place of another; empty where the edit is more than that."""
    if len(edits) != 1:
        return ""
    mentions = planner.plan(before).mentions
    edit = edits[0]
    if isinstance(edit, SetPeriod) and edit.period is not None:
        times = [m for m in mentions if m.time]
        if len(times) > 1:
            return ""
        words = edit.period.words
        return before[: times[0].start] + words + before[times[0].end :] if times else words + before
    if isinstance(edit, SetFilter) and edit.filter.op == "=":
        mine = concept(edit.filter.column, planner.model)
        old = {
            (m.start, m.end)
            for m in mentions
            for c in m.candidates[:3]
            if c.kind == "value" and concept(Col(c.table, c.column), planner.model) == mine
        }
        if len(old) == 1:
            start, end = old.pop()
            return before[:start] + value_words(edit.filter, edit.filter.values[0], planner.model) + before[end:]
    return ""


def with_unknown(core: str, state: State, before: str, planner: EmbeddedPlanner, full: SemanticModel) -> str:
    """A word that this asker's data do not know goes where its kind goes, so that the turn can say what is wrong with it."""
    core = core.removesuffix("的")
    place = bool(_PLACE.search(core))
    for one in state.filters if place else ():
        for m in planner.plan(before).mentions:
            if _is_value_of(one, m.text, planner):
                return before[: m.start] + core + before[m.end :]
    time = state.period.words if state.period else ""
    by = "".join(every(d, planner.model) for d in state.dimensions)
    if place:
        return core + before
    kinds = {c.kind for c in Names(full).find(core)}
    count = "" if kinds & {"column", "metric"} or _NOT_COUNTED.search(core) else "数量"
    return f"{time}{by}{core}{count}"


def _is_value_of(one: Filter, text: str, planner: EmbeddedPlanner) -> bool:
    words = {value_words(one, v, planner.model) for v in one.values} | {str(v) for v in one.values}
    return text in words or any(len(text) > 1 and w.startswith(text) for w in words)
