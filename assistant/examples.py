"""Questions to begin with, made from what the workspace holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.semantics import Additivity, Role, SemanticModel, Table
from tools.principal import Principal

if TYPE_CHECKING:
    from assistant.services import Services


PUBLIC = Principal(id="citizen", role="citizen")


def example_questions(services: Services, seen: SemanticModel | None = None) -> list[str]:
    """Reviewed questions first, then some made from tables, the catalogue and the policies.

    `seen` is the model of what the asker may see (None: of what everyone may): no other column is named.
    """
    model = seen if seen is not None else services.planner_for(PUBLIC).model
    found = sorted((v.question for v in model.verified), key=len)[:4]
    for table in model.tables[:40]:
        if len(found) >= 4:
            break
        made = _about(table)
        if made:
            found.append(made)
    titled = sorted(
        services.datasets.values(),
        key=lambda d: (d.table is None or d.table == "data_catalog", len(d.summary) < 20, len(d.title)),
    )
    if titled:
        found.append(f"找一下{titled[0].title}的数据")
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
    name = group.label.removesuffix("名称")
    return f"各{name}的{verb}{measure.label}"
