"""Step 5: the gate. What it finds refuses the query before anything runs."""

from __future__ import annotations

from assistant.outcome import Outcome, Refuse
from assistant.services import Services
from assistant.turn import Turn
from tools.query.rankings import named_only
from tools.query.result import Finding, QueryFailed

TOTALS_ONLY = {"grouped_tables", "held_back"}  # nothing is wrong with the statement: it asks for more than totals


def check(turn: Turn, services: Services) -> Outcome | None:
    """Ask the gate about the SQL, if there is any."""
    if not turn.sql:
        return None
    assert turn.scoped is not None
    turn.sql = named_only(turn.sql, turn.scoped.scope)
    try:
        findings = services.query.explain_findings(turn.sql, turn.scoped.scope)
    except QueryFailed as error:  # nobody could judge the statement, so it does not run
        turn.notes.append(f"查询没有成功：{error}")
        turn.sql = ""
        return None
    if not findings:
        turn.detail = "通过"
        return None
    turn.detail = "未通过"
    return refusal(findings, turn, services)


def refusal(findings: list[Finding], turn: Turn, services: Services) -> Refuse:
    """What the asker is told of findings: that totals are all there is, with the way to more, or that it is not safe."""
    messages = "；".join(finding.message.rstrip("。") for finding in findings) + "。"
    if any(finding.check not in TOTALS_ONLY for finding in findings):
        return Refuse(reason="unsafe", text=f"查询语句没有通过安全检查：{messages}")
    assert turn.scoped is not None
    grouped = {name for name, table in turn.scoped.scope.tables.items() if table.groups is not None}
    used = [table for table in services.semantics.tables if table.name in grouped and f'"{table.name}"' in turn.sql]
    entries = [services.datasets[table.dataset] for table in used if table.dataset in services.datasets]
    wanted = [entry for entry in entries if entry.sharing is not None and entry.sharing != "not_shared"]
    offer = "如工作需要明细，可以生成共享申请草稿。" if wanted else ""
    return Refuse(
        reason="forbidden",
        text=f"{messages}{offer}",
        may_request=[entry.id for entry in wanted],
        suggestions=[f"我要申请共享“{entry.title}”数据" for entry in wanted][:3],
    )
