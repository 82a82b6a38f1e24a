"""Conditions that cannot hold together: 公办幼儿园和民办幼儿园, 2023年和2024年. They are alternatives, each with what goes with it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.planning.linking.times import TimeSpan
from assistant.planning.plan import And, Compare, Condition, Expression, Operator, Or, columns_in

Held = tuple[Condition, TimeSpan | None]


def alternatives(found: list[Held]) -> Condition | None:
    """All conditions in the order of the question; two values (or disjoint times) of one column are alternatives."""
    conditions = _distinct(found)
    repeated = {key for key, _ in _keys(conditions) if len(_of(conditions, key)) > 1 and _apart(_of(conditions, key))}
    common = [c for c, span in conditions if _key(c, span) not in repeated]
    sections: list[list[Held]] = []
    for condition, span in conditions:
        key = _key(condition, span)
        if key not in repeated:
            continue
        if not sections or any(_key(*held) == key for held in sections[-1]):
            sections.append([])
        sections[-1].append((condition, span))
    if not sections:
        return _all(common)
    if len(repeated) == 1 or not _alike(sections):
        return _all(
            common
            + [_any(_of(conditions, key)) for key in dict.fromkeys(k for k, _ in _keys(conditions)) if key in repeated]
        )
    return _all([*common, _either([_all([c for c, _ in section]) for section in sections])])


def disjoint(spans: list[TimeSpan]) -> bool:
    """Whether no two of the times overlap; open ones overlap with everything."""
    closed = [s for s in spans if s.start is not None and s.end is not None]
    if len(closed) < len(spans):
        return False
    ordered = sorted((s.start, s.end) for s in closed if s.start is not None and s.end is not None)
    return all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))


def _distinct(found: list[Held]) -> list[Held]:
    kept: list[Held] = []
    for condition, span in found:
        if all(condition != other for other, _ in kept):
            kept.append((condition, span))
    return kept


def _key(condition: Condition, span: TimeSpan | None) -> object:
    """Conditions with one key speak of one column in a way that allows one value at a time."""
    if span is not None:
        return ("time", *columns_in(condition)[:1])
    if isinstance(condition, Compare) and condition.op in ("=", "in") and condition.right is None:
        return ("value", condition.left)
    return ("other", condition)


def _keys(conditions: list[Held]) -> list[tuple[object, Held]]:
    return [(_key(*held), held) for held in conditions]


def _of(conditions: list[Held], key: object) -> list[Held]:
    return [held for held in conditions if _key(*held) == key]


def _apart(held: list[Held]) -> bool:
    spans = [span for _, span in held if span is not None]
    return disjoint(spans) if spans else True


def _alike(sections: list[list[Held]]) -> bool:
    first = {str(_key(*held)) for held in sections[0]}
    return all({str(_key(*held)) for held in section} == first for section in sections)


def _any(held: list[Held]) -> Condition:
    tests = [c for c, _ in held]
    if all(isinstance(t, Compare) and t.op in ("=", "in") for t in tests):
        values: list[str | float | int] = []
        left: Expression | None = None
        for test in tests:
            if isinstance(test, Compare):
                left = test.left
                values += [v for v in (test.value if isinstance(test.value, tuple) else (test.value,)) if v is not None]
        op: Operator = "in"
        if left is not None:
            return Compare(left, op, tuple(dict.fromkeys(values)))
    return _either(tests)


def _either(parts: Sequence[Condition | None]) -> Condition:
    known = tuple(p for p in parts if p is not None)
    return known[0] if len(known) == 1 else Or(known)


def _all(parts: list[Condition]) -> Condition | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))
