"""A first share-request draft: what 政务数据共享条例 第二十条 asks for, filled from the words and the catalogue, blanks left visible."""

from __future__ import annotations

import re
from typing import Any

from assistant.compose.nothing import nothing_found
from assistant.compose.sources import article_citation, dataset_citation
from assistant.outcome import Citation, Draft, Outcome, RequestCheck
from assistant.services import Services
from assistant.turn import Turn
from corpus.catalog import Dataset, SharingClass

# The contents that 第二十条 asks an application to state, and who is asking for what.
LABELS = {
    "applicant_department": "申请部门",
    "dataset": "申请的数据目录",
    "dataset_code": "目录代码",
    "provider": "数据提供部门",
    "items": "申请的数据项",
    "basis": "使用依据",
    "scenario": "使用场景",
    "range": "使用范围",
    "method": "共享方式",
    "period": "使用时限",
    "contact": "联系人及电话",
}
_PURPOSE = re.compile(r"(?:用于|用来|用作|以便|为了|做|开展)([^，。；？]{2,40})")
_PERIOD = re.compile(
    r"((?:使用)?(?:期限|时限|时间)?(?:为|是|到|至)?(?:20\d\d年(?:\d{1,2}月(?:\d{1,2}[日号])?)?(?:底)?|[一二三四五六七八九十\d]+(?:个月|年|天)))"
)
_METHOD = re.compile(r"(服务接口|接口|批量交换|文件下载|库表交换|API)", re.I)


def request_draft(turn: Turn, services: Services) -> Outcome:
    """The draft for the dataset that the words describe. Class, provider and code come from the catalogue only."""
    search = services.index.search_datasets(_wanted(turn.text), 5, today=services.today)
    if not search.hits or search.confidence < 0.3:
        return nothing_found(turn, services)
    dataset = services.datasets[search.hits[0].id]
    fields = _fields(turn, dataset)
    missing = [LABELS[k] for k in LABELS if not fields.get(k)]
    article = _article(services)
    citations = [dataset_citation(1, dataset), *article]
    return Draft(
        route="share_request",
        text=_text(dataset, missing, "".join(f"[{c.n}]" for c in article)),
        request={
            **{LABELS[k]: fields.get(k) or "" for k in LABELS},
            "共享属性": dataset.sharing.label if dataset.sharing else "目录未注明",
            "共享条件": dataset.sharing_condition,
            "状态": "草稿（未提交）",
        },
        missing=missing,
        checks=_checks(dataset, missing),
        citations=citations,
        warnings=[f"同样接近的目录还有：{'、'.join(services.datasets[h.id].title for h in search.hits[1:3])}"]
        if len(search.hits) > 1
        else [],
    )


def _wanted(text: str) -> str:
    """The words that say which data are wanted."""
    text = _PURPOSE.sub("", text)
    return (
        re.sub(
            r"我们?(?:局|单位|委|中心)?|申请|起草|共享|使用|帮|想|要|需要|请|一份|草稿|的?数据$|提交|审批|直接|通过|并",
            " ",
            text,
        ).strip()
        or text
    )


def _fields(turn: Turn, dataset: Dataset) -> dict[str, Any]:
    purpose = _PURPOSE.search(turn.text)
    period = _PERIOD.search(turn.text)
    method = _METHOD.search(turn.text)
    return {
        "applicant_department": turn.principal.department,
        "dataset": dataset.title,
        "dataset_code": dataset.code,
        "provider": dataset.publisher,
        "items": [i.name for i in dataset.items],
        "scenario": purpose[1].strip() if purpose else "",
        "period": period[1].strip() if period and purpose else "",
        "method": method[1] if method else dataset.sharing_method,
    }


def _text(dataset: Dataset, missing: list[str], rule: str) -> str:
    ask = f"还需要补充：{'、'.join(missing)}。" if missing else "各项内容已齐。"
    notes = {
        SharingClass.UNCONDITIONAL: "这项数据属于无条件共享",
        SharingClass.CONDITIONAL: "这项数据属于有条件共享"
        + (f"，条件是：{dataset.sharing_condition}" if dataset.sharing_condition else ""),
        SharingClass.NOT_SHARED: "这项数据目录注明不予共享"
        + (f"，依据是{dataset.sharing_basis}" if dataset.sharing_basis else ""),
    }
    klass = notes[dataset.sharing] if dataset.sharing else "目录没有注明这项数据的共享属性"
    return f"已按目录“{dataset.title}”起草共享申请[1]。{klass}。{ask}草稿不会自动提交，须由本人确认后按程序报送{rule}。"


def _checks(dataset: Dataset, missing: list[str]) -> list[RequestCheck]:
    open_already = dataset.opening == "open"
    return [
        RequestCheck(
            rule="申请应当写明使用依据、使用场景、使用范围、共享方式、使用时限等",
            article="政务数据共享条例 第二十条",
            ok=not missing,
            note=f"缺少：{'、'.join(missing)}" if missing else "",
        ),
        RequestCheck(
            rule="以已发布的数据目录为准",
            article="政务数据共享条例 第二十条",
            ok=True,
            note=dataset.code or dataset.id,
        ),
        RequestCheck(
            rule="目录没有列为不予共享",
            article="政务数据共享条例 第十四条",
            ok=dataset.sharing != SharingClass.NOT_SHARED,
            note=dataset.sharing_basis,
        ),
        RequestCheck(
            rule="能不申请就不申请",
            article="政务数据共享条例 第十九条",
            ok=not open_already,
            note="这项数据已无条件开放，可以直接使用" if open_already else "",
        ),
    ]


def _article(services: Services) -> list[Citation]:
    """The article on what an application must state, where the corpus has it."""
    found = services.index.search_articles(
        "政务数据共享申请应当说明使用依据、使用场景、使用范围、共享方式、使用时限",
        1,
        services.settings.city,
        services.today,
    )
    if not found.found:
        return []
    hit = found.hits[0]
    return [article_citation(2, hit, services.store.document(hit.document), hit.text)]
