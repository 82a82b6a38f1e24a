"""The answer to 找数据: datasets with what each holds and how it may be had."""

from __future__ import annotations

from assistant.compose.nothing import nothing_found
from assistant.compose.sources import access_line, cards, dataset_citation
from assistant.outcome import Answer, Outcome
from assistant.search_conditions import condition_chips
from assistant.services import Services
from assistant.turn import Turn
from corpus.catalog import Dataset, OpeningClass, SharingClass
from corpus.semantics import Additivity, Role, Table

SHOWN = 5


def dataset_answer(turn: Turn, services: Services) -> Outcome:
    """The best datasets; or, when none fits, that there is none."""
    search = turn.datasets
    if search is None or not search.found:
        return nothing_found(turn, services)
    best = [h for h in search.hits[:SHOWN] if h.score >= 0.35 * search.hits[0].score]
    found = cards(best, services.datasets)
    lines, citations = [], []
    for n, entry in enumerate(found, 1):
        dataset = services.datasets[entry.id]
        citations.append(dataset_citation(n, dataset))
        access = access_line(dataset)
        unmet = "" if next(h for h in best if h.id == entry.id).conditions_met else "不符合或没有写明全部条件"
        facts = "，".join(f for f in (dataset.publisher, access, _updated(dataset.update_frequency), unmet) if f)
        lines.append(f"{n}. {dataset.title}（{facts}）[{n}]" if facts else f"{n}. {dataset.title}[{n}]")
    conditions = "、".join(c.label for c in search.conditions)
    head = f"按“{conditions}”筛选，" if conditions else ""
    first = services.datasets[found[0].id]
    summary = f"\n最相关的是“{first.title}”：{first.summary}[1]" if first.summary else ""
    return Answer(
        text=f"{head}找到{len(found)}个相关数据集：\n" + "\n".join(lines) + summary,
        status="complete",
        explanation=f"按标题、摘要、数据项和关键词在{len(services.datasets):,}条目录中检索，列出最接近的{len(found)}条"
        + (f"，筛选条件：{conditions}" if conditions else ""),
        datasets=found,
        state=condition_chips(search.conditions),
        citations=citations,
        warnings=search.notes,
        suggestions=_suggestions(first, turn),
    )


def _updated(frequency: str) -> str:
    """「每年」 → 「每年更新」; what says so itself stays."""
    return frequency if not frequency or frequency.endswith("更新") else f"{frequency}更新"


def _suggestions(dataset: Dataset, turn: Turn) -> list[str]:
    """What the first dataset's rows can answer for this person; or how to ask for it when they may not see them."""
    assert turn.scoped is not None
    known = next((t for t in turn.scoped.model.tables if t.name == dataset.table), None)
    if known is not None:
        return _about_rows(known)
    if dataset.opening != OpeningClass.OPEN and dataset.sharing not in (None, SharingClass.NOT_SHARED):
        return [f"我要申请共享“{dataset.title}”数据"]
    return []


def _about_rows(table: Table) -> list[str]:
    """A question that a table answers: how many of its things there are, or how its first number went over the years."""
    if table.entity and any(c.role == Role.NAME for c in table.columns):
        return [f"{table.entity}一共有多少{table.measure_word or '个'}？"]
    measure = next((c for c in table.columns if c.role == Role.MEASURE), None)
    if measure is None or not table.time_column:
        return []
    average = "平均" if measure.additivity == Additivity.AVERAGE and "平均" not in measure.label else ""
    return [f"近三年每年的{average}{measure.label}"]
