"""The sign-in form as a response, with whatever has to be told on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection

from ui.signin import cookies
from ui.signin.pages import Frame, signin_page
from ui.signin.places import path_of

FORM_SECONDS = 3600
# A path of our own: it names no host, whatever a browser makes of slashes and backslashes.
_OWN_PAGE = re.compile(r"/(?:[\w.~-][\w.~/-]*)?(?:\?[\w.~=&%-]*)?", re.ASCII)


@dataclass(frozen=True)
class SignInForm:
    """`elsewhere`: the label of the identity provider, empty without one; `public`: one may go on without signing in."""

    public: bool
    elsewhere: str = ""

    def __call__(
        self,
        request: Request,
        *,
        name: str = "",
        problem: str = "",
        note: str = "",
        signed_out_here: bool = False,
        status: int = 200,
    ) -> Response:
        """The form. `signed_out_here`: the identity provider still knows the person, who may want to leave there too."""
        secret = cookies.form_secret(request)
        page = signin_page(
            Frame(base(request), secret, problem, note),
            name=name,
            elsewhere=self.elsewhere,
            leave_there=signed_out_here and bool(self.elsewhere),
            public=self.public,
        )
        answer = html(page, status)
        cookies.put(request, answer, cookies.FORM, secret, seconds=FORM_SECONDS)
        return answer


def base(request: Request) -> str:
    """The path that the service is mounted at; empty at the root."""
    return str(request.scope.get("root_path", ""))


def go(request: Request, path: str) -> Response:
    """Lead the browser on, to a path of our own."""
    return RedirectResponse(base(request) + path, status_code=303, headers={"Cache-Control": "no-store"})


def remember_wanted(connection: HTTPConnection, answer: Response) -> None:
    """Note which page a person was on their way to when they were led to the sign-in."""
    scope = connection.scope
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = path_of(scope) + (f"?{query}" if query else "")
    if wanted != "/" and _OWN_PAGE.fullmatch(wanted):
        cookies.put(connection, answer, cookies.WANTED, quote(wanted, safe=""), seconds=FORM_SECONDS)


def go_on(request: Request) -> Response:
    """After signing in: to the page that was wanted, which is one of ours, else to the start."""
    wanted = unquote(cookies.read(request, cookies.WANTED))
    answer = go(request, wanted if _OWN_PAGE.fullmatch(wanted) else "/")
    if wanted:
        cookies.drop(request, answer, cookies.WANTED)
    return answer


def html(page: str, status: int = 200) -> Response:
    """A page that is kept nowhere."""
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
