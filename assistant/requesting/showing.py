"""A request as an outcome: its fields in the words of the form, what is missing, the checks with their articles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.compose.sources import article_citation, dataset_citation
from assistant.outcome import Citation, RequestCheck
from assistant.requesting.periods import length_words
from corpus.catalog import Dataset
from corpus.policy import PolicyDocument
from retrieval.hits import ArticleHit
from tools.requests.check import CheckResult
from tools.requests.model import LABELS, ShareRequest
from tools.requests.states import State

_SHOWN = (
    "purpose",
    "scenario",
    "use_scope",
    "method",
    "starts",
    "ends",
    "frequency",
    "security",
    "disposal",
    "personal_impact",
    "contact",
    "agency_head",
)


def fields_of(request: ShareRequest, months: int = 0, days: int = 0) -> dict[str, Any]:
    """Label → what stands there; an empty one is a visible blank."""
    entry = request.dataset
    shown: dict[str, Any] = {
        "编号": request.number or "（未存档）",
        "状态": "草稿（未提交）" if request.state is State.DRAFT else request.state.label,
        "申请部门": request.department,
        "经办人": request.officer_name,
        "申请的数据目录": entry.title,
        "目录代码": entry.code,
        "数据提供部门": entry.provider,
        "共享属性": entry.sharing_label,
        "共享条件": entry.condition,
        "数据分级": entry.level,
        "申请的数据项": [i.name for i in request.items],
        "不申请的数据项": [f"{i.name}（{i.reason}）" if i.reason else i.name for i in request.left_out],
        "使用依据": [b.label for b in request.basis] or "",
    }
    for name in _SHOWN:
        value = getattr(request, name)
        shown[LABELS[name]] = "" if value is None else str(value)
    if not request.items:
        shown["申请的数据项"] = ""
    if months or days:
        shown["使用时限"] = f"{length_words(months, days)}（起始日待填）"
    return shown


def missing_labels(request: ShareRequest) -> list[str]:
    names = [LABELS[name] for name in request.missing()]
    return names if request.department else [LABELS["department"], *names]


def checks_shown(results: Sequence[CheckResult]) -> list[RequestCheck]:
    return [RequestCheck(rule=r.rule, article=r.article, ok=r.ok, note=r.note, blocking=r.blocking) for r in results]


def citations_of(
    request: ShareRequest, dataset: Dataset, documents: dict[str, PolicyDocument], rule: ArticleHit | None
) -> list[Citation]:
    """The entry, the article on what an application states, and the articles that are cited as the basis, verbatim."""
    found = [dataset_citation(1, dataset)]
    if rule is not None:
        found.append(article_citation(2, rule, documents.get(rule.document), rule.text))
    by_title = {d.title: d for d in documents.values()}
    for basis in request.basis:
        document = by_title.get(basis.document)
        if document is None or not basis.quote or f"{document.id}#{basis.article}" in {c.id for c in found}:
            continue
        found.append(
            Citation(
                n=len(found) + 1,
                kind="article",
                id=f"{document.id}#{basis.article}",
                title=document.title,
                locator=basis.article,
                quote=basis.quote,
                in_force=True,
            )
        )
    return found
