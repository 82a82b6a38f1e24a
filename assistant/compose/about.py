"""Answers about the service itself, from the catalogue: what data there are, whose, and what is not held."""

from __future__ import annotations

from collections import Counter

from assistant.compose.sources import card, dataset_citation
from assistant.examples import example_questions
from assistant.outcome import Answer, ResultTable, TableColumn
from assistant.services import Services
from assistant.turn import Turn

MOST = 200  # providers that the table lists


def about(turn: Turn, services: Services) -> Answer:
    """What can be asked here: counts by provider, what can be queried by this person, examples."""
    datasets = list(services.datasets.values())
    assert turn.scoped is not None
    visible = [t for t in turn.scoped.model.tables if t.name != "data_catalog"]
    publishers = Counter(d.publisher for d in datasets if d.publisher)
    regions = Counter(d.region for d in datasets if d.region)
    documents = services.store.hashes("document")
    parts = [f"本系统的数据目录收录{len(datasets):,}个数据集，来自{len(publishers):,}个部门"]
    if len(regions) > 1:
        parts[0] += "（按地区：" + "、".join(f"{r}{n:,}个" for r, n in regions.most_common(6)) + "）"
    parts.append(f"其中{len(visible)}张数据表可以由当前身份直接提问统计")
    parts.append(f"另有{len(documents)}份政策文件可供查询条文")
    named = [t for t in visible if t.dataset in services.datasets][:6]
    citations = [dataset_citation(n, services.datasets[t.dataset or ""]) for n, t in enumerate(named, 1)]
    sample = "、".join(f"{t.label}[{n}]" for n, t in enumerate(named, 1))
    text = (
        "，".join(parts)
        + "。"
        + (f"可以直接提问的有：{sample}等。" if sample else "")
        + "没有收录的数据不会编造，会直接说明没有。"
    )
    rows = [[name, count] for name, count in publishers.most_common(MOST)]
    return Answer(
        text=text,
        explanation="根据数据目录统计",
        table=ResultTable(
            columns=[
                TableColumn(name="提供部门", label="提供部门", type="text"),
                TableColumn(name="数据集数量", label="数据集数量", type="number", unit="个"),
            ],
            rows=rows,
            row_count=len(rows),
            truncated=len(publishers) > MOST,
        )
        if rows
        else None,
        datasets=[card(services.datasets[t.dataset or ""], 1.0) for t in named],
        citations=citations,
        suggestions=example_questions(services, turn.scoped.model if turn.scoped else None)[:3],
    )
