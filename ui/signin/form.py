"""The sign-in form as a response, with whatever has to be told on it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.signin import cookies
from ui.signin.pages import Frame, signin_page

FORM_SECONDS = 3600


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


def html(page: str, status: int = 200) -> Response:
    """A page that is kept nowhere."""
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
