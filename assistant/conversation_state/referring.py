"""他们, 这三家, 其中: the rows that the last answer showed, as a condition."""

from __future__ import annotations

import re
from datetime import date

from assistant.conversation_state.earlier import Earlier
from assistant.conversation_state.edits import Among, DropDimensions, Edit, Rank, SetChange, SetPeriod, Total
from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import Filter, State, concept
from assistant.outcome import Answer
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.times import add_months
from assistant.planning.plan import Col

_MOST_ROWS = 20  # as many as can be named in a question


def shown_rows(base: Earlier, state: State, planner: EmbeddedPlanner) -> Filter | None:
    """The rows of the last answer by name; None where it showed none, or more than can be named."""
    column = next((d.column for d in state.dimensions if d.column is not None), None)
    table = base.outcome.table if isinstance(base.outcome, Answer) else None
    if column is None or table is None or not 0 < len(table.rows) <= _MOST_ROWS:
        return None
    mine = concept(column, planner.model)
    headings = {
        c.label for t in planner.model.tables for c in t.columns if concept(Col(t.name, c.name), planner.model) == mine
    }
    at = next((i for i, c in enumerate(table.columns) if c.name in headings), None)
    if at is None:
        return None
    codes = planner.model.table(column.table).column(column.name).codes
    stored = {meaning: value for value, meaning in codes.items()}
    values = tuple(dict.fromkeys(stored.get(str(r[at]), str(r[at])) for r in table.rows if r[at] is not None))
    return Filter(column, "in" if len(values) > 1 else "=", values) if values else None


def _is_cut(state: State) -> bool:
    """Whether only some of the groups are shown."""
    return (state.ranking is not None and state.ranking.limit is not None) or state.threshold is not None


def _month(base: Earlier, state: State) -> Period | None:
    """The one month that was shown, where months were ranked."""
    table = base.outcome.table if isinstance(base.outcome, Answer) else None
    if table is None or len(table.rows) != 1 or [d.unit for d in state.dimensions] != ["month"]:
        return None
    found = [m for v in table.rows[0] if isinstance(v, str) and (m := re.fullmatch(r"(\d{4})-(\d{2})", v))]
    if len(found) != 1:
        return None
    first = date(int(found[0][1]), int(found[0][2]), 1)
    return Period(first, add_months(first, 1))


def _changes(state: State) -> bool:
    return any(q.change for q in state.quantities)


def of_them(edits: list[Edit], these: bool, base: Earlier, state: State, planner: EmbeddedPlanner) -> list[Edit]:
    """The edits, of those rows alone where they are what is meant: what was ranked or kept, and sums of it."""
    grown = any(isinstance(e, SetChange) and e.change in ("year", "month") for e in edits)
    if grown and _is_cut(state) and not any(isinstance(e, Rank) for e in edits) and not _changes(state):
        these = True  # the growth of those that came first, not those that grew most
    cut = _is_cut(state)
    sums = any(isinstance(e, Total) for e in edits)
    if not (these or (sums and cut)) or not (cut or sums):
        return edits
    month = _month(base, state) if grown else None
    if month is not None:
        return [DropDimensions(), SetPeriod(month), *edits]
    rows = shown_rows(base, state, planner)
    if rows is None:
        return edits
    if sums:
        return [Total(rows) if isinstance(e, Total) else e for e in edits]
    return [Among(rows), *edits]
