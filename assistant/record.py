"""What the audit log keeps of a turn: who asked what, what was decided and why, what was read, how long it took.

No row and no value of a result is in it. Personal values in what was typed are masked by the log itself.
"""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistant.outcome import Answer, Draft, Outcome, Refuse
from tools.principal import Principal

LONGEST = 500  # characters of a question or a reason


def entry_of(outcome: Outcome, asker: Principal) -> dict[str, Any]:
    """The body of the entry for `outcome`, which `asker` was given."""
    answer = outcome if isinstance(outcome, Answer) else None
    sql = answer.sql if answer is not None else None
    table = answer.table if answer is not None and sql is not None else None
    return {
        "id": outcome.id,
        "conversation": outcome.conversation,
        "role": asker.role,
        "department": asker.department,
        "question": outcome.question[:LONGEST],
        "route": outcome.route,
        "outcome": outcome.kind,
        "status": answer.status if answer is not None else None,
        "reason": outcome.reason if isinstance(outcome, Refuse) else None,
        "because": _because(outcome)[:LONGEST],
        "planner": outcome.planner,
        "sql": sql.text if sql else None,
        "tables": sql.tables if sql else [],
        "columns": columns_read(sql.text) if sql else [],
        "rows": table.row_count if table else None,
        "truncated": table.truncated if table else None,
        "sources": [citation.id for citation in outcome.citations if citation.kind != "query"],
        "may_request": outcome.may_request if isinstance(outcome, Refuse) else [],
        "missing": outcome.missing if isinstance(outcome, Draft) else [],
        "data_version": outcome.versions.get("data", ""),
        "ms": round(sum(outcome.timings_ms.values()), 1),
    }


def _because(outcome: Outcome) -> str:
    """Why it was decided so: the reason that the asker was given, or how the question was understood."""
    return outcome.explanation if isinstance(outcome, Answer) else outcome.text


def columns_read(sql: str) -> list[str]:
    """The names of columns that a statement reads; a star stands for itself."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return []
    names = {column.name for column in tree.find_all(exp.Column) if column.name}
    stars = (star for star in tree.find_all(exp.Star) if not isinstance(star.parent, exp.Func))
    return sorted(names | ({"*"} if any(True for _ in stars) else set()))
