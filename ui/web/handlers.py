"""What happens on the page's events: thin functions between Gradio and the assistant."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gradio as gr

from assistant.events import StepEvent
from assistant.outcome import Outcome
from tools.accounts import NotSignedIn
from ui.principals import Caller, Principals
from ui.service import Service
from ui.signin.top_bar import top_bar
from ui.turnstile import Metered, TooMuch, Turnstile
from ui.web import wording
from ui.web.markup import Markup
from ui.web.present import turn_view
from ui.web.sidebar import Entry, conversations_html, welcome_html
from ui.web.sources import DatasetLookup, no_lookup
from ui.web.steps import Step, step_tree, steps_html
from ui.web.turn_html import notice_html, running_html, turn_html, turns_html

SHOWN_TURNS = 30
LISTED = 200  # conversations, the newest
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Screen:
    """What changes on the page; a part that is None stays as it is."""

    history: str | None = None
    live: str | None = None
    conversations: str | None = None
    conversation: str | None = None
    pending: str | None = None
    box: str | None = None
    busy: bool | None = None

    def updates(self) -> tuple[Any, ...]:
        """In the order of `page.OUTPUTS`."""
        keep = gr.skip()
        values = (self.history, self.live, self.conversations, self.conversation, self.pending, self.box)
        buttons = (
            (keep, keep) if self.busy is None else (gr.update(visible=not self.busy), gr.update(visible=self.busy))
        )
        return (*(keep if value is None else value for value in values), *buttons)


class Handlers:
    """The page's events on one assistant."""

    def __init__(
        self,
        service: Service,
        principals: Principals,
        turnstile: Turnstile,
        lookup: DatasetLookup = no_lookup,
        place: str = "",
    ) -> None:
        self.service, self.principals, self.turnstile = service, principals, turnstile
        self.lookup, self.place = lookup, place

    def caller(self, request: gr.Request, role: str) -> Caller:
        """Who is behind an event, from the session's cookie; `role` counts only where there is none, in a demo."""
        return self.principals.caller(request.request, role)

    def open(self, conversation: str, role: str, known: str, request: gr.Request) -> tuple[Any, ...]:
        """Show a conversation (an empty id: a new one)."""
        try:
            caller = self.caller(request, role)
        except NotSignedIn as refused:
            return Screen(history=notice_html("", str(refused)), live="", conversation="", busy=False).updates()
        return self._opened(conversation, caller, known)

    def _opened(self, conversation: str, caller: Caller, known: str) -> tuple[Any, ...]:
        outcomes = self._history(conversation, caller)
        current = conversation if outcomes else ""
        return Screen(
            history=self._turns(outcomes, caller),
            live="",
            conversations=self._list(current, caller, known),
            conversation=current,
            pending="",
            busy=False,
        ).updates()

    def ask(
        self, text: str, conversation: str, role: str, known: str, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        """Ask what was typed, or what the clicked button stands for; the steps appear as they happen."""
        question = picked(event, "ask") or text or ""
        if not question.strip():
            yield Screen(busy=False).updates()
            return
        try:
            caller = self.caller(request, role)
            entered = self.turnstile.enter(caller)
        except (NotSignedIn, TooMuch) as refused:
            yield Screen(live=notice_html(question, str(refused)), pending="", box=question, busy=False).updates()
            return
        before = self._history(conversation, caller)
        yield Screen(
            history=self._turns(before, caller) if before else "",
            live=running_html(question, None),
            pending=question,
            box="" if not picked(event, "ask") else None,
            busy=True,
        ).updates()
        events: list[StepEvent] = []
        outcome: Outcome | None = None
        try:
            items = self.service.stream(question, principal=caller.principal, conversation=conversation or None)
            for item in Metered(items, entered):
                if isinstance(item, StepEvent):
                    events.append(item)
                    steps = steps_html(step_tree(events), running=True)
                    yield Screen(live=running_html(question, steps)).updates()
                else:
                    outcome = item
        except Exception:
            number = secrets.token_hex(4)
            log.exception("turn failed, number %s", number)
            text = f"服务出错，这个问题没有得到回答。请稍后再试；若反复出现，请把编号 {number} 告诉管理员。"
            yield Screen(live=notice_html(question, text), pending="", busy=False).updates()
            return
        if outcome is None:
            yield Screen(live=notice_html(question, "没有得到结果，请重新提问。"), pending="", busy=False).updates()
            return
        after = self._history(outcome.conversation, caller)
        if not after or after[-1].id != outcome.id:
            after = [*before, outcome]
        remembered = json.dumps([*known_ids(known), outcome.conversation])
        yield Screen(
            history=self._turns(after, caller, events),
            live="",
            conversations=self._list(outcome.conversation, caller, remembered),
            conversation=outcome.conversation,
            pending="",
            busy=False,
        ).updates()

    def stopped(self, pending: str) -> tuple[Any, ...]:
        """The person pressed stop: the question goes back to the box."""
        return Screen(live=notice_html(pending, "已停止。"), pending="", box=pending, busy=False).updates()

    def manage(
        self, conversation: str, role: str, known: str, request: gr.Request, event: gr.EventData
    ) -> tuple[Any, ...]:
        """A click in the list of conversations: new, open, rename or delete."""
        action, target = picked(event, "action"), picked(event, "id")
        try:
            caller = self.caller(request, role)
        except NotSignedIn as refused:
            return Screen(live=notice_html("", str(refused))).updates()
        if action == "new":
            return self._opened("", caller, known)
        if not target or not (caller.signed_in or target in known_ids(known)):
            return Screen().updates()
        if action == "open":
            return self._opened(target, caller, known)
        if action == "rename":
            title = picked(event, "title").strip()[:60]
            if title:
                self.service.rename_conversation(target, title, caller.principal)
            return Screen(conversations=self._list(conversation, caller, known)).updates()
        if action == "delete":
            self.service.delete_conversation(target, caller.principal)
            if target == conversation:
                return self._opened("", caller, known)
            return Screen(conversations=self._list(conversation, caller, known)).updates()
        return Screen().updates()

    def account(self, request: gr.Request) -> tuple[Any, Any]:
        """Who is signed in, for the top bar, and whether the demo's role switch is of any use to them."""
        shown = top_bar(request.request, self.principals)
        return shown.html, gr.update(visible=self.principals.demo and not shown.signed_in)

    def _history(self, conversation: str, caller: Caller) -> list[Outcome]:
        """The stored turns; an unknown or foreign conversation is an empty one."""
        if not conversation:
            return []
        try:
            return self.service.history(conversation, caller.principal)
        except (KeyError, PermissionError):
            return []

    def _turns(self, outcomes: list[Outcome], caller: Caller, events: list[StepEvent] | None = None) -> Markup:
        if not outcomes:
            return welcome_html(self.service.examples())
        shown = outcomes[-SHOWN_TURNS:]
        first = len(outcomes) - len(shown)
        turns = []
        for i, outcome in enumerate(shown, start=first):
            steps = step_tree(events) if events and i == len(outcomes) - 1 else timed_steps(outcome)
            view = turn_view(outcome, self.lookup)
            turns.append(turn_html(view, f"t{i}", principal=caller.link, steps=steps_html(steps, running=False)))
        if first:
            turns.insert(0, Markup(f'<p class="note">更早的 {first} 轮没有显示，可在左侧导出整个对话查看。</p>'))
        return turns_html(turns)

    def _list(self, current: str, caller: Caller, known: str) -> Markup:
        """A signed-in person's conversations; of others those this browser knows, for they share one name, not one list."""
        ids = set(known_ids(known)) | {current}
        entries = [
            Entry(c.id, c.title, when(c.updated))
            for c in self.service.conversations(caller.principal)
            if caller.signed_in or c.id in ids
        ][:LISTED]
        return conversations_html(entries, current, caller.link)


def picked(event: gr.EventData, name: str) -> str:
    """A field of a click's payload, as text; empty when there is none."""
    data = getattr(event, "_data", None)
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def known_ids(known: str) -> list[str]:
    """The ids in the browser's note; anything unreadable is no id."""
    try:
        ids = json.loads(known or "[]")
    except ValueError:
        return []
    return [i for i in ids if isinstance(i, str)] if isinstance(ids, list) else []


def timed_steps(outcome: Outcome) -> list[Step]:
    """The steps of a stored turn, from its timings."""
    return [
        Step(name, wording.STEPS.get(name, name), done=True, elapsed_ms=ms)
        for name, ms in outcome.timings_ms.items()
        if name != "total"
    ]


def when(value: Any) -> str:
    """A conversation's time on the server's clock: 07-01 09:30. Takes a datetime or its ISO text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    if not isinstance(value, datetime):
        return ""
    moment: datetime = value.astimezone() if value.tzinfo else value
    return moment.strftime("%m-%d %H:%M")
