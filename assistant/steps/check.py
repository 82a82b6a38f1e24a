"""Step 5: the gate. What it finds refuses the query before anything runs."""

from __future__ import annotations

from assistant.outcome import Outcome, Refuse
from assistant.services import Services
from assistant.turn import Turn


def check(turn: Turn, services: Services) -> Outcome | None:
    """Ask the gate about the SQL, if there is any."""
    if not turn.sql:
        return None
    assert turn.scoped is not None
    findings = services.query.explain_findings(turn.sql, turn.scoped.scope)
    if not findings:
        turn.detail = "通过"
        return None
    turn.detail = "未通过"
    return Refuse(reason="unsafe", text="查询语句没有通过安全检查：" + "；".join(f.message for f in findings))
