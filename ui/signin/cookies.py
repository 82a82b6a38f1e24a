"""The cookies of a sign-in: a random token, never readable by scripts, sent to this site alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response

# A name with this prefix is taken by browsers only over HTTPS, from this host, for all of it.
_HOST = "__Host-"
SESSION, FORM, LEAVING, WANTED = "zhengwen-session", "zhengwen-form", "zhengwen-leaving", "zhengwen-wanted"


def read(connection: HTTPConnection, name: str) -> str:
    """A cookie of ours; empty when there is none."""
    return connection.cookies.get(_full(connection, name), "")[:500]


def put(connection: HTTPConnection, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie of ours; without `seconds` it goes when the browser is closed."""
    response.set_cookie(
        _full(connection, name),
        value,
        max_age=seconds,
        path="/",
        secure=secure(connection),
        httponly=True,
        samesite="lax",  # strict would sign a person out who follows a link from the office's portal
    )


def drop(connection: HTTPConnection, response: Response, name: str) -> None:
    response.delete_cookie(_full(connection, name), path="/", secure=secure(connection), httponly=True, samesite="lax")


def secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks HTTPS with us (or with a proxy that the owner trusts)."""
    return connection.url.scheme in ("https", "wss")


def form_secret(connection: HTTPConnection) -> str:
    """What a form must carry before anyone is signed in: the browser's own, or a new one."""
    return read(connection, FORM) or secrets.token_urlsafe(24)


def session_secret(session: str) -> str:
    """What a form of a signed-in person must carry; it follows from the session and tells nothing of it."""
    return hmac.new(session.encode("utf-8", "surrogateescape"), b"form", hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare secrets in even time; an empty one never fits."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _full(connection: HTTPConnection, name: str) -> str:
    return _HOST + name if secure(connection) else name
