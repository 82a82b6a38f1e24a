"""A model service that does not answer is left alone for a while; over real HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from model_workspace import ScriptedServer, scripted_server

from assistant.model.address import Endpoint, read_address
from assistant.model.chat import ModelFailed, NoReply
from assistant.model.cooldown import FIRST_REST_S, LONGEST_REST_S, RESTING, Cooldown
from assistant.model.endpoint import EndpointModel
from prompts import Prompt

PROMPT = Prompt("系统", "问题")
SHORT = 0.3
PATIENT = 30.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A model service that answers, or takes connections and never says a word."""

    name = "demo"

    def __init__(self, server: ScriptedServer, silent: socket.socket) -> None:
        self.server = server
        self._answering = self._model(server.setting)
        self._silent = self._model(f"http://127.0.0.1:{silent.getsockname()[1]}/v1#demo")
        self.is_silent = False
        self.calls = 0

    @staticmethod
    def _model(setting: str) -> EndpointModel:
        address = read_address(setting)
        assert isinstance(address, Endpoint)
        return EndpointModel(address, "sk-test")

    def ready(self) -> None:
        self._answering.ready()

    def reply(self, prompt: Prompt, timeout_s: float) -> str:
        self.calls += 1
        return (self._silent if self.is_silent else self._answering).reply(prompt, timeout_s)


@pytest.fixture
def line() -> Iterator[Line]:
    with scripted_server() as script, socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        yield Line(script, silent)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(line: Line, clock: Clock) -> Cooldown:
    return Cooldown(line, clock)


def silence(model: Cooldown, line: Line) -> str:
    line.is_silent = True
    with pytest.raises(NoReply) as failure:
        model.reply(PROMPT, SHORT)
    return str(failure.value)


def answer(model: Cooldown, line: Line, words: str) -> str:
    line.is_silent = False
    line.server.script(words)
    return model.reply(PROMPT, PATIENT)


def test_two_silences_in_a_row_are_enough(model: Cooldown, line: Line, clock: Clock) -> None:
    assert silence(model, line) != RESTING
    assert silence(model, line) != RESTING
    calls = line.calls
    assert silence(model, line) == RESTING
    assert line.calls == calls  # nobody was asked
    clock.now += FIRST_REST_S
    assert answer(model, line, "回来了") == "回来了"
    assert silence(model, line) != RESTING  # counted anew
    assert answer(model, line, "好") == "好"


def test_each_rest_is_longer_up_to_a_limit(model: Cooldown, line: Line, clock: Clock) -> None:
    silence(model, line)
    rests = []
    for _ in range(7):
        assert silence(model, line) != RESTING
        begun = clock.now
        while at_once(model):
            clock.now += 15
        rests.append(clock.now - begun)
    assert rests == [30, 60, 120, 240, 480, LONGEST_REST_S, LONGEST_REST_S]


def at_once(model: Cooldown) -> bool:
    try:
        model.reply(PROMPT, 0)  # never sent: there is no time, or a rest
    except NoReply as failure:
        return str(failure) == RESTING
    return False


def test_a_service_that_answers_badly_is_asked_again(model: Cooldown, line: Line) -> None:
    for _ in range(4):
        with pytest.raises(ModelFailed) as failure:
            answer(model, line, "")
        assert not isinstance(failure.value, NoReply)


def test_a_turn_without_time_left_says_nothing_about_the_service(model: Cooldown, line: Line) -> None:
    for _ in range(4):
        with pytest.raises(NoReply):
            model.reply(PROMPT, 0)
    assert answer(model, line, "在") == "在"
