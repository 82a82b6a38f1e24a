"""Random tokens: shown once to their owner, kept only as a digest."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

_SHAPE = re.compile(r"zw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True)
class ApiSecret:
    """A new API token: `shown` is what its owner gets, `id` and `digest` are what is kept."""

    id: str
    shown: str
    digest: str


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret. It has 256 bits, so that a plain hash cannot be searched back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def new_api_secret() -> ApiSecret:
    key, secret = secrets.token_hex(6), new_secret()
    return ApiSecret(key, f"zw_{key}_{secret}", digest(secret))


def read_api_secret(shown: str) -> tuple[str, str] | None:
    """The id and the digest in what a person sent; None when it is no token of ours."""
    found = _SHAPE.fullmatch(shown.strip())
    return (found[1], digest(found[2])) if found else None
