"""Whether each filled field of a draft traces to the person's words, the catalogue or an article. Judged without the
drafting's own records: the words are looked up in what was said, the facts in the catalogue, the quotes in the texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from assistant import Assistant
from assistant.outcome import Draft
from corpus.catalog import Dataset
from retrieval.aspects import short_title
from tools.principal import Principal
from tools.requests.model import METHODS, Content, is_blank

_WORDS = ("purpose", "scenario", "use_scope", "security", "disposal", "personal_impact", "contact", "agency_head")


def spoken(text: str) -> str:
    """What is compared: letters, digits and characters alone."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def invented(
    assistant: Assistant, draft: Draft, turns: Sequence[str], who: Principal, expect: dict[str, Any]
) -> list[str]:
    """Names of the fields whose content traces to nothing."""
    said = spoken("".join(turns))
    entry = assistant.services.datasets.get(draft.dataset)
    if entry is None:
        return ["dataset"]
    content = Content.model_validate(draft.content)
    found = [name for name in _WORDS if not _all_said(str(getattr(content, name)), said)]
    found += _of_catalogue(draft, content, entry, said)
    found += _of_articles(assistant, content, said)
    if "period" not in expect.get("fields", {}) and (content.starts or content.ends):
        found.append("period")
    own = who.department if who.role == "official" else ""
    if draft.request["申请部门"] != own or content.officer_name not in ("", who.name):
        found.append("department")
    sources = content.sources
    filled = [n for n in Content.model_fields if n not in ("sources", "left_out") and not is_blank(getattr(content, n))]
    found += [f"{name} without a source" for name in filled if name not in sources]
    found += [
        f"{name}: a quote nobody said"
        for name, trace in sources.items()
        if trace.kind == "words" and spoken(trace.quote) not in said
    ]
    return found


def _all_said(text: str, said: str) -> bool:
    """Every part of a text is in what was said."""
    return all(spoken(part) in said for part in re.split(r"[，；;,、\s]+", text) if part)


def _of_catalogue(draft: Draft, content: Content, entry: Dataset, said: str) -> list[str]:
    names = {item.name for item in entry.items}
    found = []
    if not {i.name for i in content.items} | {i.name for i in content.left_out} <= names:
        found.append("items")
    if any(not _all_said(item.use, said) for item in content.items):
        found.append("the use of an item")
    if content.frequency and content.frequency != entry.update_frequency and spoken(content.frequency) not in said:
        found.append("frequency")
    if content.method and content.method not in METHODS:
        found.append("method")
    elif content.method and content.method != entry.sharing_method:
        clue = {"核验查询": "核验", "服务接口": "接口", "批量交换": "批量", "文件下载": "文件"}[content.method]
        if clue not in entry.sharing_condition and "只返回" not in entry.sharing_condition and clue not in said:
            found.append("method")
    facts = {
        "申请的数据目录": entry.title,
        "目录代码": entry.code,
        "数据提供部门": entry.publisher,
        "共享属性": entry.sharing.label if entry.sharing else "目录未注明",
        "共享条件": entry.sharing_condition,
        "数据分级": entry.level.label if entry.level else "",
    }
    return found + [name for name, value in facts.items() if draft.request[name] != value]


def _of_articles(assistant: Assistant, content: Content, said: str) -> list[str]:
    texts = {d.title: d for d in assistant.store.documents()}
    found = []
    for basis in content.basis:
        if basis.duty and not _all_said(basis.duty, said):
            found.append("basis: a duty nobody named")
        if basis.document and (spoken(short_title(basis.document)) not in said or spoken(basis.article) not in said):
            found.append("basis: a text nobody named")
        if basis.quote:
            document = texts.get(basis.document)
            article = next((a for a in document.articles if a.locator == basis.article), None) if document else None
            if article is None or basis.quote not in article.text:
                found.append("basis: a quote that is not there")
    return found
