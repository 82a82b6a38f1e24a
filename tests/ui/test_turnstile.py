"""Limits per person and address, with a clock that the test moves."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import StepEvent
from assistant.outcome import Answer, Outcome
from assistant.settings import Settings
from tools.principal import Principal
from ui.principals import Caller
from ui.turnstile import LONGEST_TURN, LOOKS, LOOKS_LIMIT, Metered, TooMuch, Turnstile, one_turn

NOON = datetime(2026, 7, 1, 12).timestamp()


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def person(name: str = "wang", address: str = "10.0.0.1") -> Caller:
    return Caller(Principal(id=name, role="official", department="局"), "session", address)


def public(address: str) -> Caller:
    return Caller(Principal(id="citizen", role="citizen"), "public", address)


def turnstile(clock: Clock, **settings: int) -> Turnstile:
    return Turnstile(Settings(**settings), demo=False, clock=clock)  # type: ignore[arg-type]


def answer(seconds: float) -> Answer:
    return Answer(text="好", timings_ms={"understand": 5.0, "run": seconds * 1000})


def test_the_public_is_counted_by_address_and_people_by_name() -> None:
    clock = Clock()
    door = turnstile(clock, questions_per_minute=1)
    door.enter(public("10.0.0.1")).leave()
    with pytest.raises(TooMuch):
        door.enter(public("10.0.0.1"))
    door.enter(public("10.0.0.2")).leave()
    door.enter(person("wang", "10.0.0.1")).leave()
    with pytest.raises(TooMuch):
        door.enter(person("wang", "10.0.0.9"))
    door.enter(public("2001:db8::1")).leave()
    with pytest.raises(TooMuch):
        door.enter(public("2001:db8::2"))


def test_a_demos_roles_do_not_multiply_an_address() -> None:
    door = turnstile(Clock(), questions_per_minute=1)
    played = [Caller(Principal(id=role, role=role), "demo", "10.0.0.1") for role in ("official", "steward")]
    door.enter(played[0]).leave()
    with pytest.raises(TooMuch):
        door.enter(played[1])


def test_the_wait_that_is_told_is_enough() -> None:
    clock = Clock()
    door = turnstile(clock, questions_per_minute=4)
    for _ in range(4):
        door.enter(person()).leave()
    with pytest.raises(TooMuch, match="15 秒") as told:
        door.enter(person())
    assert told.value.wait == pytest.approx(15)
    assert door.standing(person()).questions_left == 0
    clock.now += 15
    door.enter(person()).leave()
    clock.now += 60
    assert door.standing(person()).questions_left == 4


def test_a_days_seconds_are_used_up_and_come_back_tomorrow() -> None:
    clock = Clock()
    kept: dict[tuple[str, str], float] = {}

    def add(key: str, day: str, seconds: float) -> float:
        kept[key, day] = kept.get((key, day), 0.0) + seconds
        return kept[key, day]

    settings = Settings(query_seconds_per_day=10)
    door = Turnstile(settings, demo=False, used=lambda k, d: kept.get((k, d), 0.0), add=add, clock=clock)
    for seconds in (0.4, 0.4, 0.4, 8.0):
        door.enter(person()).leave(answer(seconds))
    assert door.standing(person()).seconds_left == pytest.approx(0.8)
    assert sum(kept.values()) == pytest.approx(9.2)
    again = Turnstile(settings, demo=False, used=lambda k, d: kept.get((k, d), 0.0), add=add, clock=clock)
    again.enter(person()).leave(answer(2.0))  # another process, or this one after a restart
    with pytest.raises(TooMuch, match="今天的查询时间（10 秒）已用完") as told:
        again.enter(person())
    assert told.value.wait == 12 * 3600
    clock.now += 12 * 3600
    again.enter(person()).leave()


def test_a_turn_leaves_however_it_ends() -> None:
    clock = Clock()
    door = turnstile(clock, concurrent_turns=1, questions_per_minute=1000)

    def items(how: str) -> Iterator[StepEvent | Outcome]:
        yield StepEvent("run", "执行查询", "started")
        if how == "fails":
            raise RuntimeError("broken")
        yield answer(0.1)

    def metered(how: str) -> Metered:
        return Metered(items(how), door.enter(person()))

    list(metered("ends"))
    with pytest.raises(RuntimeError):
        list(metered("fails"))
    begun = metered("is given up")
    next(begun)
    with pytest.raises(TooMuch, match="已有 1 个"):
        metered("comes too soon")
    del begun
    never = metered("never begins")
    del never
    gc.collect()
    with pytest.raises(ValueError), one_turn(door, person()):
        raise ValueError
    held = door.enter(person())
    clock.now += LONGEST_TURN + 1  # nobody ended it
    door.enter(person()).leave()
    held.leave()
    door.enter(person()).leave()


@given(st.integers(1, 5), st.lists(st.sampled_from(["wang", "li", "zhao"]), max_size=60), st.randoms())
def test_never_more_at_once_than_allowed_and_nobody_pays_for_another(
    most: int, who: list[str], chance: random.Random
) -> None:
    door = turnstile(Clock(), concurrent_turns=most, questions_per_minute=1000)
    under_way: dict[str, list[object]] = {"wang": [], "li": [], "zhao": []}
    for name in who:
        mine = under_way[name]
        if mine and chance.random() < 0.5:
            mine.pop().leave()  # type: ignore[attr-defined]
        if len(mine) < most:
            mine.append(door.enter(person(name)))
        else:
            with pytest.raises(TooMuch):
                door.enter(person(name))


def test_many_threads_get_exactly_what_there_is() -> None:
    door = turnstile(Clock(), questions_per_minute=37, concurrent_turns=1000)

    def one(_: int) -> bool:
        try:
            door.enter(person()).leave()
        except TooMuch:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(200))) == 37


def test_searches_have_a_pace_of_their_own_and_take_from_no_question() -> None:
    clock = Clock()
    door = turnstile(clock, questions_per_minute=2)
    for _ in range(2 * LOOKS):
        door.look(public("10.0.0.1"))
    with pytest.raises(TooMuch, match="每分钟最多 20 次") as met:
        door.look(public("10.0.0.1"))
    assert met.value.limit == LOOKS_LIMIT and met.value.wait == pytest.approx(3.0)
    door.look(public("10.0.0.2"))
    door.enter(public("10.0.0.1")).leave()
    assert door.standing(public("10.0.0.1")).questions_left == 1
    clock.now += 3
    door.look(public("10.0.0.1"))
    with pytest.raises(TooMuch):
        door.look(public("10.0.0.1"))


def test_without_a_limit_searches_are_not_counted() -> None:
    door = Turnstile(Settings(), demo=True, clock=Clock())
    for _ in range(5000):
        door.look(public("10.0.0.1"))
