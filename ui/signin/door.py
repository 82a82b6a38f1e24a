"""Who comes in at all: pages lead to the sign-in where one is needed; everything else is refused there.

Each handler asks for itself who is behind a request; this stands before all of them, Gradio's own addresses included.
"""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tools.accounts import NotSignedIn
from ui.principals import PUBLIC, MustChange, Principals, address_of
from ui.rest.errors import not_admitted, reply
from ui.signin import cookies
from ui.signin.form import remember_wanted
from ui.signin.origin import from_elsewhere
from ui.signin.places import is_signin_page, path_of

ALWAYS = ("/api/health",)  # tells nothing but that the service is up


class Door:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, principals: Principals) -> None:
        self._app, self._principals = app, principals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # the page uses none, and nothing here would ask who is behind one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if from_elsewhere(scope["method"], connection.headers):
            if self._principals.accounts is not None:
                denied, address = self._principals.accounts.denied, address_of(connection)
                await to_thread.run_sync(denied, "other_site", PUBLIC, address)
            await reply(403, "other_site", "这个请求来自别的网站，没有执行。")(scope, receive, send)
            return
        path = path_of(scope)
        page = scope["method"] in ("GET", "HEAD") and (
            path == "/" or (not path.startswith("/api/") and "text/html" in connection.headers.get("accept", ""))
        )
        free = path in ALWAYS or is_signin_page(scope)
        asks = not self._principals.settings.public or (page and cookies.read(connection, cookies.SESSION))
        if asks and not free:
            try:
                await to_thread.run_sync(self._principals.caller, connection)
            except NotSignedIn as refused:
                answer = self._lead(connection, refused) if page else not_admitted(refused)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _lead(self, connection: HTTPConnection, refused: NotSignedIn) -> RedirectResponse:
        """From the page to where one can sign in, or change the first password."""
        base = connection.scope.get("root_path", "")
        headers = {"Cache-Control": "no-store"}
        if isinstance(refused, MustChange):
            answer = RedirectResponse(f"{base}/account", 303, headers)
            remember_wanted(connection, answer)
            return answer
        stale = bool(cookies.read(connection, cookies.SESSION))
        answer = RedirectResponse(f"{base}/signin{'?expired=1' if stale else ''}", 303, headers)
        if stale:
            cookies.drop(connection, answer, cookies.SESSION)
        remember_wanted(connection, answer)
        return answer
