"""Whether a request comes from our own page. Another site may make a person's browser send one; it must change nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


def from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether a browser says that another site made it send this. Programs say nothing, and carry no cookies."""
    if method in HARMLESS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    ours = {headers.get("host", ""), *headers.get("x-forwarded-host", "").replace(" ", "").split(",")} - {""}
    return urlsplit(origin).netloc not in ours
