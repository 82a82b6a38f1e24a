"""How long to wait after failed attempts: a pure rule, growing with each failure, for an account and for an address."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Rule:
    """`free` failures cost nothing; the next costs `first` seconds, each further one twice as many, at most `longest`."""

    free: int
    first: float
    longest: float
    forgotten: float  # seconds without an attempt after which failures no longer count

    def wait_after(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row."""
        if failures <= self.free:
            return 0.0
        return float(min(self.longest, self.first * 2 ** min(failures - self.free - 1, 40)))


@dataclass(frozen=True)
class Attempts:
    """Failures in a row, and when the last was (seconds since the epoch)."""

    failures: int = 0
    last: float = 0.0


ACCOUNT = Rule(free=4, first=30, longest=3600, forgotten=24 * 3600)
ADDRESS = Rule(free=20, first=60, longest=900, forgotten=3600)
NONE = Attempts()


def remaining(rule: Rule, attempts: Attempts, now: float) -> float:
    """Seconds that are left to wait; 0 when one may try. A clock that went back never makes the wait longer."""
    gone = max(0.0, now - attempts.last)
    if gone >= rule.forgotten:
        return 0.0
    return max(0.0, rule.wait_after(attempts.failures) - gone)


def failed(rule: Rule, attempts: Attempts, now: float) -> Attempts:
    """The attempts with one more failure."""
    if now - attempts.last >= rule.forgotten:
        return Attempts(1, now)
    return Attempts(attempts.failures + 1, now)


def forgiven(attempts: Attempts) -> Attempts:
    """One failure less: it was counted before it was known to be none."""
    return replace(attempts, failures=max(0, attempts.failures - 1))


def spoken(seconds: float) -> str:
    """A wait in words: 30 秒, 5 分钟, 1 小时. Rounded up, so that waiting so long is enough."""
    whole = int(-(-seconds // 1))
    if whole < 120:
        return f"{max(1, whole)} 秒"
    if whole < 7200:
        return f"{-(-whole // 60)} 分钟"
    return f"{-(-whole // 3600)} 小时"
