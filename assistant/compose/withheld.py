"""「不让看」: what is asked for is held, and may not be seen by who asks. Names the dataset, its class and the rule; no more."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.compose.sources import access_line, dataset_citation
from assistant.outcome import Citation, Refuse
from assistant.services import Services
from assistant.turn import Turn
from corpus.catalog import Dataset

MOST = 3  # datasets that a refusal names


def withheld_refusal(datasets: Sequence[Dataset], labels: Sequence[str], turn: Turn, services: Services) -> Refuse:
    """The refusal of `datasets`, and of tables called `labels` that no entry of the catalogue describes.

    Offers the draft of a request for each that may be shared at all.
    """
    names: list[str] = []
    requests: list[Dataset] = []
    reasons: list[str] = []
    citations: list[Citation] = []
    for dataset in datasets[:MOST]:
        citations.append(dataset_citation(len(citations) + 1, dataset))
        classes = access_line(dataset)
        names.append(f"“{dataset.title}”" + (f"（{classes}）" if classes else "") + f"[{citations[-1].n}]")
        decision = services.rights.decide(turn.principal, dataset)
        if decision.allowed:
            reasons.append("其中涉及个人信息等受限数据项，当前身份不能查看")
        else:
            reasons.append(decision.rule + (f"（{decision.article}）" if decision.article else ""))
        if dataset.sharing != "not_shared":
            requests.append(dataset)
    names += [f"“{label}”" for label in labels]
    reason = "；".join(dict.fromkeys(r.rstrip("。") for r in reasons)) or "目录没有向当前身份开放这项数据"
    offer = "如工作需要，可以生成共享申请草稿。" if requests else "这项数据不予共享，可以改问汇总统计类的数据。"
    return Refuse(
        reason="forbidden",
        text=f"有这类数据：{'、'.join(names)}，但当前身份不能查看。{reason}。{offer}",
        may_request=[d.id for d in requests],
        citations=citations,
        suggestions=[f"我要申请共享“{d.title}”数据" for d in requests][:3],
    )
