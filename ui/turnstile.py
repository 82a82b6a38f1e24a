"""Limits at the door: each principal (of the public, each address) asks so often, so much at once, so long a day.

Pace and turns under way are counted in this process; seconds of querying in the state database, for all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from assistant.events import StepEvent
from assistant.outcome import Outcome
from tools.accounts.attempts import network_of
from tools.accounts.limits import Allowance, Bucket, full, refilled, take, whole_again
from tools.accounts.lockout import spoken
from tools.accounts.settings import AccountSettings
from ui.principals import Caller

LONGEST_TURN = 600.0  # seconds after which a turn that nobody ended no longer counts
MOST_KEYS = 50_000
WORTH_WRITING = 1.0  # seconds of querying; less is kept in memory, and lost with it
QUERYING = ("run",)  # the steps whose time counts
LOOKS = 10  # a search or a page read is so much lighter than a question: so many more of them a minute
LOOKS_LIMIT = "looks_per_minute"


class TooMuch(Exception):
    """A limit was met; the message is a Chinese sentence. `wait` is in seconds, `None` when no time is known."""

    def __init__(self, limit: str, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.limit, self.wait = limit, wait


@dataclass(frozen=True)
class Standing:
    """What a caller may use and has left. None: unlimited."""

    allowance: Allowance
    questions_left: int | None
    full_in: float  # seconds until `questions_left` is whole again
    seconds_left: float | None


def told(standing: Standing) -> list[str]:
    """The limits in words, one line each; none where there are none."""
    allowance = standing.allowance
    lines = [
        (allowance.per_minute, f"每分钟最多提 {allowance.per_minute} 个问题，现在还可提 {standing.questions_left} 个"),
        (allowance.at_once, f"同时最多提 {allowance.at_once} 个问题"),
        (
            allowance.seconds_per_day,
            f"每天最多用 {allowance.seconds_per_day} 秒查询，今天还有 {int(standing.seconds_left or 0)} 秒",
        ),
    ]
    return [line for limit, line in lines if limit is not None]


@dataclass
class _Counted:
    bucket: Bucket | None = None
    looks: Bucket | None = None
    under_way: dict[int, float] = field(default_factory=dict)  # turn → when it began
    day: str = ""
    used: float = 0.0  # seconds on that day, all told
    unwritten: float = 0.0


class Turnstile:
    """One for a web process. `used`/`add` keep seconds by key and day (`add` returns the sum); without them
    seconds last as long as the process."""

    def __init__(
        self,
        settings: AccountSettings,
        *,
        demo: bool,
        used: Callable[[str, str], float] = lambda _key, _day: 0.0,
        add: Callable[[str, str, float], float] | None = None,
        met: Callable[[Caller, str], None] = lambda _caller, _limit: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._demo, self._clock = settings, demo, clock
        self._used, self._add, self._met = used, add, met
        self._counted: dict[str, _Counted] = {}
        self._turns = 0
        self._lock = threading.RLock()  # a turn may be given up, and end, at any moment

    def allowance(self, caller: Caller) -> Allowance:
        return self._settings.allowance(public=not caller.signed_in, demo=self._demo)

    def enter(self, caller: Caller) -> Pass:
        """Begin a turn. TooMuch when a limit is met; then nothing was counted."""
        try:
            return self._enter(caller)
        except TooMuch as refused:
            self._met(caller, refused.limit)
            raise

    def _enter(self, caller: Caller) -> Pass:
        allowance, key, now = self.allowance(caller), _key(caller), self._clock()
        with self._lock:
            counted = self._of(key, now)
            if allowance.at_once is not None and len(counted.under_way) >= allowance.at_once:
                raise TooMuch(
                    "at_once", f"同时进行的提问已有 {len(counted.under_way)} 个，到了上限。请等前面的回答结束后再问。"
                )
            if allowance.seconds_per_day is not None and self._spent(key, counted, now) >= allowance.seconds_per_day:
                wait = _until_tomorrow(now)
                raise TooMuch(
                    "per_day",
                    f"今天的查询时间（{allowance.seconds_per_day} 秒）已用完，请明天再问；急用请联系管理员。",
                    wait,
                )
            if allowance.per_minute is not None:
                bucket = counted.bucket or full(allowance.per_minute, now)
                counted.bucket, wait = take(bucket, allowance.per_minute, now)
                if wait:
                    raise TooMuch(
                        "per_minute",
                        f"提问太快：每分钟最多 {allowance.per_minute} 个问题，请在 {spoken(wait)}后再问。",
                        wait,
                    )
            self._turns += 1
            counted.under_way[self._turns] = now
            return Pass(self, key, self._turns)

    def look(self, caller: Caller) -> None:
        """Count what asks no question: a search, a page, a file. TooMuch when there were too many; they take from no question."""
        allowance, key, now = self.allowance(caller), _key(caller), self._clock()
        if allowance.per_minute is None:
            return
        most = allowance.per_minute * LOOKS
        with self._lock:
            counted = self._of(key, now)
            counted.looks, wait = take(counted.looks or full(most, now), most, now)
        if wait:
            self._met(caller, LOOKS_LIMIT)
            raise TooMuch(LOOKS_LIMIT, f"请求太快：每分钟最多 {most} 次，请在 {spoken(wait)}后再试。", wait)

    def leave(self, key: str, turn: int, seconds: float) -> None:
        """End a turn that took so many seconds of querying."""
        now = self._clock()
        with self._lock:
            counted = self._of(key, now)
            counted.under_way.pop(turn, None)
            self._spent(key, counted, now)
            counted.used += seconds
            counted.unwritten += seconds
            write, day = counted.unwritten, counted.day
            if self._add is None or write < WORTH_WRITING:
                return
            counted.unwritten = 0.0
        total = self._add(key, day, write)
        with self._lock:
            if counted.day == day:
                counted.used = total + counted.unwritten

    def standing(self, caller: Caller) -> Standing:
        """What a caller has left, for telling it in advance."""
        allowance, key, now = self.allowance(caller), _key(caller), self._clock()
        with self._lock:
            counted = self._of(key, now)
            left, full_in = None, 0.0
            if allowance.per_minute is not None:
                bucket = refilled(counted.bucket or full(allowance.per_minute, now), allowance.per_minute, now)
                left, full_in = int(bucket.left + 1e-9), whole_again(bucket, allowance.per_minute, now)
            seconds = None
            if allowance.seconds_per_day is not None:
                seconds = max(0.0, allowance.seconds_per_day - self._spent(key, counted, now))
        return Standing(allowance, left, full_in, seconds)

    def _of(self, key: str, now: float) -> _Counted:
        if key not in self._counted and len(self._counted) >= MOST_KEYS:
            idle = [k for k, c in self._counted.items() if not c.under_way and not c.unwritten]
            for k in idle[: max(1, MOST_KEYS // 10)]:
                del self._counted[k]
        counted = self._counted.setdefault(key, _Counted())
        for turn, began in list(counted.under_way.items()):
            if now - began > LONGEST_TURN:
                del counted.under_way[turn]
        return counted

    def _spent(self, key: str, counted: _Counted, now: float) -> float:
        day = datetime.fromtimestamp(now).date().isoformat()
        if counted.day != day:
            counted.day, counted.used, counted.unwritten = day, self._used(key, day), 0.0
        return counted.used


class Pass:
    """A turn that was let in. It ends once, at the latest when nothing holds it any more."""

    def __init__(self, turnstile: Turnstile, key: str, turn: int) -> None:
        self._turnstile, self._key, self._turn = turnstile, key, turn
        self._over = False

    def leave(self, outcome: Outcome | None = None) -> None:
        """End the turn; its outcome tells how long it queried."""
        if self._over:
            return
        self._over = True
        spent = sum(outcome.timings_ms.get(step, 0.0) for step in QUERYING) / 1000 if outcome is not None else 0.0
        self._turnstile.leave(self._key, self._turn, spent)

    def __del__(self) -> None:
        self.leave()


class Metered:
    """The items of a turn, which leaves through the turnstile when it ends, fails or is given up, even before it began."""

    def __init__(self, items: Iterator[StepEvent | Outcome], entered: Pass) -> None:
        self._items, self._entered = items, entered

    def __iter__(self) -> Iterator[StepEvent | Outcome]:
        return self

    def __next__(self) -> StepEvent | Outcome:
        try:
            item = next(self._items)
        except BaseException:
            self._entered.leave()
            raise
        if not isinstance(item, StepEvent):
            self._entered.leave(item)
        return item


@contextmanager
def one_turn(turnstile: Turnstile, caller: Caller) -> Iterator[Pass]:
    """A turn for the time of a block."""
    entered = turnstile.enter(caller)
    try:
        yield entered
    finally:
        entered.leave()


def _key(caller: Caller) -> str:
    """A person by name; of the public, and of a demo's users whom anyone may play, the address."""
    return f"user:{caller.principal.id}" if caller.signed_in else f"address:{network_of(caller.address)}"


def _until_tomorrow(now: float) -> float:
    moment = datetime.fromtimestamp(now)
    return 86_400 - (moment.hour * 3600 + moment.minute * 60 + moment.second)
