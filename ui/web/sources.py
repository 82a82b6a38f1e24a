"""Citations and found datasets → what the page shows of them, completed from the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from assistant.outcome import Citation, DatasetCard
from corpus.catalog import Dataset
from ui.web import wording
from ui.web.view import Badge, Card, Source, Tone

DatasetLookup = Callable[[str], Dataset | None]


def no_lookup(_id: str) -> Dataset | None:
    """For callers without a catalogue at hand."""
    return None


def source_view(citation: Citation, cards: dict[str, DatasetCard], lookup: DatasetLookup) -> Source:
    badges: list[Badge] = []
    facts: list[tuple[str, str]] = []
    locator = ""
    if citation.kind == "dataset":
        dataset, card = lookup(citation.id), cards.get(citation.id)
        sharing = (dataset.sharing.value if dataset and dataset.sharing else None) or (card.sharing if card else None)
        opening = (dataset.opening.value if dataset and dataset.opening else None) or (card.opening if card else None)
        badges = class_badges(sharing, opening)
        publisher = dataset.publisher if dataset else card.publisher if card else ""
        facts = [
            ("提供部门", publisher),
            ("更新时间", dataset.updated.isoformat() if dataset and dataset.updated else ""),
            ("更新频率", dataset.update_frequency if dataset else ""),
            ("目录编号", dataset.code if dataset and dataset.code else citation.id),
            ("说明", "" if dataset else citation.locator),
        ]
    elif citation.kind in ("article", "document"):
        if citation.in_force is not None:
            badges = [Badge("现行有效", "good") if citation.in_force else Badge("已失效", "bad")]
        locator = citation.locator
    else:
        facts = [("查询", citation.locator)]
    if citation.url:
        facts.append(("网址", citation.url))  # shown as text: links from data are not rendered
    return Source(
        n=citation.n,
        kind=wording.CITATION_KINDS[citation.kind],
        title=citation.title,
        locator=locator,
        badges=badges,
        facts=[(label, value) for label, value in facts if value],
        quote="" if citation.kind == "query" else citation.quote,  # the query itself has its own place
    )


def class_badges(sharing: str | None, opening: str | None) -> list[Badge]:
    """Badges for the sharing and the opening class; nothing for a class the source does not state."""
    tones: dict[str, Tone] = {"unconditional": "good", "open": "good", "conditional": "warn"}
    badges = []
    if sharing:
        badges.append(Badge(wording.SHARING.get(sharing, sharing), tones.get(sharing, "bad")))
    if opening:
        badges.append(Badge(wording.OPENING.get(opening, opening), tones.get(opening, "bad")))
    return badges


def card_view(card: DatasetCard, lookup: DatasetLookup) -> Card:
    dataset = lookup(card.id)
    facts: list[tuple[str, str]] = [("目录编号", card.id)]
    items: list[tuple[str, str, str]] = []
    if dataset:
        facts = [
            ("目录编号", dataset.code or dataset.id),
            ("更新频率", dataset.update_frequency),
            ("更新时间", dataset.updated.isoformat() if dataset.updated else ""),
            ("共享条件", dataset.sharing_condition),
            ("共享依据", dataset.sharing_basis),
            ("开放条件", dataset.opening_condition),
            ("数据格式", "、".join(dataset.formats)),
            ("网址", dataset.url or ""),
        ]
        items = [(item.name, item.type, item.meaning) for item in dataset.items]
    return Card(
        id=card.id,
        title=card.title,
        publisher=card.publisher,
        summary=card.summary,
        badges=class_badges(card.sharing, card.opening),
        facts=[(label, value) for label, value in facts if value],
        items=items,
    )
