"""A model service that does not answer is left alone for a while; over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from model_workspace import ScriptedServer, scripted_server, slow

from assistant.model.address import Endpoint, read_address
from assistant.model.chat import ModelFailed, NoReply
from assistant.model.cooldown import FIRST_REST_S, LONGEST_REST_S, RESTING, Cooldown
from assistant.model.endpoint import EndpointModel
from prompts import Prompt

PROMPT = Prompt("系统", "问题")
SHORT = 0.3


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(server: ScriptedServer, clock: Clock) -> Cooldown:
    address = read_address(server.setting)
    assert isinstance(address, Endpoint)
    return Cooldown(EndpointModel(address, "sk-test"), clock)


def silence(model: Cooldown, server: ScriptedServer) -> str:
    server.script(slow(5))
    with pytest.raises(NoReply) as failure:
        model.reply(PROMPT, SHORT)
    return str(failure.value)


def test_two_silences_in_a_row_are_enough(model: Cooldown, server: ScriptedServer, clock: Clock) -> None:
    assert silence(model, server) != RESTING
    assert silence(model, server) != RESTING
    asked = len(server.keys)
    assert silence(model, server) == RESTING
    assert len(server.keys) == asked  # nothing was sent
    clock.now += FIRST_REST_S
    server.script("回来了")
    assert model.reply(PROMPT, 5) == "回来了"
    assert silence(model, server) != RESTING  # counted anew
    server.script("好")
    assert model.reply(PROMPT, 5) == "好"


def test_each_rest_is_longer_up_to_a_limit(model: Cooldown, server: ScriptedServer, clock: Clock) -> None:
    silence(model, server)
    rests = []
    for _ in range(7):
        assert silence(model, server) != RESTING
        begun = clock.now
        while silence_is_at_once(model):
            clock.now += 15
        rests.append(clock.now - begun)
    assert rests == [30, 60, 120, 240, 480, LONGEST_REST_S, LONGEST_REST_S]


def silence_is_at_once(model: Cooldown) -> bool:
    try:
        model.reply(PROMPT, 0)  # never sent: no time, or resting
    except NoReply as failure:
        return str(failure) == RESTING
    return False


def test_a_service_that_answers_with_errors_is_asked_again(model: Cooldown, server: ScriptedServer) -> None:
    for _ in range(4):
        server.script("")
        with pytest.raises(ModelFailed) as failure:
            model.reply(PROMPT, 5)
        assert not isinstance(failure.value, NoReply)


def test_a_turn_without_time_left_says_nothing_about_the_service(model: Cooldown, server: ScriptedServer) -> None:
    for _ in range(4):
        with pytest.raises(NoReply):
            model.reply(PROMPT, 0)
    server.script("在")
    assert model.reply(PROMPT, 5) == "在"
