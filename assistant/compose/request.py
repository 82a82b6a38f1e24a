"""A share request in words: what a turn on one comes to."""

from __future__ import annotations

from assistant.outcome import Outcome
from assistant.requesting.flow import request_turn
from assistant.services import Services
from assistant.turn import Turn


def request_draft(turn: Turn, services: Services) -> Outcome:
    """The outcome of a turn that asks for data to be shared, or that goes on with a draft."""
    return request_turn(turn, services)
