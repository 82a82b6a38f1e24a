"""What a model is told of the data for one question: the tables that it may be about, as the asker may see them.

Everything comes from the scope's own semantic model and value index: what the asker may not see is not there to be
told. The text is bounded, so that a warehouse of any size makes a prompt of the same size.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from assistant.planning.embedded import Planning
from assistant.planning.plan import Plan, tables_of
from assistant.services import ScopedPlanner
from corpus.semantics import Column, Role, SemanticModel, Table
from prompts import Value
from prompts.encoding import encode
from retrieval.values import ValueIndex

LONGEST = 12_000  # characters of all tables together
MOST_TABLES = 12
MOST_COLUMNS = 60
MOST_CODES = 15
MOST_VALUES = 20
EXAMPLES = 3


def knowledge_for(planning: Planning, scoped: ScopedPlanner, related: dict[str, float]) -> dict[str, Value]:
    """The slots `tables`, `relations`, `metrics` and `values` of a prompt.

    `related` says how near the catalogue search finds a table, by its name, 0..1.
    """
    model, values = scoped.model, scoped.planner.schema.values
    chosen = _chosen(planning, model, related)
    examples = _examples(chosen, values)
    tables: list[Value] = []
    room = LONGEST
    for table in chosen:
        described = _table(table, scoped, examples)
        size = len(encode(described))
        if tables and size > room:
            continue
        if size > room:  # a table that does not fit by itself is told without its details
            described = {
                "table": table.name,
                "label": table.label,
                "columns": [_brief(c) for c in table.columns[:MOST_COLUMNS]],
            }
        tables.append(described)
        room -= size
    told = {str(t["table"]) for t in tables if isinstance(t, dict)}
    return {
        "tables": tables,
        "relations": [
            f"{_names(r.left, r.left_columns)} = {_names(r.right, r.right_columns)}"
            for r in model.relations
            if r.left in told and r.right in told
        ],
        "metrics": [
            {"label": m.label, "table": m.table, "sql": m.expression, **({"unit": m.unit} if m.unit else {})}
            for m in model.metrics
            if m.table in told
        ][:MOST_VALUES],
        "values": _values(planning, told),
    }


def _chosen(planning: Planning, model: SemanticModel, related: dict[str, float]) -> list[Table]:
    """Tables in order of how much speaks for them; all of them where there are few."""
    weights: Counter[str] = Counter()
    for mention in planning.mentions:
        for candidate in mention.candidates:
            weights[candidate.table] += int(100 * candidate.score * len(mention.text))  # type: ignore[assignment]
    for place, reading in enumerate(planning.candidates[:5]):
        if isinstance(reading.reading.query, Plan):
            for name in tables_of(reading.reading.query):
                weights[name] += 1000 // (place + 1)
    for name, score in related.items():
        weights[name] += int(400 * score)
    by_name = {t.name: t for t in model.tables}
    first = [name for name, _ in weights.most_common(MOST_TABLES) if name in by_name]
    # Its neighbours hold the names behind a table's ids.
    neighbours = [
        other
        for name in first[:4]
        for r in model.relations
        for other in ((r.right,) if r.left == name else (r.left,) if r.right == name else ())
    ]
    rest = [t.name for t in model.tables] if len(model.tables) <= MOST_TABLES else []
    ordered = dict.fromkeys([*first[:6], *neighbours, *first[6:], *rest])
    return [by_name[name] for name in ordered if name in by_name][:MOST_TABLES]


def _table(table: Table, scoped: ScopedPlanner, examples: dict[tuple[str, str], list[str]]) -> dict[str, Value]:
    facts: dict[str, Value] = {"table": table.name, "label": table.label}
    if table.grain or table.entity:
        facts["row"] = table.grain or table.entity
    if table.time_column:
        facts["time_column"] = table.time_column
    facts["columns"] = [_column(table, c, scoped.planner.schema.values, examples) for c in table.columns[:MOST_COLUMNS]]
    return facts


def _column(
    table: Table, column: Column, values: ValueIndex, examples: dict[tuple[str, str], list[str]]
) -> dict[str, Value]:
    facts: dict[str, Any] = _brief(column)
    for key, value in (("unit", column.unit), ("meaning", column.description[:80])):
        if value:
            facts[key] = value
    if column.role == Role.MEASURE and column.additivity:
        facts["additivity"] = column.additivity.value
    if column.codes:
        facts["codes"] = dict(list(column.codes.items())[:MOST_CODES])
    elif found := examples.get((table.name, column.name)):
        facts["examples"] = found
    if column.role == Role.TIME:
        span = values.range(table.name, column.name)
        if span.low is not None:
            facts["range"] = [_year(span.low), _year(span.high)]
    return facts


def _year(end: float | str | None) -> float | str | None:
    """A range's end without the decimal point that whole numbers get."""
    return int(end) if isinstance(end, float) and end.is_integer() else end


def _brief(column: Column) -> dict[str, Value]:
    return {"name": column.name, "label": column.label, "type": column.type}


def _examples(tables: list[Table], values: ValueIndex) -> dict[tuple[str, str], list[str]]:
    """A few values of each column with few values, in one pass over all values."""
    wanted = {(t.name, c.name) for t in tables for c in t.columns if c.role == Role.CATEGORY and not c.codes}
    found: dict[tuple[str, str], list[str]] = {}
    for value, places in values.exact.items():
        for place in places:
            if place in wanted and len(found.setdefault(place, [])) < EXAMPLES:
                found[place].append(value)
    return found


def _values(planning: Planning, told: set[str]) -> list[Value]:
    """The words of the question that stand as values in the told tables, with what they are called there."""
    found: list[Value] = []
    for mention in planning.mentions:
        for candidate in mention.candidates:
            if candidate.kind == "value" and candidate.table in told:
                place = f"{candidate.table}.{candidate.column}"
                found.append({"words": mention.text, "column": place, "value": candidate.value})
    return found[:MOST_VALUES]


def _names(table: str, columns: list[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)
