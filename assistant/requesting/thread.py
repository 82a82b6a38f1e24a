"""Where a conversation stands with its share request: read off its own outcomes, so nothing else has to be kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.outcome import Answer, Clarify, Draft, Outcome, Refuse
from assistant.requesting import phrases
from assistant.requesting.clauses import clauses, plain
from assistant.requesting.reading import Reader, read
from assistant.steps import cues

LOOK_BACK = 8  # turns within which a draft may still be spoken of
LONGEST = 600
_AGREES = re.compile(
    r"^(?:好的?|可以|行|那就?|请|帮我)*[，]?(?:就)?(?:生成|起草|写|填|拟|做)(?:一?[份个])?(?:共享)?(?:申请)?(?:草稿|申请|表)+|^(?:好的?|行)?[，]?(?:申请|起草)(?:吧|一下)?$"
)
_QUESTION = re.compile(r"[？?]\s*$|多少|哪[些里个几儿]|什么|怎么|如何|是否|能否|有没有|吗$|呢$|几[个天日年月次]")
_NEW = re.compile(r"(?:申请|起草|共享|调用|需要使用)[^，。]{0,6}[“《]?[^，。]{2,}")


@dataclass(frozen=True)
class Thread:
    """`draft`: the one that is being written, newest state; `next_to`: it is the turn just before. `waiting`: the request
    whose data were not clear yet, in its words. `offered`: ids of entries that a refusal offered."""

    draft: Draft | None = None
    next_to: bool = False
    waiting: str = ""
    offered: tuple[str, ...] = ()
    turned_down: str = ""  # the words of a request that was answered without one


def thread_of(history: Sequence[Outcome]) -> Thread:
    """Where the conversation stands."""
    last = history[-1] if history else None
    if isinstance(last, Clarify) and last.route == "share_request":
        draft = last_draft(history)
        return Thread(draft=draft, waiting=_begun(history))
    if isinstance(last, Answer | Refuse) and last.route == "share_request":
        return Thread(turned_down=_begun(history), draft=last_draft(history))
    if isinstance(last, Refuse) and last.may_request:
        return Thread(offered=tuple(last.may_request))
    if isinstance(last, Answer) and last.route == "find_dataset" and last.datasets:
        return Thread(offered=(last.datasets[0].id,), draft=last_draft(history))
    return Thread(draft=last_draft(history), next_to=isinstance(last, Draft))


def last_draft(history: Sequence[Outcome]) -> Draft | None:
    return next((o for o in reversed(history[-LOOK_BACK:]) if isinstance(o, Draft)), None)


def _begun(history: Sequence[Outcome]) -> str:
    """The words with which the request began that the last turns are about."""
    words: list[str] = []
    for outcome in reversed(history):
        if isinstance(outcome, Draft) or outcome.route != "share_request":
            break
        words.append(outcome.question)
    return "，".join(reversed(words))


def continues(question: str, history: Sequence[Outcome], reader: Reader) -> bool:
    """Whether a turn speaks of the share request that the conversation is about."""
    thread = thread_of(history)
    if not (thread.draft or thread.waiting or thread.offered or thread.turned_down) or len(question) > LONGEST:
        return False
    text = plain(question)
    bare = text.strip("，。！ ")
    if phrases.ANYWAY.match(bare):
        return bool(thread.turned_down or thread.draft)
    if thread.offered and (agrees(bare) or thread.draft is None):
        return agrees(bare)
    if thread.turned_down and thread.draft is None:
        return not _QUESTION.search(bare) and _speaks_of_fields(text, reader)
    if thread.waiting:
        return not (_QUESTION.search(bare) or cues.ABOUT.search(bare))
    if thread.draft is None:
        return False
    if thread.next_to:
        return _answers(text, bare, thread.draft, reader)
    return _names_a_field(text)


def agrees(question: str) -> bool:
    """「好，生成草稿」: yes to what was offered."""
    return bool(_AGREES.match(question.strip("，。！ ")))


def _answers(text: str, bare: str, draft: Draft, reader: Reader) -> bool:
    said = read(text, reader, first=False)
    if said.undo or said.skip or said.cancel:
        return True
    if said.wanted and _NEW.search(bare) and not said.items:
        return False
    if said.edits:
        return not _QUESTION.search(bare)
    if _QUESTION.search(bare) or cues.ABOUT.search(bare) or cues.FIND.search(bare) or cues.STATISTIC.search(bare):
        return False
    return read(text, reader, first=False, asked=draft.talk.asks).edits


def _speaks_of_fields(text: str, reader: Reader) -> bool:
    """Whether words would fill or change a draft, had there been one to write."""
    said = read(text, reader, first=False)
    return bool(said.named or said.items or said.undo) and not said.wanted


def _names_a_field(text: str) -> bool:
    """Later than the turn just before, a draft is spoken of by naming one of its fields."""
    return any(
        (match := pattern.match(clause.text)) and match["v"].strip()
        for clause in clauses(text)[:1]
        for name, pattern in phrases.LABELLED
        if clause.text[:4] and not _QUESTION.search(text)
    )


def trail(history: Sequence[Outcome], draft: Draft) -> list[Draft]:
    """The states of a draft that can be gone back to, oldest first; the last one is as it stands now."""
    states: list[Draft] = []
    for outcome in history:
        if not isinstance(outcome, Draft) or (outcome.number, outcome.dataset) != (draft.number, draft.dataset):
            continue
        if outcome.talk.undone:
            if len(states) > 1:
                states.pop()
            continue
        if not states or states[-1].content != outcome.content or states[-1].talk.months != outcome.talk.months:
            states.append(outcome)
    return states
