"""Passwords: which are acceptable, how they are kept (argon2id), and one-time passwords that people can type."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from tools.accounts.guessable import unguessable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT = 5
FEWEST_UNGUESSABLE = 4  # different characters besides what everyone tries first
# Letters and digits that are not mistaken for one another when read from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# argon2id at the cost that OWASP names for servers: 19 MiB, two passes, one lane.
_MEMORY_KIB, _PASSES, _LANES = 19 * 1024, 2, 1
# Many checks at once would be an attack on the machine's memory and processors.
_AT_ONCE = threading.BoundedSemaphore(2)


def password_problem(password: str, *names: str) -> str | None:
    """Why `password` is not acceptable for a person of these names (user name, full name), in Chinese; None if it is."""
    text = _normal(password)
    if len(text) < SHORTEST:
        return f"密码太短：至少要 {SHORTEST} 个字符。"
    if len(text) > LONGEST:
        return f"密码太长：最多 {LONGEST} 个字符。"
    if len(set(text)) < FEWEST_DIFFERENT:
        return "密码太简单：重复的字符太多，请换一个。"
    if len(set(unguessable(text))) < FEWEST_UNGUESSABLE:
        return "密码太容易猜到：不要只用连续的键、数字、年份或常见的词，请换一个。"
    if any(_telling(name) and _normal(name).casefold() in text.casefold() for name in names):
        return "密码里不能含有用户名或姓名，请换一个。"
    return None


def _telling(name: str) -> bool:
    """Whether a name is long enough to be told from a part of some word: 张三 and zhang are, li is not."""
    return len(name) >= (4 if name.isascii() else 2)


def hash_password(password: str) -> str:
    """The argon2id hash to keep, with its salt and cost in it."""
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def password_matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed. Takes as long for nobody's hash (None) as for somebody's."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            right = _hasher().verify(kept or _nobodys(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def outdated(kept: str) -> bool:
    """Whether a hash was made at another cost than today's, so that it should be made anew."""
    return _hasher().check_needs_rehash(kept)


def one_time_password() -> str:
    """A password of 79 random bits in four groups, to be changed at its first use."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _normal(password: str) -> str:
    """One form for what looks the same, so that another keyboard does not lock its owner out."""
    return unicodedata.normalize("NFC", password)[: LONGEST * 4]


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(16))
