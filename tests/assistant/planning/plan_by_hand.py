"""What a plan means, worked out row by row in Python: slow, plain, and with nothing of the compiler in it.

For plans over one table of facts and the tables it belongs to; unknown (None) is kept apart from false, as SQL does.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from assistant.planning.plan import (
    Among,
    And,
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Growth,
    Having,
    Measure,
    Member,
    Not,
    Number,
    Or,
    Plan,
    Ratio,
    TimeBucket,
    Value,
    YearsSince,
)

Row = dict[tuple[str, str], Any]
Truth = bool | None


class ByHand:
    """The rows of small tables, and which column of which table leads up to which other."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], up: dict[str, tuple[str, str, str]]) -> None:
        """`up`: table → (its foreign key, the table it belongs to, the key there)."""
        self._tables = tables
        self._up = up
        self._known = {table: [self._whole(table, row) for row in rows] for table, rows in tables.items()}

    def rows(self, table: str) -> list[Row]:
        """Each row of a table with all that it belongs to."""
        return self._known[table]

    def _whole(self, table: str, row: dict[str, Any]) -> Row:
        found: Row = {(table, name): value for name, value in row.items()}
        if table in self._up:
            foreign, target, key = self._up[table]
            above = next(r for r in self._tables[target] if r[key] == row[foreign])
            found |= self._whole(target, above)
        return found

    # -- plans ----------------------------------------------------------------------------------------------------

    def result(self, plan: Plan) -> list[tuple[Any, ...]]:
        """All rows of a plan, ordered as it says, before any limit."""
        rows = [r for r in self.rows(plan.root) if plan.where is None or self.holds(plan.where, r) is True]
        if not plan.grouped:
            listed = [(tuple(self.of(k, r) for k in plan.keys), r) for r in rows]
            for order in reversed(plan.order):
                assert not isinstance(order.by, Measure | Ratio | Growth)
                listed.sort(key=_last_when_empty(lambda pair, by=order.by: self.of(by, pair[1]), order.descending))
            return list(dict.fromkeys(k for k, _ in listed)) if plan.distinct else [k for k, _ in listed]
        groups: dict[tuple[Any, ...], list[Row]] = {} if plan.keys else {(): []}
        for row in rows:
            groups.setdefault(tuple(self.of(k, row) for k in (plan.group or plan.keys)), []).append(row)
        kept = [g for g in groups.values() if all(self._passes(h, g, list(groups.values())) for h in plan.having)]
        for order in reversed(plan.order):
            kept.sort(key=_last_when_empty(lambda g, by=order.by: self._ranked(by, g), order.descending))
        return [
            (*(self.of(k, g[0]) for k in plan.keys if g), *(self.value(v, g, kept) for v in plan.values)) for g in kept
        ]

    def _ranked(self, by: Value | Expression, group: list[Row]) -> Any:
        return self.value(by, group) if isinstance(by, Measure | Ratio | Growth) else self.of(by, group[0])

    def _passes(self, having: Having, group: list[Row], groups: list[list[Row]]) -> bool:
        bound: Any = having.value
        if having.mean:
            known = [v for v in (self.value(having.measure, g) for g in groups) if v is not None]
            bound = sum(known) / len(known) if known else None
        elif having.against is not None:
            inside = [
                r
                for r in self.rows(having.against.table)
                if having.inside is None or self.holds(having.inside, r) is True
            ]
            bound = self.value(having.against, inside)
        return _compare(self.value(having.measure, group), having.op, bound) is True

    # -- expressions ------------------------------------------------------------------------------------------------

    def of(self, node: Expression, row: Row) -> Any:
        if isinstance(node, Col):
            return row[node.table, node.name]
        if isinstance(node, Number):
            return node.value
        if isinstance(node, YearsSince):
            day = row[node.column.table, node.column.name]
            return None if day is None else node.year - _year(day)
        if isinstance(node, TimeBucket):
            return _bucket(row[node.column.table, node.column.name], node.unit)
        assert isinstance(node, Arithmetic)
        left, right = self.of(node.left, row), self.of(node.right, row)
        if left is None or right is None or (node.op == "/" and right == 0):
            return None
        return {"+": left + right, "-": left - right, "*": left * right}[node.op] if node.op != "/" else left / right

    def value(self, value: Value, group: list[Row], groups: Iterable[list[Row]] = ()) -> Any:
        if isinstance(value, Ratio):
            over = self.value(value.over, group)
            under = (
                self.value(value.under, group)
                if value.under is not None
                else sum(v for v in (self.value(value.over, g) for g in groups) if v is not None)
            )
            if over is None or not under:
                return None
            return over * value.scale * (100 if value.percent else 1) / under
        assert isinstance(value, Measure)
        rows = [r for r in group if value.where is None or self.holds(value.where, r) is True]
        if value.of is None:
            return len(rows)
        found = [v for v in (self.of(value.of, r) for r in rows) if v is not None]
        counts: dict[str, Callable[[], Any]] = {"count": lambda: len(found), "count_distinct": lambda: len(set(found))}
        if value.aggregate in counts:
            return counts[value.aggregate]()
        if not found:
            return None
        return {
            "sum": lambda: sum(found),
            "avg": lambda: sum(found) / len(found),
            "min": lambda: min(found),
            "max": lambda: max(found),
            "median": lambda: statistics.median(found),
        }[value.aggregate]()

    # -- conditions -------------------------------------------------------------------------------------------------

    def holds(self, condition: Condition, row: Row) -> Truth:
        if isinstance(condition, And):
            parts = [self.holds(p, row) for p in condition.parts]
            return False if False in parts else None if None in parts else True
        if isinstance(condition, Or):
            parts = [self.holds(p, row) for p in condition.parts]
            return True if True in parts else None if None in parts else False
        if isinstance(condition, Not):
            part = self.holds(condition.part, row)
            return None if part is None else not part
        if isinstance(condition, Member):
            others = {
                r[condition.other.table, condition.other.name]
                for r in self.rows(condition.other.table)
                if condition.where is None or self.holds(condition.where, r) is True
            }
            return (row[condition.column.table, condition.column.name] in others) != condition.negated
        if isinstance(condition, Among):
            return (self.of(condition.column, row),) in self.result(condition.groups)[: condition.groups.limit]
        if isinstance(condition, CompareToAggregate):
            rows = [
                r
                for r in self.rows(condition.measure.table)
                if condition.where is None or self.holds(condition.where, r) is True
            ]
            return _compare(self.of(condition.left, row), condition.op, self.value(condition.measure, rows))
        assert isinstance(condition, Compare)
        bound = self.of(condition.right, row) if condition.right is not None else condition.value
        return _compare(self.of(condition.left, row), condition.op, bound)


