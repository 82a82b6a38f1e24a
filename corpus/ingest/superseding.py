"""Which policy texts a later text has replaced or repealed: decided over the whole corpus, in whatever order it came."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from corpus.ingest.policies import same_title
from corpus.policy import PolicyDocument

_REPEALED = re.compile(r"(?:同时|即行|自行|相应|一并|予以)\s*废止")


def mark_superseded(documents: Iterable[PolicyDocument]) -> tuple[list[PolicyDocument], list[str]]:
    """The documents with `superseded_by`, `superseded_on` and `repealed` as the corpus shows them, and warnings.

    Of texts with one title (as `same_title` sees it) in one region the newest replaces the others; and a text may
    repeal others by name: 「《…实施办法》同时废止」. A mark whose successor has left the corpus is taken back.
    """
    all_documents = list(documents)
    known = {document.id for document in all_documents}
    groups: dict[tuple[str, str], list[PolicyDocument]] = defaultdict(list)
    for document in all_documents:
        groups[same_title(document.title), document.region].append(document)
    marks: dict[str, tuple[str, date | None, bool]] = {}
    warnings: list[str] = []
    for versions in groups.values():
        dated = sorted((d for d in versions if version_date(d)), key=_order)
        if len(versions) > len(dated) and len(versions) > 1:
            warnings.append(f"《{versions[0].title}》有 {len(versions)} 个版本，其中有的没有日期，无法判断先后。")
        for old, new in pairwise(dated):
            if version_date(old) == version_date(new):
                warnings.append(f"《{old.title}》有两个同日的版本，内容不同：{old.source}、{new.source}。")
                continue
            marks[old.id] = (dated[-1].id, _starts(new), False)
    for document in all_documents:
        for name in repeals(document):
            for old in groups.get((same_title(name), document.region), []):
                before, after = version_date(old), version_date(document)
                if old.id != document.id and before and after and before < after and old.id not in marks:
                    marks[old.id] = (document.id, _starts(document), True)
    return [_marked(document, marks.get(document.id), known) for document in all_documents], warnings


def version_date(document: PolicyDocument) -> date | None:
    """The day that tells one version of a text from another."""
    return document.published or document.effective


def _order(document: PolicyDocument) -> tuple[date, str]:
    return (version_date(document) or date.min, document.id)


def _starts(document: PolicyDocument) -> date | None:
    """From when a text stands in for an older one: a revised text often repeats the day the first version took effect."""
    days = [day for day in (document.published, document.effective) if day]
    return max(days, default=None)


def repeals(document: PolicyDocument) -> list[str]:
    """The titles a text repeals by name."""
    names: list[str] = []
    for article in document.articles:
        for sentence in re.split(r"(?<=[。；])|\n", article.text):
            if found := _REPEALED.search(sentence):
                names += _named_before(sentence[: found.start()])
    return names


def _named_before(text: str) -> list[str]:
    """The titles in 《》 that end the text, joined by 、 or 和, remarks in brackets aside; a title may hold another."""
    names: list[str] = []
    rest = re.sub(r"[（(][^（）()《》]*[)）]", "", text).rstrip()
    while rest.endswith("》"):
        depth, start = 0, len(rest)
        while start > 0:
            start -= 1
            depth += (rest[start] == "》") - (rest[start] == "《")
            if depth == 0:
                break
        if depth:
            break
        names.append(rest[start + 1 : -1])
        rest = rest[:start].rstrip()
        # 「……局令第71号公布的《甲》、《乙》」: what stands between two titles may say who published the second.
        rest = re.sub(
            r"(?:[、，和及]|以及)(?:[^《》。，]{0,40}(?:公布|发布|印发|制定|批准)的?)?$|^$", "", rest
        ).rstrip()
    return names


def _marked(document: PolicyDocument, mark: tuple[str, date | None, bool] | None, known: set[str]) -> PolicyDocument:
    if mark is not None:
        successor, since, repealed = mark
        changes = {"superseded_by": successor, "superseded_on": since, "repealed": document.repealed or repealed}
    elif document.superseded_by is not None and document.superseded_by not in known:
        changes = {"superseded_by": None, "superseded_on": None, "repealed": False}
    else:
        return document
    return document.model_copy(update=changes)
