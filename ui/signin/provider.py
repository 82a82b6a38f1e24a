"""A department's identity provider (OpenID Connect: authorization code with PKCE), spoken to through Authlib."""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client
from httpx import HTTPError
from joserfc.errors import JoseError

from tools.accounts.claims import Person, person_of
from tools.accounts.settings import AccountSettings

SECRET = "ZHENGWEN_OIDC_CLIENT_SECRET"
TIMEOUT = 10.0  # seconds for each request to the provider
METADATA_FOR = 3600.0  # seconds after which the provider's description is read again
LEEWAY = 60  # seconds by which the two clocks may differ
# Only signatures that the provider alone can make; never `none`, nor one made with the shared secret.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class ProviderError(Exception):
    """The provider cannot be used, or did not prove who someone is; the message is a Chinese sentence for people.

    `reason` is for the log: the kind of failure, with nothing of what was sent.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


UNREACHABLE = "现在连不上统一身份认证，请稍后再试；若一直如此，请联系管理员。"
NOT_PROVED = "统一身份认证的回复没有通过核对，没有登录。请重新登录；若一直如此，请联系管理员。"


class _App(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]
    client_cls = OAuth2Client


def settings_problem(settings: AccountSettings, roles: Sequence[str]) -> str | None:
    """What is wrong with the settings of the provider, in Chinese; None if nothing is, or none is set."""
    if not settings.oidc_issuer:
        return None
    parts = urlsplit(settings.oidc_issuer)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        return f"设置 oidc_issuer 的值“{settings.oidc_issuer}”不对：要写成 https:// 开头的地址。请改正后再启动。"
    if not settings.oidc_client_id:
        return "设置了 oidc_issuer，还要用 oidc_client_id 写明在统一身份认证里登记的应用编号。请补上后再启动。"
    if "openid" not in settings.oidc_scope.split():
        return "设置 oidc_scope 里必须有 openid。请改正后再启动。"
    unknown = [role for role in settings.oidc_roles.values() if role not in roles]
    if unknown:
        return f"设置 oidc_roles 里没有“{unknown[0]}”这个角色，可用的有：{'、'.join(roles)}。请改正后再启动。"
    return None


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and what must come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """One identity provider. It is first spoken to when somebody signs in there."""

    def __init__(self, settings: AccountSettings) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._app: _App | None = None
        self._read = 0.0
        self._lock = threading.Lock()

    def leave(self, redirect: str) -> Departure:
        """Begin a sign-in that will come back to `redirect`. ProviderError when the provider cannot be reached."""
        try:
            begun = self._ready().create_authorization_url(redirect)
        except (HTTPError, ValueError, RuntimeError, AuthlibBaseError) as error:
            raise ProviderError(UNREACHABLE, type(error).__name__) from error
        return Departure(begun["url"], begun["state"], begun["nonce"], begun["code_verifier"])

    def arrive(self, *, code: str, redirect: str, verifier: str, nonce: str) -> Person:
        """Who came back with `code`: its token's signature, issuer, audience, nonce and times are checked."""
        app = self._ready_or_raise()
        try:
            token = app.fetch_access_token(redirect_uri=redirect, code=code, code_verifier=verifier)
            claims = self._claims(app, token, nonce)
            return person_of(claims, self._issuer, self._settings)
        except HTTPError as error:
            raise ProviderError(UNREACHABLE, type(error).__name__) from error
        except (OAuthError, JoseError, AuthlibBaseError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ProviderError(NOT_PROVED, getattr(error, "error", "") or type(error).__name__) from error

    def farewell(self, back: str) -> str | None:
        """Where to sign out of the provider too; None when it has no such place."""
        try:
            metadata = self._ready().load_server_metadata()
        except (HTTPError, ValueError, RuntimeError, AuthlibBaseError):
            return None
        if not metadata.get("end_session_endpoint"):
            return None
        client = self._settings.oidc_client_id
        return str(self._ready().create_logout_url(back, client_id=client)["url"])

    def _claims(self, app: _App, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The verified claims of the ID token, with what the provider tells only when asked (userinfo)."""
        if "id_token" not in token:
            raise ValueError("no id_token")
        required = {"essential": True}
        options = {
            "iss": {"essential": True, "values": [app.load_server_metadata()["issuer"]]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
            "sub": required,
            "exp": required,
            "iat": required,
            "nonce": {"essential": True, "value": nonce},
        }
        claims = dict(app.parse_id_token(token, nonce=nonce, claims_options=options, leeway=LEEWAY))
        if app.load_server_metadata().get("userinfo_endpoint") and token.get("access_token"):
            more = dict(app.userinfo(token=token))
            if not hmac.compare_digest(str(more.get("sub", "")).encode(), str(claims["sub"]).encode()):
                raise ValueError("userinfo is somebody else's")
            claims = {**more, **claims}
        return claims

    def _ready_or_raise(self) -> _App:
        try:
            return self._ready()
        except (HTTPError, ValueError, RuntimeError, AuthlibBaseError) as error:
            raise ProviderError(UNREACHABLE, type(error).__name__) from error

    def _ready(self) -> _App:
        """The client with the provider's description, which must be of the issuer that the owner named."""
        with self._lock:
            now = time.monotonic()
            if self._app is not None and now - self._read < METADATA_FOR:
                return self._app
            app = _App(
                None,
                name="oidc",
                client_id=self._settings.oidc_client_id,
                client_secret=os.environ.get(SECRET) or None,
                server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": self._settings.oidc_scope,
                    "code_challenge_method": "S256",
                    "timeout": TIMEOUT,
                    **({} if os.environ.get(SECRET) else {"token_endpoint_auth_method": "none"}),
                },
            )
            metadata = app.load_server_metadata()
            if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
                raise ValueError("the description is of another issuer")
            offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
            metadata["id_token_signing_alg_values_supported"] = [alg for alg in SIGNATURES if alg in offered]
            self._app, self._read = app, now
            return app
