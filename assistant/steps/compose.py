"""Step 7: the outcome, in the way its route asks for."""

from __future__ import annotations

from assistant.compose.about import about
from assistant.compose.data import data_answer
from assistant.compose.datasets import dataset_answer
from assistant.compose.nothing import nothing_found
from assistant.compose.policy import policy_answer
from assistant.compose.request import request_draft
from assistant.outcome import Outcome
from assistant.services import Services
from assistant.turn import Turn


def compose(turn: Turn, services: Services) -> Outcome | None:
    """Always ends the turn."""
    outcome = _composed(turn, services)
    facts = [f"{len(outcome.citations)}处来源"] if outcome.citations else []
    facts += [f"{len(outcome.warnings)}条提示"] if outcome.warnings else []
    turn.detail = "，".join(facts) or "没有引用来源"
    return outcome


def _composed(turn: Turn, services: Services) -> Outcome:
    if turn.route == "about":
        return about(turn, services)
    if turn.route == "policy":
        return policy_answer(turn, services)
    if turn.route == "share_request":
        return request_draft(turn, services)
    if turn.route == "find_dataset":
        return dataset_answer(turn, services)
    if turn.route == "data" and turn.result is not None:
        return data_answer(turn, services)
    return nothing_found(turn, services)
