"""The pace of requests that ask no question, as a dependency of their routes."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from tools.accounts import NotSignedIn
from ui.principals import Principals
from ui.turnstile import Turnstile


def paced(principals: Principals, turnstile: Turnstile) -> Callable[[Request], None]:
    """Lets a request through, or raises TooMuch. Whoever is not admitted is told so by the route."""

    def pace(request: Request) -> None:
        try:
            caller = principals.caller(request)
        except NotSignedIn:
            return
        turnstile.look(caller)

    return pace
