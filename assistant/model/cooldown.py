"""A model service that does not answer is left alone for a while, so that not every question waits for it in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.model.chat import ChatModel, NoReply
from prompts import Prompt

PATIENCE = 2  # calls in a row without a reply before the service is left alone
FIRST_REST_S = 30.0
LONGEST_REST_S = 600.0
RESTING = "模型服务刚才没有响应，暂时不再等它"


class Cooldown:
    """A chat model that gives up at once while the one behind it is resting.

    The rest doubles each time the first call after it goes unanswered as well, up to ten minutes; a reply ends it.
    `clock` gives seconds that never go back.
    """

    def __init__(self, model: ChatModel, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._clock = clock
        self._lock = threading.Lock()
        self._unanswered = 0
        self._until = 0.0

    @property
    def name(self) -> str:
        return self._model.name

    def ready(self) -> None:
        self._model.ready()

    def reply(self, prompt: Prompt, timeout_s: float) -> str:
        """As the model behind; NoReply at once while it rests."""
        with self._lock:
            if self._clock() < self._until:
                raise NoReply(RESTING)
        try:
            words = self._model.reply(prompt, timeout_s)
        except NoReply:
            if timeout_s > 0:  # a turn that had no time left says nothing about the service
                self._note_silence()
            raise
        with self._lock:
            self._unanswered, self._until = 0, 0.0
        return words

    def _note_silence(self) -> None:
        with self._lock:
            self._unanswered += 1
            if self._unanswered >= PATIENCE:
                rest = FIRST_REST_S * 2 ** min(self._unanswered - PATIENCE, 10)
                self._until = self._clock() + min(rest, LONGEST_REST_S)
