"""Joins that would count a row several times, and how a plan avoids them.

A sum over a join that repeats rows is a wrong number that looks right (a fan trap). Such a condition is tested by
membership instead, such a count counts keys; where neither is possible the plan is refused.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.joins import CannotCompile, JoinGraph
from assistant.planning.plan import (
    And,
    Col,
    Condition,
    Growth,
    Measure,
    Member,
    Plan,
    Ratio,
    Value,
    columns_in,
    columns_of,
    conjunction,
)
from assistant.planning.rollup import measures_of
from corpus.semantics import SemanticModel

_SAFE = ("min", "max", "count_distinct")  # repeated rows do not change these


def without_fans(plan: Plan, model: SemanticModel, graph: JoinGraph) -> Plan:
    """The same meaning over joins that repeat no row of what is added up; CannotCompile when there is none."""
    values: list[Value] = [*plan.values, *(h.measure for h in plan.having)]
    values += [o.by for o in plan.order if isinstance(o.by, Measure | Ratio | Growth)]
    added = [m for v in values for m in measures_of(v) if m.aggregate not in _SAFE]
    if not added:
        return plan
    for measure in added:
        if not all(graph.safe(measure.table or plan.root, c.table) for c in columns_in(measure.where)):
            raise CannotCompile("a part that only rows repeated by the join could tell")
    facts = {m.table or plan.root for m in added}
    if facts != {plan.root}:
        if len(facts) > 1:
            return plan  # each is aggregated on its own
        plan = replace(plan, root=facts.pop())
    plan = replace(plan, where=_by_membership(plan.where, plan.root, graph))
    keys = {c.table for k in (*plan.keys, *plan.group) for c in columns_of(k)}
    if all(graph.safe(plan.root, table) for table in keys):
        return plan
    key = model.table(plan.root).primary_key
    if len(key) != 1 or any(m.of is not None or m.where is not None for m in added):
        raise CannotCompile("a sum over rows that the join repeats")
    counted = Measure("count_distinct", Col(plan.root, key[0]), table=plan.root)
    return _with_count(plan, counted)


def _with_count(plan: Plan, counted: Measure) -> Plan:
    """Every count of rows becomes a count of keys."""

    def swap(measure: Measure) -> Measure:
        return replace(counted, label=measure.label, unit=measure.unit) if measure.of is None else measure

    def swapped(value: Value) -> Value:
        if isinstance(value, Measure):
            return swap(value)
        if isinstance(value, Ratio):
            return replace(value, over=swap(value.over), under=swap(value.under) if value.under else None)
        return replace(value, of=swap(value.of))

    orders = tuple(replace(o, by=swap(o.by)) if isinstance(o.by, Measure) else o for o in plan.order)
    having = tuple(replace(h, measure=swap(h.measure)) for h in plan.having)
    return replace(plan, values=tuple(swapped(v) for v in plan.values), having=having, order=orders)


def _by_membership(condition: Condition | None, root: str, graph: JoinGraph) -> Condition | None:
    """Tests of tables whose join repeats the root's rows, said as membership."""
    if condition is None:
        return None
    parts = list(condition.parts) if isinstance(condition, And) else [condition]
    kept: list[Condition] = []
    far: dict[str, list[Condition]] = {}
    for part in parts:
        tables = {c.table for c in columns_in(part)}
        if all(graph.safe(root, t) for t in tables):
            kept.append(part)
        elif len(tables) == 1:
            far.setdefault(tables.pop(), []).append(part)
        else:
            raise CannotCompile("a condition over rows that the join repeats")
    for table, tests in far.items():
        way = graph.paths(root).get(table)
        if way is None or len(way) != 1 or len(way[0].source_columns) != 1:
            raise CannotCompile("a condition over rows that the join repeats")
        edge = way[0]
        source, target = Col(root, edge.source_columns[0]), Col(table, edge.target_columns[0])
        kept.append(Member(source, target, False, conjunction(tests)))
    return conjunction(kept)
