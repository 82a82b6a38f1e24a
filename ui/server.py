"""The web server: REST under /api, the page at /."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before Gradio is imported, or it reports its start

import gradio as gr
import uvicorn
from fastapi import Depends, FastAPI

from assistant.services import Services
from tools.accounts.accounts import Accounts
from tools.accounts.settings import AccountSettings
from ui.guard import Guard
from ui.principals import Principals
from ui.rest import errors
from ui.rest import requests as request_api
from ui.rest.api import routes
from ui.rest.pace import paced
from ui.rest.users import user_routes
from ui.service import Service
from ui.signin.door import Door
from ui.signin.form import SignInForm
from ui.signin.routes import signin_routes
from ui.turnstile import Turnstile
from ui.web.handlers import Handlers
from ui.web.page import build_page
from ui.web.requests_routes import request_routes
from ui.web.theme import theme

DEFAULT_PORT = 7860


class ServeError(Exception):
    """The server cannot start; the message is a Chinese sentence for people."""


def create_app(assistant: Service) -> FastAPI:
    """REST, its OpenAPI description and the page, on one assistant."""
    parts = assistant.services
    demo = parts.workspace.manifest().get("kind") == "demo"
    accounts, settings = assistant.accounts, parts.settings
    principals = Principals(demo, accounts, settings)
    if accounts is None:
        turnstile = Turnstile(settings, demo=demo)
    else:
        usage, denied = accounts.usage, accounts.denied
        turnstile = Turnstile(
            settings,
            demo=demo,
            used=usage.used,
            add=usage.add,
            met=lambda caller, limit: denied("limit_met", caller.principal.id, caller.address, reason=limit),
        )
    app = FastAPI(
        title="政问接口",
        description="用中文问政府数据，答案附数据来源、查询语句和政策依据。",
        version="1",
        docs_url=None,  # its page loads scripts from another host; /openapi.json has the same
        redoc_url=None,
    )
    errors.install(app)
    pace = [Depends(paced(principals, turnstile))]
    # Before `routes`, whose last one answers every other address under /api.
    if isinstance(parts, Services):
        app.include_router(
            request_api.request_routes(lambda: parts.desk, principals, parts.workspace.root), dependencies=pace
        )
    if accounts is not None:
        app.include_router(user_routes(accounts, principals), dependencies=pace)
    app.include_router(routes(assistant, parts.index, principals, turnstile))
    if accounts is not None:
        form = SignInForm(settings.public, settings.oidc_label if settings.oidc_issuer else "")
        app.include_router(signin_routes(accounts, form, turnstile))
        if settings.oidc_issuer:
            add_elsewhere(app, accounts, settings, form)
    if isinstance(parts, Services):
        app.include_router(request_routes(parts, principals), dependencies=pace)
    app.add_middleware(Door, principals=principals)
    app.add_middleware(Guard)
    page = build_page(Handlers(assistant, principals, turnstile, parts.datasets.get, parts.settings.city))
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1kb",
        theme=theme(),
    )
    return mounted


def add_elsewhere(app: FastAPI, accounts: Accounts, settings: AccountSettings, form: SignInForm) -> None:
    """Sign-in at the department's identity provider. ServeError when its settings cannot work."""
    from ui.signin.elsewhere import elsewhere_routes
    from ui.signin.provider import settings_problem

    problem = settings_problem(settings, accounts.users.roles)
    if problem:
        raise ServeError(problem)
    app.include_router(elsewhere_routes(accounts, settings, form))


def serve(
    assistant: Service,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    on_ready: Callable[[str], None] | None = None,
    *,
    listening: socket.socket | None = None,
) -> None:
    """Serve until interrupted. `on_ready(url)` is called once the server answers. ServeError if it cannot listen.

    Port 0 takes any free port. `listening`: a socket from `listen`, taken before the assistant was opened.
    """
    listening = listening or listen(host, port)
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}"
    trusted = assistant.services.settings.trusted_proxies
    config = uvicorn.Config(
        create_app(assistant),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        lifespan="on",
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted or None,
    )
    server = _Announcing(config, lambda: on_ready(address) if on_ready else None)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


class _Announcing(uvicorn.Server):  # type: ignore[misc]
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is known before anything is loaded. ServeError if there is none to have."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError) as error:
        raise ServeError(f"地址 {host}:{port} 不能用。请检查 --host 和 --port。") from error
    listening = socket.socket(family, kind, proto)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        raise ServeError(
            f"端口 {port} 无法使用（可能已有程序占用）。请关闭那个程序，或用 --port 换一个端口。"
        ) from error
    return listening


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host


__all__ = ["DEFAULT_PORT", "ServeError", "create_app", "listen", "serve"]
