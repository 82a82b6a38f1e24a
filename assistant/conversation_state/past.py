"""What was asked before, as states: read off the questions as they were understood, and gone through again where
words alone do not say it; and which turn is meant by going back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.conversation_state.chips import chips
from assistant.conversation_state.earlier import Earlier
from assistant.conversation_state.rewriting import state_in
from assistant.conversation_state.speech import is_from_the_start, is_undo
from assistant.conversation_state.state import State
from assistant.outcome import Answer
from assistant.planning.embedded import EmbeddedPlanner

Replay = Callable[[str, Sequence[Earlier]], State | None]


def state_at(earlier: Sequence[Earlier], planner: EmbeddedPlanner, replay: Replay) -> State | None:
    """The state of the newest turn. `replay`: what a fragment made of the turns before it."""
    turn = earlier[0]
    found = state_in(turn.question, planner)
    if _is_shown(found, turn, planner):
        return found
    again = replay(turn.outcome.question, earlier[1:]) if len(earlier) > 1 else None
    return again if again is not None and _is_shown(again, turn, planner) else found


def _is_shown(state: State | None, turn: Earlier, planner: EmbeddedPlanner) -> bool:
    """Whether a state has the slots that the turn's answer told it had."""
    if not isinstance(turn.outcome, Answer) or not turn.outcome.state:
        return True
    told = sorted(o.label for o in turn.outcome.state)
    return state is not None and sorted(o.label for o in chips(state, planner.model)) == told


def step_back(earlier: Sequence[Earlier], said: str = "") -> int | None:
    """Which of the turns was the one before the last that still stands, or as `said` the first; None for none."""
    standing: list[int] = []
    for at in range(len(earlier) - 1, -1, -1):
        if earlier[at].ended != "answered":
            continue
        asked = earlier[at].outcome.question
        if is_from_the_start(asked):
            del standing[1:]
        elif is_undo(asked) and len(standing) > 1:
            standing.pop()
        else:
            standing.append(at)
    if is_from_the_start(said):
        return standing[0] if standing else None
    return standing[-2] if len(standing) > 1 else None
