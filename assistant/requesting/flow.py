"""One turn on a share request: a new one, or the next step of the one being written. Nothing here submits anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assistant.outcome import Clarify, Draft, DraftTalk, Option, Outcome
from assistant.policy_texts import PolicyTexts, policy_texts
from assistant.requesting import phrases
from assistant.requesting.answers import (
    already_waiting,
    ask_which,
    everything,
    held_already,
    not_here,
    not_shared,
    open_already,
    own_data,
)
from assistant.requesting.asking import Ask, next_ask, suggested
from assistant.requesting.beginning import begins_request
from assistant.requesting.citing import Verified, verified
from assistant.requesting.clauses import plain
from assistant.requesting.entries import Found, find_entries, may_apply, needs_request
from assistant.requesting.filling import Filled, fill, fixed_notes, from_catalogue, restored
from assistant.requesting.meeting import held, open_instead, pending
from assistant.requesting.reading import Reader, read
from assistant.requesting.said import Cited, Said
from assistant.requesting.saving import Keeper, Kept
from assistant.requesting.showing import checks_shown, citations_of, fields_of, missing_labels
from assistant.requesting.telling import told
from assistant.requesting.thread import LOOK_BACK, Thread, agrees, continues, thread_of, trail
from assistant.services import Services
from assistant.steps import cues
from assistant.turn import Turn
from corpus.catalog import Dataset, SharingClass
from retrieval.hits import ArticleHit
from retrieval.index import DatasetSearch
from retrieval.quotes import covers
from tools.requests.checks import completeness
from tools.requests.model import Content, ShareRequest
from tools.requests.people import department_of

SPEAKS_OF = 0.5  # share of the purpose's words that an article must have to be suggested as its basis


@dataclass(frozen=True)
class Desk:
    """What a turn on a request works with."""

    turn: Turn
    services: Services
    reader: Reader
    texts: PolicyTexts
    keeper: Keeper

    def search(self, words: str, top: int) -> DatasetSearch:
        return self.services.index.search_datasets(words, top, today=self.services.today)

    def verify(self, cited: Cited) -> list[Verified]:
        return verified(cited, list(self.texts.documents.values()), self.services.today)


def reader_of(services: Services) -> Reader:
    """What a reading may know of this workspace."""
    texts = policy_texts(services.store, str(services.index.manifest.get("store", "")))
    return Reader(services.today, [*texts.by_title], services.names)


def is_of_request(turn: Turn, text: str, services: Services) -> bool:
    """Whether the turn begins a share request or goes on with the one of its conversation; marks the turn accordingly."""
    turn.goes_on = _speaks_of_request(turn, services)
    turn.requests = turn.goes_on or (
        not cues.ABOUT.search(text)
        and begins_request(turn.question, reader_of(services), department=department_of(turn.principal))
    )
    return turn.requests


def _speaks_of_request(turn: Turn, services: Services) -> bool:
    recent = turn.history[-LOOK_BACK:]
    if not any(
        isinstance(o, Draft) or o.route in ("share_request", "find_dataset") or getattr(o, "may_request", None)
        for o in recent
    ):
        return False
    return continues(turn.question, turn.history, reader_of(services))


def request_turn(turn: Turn, services: Services) -> Outcome:
    """The outcome of a turn on a share request."""
    texts = policy_texts(services.store, str(services.index.manifest.get("store", "")))
    desk = Desk(turn, services, reader_of(services), texts, Keeper(turn, services))
    thread = thread_of(turn.history)
    question = plain(turn.question)
    anyway = bool(phrases.ANYWAY.match(question.strip("，。！ ")))
    if thread.offered and turn.goes_on and agrees(question):
        said = read(question, desk.reader, first=True)
        entry = services.datasets.get(thread.offered[0])
        if entry is not None and not said.wanted:
            return _begin(desk, said, Found("found", (entry,)), anyway)
    if thread.waiting:
        return _new(desk, f"{thread.waiting}，{question}", anyway, waiting=question)
    if thread.turned_down and (anyway or turn.goes_on):
        return _new(desk, thread.turned_down, anyway)
    if thread.draft is not None and turn.goes_on:
        return _next(desk, thread, thread.draft, question)
    return _new(desk, question, anyway)


def _new(desk: Desk, question: str, anyway: bool, waiting: str = "") -> Outcome:
    """A request that begins: which data, whether they have to be applied for, and the first draft."""
    said = read(question, desk.reader, first=True)
    if phrases.EVERYTHING.search(question):
        return everything(desk.turn, _offers(desk))
    wanted = said.wanted or waiting or "，".join(said.rest)
    found = find_entries(wanted, desk.services.datasets, desk.services.names, desk.search, desk.services.settings.city)
    if waiting and found.kind in ("vague", "nothing", "choose"):
        alone = find_entries(
            waiting, desk.services.datasets, desk.services.names, desk.search, desk.services.settings.city
        )
        found = alone if alone.kind in ("found", "several") else found
    return _begin(desk, said, found, anyway)


def _begin(desk: Desk, said: Said, found: Found, anyway: bool) -> Outcome:
    turn = desk.turn
    if found.kind == "vague":
        return ask_which(turn, _offers(desk), said.purpose, "")
    if found.kind == "choose":
        notes = fixed_notes(said.fixed, department_of(turn.principal), turn.principal.name)
        return ask_which(turn, list(found.entries), said.purpose, found.words, notes)
    if found.kind in ("elsewhere", "no_such_code", "nothing"):
        if found.kind != "no_such_code":
            desk.keeper.demand(found.words, said.purpose)
        return not_here(found, desk.services)
    entry, others = found.entries[0], list(found.entries[1:])
    department = turn.principal.department
    if department and entry.publisher.strip() == department.strip():
        return own_data(entry)
    if entry.sharing is SharingClass.NOT_SHARED:
        return not_shared(
            entry, open_instead(entry, entry.title, "统计分析", desk.services.datasets, desk.search), desk.services
        )
    if not needs_request(entry) and not anyway:
        return open_already(entry, others, said.purpose)
    mine = desk.keeper.others(entry)
    running = held(mine, desk.services.today)
    if running is not None and not anyway:
        return held_already(entry, running)
    waits = pending(mine, said.purpose)
    if waits is not None:
        return already_waiting(entry, waits)
    return _draft(desk, said, entry, others, [d for d in found.near if d.id != entry.id])


def _draft(desk: Desk, said: Said, entry: Dataset, others: list[Dataset], near: list[Dataset]) -> Outcome:
    """A new draft, or the one that this conversation has for the same data already."""
    kept = desk.keeper.open(entry)
    base = kept.request
    filled = fill(base, said, desk.services.today, desk.verify)
    _merge(filled, from_catalogue(base, filled.changes.get("purpose", "")))
    _first_items(base, filled, said, desk)
    notes = []
    if kept.known:
        notes.append(f"这个对话已有这份数据的草稿 {base.number}，接着填写，没有另建一份")
    request = desk.keeper.save(kept, filled.changes)
    offers = open_instead(entry, said.wanted or entry.title, request.purpose, desk.services.datasets, desk.search)
    state = Shown(request, entry, filled, new=True, notes=notes, offers=offers, others=others, near=near)
    return _outcome(desk, state, DraftTalk(months=filled.months, days=filled.days))


@dataclass(frozen=True)
class Shown:
    """A draft as it is shown after a turn."""

    request: ShareRequest
    entry: Dataset
    filled: Filled
    new: bool = False
    notes: list[str] | None = None
    offers: list[Dataset] | None = None
    others: list[Dataset] | None = None
    near: list[Dataset] | None = None


def _merge(filled: Filled, changes: dict[str, Any]) -> None:
    """What the catalogue says stands where the person said nothing."""
    for name, value in changes.items():
        if name != "sources" and name not in filled.changes:
            filled.changes[name] = value
            filled.changes.setdefault("sources", {})[name] = changes["sources"][name]


def _first_items(base: ShareRequest, filled: Filled, said: Said, desk: Desk) -> None:
    if "items" not in filled.changes and not base.items:
        again = fill(
            base.model_copy(update={"purpose": filled.changes.get("purpose", "")}),
            Said(items=said.items),
            desk.services.today,
            desk.verify,
        )
        for name in ("items", "left_out"):
            if name in again.changes:
                filled.changes[name] = again.changes[name]
                filled.changes.setdefault("sources", {})[name] = again.changes["sources"][name]


def _next(desk: Desk, thread: Thread, draft: Draft, question: str) -> Outcome:
    """The next step of the draft being written."""
    talk = draft.talk
    said = read(question, desk.reader, first=False, asked=talk.asks if thread.next_to else "")
    kept = desk.keeper.reopen(draft)
    if isinstance(kept, str):
        return Clarify(text=kept, route="share_request", options=[])
    entry = desk.services.datasets.get(draft.dataset)
    if entry is None:
        title = kept.request.dataset.title
        text = f"目录“{title}”已经撤下，不能再申请；草稿 {kept.request.number} 保留着，没有改动。请另找现行的目录。"
        return Clarify(
            text=text,
            route="share_request",
            options=[Option(label=f"找相近的数据：{title}", value=f"找一下{title}相关的数据")],
        )
    if said.cancel:
        text = f"草稿 {kept.request.number or ''} 没有提交，保留着，不会自动报送。不再需要的，可以在“我的申请”里撤回。"
        return _outcome(desk, Shown(kept.request, entry, Filled(notes=[text])), replace_talk(talk, asks=""))
    if said.undo:
        return _undo(desk, draft, kept, entry)
    if said.skip:
        skipped = [*talk.skipped, talk.asks] if talk.asks else talk.skipped
        return _outcome(
            desk,
            Shown(kept.request, entry, Filled(months=talk.months, days=talk.days)),
            replace_talk(talk, skipped=skipped),
        )
    filled = fill(kept.request, said, desk.services.today, desk.verify, months=talk.months, days=talk.days)
    request = desk.keeper.save(kept, filled.changes)
    if not (filled.changes or filled.notes or (filled.months, filled.days) != (talk.months, talk.days)):
        filled.notes.append(f"没有看懂“{question[:30]}”要填哪一项，没有改动")
    return _outcome(desk, Shown(request, entry, filled), replace_talk(talk, months=filled.months, days=filled.days))


def replace_talk(talk: DraftTalk, **changes: Any) -> DraftTalk:
    return talk.model_copy(update={"undone": False, **changes})


def _undo(desk: Desk, draft: Draft, kept: Kept, entry: Dataset) -> Outcome:
    """The step before is taken back, as far as nobody changed the draft in the form since."""
    states = trail(desk.turn.history, draft)
    talk = replace_talk(draft.talk)
    if len(states) < 2:
        return _outcome(
            desk,
            Shown(kept.request, entry, Filled(notes=["没有可以撤销的修改"], months=talk.months, days=talk.days)),
            talk,
        )
    if kept.request.version != draft.version:
        note = "草稿在表单里又改过，不能按对话撤销，请在表单里撤销"
        return _outcome(
            desk, Shown(kept.request, entry, Filled(notes=[note], months=talk.months, days=talk.days)), talk
        )
    before = states[-2]
    request = desk.keeper.save(kept, restored(Content.model_validate(before.content)))
    filled = Filled(notes=["已撤销上一步的修改"], months=before.talk.months, days=before.talk.days)
    return _outcome(desk, Shown(request, entry, filled), replace_talk(before.talk, undone=True, skipped=talk.skipped))


def _outcome(desk: Desk, state: Shown, talk: DraftTalk) -> Draft:
    """The draft as it stands, with the next question."""
    services, request = desk.services, state.request
    months, days = state.filled.months, state.filled.days
    missing = request.missing()
    articles: list[ArticleHit] = []
    if "basis" in missing and "basis" not in talk.skipped:
        articles = _suggestions(desk, request)
    ask = next_ask(request, talk.skipped, services.today, articles, months=months, days=days)
    checks = desk.keeper.checks(request)
    rule = _rule(desk)
    citations = citations_of(request, state.entry, desk.texts.documents, rule)
    from assistant.compose.sources import card

    return Draft(
        route="share_request",
        text=told(request, state, ask, rule is not None),
        request=fields_of(request, months, days),
        missing=missing_labels(request),
        checks=checks_shown(checks),
        citations=citations,
        number=request.number,
        version=request.version if request.number else 0,
        completeness=completeness(request),
        content=request.content.model_dump(mode="json"),
        dataset=state.entry.id,
        options=list(ask.options) + ([Option(label="先跳过这一项", value="跳过")] if ask.field else []),
        offers=[card(d, 1.0) for d in state.offers or []],
        talk=talk.model_copy(update={"asks": ask.field, "months": months, "days": days}),
        suggestions=_also(state),
        warnings=[f"同样接近的目录还有：{'、'.join(d.title for d in state.near[:2])}"] if state.near else [],
    )


def _also(state: Shown) -> list[str]:
    """What else may be asked next: the other data that were wanted."""
    purpose = state.request.purpose
    return [f"申请共享“{d.title}”" + (f"，用于{purpose}" if purpose else "") for d in state.others or []][:4]


def _suggestions(desk: Desk, request: ShareRequest) -> list[ArticleHit]:
    """Articles that may be a basis for the purpose."""
    if not request.purpose:
        return []
    services = desk.services
    words = f"{request.purpose} {request.dataset.title} 职责 使用"
    found = services.index.search_articles(words, 12, services.settings.city, services.today)
    shares = covers(request.purpose, [hit.text for hit in found.hits])
    near = [hit for hit, share in zip(found.hits, shares, strict=True) if share >= SPEAKS_OF]
    return suggested(near, desk.texts.documents)


def _rule(desk: Desk) -> ArticleHit | None:
    """The article on what an application must state, where the corpus has it."""
    services = desk.services
    found = services.index.search_articles(
        "政务数据共享申请应当说明使用依据、使用场景、使用范围、共享方式、使用时限",
        1,
        services.settings.city,
        services.today,
    )
    return found.hits[0] if found.found else None


def _offers(desk: Desk) -> list[Dataset]:
    """Entries whose condition names this department."""
    department = desk.turn.principal.department
    return may_apply(list(desk.services.datasets.values()), department)[:4] if department else []


__all__ = ["Ask", "reader_of", "replace", "request_turn"]
