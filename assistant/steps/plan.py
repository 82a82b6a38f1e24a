"""Step 4, data questions: the plan and its SQL; or a question back; or the notice that it may not be seen."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.absent import names_what_is_not_here, number_that_is_not_here
from assistant.compose.withheld import withheld_refusal
from assistant.examples import example_questions
from assistant.outcome import Clarify, Option, Outcome
from assistant.planning.describe import describe
from assistant.planning.embedded import Candidate, EmbeddedPlanner
from assistant.planning.judging.ambiguity import Choice, choices
from assistant.planning.plan import Plan
from assistant.services import Services
from assistant.steps.evidence import names_nothing
from assistant.strength import counts_what_nobody_named, plan_strength
from assistant.turn import Turn
from assistant.withheld import are_named, hidden_tables, tables_out_of_sight
from corpus.semantics import SemanticModel

WEAK = 0.45
SEVERAL = 10


def plan(turn: Turn, services: Services) -> Outcome | None:
    """Choose the plan of a data question; other routes pass through."""
    if turn.route not in ("data", "share_request"):
        return None
    if turn.route == "share_request":
        return None
    if any(turn.withheld):
        return withheld_refusal(*turn.withheld, turn, services)
    assert turn.scoped is not None and turn.planning is not None
    verified = _verified(turn.text, turn.scoped.model)
    if verified:
        turn.sql, turn.label, turn.planner = verified, "verified", "verified"
        turn.detail = "采用已核验的查询"
        return None
    refused = _not_for_you(turn, services)
    if refused is not None:
        return refused
    candidates = turn.planning.candidates
    if names_nothing(turn.planning):
        asked = example_questions(services, turn.scoped.model)[:3]
        return Clarify(
            text="没有说要查的是什么。请把事物和指标写进问题里，比如：",
            options=[Option(label=example, value=example) for example in asked],
        )
    lost = counts_what_nobody_named(turn.planning) or number_that_is_not_here(turn.planning)
    if not candidates or plan_strength(turn.planning) < WEAK or lost:
        return None
    if turn.given is None and names_what_is_not_here(turn.planning, turn.scoped.model):
        return None  # compose says what was not understood, with the nearest datasets
    open_to = choices(turn.planning, turn.scoped.model)
    if len(open_to) > 1:
        labels = _labels(open_to, turn.scoped.model)
        return Clarify(
            text=f"这个问题有{'两' if len(open_to) == 2 else '几'}种理解，请选一种：",
            options=[Option(label=label, value=c.question) for label, c in zip(labels, open_to, strict=True)],
        )
    turn.chosen = _several(turn.text, candidates[0], turn.scoped.planner)
    turn.sql = turn.chosen.sql
    turn.detail = describe(candidates[0].reading.query, turn.scoped.model)
    return None


def _several(text: str, candidate: Candidate, planner: EmbeddedPlanner) -> Candidate:
    """哪些部门最多 asks for several: the first ones are shown, not the very first alone."""
    query = candidate.reading.query
    if (
        not isinstance(query, Plan)
        or query.limit != 1
        or query.offset
        or not re.search(r"哪些|有哪", text)
        or re.search(r"[一1]个|第一", text)
    ):
        return candidate
    wider = replace(query, limit=SEVERAL)
    sql = planner.compile(wider)
    return candidate if sql is None else replace(candidate, sql=sql, reading=replace(candidate.reading, query=wider))


def _verified(text: str, model: SemanticModel) -> str | None:
    """The reviewed SQL of exactly this question."""
    wanted = _bare(text)
    return next((v.sql for v in model.verified if _bare(v.question) == wanted), None)


def _bare(text: str) -> str:
    return re.sub(r"[\s，。？！,.?!、：:；;“”\"'「」]|请问|请|帮我|一下", "", text).lower()


def _labels(open_to: list[Choice], model: SemanticModel) -> list[str]:
    """What each choice says; the table is named where two say the same."""
    said = [describe(c.candidate.reading.query, model) if c.candidate else c.question for c in open_to]
    return [
        f"{text}（{model.table(c.table).label}）" if said.count(text) > 1 else text
        for text, c in zip(said, open_to, strict=True)
    ]


def _not_for_you(turn: Turn, services: Services) -> Outcome | None:
    """When the question is better answered by tables or columns that this person may not see: say so, name the dataset.

    The full model is used for names alone; no value of a hidden table takes part.
    """
    assert turn.scoped is not None and turn.planning is not None
    if turn.given is not None or not hidden_tables(turn, services):
        return None
    planning = turn.scoped.full.plan(turn.text)
    if not planning.candidates:
        return None
    best = planning.candidates[0]
    mine = turn.planning.candidates[0].reading.score if turn.planning.candidates else 0.0
    if best.reading.score <= mine + 0.3 or plan_strength(planning) < WEAK:
        return None
    names = tables_out_of_sight(best, turn)
    if not names or not are_named(planning, names):
        return None
    tables = [services.semantics.table(t) for t in names]
    entries = {t.name: services.datasets.get(t.dataset or "") for t in tables}
    named = [d for d in entries.values() if d is not None]
    return withheld_refusal(named, [t.label for t in tables if entries[t.name] is None], turn, services)
