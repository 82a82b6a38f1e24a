"""The hash chain of the audit log: how an entry is hashed, and what a list of entries shows about tampering. Pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

NEARBY = 64  # how far a renumbered entry is looked for when its neighbours cannot tell


class ChainError(Exception):
    """The platform lacks the hash this log was written with; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Row:
    """An entry as it is stored; `body` is JSON text, `previous` the hash of the entry before."""

    n: int
    at: str
    kind: str
    principal: str
    body: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last entry: how many there are, and its hash. Noted elsewhere, it proves the log up to it."""

    count: int
    hash: str


@dataclass(frozen=True)
class Problem:
    """Something that shows tampering. `n` is the number of the entry concerned, None for the log as a whole."""

    kind: Literal["changed", "removed", "inserted", "reordered", "seal"]
    n: int | None
    message: str


def preferred_algorithm() -> str:
    """SM3 where the platform has it, else SHA-256."""
    return "sm3" if "sm3" in hashlib.algorithms_available else "sha256"


def genesis(algorithm: str) -> str:
    """What stands in place of the hash before the first entry."""
    digest = _new(algorithm)
    digest.update(b"zhengwen audit log")
    return str(digest.hexdigest())


def digest_of(algorithm: str, row: Row, number: int) -> str:
    """The hash of a row as the entry of that number."""
    digest = _new(algorithm)
    content = [number, row.previous, row.at, row.kind, row.principal, row.body]
    digest.update(json.dumps(content, default=repr).encode())  # bytes in a column are tampering, not a reason to stop
    return str(digest.hexdigest())


def is_whole(rows: Iterable[Row], algorithm: str, seal: Head, base: Head) -> bool:
    """Whether the entries, in order, are the unbroken chain from after `base` to the seal. Holds one entry at a time."""
    last = base
    for row in rows:
        if row.n != last.count + 1 or row.previous != last.hash or digest_of(algorithm, row, row.n) != row.hash:
            return False
        last = Head(row.n, row.hash)
    return last == seal


def chain_problems(rows: list[Row], algorithm: str, seal: Head, base: Head | None = None) -> list[Problem]:
    """Compare the entries with the chain that their hashes and the seal prescribe.

    `base` is the last entry before the first: none, or the last one that was moved to an archive.
    """
    base = base or Head(0, genesis(algorithm))
    places = true_places(rows, algorithm)
    claims: dict[int, list[Row]] = {}
    for row, place in zip(rows, places, strict=True):
        if place is not None:
            claims.setdefault(place, []).append(row)
    broken = {row.n: row for row, place in zip(rows, places, strict=True) if place is None}
    problems: list[Problem] = []
    used: set[int] = set()  # numbers of rows accounted for
    demanded = seal.hash  # the hash that what follows demands of the entry at hand; empty when nothing can tell
    for number in range(seal.count, base.count, -1):
        candidates = claims.get(number, [])
        genuine = next((row for row in candidates if row.hash == demanded or not demanded), None)
        if genuine is not None:
            used.add(genuine.n)
            if genuine.n != number:
                problems.append(Problem("reordered", number, f"第 {number} 条记录被移到了第 {genuine.n} 条的位置。"))
            demanded = genuine.previous
            continue
        altered = next((row for row in [*candidates, broken.get(number)] if row is not None and row.n == number), None)
        if altered is not None:
            used.add(number)
            problems.append(Problem("changed", number, f"第 {number} 条记录的内容被改动。"))
        else:
            problems.append(Problem("removed", number, f"第 {number} 条记录被删除。"))
        demanded = ""
    start = base.count + 1
    first = claims.get(start, [])
    if seal.count > base.count and first and all(row.previous != base.hash for row in first):
        problems.append(Problem("changed", start, f"第 {start} 条记录不是日志的起点，之前的记录被替换。"))
    problems += [
        Problem("inserted", row.n, f"第 {row.n} 条的位置上有一条后来插入的记录。") for row in rows if row.n not in used
    ]
    return problems


def true_places(rows: list[Row], algorithm: str) -> list[int | None]:
    """For each row the number under which its hash was made; None for a row whose hash fits nowhere near."""
    place_of: dict[str, int] = {}
    places: list[int | None] = []
    for row in rows:
        place = row.n if digest_of(algorithm, row, row.n) == row.hash else None
        places.append(place)
        if place is not None:
            place_of[row.hash] = place
    shift = 0
    for index, row in enumerate(rows):
        if places[index] is not None:
            continue
        linked = [place_of[row.previous] + 1] if row.previous in place_of else []
        window = [row.n + step for distance in range(1, NEARBY + 1) for step in (distance, -distance)]
        for number in [*linked, row.n + shift, *window]:
            if number > 0 and digest_of(algorithm, row, number) == row.hash:
                places[index] = place_of[row.hash] = number
                shift = number - row.n
                break
    return places


def _new(algorithm: str) -> Any:
    try:
        return hashlib.new(algorithm)
    except ValueError as error:
        raise ChainError(f"本机不支持审计日志所用的杂凑算法 {algorithm}，无法校验。请在写日志的机器上校验。") from error
