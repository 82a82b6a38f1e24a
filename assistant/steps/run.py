"""Step 6: run the checked SQL on the asker's own database, in a process that can be killed."""

from __future__ import annotations

from assistant.outcome import Outcome, Refuse
from assistant.services import Services
from assistant.steps.check import refusal
from assistant.turn import Turn
from tools.query.result import QueryFailed, QueryRefused


def run(turn: Turn, services: Services) -> Outcome | None:
    """Fill in the result; a query that takes too much ends the turn."""
    if not turn.sql:
        return None
    assert turn.scoped is not None
    try:
        turn.result = services.query.run(
            turn.sql,
            turn.scoped.scope,
            max_rows=services.settings.max_rows,
            timeout_s=services.settings.query_timeout_s,
            who=_whose(turn),
        )
    except QueryRefused as error:
        return refusal(error.findings, turn, services)
    except QueryFailed as error:
        if error.kind in ("timeout", "memory"):
            return Refuse(reason="too_costly", text=f"{error}请缩小范围再问，例如加上年份或地区。")
        turn.notes.append(f"查询没有成功：{error}")
        turn.sql = ""
        return None
    turn.notes += turn.result.notes
    turn.detail = f"{len(turn.result.rows)}行" + ("（已截断）" if turn.result.truncated else "")
    return None


def _whose(turn: Turn) -> str:
    """Whose share of the query processes it takes. Those who ask without an account are told apart by conversation."""
    return f"{turn.principal.id} {turn.conversation}" if turn.principal.role == "citizen" else turn.principal.id
