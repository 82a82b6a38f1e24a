"""Asking a model to say a result in a sentence or two; what comes back is checked against the result."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from assistant.compose.data import number_text
from assistant.model.chat import ChatModel
from assistant.model.deadline import Budget
from assistant.model.reply import answer_part
from assistant.model.support import supported
from assistant.outcome import Answer, ResultTable
from assistant.planning.linking.mentions import find_mentions
from assistant.services import ScopedPlanner
from prompts import Value, load

MOST_ROWS = 30
MOST_COLUMNS = 12
LONGEST_CELL = 60


def worded(question: str, answer: Answer, scoped: ScopedPlanner, model: ChatModel, budget: Budget) -> str:
    """The model's sentences that the answer's table bears out, with citations; empty when none is left.

    ModelFailed when the model says nothing. The answer needs a table with rows.
    """
    table = answer.table
    assert table is not None
    prompt = load(
        "word_answer",
        question=question,
        explanation=answer.explanation,
        columns=[{"c": i, "name": c.label, "unit": c.unit} for i, c in enumerate(table.columns[:MOST_COLUMNS], 1)],
        rows=_rows(table),
        row_count=table.row_count,
        sources=[f"[{c.n}] {c.title[:80]}" for c in answer.citations],
    )
    reply = answer_part(model.reply(prompt, budget.remaining_s))
    text = supported(
        reply,
        table,
        {c.n for c in answer.citations},
        f"{question} {answer.explanation}",
        partial=table.truncated or _limited(answer),
        values_in=lambda words: _values_in(words, scoped),
    )
    if not text:
        return ""
    # Every number rests on the same sources, whichever of them the model thought of naming.
    return text + "".join(f"[{c.n}]" for c in answer.citations if f"[{c.n}]" not in text)


def _rows(table: ResultTable) -> list[Value]:
    found: list[Value] = []
    for number, row in enumerate(table.rows[:MOST_ROWS], 1):
        cells = [number_text(v)[:LONGEST_CELL] for v in row[:MOST_COLUMNS]]
        found.append({"r": number, "cells": cells})
    return found


def _limited(answer: Answer) -> bool:
    """Whether the query keeps only some of the rows it found."""
    if answer.sql is None:
        return False
    return any(sqlglot.parse_one(answer.sql.text, dialect="duckdb").find_all(exp.Limit, exp.Qualify))


def _values_in(words: str, scoped: ScopedPlanner) -> list[str]:
    """The values of the asker's data that stand in a text: the name of a place that is not in the result is a fault."""
    schema = scoped.planner.schema
    mentions = find_mentions(words, scoped.planner.names, schema.values, schema.today)
    return [m.text for m in mentions if len(m.text) > 1 and any(c.kind == "value" for c in m.candidates)]
