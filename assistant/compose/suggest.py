"""What to ask next: the same question turned to another side that the model knows to exist."""

from __future__ import annotations

import re

from assistant.planning.plan import Col, Growth, Measure, Plan, Ratio, TimeBucket
from assistant.turn import Turn
from corpus.semantics import Role, SemanticModel


def data_suggestions(turn: Turn, plan: object, model: SemanticModel) -> list[str]:
    """Up to three follow-ups, each a question that stands alone."""
    if not isinstance(plan, Plan) or not plan.values:
        return []
    base = re.sub(r"[？?。！!]+$", "", turn.text)
    table = model.table(plan.root)
    value = plan.values[0]
    found: list[str] = []
    grouped = {k.name for k in plan.keys if isinstance(k, Col)}
    timed = any(isinstance(k, TimeBucket) for k in plan.keys)
    what = _what(value, model)
    if table.time_column and not timed and what:
        found.append(f"近三年{what}的变化趋势")
    for column in table.columns:
        if (
            column.role in (Role.CATEGORY, Role.FOREIGN)
            and column.name not in grouped
            and what
            and len(column.label) <= 6
            and not column.label.endswith(("编号", "代码"))
        ):
            found.append(
                f"各{column.synonyms[0] if column.role == Role.FOREIGN and column.synonyms else column.label}{what}"
            )
            break
    if plan.keys and not plan.limit and not timed and "前" not in base:
        found.append(f"{base}，前五名")
    if table.time_column and not any(isinstance(v, Growth) for v in plan.values) and what and not timed:
        found.append(f"去年{what}同比增长多少？")
    return [f for f in dict.fromkeys(found) if f != base][:3]


def _what(value: Measure | Ratio | Growth, model: SemanticModel) -> str:
    if not isinstance(value, Measure):
        return ""
    if value.metric or value.label:
        return value.label
    if value.of is None and value.table:
        return f"{model.table(value.table).entity or model.table(value.table).label}数量"
    if isinstance(value.of, Col):
        label = model.table(value.of.table).column(value.of.name).label
        return f"平均{label}" if value.aggregate == "avg" and "平均" not in label else label
    return ""
