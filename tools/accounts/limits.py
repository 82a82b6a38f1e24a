"""How much one person may ask: a token bucket and an allowance, pure; the time is passed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """What one principal (or, of the public, one address) may use. None: unlimited."""

    per_minute: int | None = None
    at_once: int | None = None
    seconds_per_day: int | None = None


@dataclass(frozen=True)
class Bucket:
    """`left` questions may be asked at once; it fills up again at an even pace. `at` is when `left` was right."""

    left: float
    at: float


def full(per_minute: int, now: float) -> Bucket:
    return Bucket(float(per_minute), now)


def refilled(bucket: Bucket, per_minute: int, now: float) -> Bucket:
    """The bucket as of `now`: never above `per_minute`; a clock that went back fills nothing."""
    gone = max(0.0, now - bucket.at)
    return Bucket(min(float(per_minute), bucket.left + gone * per_minute / 60), max(bucket.at, now))


def take(bucket: Bucket, per_minute: int, now: float) -> tuple[Bucket, float]:
    """Take one. Returns the bucket after it and 0, or the bucket untouched and the seconds until there is one."""
    filled = refilled(bucket, per_minute, now)
    if filled.left >= 1 - 1e-9:
        return Bucket(max(0.0, filled.left - 1), filled.at), 0.0
    return filled, (1 - filled.left) * 60 / per_minute


def whole_again(bucket: Bucket, per_minute: int, now: float) -> float:
    """Seconds until the bucket is full."""
    return (per_minute - refilled(bucket, per_minute, now).left) * 60 / per_minute
