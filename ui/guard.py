"""What the server adds to every response, and what of Gradio's own surface it closes."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.rest.errors import reply
from ui.signin.places import is_signin_page, path_of
from ui.web.shell import dressed

# Gradio builds functions from text and inlines its settings, so its scripts need the two unsafe words;
# what matters here is that nothing can be loaded from, or sent to, another host.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # nothing to other sites; our own forms keep their Origin, which is checked
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# The page uploads nothing and shows no files; these doors of Gradio's have no use here.
_DOORS = ("upload", "file", "proxy", "mcp", "runs", "stream/")
CLOSED = (*(f"/gradio_api/{door}" for door in _DOORS), "/monitoring")
LARGEST_BODY = 256 * 1024


class Guard:
    """ASGI middleware; it holds no response back but the page itself, which it dresses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        outgoing = _Outgoing(send, plain=is_signin_page(scope) or path_of(scope).startswith("/requests"))
        length = Headers(scope=scope).get("content-length", "")
        if scope["path"].startswith(CLOSED):
            await reply(404, "http_404", "没有这个地址或内容。")(scope, receive, outgoing.send)
        elif length.isdigit() and int(length) > LARGEST_BODY:
            await reply(413, "http_413", "请求内容太长。")(scope, receive, outgoing.send)
        elif "transfer-encoding" in Headers(scope=scope):  # a body without a stated length cannot be bounded in advance
            await reply(411, "http_411", "请求必须带 Content-Length。")(scope, receive, outgoing.send)
        else:
            await self._app(scope, receive, outgoing.send)


class _Outgoing:
    """One response on its way out."""

    def __init__(self, send: Send, *, plain: bool) -> None:
        self._send, self._plain = send, plain  # plain pages are complete in themselves
        self._page: Message | None = None  # the start of an HTML response, kept until its body is whole
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            html = headers.get("content-type", "").startswith("text/html")
            if html and not self._plain and "content-encoding" not in headers:
                self._page = message
                return
        elif self._page is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = dressed(self._body)
            MutableHeaders(scope=self._page)["content-length"] = str(len(body))
            await self._send(self._page)
            await self._send({"type": "http.response.body", "body": body})
            self._page = None
            return
        await self._send(message)
