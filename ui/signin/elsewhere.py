"""The addresses of signing in at the department's identity provider, and of coming back."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tools.accounts import AccountError, NotSignedIn
from tools.accounts.accounts import Accounts
from tools.accounts.pending import MINUTES, Pending
from tools.accounts.settings import AccountSettings
from tools.accounts.users import PUBLIC
from ui.principals import address_of
from ui.signin import cookies
from ui.signin.form import SignInForm, go_on
from ui.signin.provider import NOT_PROVED, Provider, ProviderError

RETURN = "/signin/elsewhere/return"
LATE = "登录没有完成：时间过长，或者不是从这个浏览器开始的。请重新登录。"
GIVEN_UP = "统一身份认证没有同意登录，或者登录被取消。"


def elsewhere_routes(accounts: Accounts, settings: AccountSettings, form: SignInForm) -> APIRouter:
    """Sign-in by authorization code. A failure shows the form again with one sentence, and is recorded."""
    pages = APIRouter(include_in_schema=False)
    provider = Provider(settings)

    @pages.get("/signin/elsewhere")
    def leave(request: Request) -> Response:
        try:
            departure = provider.leave(_return_address(request, settings))
        except ProviderError as error:
            return form(request, problem=str(error), status=502)
        browser = secrets.token_urlsafe(32)
        accounts.pending.leave(departure.state, browser, Pending(departure.nonce, departure.verifier))
        answer = RedirectResponse(departure.url, 303, headers={"Cache-Control": "no-store"})
        cookies.put(request, answer, cookies.LEAVING, browser, seconds=MINUTES * 60)
        return answer

    @pages.get(RETURN)
    def come_back(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        address = address_of(request)
        pending = accounts.pending.back(state[:500], cookies.read(request, cookies.LEAVING))
        if pending is None:
            accounts.denied("sign_in_failed", PUBLIC, address, way="oidc", reason="state")
            return form(request, problem=LATE, status=400)
        if error or not code:
            return form(request, problem=GIVEN_UP, status=400)
        try:
            person = provider.arrive(
                code=code[:4000],
                redirect=_return_address(request, settings),
                verifier=pending.verifier,
                nonce=pending.nonce,
            )
            user = accounts.users.from_elsewhere(
                person.subject,
                role=person.role,
                name=person.name,
                department=person.department,
                district=person.district,
            )
            admitted = accounts.admit(user, address, "oidc")
        except ProviderError as failure:
            accounts.denied("sign_in_failed", PUBLIC, address, way="oidc", reason=failure.reason[:60])
            return form(request, problem=str(failure), status=400 if str(failure) == NOT_PROVED else 502)
        except NotSignedIn as failure:
            return form(request, problem=str(failure), status=403)
        except AccountError as failure:
            accounts.denied("sign_in_failed", PUBLIC, address, way="oidc", reason="mapping")
            return form(request, problem=str(failure), status=403)
        before = cookies.read(request, cookies.SESSION)
        if before:
            accounts.sessions.end(before)
        answer = go_on(request)
        cookies.drop(request, answer, cookies.LEAVING)
        cookies.put(request, answer, cookies.SESSION, admitted.session)
        return answer

    @pages.get("/signin/elsewhere/out")
    def leave_there_too(request: Request) -> Response:
        """Sign out of the provider; its own page asks the person first."""
        back = _return_address(request, settings).removesuffix("/elsewhere/return")
        return RedirectResponse(provider.farewell(back) or back, 303, headers={"Cache-Control": "no-store"})

    return pages


def _return_address(request: Request, settings: AccountSettings) -> str:
    return settings.oidc_redirect_url or str(request.base_url).rstrip("/") + RETURN
