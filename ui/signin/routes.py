"""The addresses of signing in, signing out and one's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from tools.accounts import AccountError, LockedOut, NotSignedIn
from tools.accounts.accounts import Accounts
from tools.accounts.users import User
from ui.principals import EXPIRED, Caller, address_of
from ui.signin import cookies
from ui.signin.form import SignInForm, base, go, go_on, html
from ui.signin.pages import Frame, account_page
from ui.signin.recent import LOOKED_AT, recent_lines
from ui.turnstile import Turnstile, told

Field = Annotated[str, Form(max_length=4000)]
Proof = Annotated[str, Form(alias="form", max_length=200)]
STALE = "页面停留太久或不是从本站打开的，请再试一次。"


def signin_routes(accounts: Accounts, form: SignInForm, turnstile: Turnstile) -> APIRouter:
    """Forms for people; programs use tokens."""
    pages = APIRouter(include_in_schema=False)

    def account(
        request: Request, user: User, *, problem: str = "", note: str = "", shown: str = "", status: int = 200
    ) -> Response:
        session = cookies.read(request, cookies.SESSION)
        frame = Frame(base(request), cookies.session_secret(session), problem, note)
        page = account_page(
            frame,
            user,
            sessions=accounts.sessions.count(user.id),
            tokens=accounts.tokens.of(user.id),
            recent=recent_lines(accounts.record_of(user.id, LOOKED_AT)),
            limits=told(turnstile.standing(Caller(user.principal, "session"))),
            shown=shown,
            must_change=user.must_change,
        )
        return html(page, status)

    def signed_in(request: Request) -> User | None:
        session = cookies.read(request, cookies.SESSION)
        return accounts.sessions.user(session) if session else None

    def own_form(request: Request, secret: str, *, first: bool = False) -> User | Response:
        """The person whose form this is, or what to answer instead. `first`: also before the first password is changed."""
        user = signed_in(request)
        if user is None:
            return form(request, problem=EXPIRED, status=401)
        if not cookies.same(secret, cookies.session_secret(cookies.read(request, cookies.SESSION))):
            return account(request, user, problem=STALE, status=403)
        if user.must_change and not first:
            return account(request, user, problem="请先修改初始密码。", status=403)
        return user

    @pages.get("/signin")
    def show_form(request: Request, expired: str = "", out: str = "") -> Response:
        return form(
            request, problem=EXPIRED if expired else "", note="已退出。" if out else "", signed_out_here=bool(out)
        )

    @pages.post("/signin")
    def sign_in(request: Request, name: Field = "", password: Field = "", proof: Proof = "") -> Response:
        if not cookies.same(proof, cookies.read(request, cookies.FORM)):
            return form(request, name=name[:100], problem=STALE, status=403)
        try:
            admitted = accounts.sign_in(name[:200], password, address_of(request))
        except LockedOut as error:
            return form(request, name=name[:100], problem=str(error), status=429)
        except NotSignedIn as error:
            return form(request, name=name[:100], problem=str(error), status=401)
        before = cookies.read(request, cookies.SESSION)
        if before:
            accounts.sessions.end(before)
        answer = go(request, "/account") if admitted.user.must_change else go_on(request)
        cookies.put(request, answer, cookies.SESSION, admitted.session)
        return answer

    @pages.post("/signout")
    def sign_out(request: Request, proof: Proof = "") -> Response:
        session = cookies.read(request, cookies.SESSION)
        if session and not cookies.same(proof, cookies.session_secret(session)):
            return form(request, problem=STALE, status=403)
        user = accounts.sign_out(session, address_of(request)) if session else None
        came_from_elsewhere = user is not None and not user.has_password
        answer = go(request, "/" if form.public and not came_from_elsewhere else "/signin?out=1")
        cookies.drop(request, answer, cookies.SESSION)
        return answer

    @pages.get("/account")
    def show_account(request: Request) -> Response:
        user = signed_in(request)
        if user is None:
            return go(request, "/signin")
        return account(request, user, note="这是初始密码，请先修改再使用。" if user.must_change else "")

    @pages.post("/account/password")
    def change_password(
        request: Request,
        before: Field = "",
        after: Field = "",
        again: Field = "",
        proof: Proof = "",
    ) -> Response:
        user = own_form(request, proof, first=True)
        if not isinstance(user, User):
            return user
        if after != again:
            return account(request, user, problem="两次输入的新密码不一样，请重新输入。", status=400)
        try:
            admitted = accounts.change_own_password(user, before, after, address_of(request))
        except LockedOut as error:
            return account(request, user, problem=str(error), status=429)
        except AccountError as error:
            return account(request, user, problem=str(error), status=400)
        answer = go_on(request)
        cookies.put(request, answer, cookies.SESSION, admitted.session)
        return answer

    @pages.post("/account/tokens")
    def create_token(request: Request, name: Field = "", days: Field = "", proof: Proof = "") -> Response:
        user = own_form(request, proof)
        if not isinstance(user, User):
            return user
        try:
            number = int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0
            _, shown = accounts.create_token(user, name, number, by=user.id, address=address_of(request))
        except AccountError as error:
            return account(request, user, problem=str(error), status=400)
        return account(request, user, shown=shown)

    @pages.post("/account/tokens/revoke")
    def revoke_token(request: Request, token: Field = "", proof: Proof = "") -> Response:
        user = own_form(request, proof)
        if not isinstance(user, User):
            return user
        try:
            accounts.revoke_token(user, token, by=user.id, address=address_of(request))
        except AccountError as error:
            return account(request, user, problem=str(error), status=400)
        return account(request, user, note="令牌已撤销。")

    @pages.post("/account/signout-everywhere")
    def sign_out_everywhere(request: Request, proof: Proof = "") -> Response:
        user = own_form(request, proof)
        if not isinstance(user, User):
            return user
        accounts.sign_out_everywhere(user, by=user.id, address=address_of(request))
        answer = go(request, "/signin?out=1")
        cookies.drop(request, answer, cookies.SESSION)
        return answer

    return pages
