"""Step 4, data questions: the plan and its SQL; or a question back; or the notice that it may not be seen."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.compose.sources import access_line, dataset_citation
from assistant.outcome import Citation, Clarify, Option, Outcome, Refuse
from assistant.planning.describe import describe
from assistant.planning.embedded import Candidate, EmbeddedPlanner, Planning
from assistant.planning.plan import Col, Plan, columns_in, columns_of, expressions_of, tables_of
from assistant.services import Services
from assistant.steps.route import plan_strength
from assistant.turn import Turn
from corpus.catalog import Dataset
from corpus.semantics import SemanticModel

# Two readings this close in score are not told apart by the planner: the asker chooses.
CLOSE = 0.12
WEAK = 0.45
SEVERAL = 10


def plan(turn: Turn, services: Services) -> Outcome | None:
    """Choose the plan of a data question; other routes pass through."""
    if turn.route not in ("data", "share_request"):
        return None
    if turn.route == "share_request":
        return None
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
    if not candidates or plan_strength(turn.planning) < WEAK:
        return None  # compose says what was not understood, with the nearest datasets
    if rival := _rival(candidates):
        model = turn.scoped.model
        return Clarify(
            text="这个问题有两种理解，请选一种：",
            options=[
                Option(label=_option(c, model), value=_restated(turn.text, c, model)) for c in (candidates[0], rival)
            ],
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


def _rival(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """A second reading that is as good and stands on another table."""
    if len(candidates) < 2:
        return None
    first, second = candidates[0], candidates[1]
    if second.root == first.root or first.reading.score - second.reading.score > CLOSE:
        return None
    return second


def _option(candidate: Candidate, model: SemanticModel) -> str:
    return describe(candidate.reading.query, model)


def _restated(text: str, candidate: Candidate, model: SemanticModel) -> str:
    """The question with the table named, so that asking it again needs no choice."""
    return f"在“{model.table(candidate.root).label}”中，{text}"


def _not_for_you(turn: Turn, services: Services) -> Outcome | None:
    """When the question is better answered by tables or columns that this person may not see: say so, name the dataset.

    The full model is used for names alone; no value of a hidden table takes part.
    """
    assert turn.scoped is not None and turn.planning is not None
    seen = turn.scoped.scope.tables
    full = services.semantics
    if all(t.name in seen and {c.name for c in t.columns} <= set(seen[t.name].columns) for t in full.tables):
        return None
    planning = turn.scoped.full.plan(turn.text)
    if not planning.candidates:
        return None
    best = planning.candidates[0]
    mine = turn.planning.candidates[0].reading.score if turn.planning.candidates else 0.0
    if best.reading.score <= mine + 0.3 or plan_strength(planning) < WEAK:
        return None
    hidden = _hidden_tables(best, planning, turn)
    if not hidden:
        return None
    names: list[str] = []
    requests: list[Dataset] = []
    reasons: list[str] = []
    citations: list[Citation] = []
    for name in hidden:
        table = full.table(name)
        dataset = services.datasets.get(table.dataset or "")
        if dataset is None:
            names.append(f"“{table.label}”")
        else:
            citations.append(dataset_citation(len(citations) + 1, dataset))
            classes = access_line(dataset)
            names.append(f"“{dataset.title}”" + (f"（{classes}）" if classes else "") + f"[{citations[-1].n}]")
            decision = services.rights.decide(turn.principal, dataset)
            if decision.allowed:
                reasons.append("其中涉及个人信息等受限数据项，当前身份不能查看")
            else:
                reasons.append(decision.rule + (f"（{decision.article}）" if decision.article else ""))
            if dataset.sharing != "not_shared":
                requests.append(dataset)
    reason = "；".join(dict.fromkeys(reasons)) or "目录没有向当前身份开放这项数据"
    offer = "如工作需要，可以生成共享申请草稿。" if requests else "这项数据不予共享，可以改问汇总统计类的数据。"
    return Refuse(
        reason="forbidden",
        text=f"有这类数据：{'、'.join(names)}，但当前身份不能查看。{reason}。{offer}",
        may_request=[d.id for d in requests],
        citations=citations,
        suggestions=[f"我要申请共享“{d.title}”数据" for d in requests][:3],
    )


def _hidden_tables(best: Candidate, planning: Planning, turn: Turn) -> list[str]:
    assert turn.scoped is not None
    seen = turn.scoped.scope.tables
    query = best.reading.query
    if not isinstance(query, Plan):
        return []
    used: list[Col] = [c for e in (*query.keys, *query.group) for c in columns_of(e)]
    used += [c for v in query.values for e in expressions_of(v) for c in columns_of(e)]
    used += columns_in(query.where)
    tables = [t for t in tables_of(query) if t not in seen]
    tables += [c.table for c in used if c.table in seen and c.name not in seen[c.table].columns]
    return list(dict.fromkeys(tables))