def _last_when_empty(by: Callable[[Any], Any], descending: bool) -> Callable[[Any], Any]:
    """A sorting key: the empty last, either way round."""

    def key(item: Any) -> Any:
        value = by(item)
        return (value is None, _Turned(value) if descending else value) if value is not None else (True,)

    return key


class _Turned:
    """A value that sorts the other way round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Turned) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Turned) and bool(other.value == self.value)


def _compare(left: Any, op: str, right: Any) -> Truth:
    if op in ("is null", "not null"):
        return (left is None) == (op == "is null")
    if left is None or right is None:
        return None
    if isinstance(left, date) and isinstance(right, str):
        right = date.fromisoformat(right)
    if op in ("in", "not in"):
        return (left in right) == (op == "in")
    if op in ("contains", "not contains"):
        return (str(right) in left) == (op == "contains")
    return {
        "=": lambda: left == right,
        "!=": lambda: left != right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
    }[op]()


def _year(day: Any) -> int:
    return int(day) if isinstance(day, int) else int(str(day)[:4])


def _bucket(day: Any, unit: str) -> Any:
    if day is None:
        return None
    if unit == "year":
        return _year(day)
    text = str(day)
    if unit == "quarter":
        return f"{text[:4]}-Q{(int(text[5:7]) + 2) // 3}"
    return text[: {"month": 7, "day": 10}[unit]]
