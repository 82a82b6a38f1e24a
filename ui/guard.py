"""What the server adds to every response, and what of Gradio's own surface it closes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from ui.rest.errors import reply

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
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# The page uploads nothing and shows no files; these doors of Gradio's have no use here.
CLOSED = (
    "/gradio_api/upload",
    "/gradio_api/file",
    "/gradio_api/proxy",
    "/gradio_api/mcp",
    "/gradio_api/runs",
    "/monitoring",
)
LARGEST_BODY = 256 * 1024


def install(app: FastAPI) -> None:
    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        path = request.url.path
        length = request.headers.get("content-length", "")
        if path.startswith(CLOSED):
            response: Response = reply(404, "http_404", "没有这个地址或内容。")
        elif length.isdigit() and int(length) > LARGEST_BODY:
            response = reply(413, "http_413", "请求内容太长。")
        else:
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
