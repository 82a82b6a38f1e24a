"""Logical forms in one short notation, for pairs of question and meaning that read well in a diff.

`count(doctor), avg(salary); by dept; where title = 医师 & salary > 5; having count(doctor) > 2; top 3 salary desc; each town`.
A column is written with its table only where two tables have one of that name; parts of one condition stand in a fixed order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assistant.planning.plan import (
    Among,
    And,
    Arithmetic,
    Col,
    CompareToAggregate,
    Condition,
    Difference,
    Expression,
    Growth,
    Having,
    Measure,
    Member,
    Not,
    Number,
    Or,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
    Value,
    YearsSince,
)
from corpus.semantics import SemanticModel

_SPLIT = re.compile(r"; (?![^{}]*\})")  # not inside another plan
_LAGS = {("year", 1), ("quarter", 1), ("month", 1), ("day", 1)}


@dataclass(frozen=True)
class Form:
    """A plan's meaning by clause: what is shown (at least), and what else must hold exactly."""

    shown: frozenset[str]
    clauses: frozenset[str]
    order: str = ""  # of rows that are not limited: compared only where it is written

    @classmethod
    def read(cls, text: str) -> Form:
        first, *rest = _SPLIT.split(text)
        keys = next((c.removeprefix("by ") for c in rest if c.startswith("by ")), "")
        order = next((c for c in rest if c.startswith("order ")), "")
        shown = [*first.split(", "), *(keys.split(", ") if keys else [])]
        return cls(frozenset(shown), frozenset(c for c in rest if c != order), order)

    def means(self, other: Form) -> bool:
        """Whether another form says the same and shows at least as much."""
        return self.shown <= other.shown and self.clauses == other.clauses and self.order in ("", other.order)


class Notation:
    """Writes the queries of one semantic model."""

    def __init__(self, model: SemanticModel) -> None:
        self._seen = Counter(c.name for t in model.tables for c in t.columns)

    def write(self, query: Query) -> str:
        if isinstance(query, SetPlan):
            return f"{{{self.write(query.left)}}} {query.op} {{{self.write(query.right)}}}"
        if isinstance(query, Difference):
            return f"{{{self.write(query.left)}}} {query.op} {{{self.write(query.right)}}}"
        return "; ".join(self._clauses(query))

    def _clauses(self, plan: Plan) -> list[str]:
        keys = [self.expression(k) for k in plan.keys]
        values = [self.value(v) for v in plan.values]
        shown = values or keys or [f"{t}.*" for t in plan.whole or (plan.root,)]
        found = [", ".join(shown)]
        if plan.grouped and keys:
            found.append("by " + ", ".join(keys))
        if plan.where is not None:
            found.append("where " + self.condition(plan.where))
        found += ["having " + self._having(h) for h in plan.having]
        order = ", ".join(f"{self._any(o.by)} {'desc' if o.descending else 'asc'}" for o in plan.order)
        if plan.limit is not None:
            found.append(f"top {plan.limit} {order}".strip())
        elif order:
            found.append(f"order {order}")
        if plan.offset:
            found.append(f"skip {plan.offset}")
        if plan.limit_per:
            found.append("each " + ", ".join(self.expression(k) for k in plan.limit_per))
        found += [f"keep {self.condition(k)}" for k in plan.keep]
        return found

    def _any(self, by: Value | Expression) -> str:
        return self.value(by) if isinstance(by, Measure | Ratio | Growth) else self.expression(by)

    def expression(self, node: Expression) -> str:
        if isinstance(node, Col):
            return node.name if self._seen[node.name] == 1 else f"{node.table}.{node.name}"
        if isinstance(node, TimeBucket):
            return f"{node.unit}({self.expression(node.column)})"
        if isinstance(node, Arithmetic):
            return f"({self.expression(node.left)} {node.op} {self.expression(node.right)})"
        if isinstance(node, YearsSince):
            return f"years({self.expression(node.column)})"
        assert isinstance(node, Number)
        return f"{node.value:g}"

    def value(self, value: Value) -> str:
        if isinstance(value, Growth):
            lag = "" if (value.unit, value.lag) in _LAGS else f" by {value.lag}"
            return f"growth({self.value(value.of)} {value.unit}{lag})"
        if isinstance(value, Ratio):
            over, scale = self.value(value.over), "" if value.scale == 1 else f" * {value.scale:g}"
            under = "all" if value.under is None else self.value(value.under)
            return f"{over} / {under}{scale}{' %' if value.percent else ''}"
        name = "distinct" if value.aggregate == "count_distinct" else value.aggregate
        text = value.metric or f"{name}({value.table if value.of is None else self.expression(value.of)})"
        return text if value.where is None else f"{text}[{self.condition(value.where)}]"

    def _having(self, having: Having) -> str:
        left = self.value(having.measure)
        if having.mean:
            return f"{left} {having.op} mean"
        if having.against is not None:
            inside = f"[{self.condition(having.inside)}]" if having.inside is not None else ""
            return f"{left} {having.op} {self.value(having.against)}{inside}"
        return f"{left} {having.op} {having.value:g}"

    def condition(self, condition: Condition) -> str:
        if isinstance(condition, And):
            return " & ".join(sorted(self.condition(p) for p in _flat(condition)))
        if isinstance(condition, Or):
            return "(" + " | ".join(sorted(self.condition(p) for p in condition.parts)) + ")"
        if isinstance(condition, Not):
            return f"not ({self.condition(condition.part)})"
        if isinstance(condition, Member):
            inside = f"[{self.condition(condition.where)}]" if condition.where is not None else ""
            return f"{'no' if condition.negated else 'some'} {condition.other.table}{inside}"
        if isinstance(condition, Among):
            return f"{self.expression(condition.column)} among {{{self.write(condition.groups)}}}"
        if isinstance(condition, CompareToAggregate):
            inside = f"[{self.condition(condition.where)}]" if condition.where is not None else ""
            return f"{self.expression(condition.left)} {condition.op} {self.value(condition.measure)}{inside}"
        left = self.expression(condition.left)
        if condition.right is not None:
            return f"{left} {condition.op} {self.expression(condition.right)}"
        if condition.value is None:
            return f"{left} {condition.op}"
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        return f"{left} {condition.op} " + "/".join(_text(v) for v in values)


def _flat(condition: And) -> list[Condition]:
    found: list[Condition] = []
    for part in condition.parts:
        found += _flat(part) if isinstance(part, And) else [part]
    return found


def _text(value: str | float | int | bool) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
