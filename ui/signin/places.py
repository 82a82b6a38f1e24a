"""Which addresses belong to signing in: they are open to everyone and complete in themselves."""

from __future__ import annotations

from starlette.types import Scope

PAGES = ("/signin", "/signout", "/account")


def path_of(scope: Scope) -> str:
    """The path below the one the service is mounted at; / for its start."""
    return str(scope["path"]).removeprefix(str(scope.get("root_path", ""))) or "/"


def is_signin_page(scope: Scope) -> bool:
    path = path_of(scope)
    return any(path == page or path.startswith(f"{page}/") for page in PAGES)
