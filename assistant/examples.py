"""Questions to begin with, made from what the workspace holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.semantics import Additivity, Role, Table

if TYPE_CHECKING:
    from assistant.services import Services


def example_questions(services: Services) -> list[str]:
    """Reviewed questions first, then some made from tables, the catalogue and the policies."""
    found = [v.question for v in services.semantics.verified[:3]]
    for table in services.semantics.tables[:40]:
        if len(found) >= 5:
            break
        made = _about(table)
        if made:
            found.append(made)
    first = next(iter(services.datasets.values()), None)
    if first is not None:
        found.append(f"找一下{first.title}的数据")
    if services.store.hashes("document"):
        found.append("有条件共享的数据多久答复？")
    found.append("你有哪些数据？")
    return list(dict.fromkeys(found))


def _about(table: Table) -> str:
    measure = next((c for c in table.columns if c.role == Role.MEASURE), None)
    group = next((c for c in table.columns if c.role in (Role.CATEGORY, Role.NAME)), None)
    if measure is None or group is None:
        return ""
    verb = "平均" if measure.additivity == Additivity.AVERAGE and "平均" not in measure.label else ""
    return f"各{group.label}的{verb}{measure.label}"
