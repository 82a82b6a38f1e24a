"""Joins that would count a row several times, and how a plan avoids them.

A sum over a join that repeats rows is a wrong number that looks right (a fan trap). Such a condition is tested by
membership instead, such a count counts keys; where neither is possible the plan is refused. Numbers of two tables never
meet in one join (see `facts`).
"""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.compiling.facts import facts_of, measured, parts_of, rerooted
from assistant.planning.compiling.joins import CannotCompile, Edge, JoinGraph
from assistant.planning.plan import (
    Col,
    Condition,
    Growth,
    Measure,
    Member,
    Or,
    Plan,
    Ratio,
    Value,
    columns_in,
    columns_of,
    conjunction,
)
from corpus.semantics import SemanticModel

_SAFE = ("min", "max", "count_distinct")  # repeated rows do not change these


def without_fans(plan: Plan, model: SemanticModel, graph: JoinGraph) -> Plan:
    """The same meaning over joins that repeat no row of what is added up or listed; CannotCompile when there is none."""
    if not plan.grouped:
        return _listed(plan, graph)
    added = [m for m in measured(plan) if m.aggregate not in _SAFE]
    if not added:
        return plan
    for measure in added:
        if not all(graph.safe(measure.table or plan.root, c.table) for c in columns_in(measure.where)):
            raise CannotCompile("a part that only rows repeated by the join could tell")
    facts = facts_of(plan)
    if len(facts) > 1:
        raise CannotCompile("several facts in one join")
    if facts != [plan.root]:
        plan = rerooted(plan, facts[0], model, graph)
    plan = replace(plan, where=_by_membership(plan.where, plan.root, graph))
    keys = {c.table for k in (*plan.keys, *plan.group, *plan.limit_per) for c in columns_of(k)}
    if all(graph.safe(plan.root, table) for table in keys):
        return plan
    key = model.table(plan.root).primary_key
    if len(key) != 1 or any(m.of is not None or m.where is not None for m in added):
        raise CannotCompile("a sum over rows that the join repeats")
    if any(isinstance(v, Ratio) and v.under is None for v in plan.values):
        raise CannotCompile("shares of groups that overlap")
    counted = Measure("count_distinct", Col(plan.root, key[0]), table=plan.root)
    return _with_count(plan, counted)


def _listed(plan: Plan, graph: JoinGraph) -> Plan:
    """Rows are listed from the one table that each of them is a row of; what other tables only test is membership."""
    shown = {c.table for k in (*plan.keys, *plan.group) for c in columns_of(k)} | set(plan.whole)
    shown |= {c.table for o in plan.order if not isinstance(o.by, Measure | Ratio | Growth) for c in columns_of(o.by)}
    ways = graph.paths(plan.root)
    if any(table not in ways for table in shown):
        raise CannotCompile("tables that nothing links")
    near = [plan.root, *shown, *(edge.target for table in shown for edge in ways[table])]
    root = next((t for t in near if all(graph.safe(t, other) for other in shown)), None)
    if root is None:
        raise CannotCompile("rows of two tables put together in every way")
    return replace(plan, root=root, where=_by_membership(plan.where, root, graph))


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
    """Tests of rows that the join would repeat, said as membership; those of one table hold for one row together."""
    kept: list[Condition] = []
    far: dict[Edge, list[Condition]] = {}
    for part in parts_of(condition):
        edges = {_repeating(root, c.table, graph) for c in columns_in(part)}
        if edges <= {None}:
            kept.append(part)
        elif len(edges) == 1:
            far.setdefault(next(e for e in edges if e is not None), []).append(part)
        elif isinstance(part, Or):
            kept.append(Or(tuple(c for p in part.parts if (c := _by_membership(p, root, graph)) is not None)))
        else:
            raise CannotCompile("a condition over rows that the join repeats")
    for edge, tests in far.items():
        if len(edge.source_columns) != 1:
            raise CannotCompile("rows told apart by several columns")
        source, target = Col(edge.source, edge.source_columns[0]), Col(edge.target, edge.target_columns[0])
        kept.append(Member(source, target, False, conjunction(tests)))
    return conjunction(kept)


def _repeating(root: str, table: str, graph: JoinGraph) -> Edge | None:
    """The first join on the way to a table that repeats rows; None where none does."""
    way = graph.paths(root).get(table)
    if way is None:
        raise CannotCompile(f"{root} and {table} are not related")
    return next((edge for edge in way if edge.multiplies), None)
