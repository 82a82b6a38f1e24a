"""Whose eyes an answer is for: a person who has signed in, a demo user in a demo workspace, otherwise the public.

It is decided here, from a token or the session's cookie and from what the workspace is, and from nothing else of a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.requests import HTTPConnection

from tools.accounts import NotSignedIn
from tools.accounts.settings import AccountSettings
from tools.principal import Principal
from tools.rights import DEMO_USERS
from ui.signin import cookies

if TYPE_CHECKING:
    from tools.accounts.accounts import Accounts
    from tools.accounts.users import User

PUBLIC = "citizen"
EXPIRED = "登录已过期，请重新登录。"
REQUIRED = "请先登录。"
CHANGE_FIRST = "请先在账号页修改初始密码。"
NO_TOKENS = "这个服务没有账号，令牌无效。"


class MustChange(NotSignedIn):
    """Signed in with a one-time password, which has to be changed before anything else."""


@dataclass(frozen=True)
class Caller:
    """Who sends a request, how that is known, and from where."""

    principal: Principal
    way: Literal["public", "demo", "session", "token"]
    address: str = ""

    @property
    def signed_in(self) -> bool:
        return self.way in ("session", "token")

    @property
    def link(self) -> str:
        """What a link must carry in `as` to mean the same principal; nothing but for a demo user."""
        return self.principal.id if self.way == "demo" else ""


@dataclass(frozen=True)
class Principals:
    """Who may be asked for. `demo` is decided by the workspace, never by a request."""

    demo: bool
    accounts: Accounts | None
    settings: AccountSettings

    def caller(self, connection: HTTPConnection, asked: str | None = None) -> Caller:
        """Who sends this. `asked` is the demo's role switch; outside a demo, and for who has signed in, it says nothing.

        NotSignedIn when a token or session does not hold, or when everyone must sign in; MustChange before the first
        password is changed.
        """
        address = address_of(connection)
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if self.accounts is None:
                raise NotSignedIn(NO_TOKENS)
            return Caller(_admitted(self.accounts.bearer(token, address)), "token", address)
        session = cookies.read(connection, cookies.SESSION)
        if session and self.accounts is not None:
            user = self.accounts.sessions.user(session)
            if user is None:
                raise NotSignedIn(EXPIRED)
            return Caller(_admitted(user), "session", address)
        if not self.settings.public:
            raise NotSignedIn(REQUIRED)
        if self.demo and asked in DEMO_USERS and asked != PUBLIC:
            return Caller(DEMO_USERS[asked], "demo", address)
        return Caller(DEMO_USERS[PUBLIC], "public", address)

    def can_sign_in(self) -> bool:
        """Whether there is any way to sign in; a demo to which nobody has added an account needs none."""
        if self.accounts is None:
            return False
        return not self.demo or bool(self.settings.oidc_issuer) or self.accounts.users.any()

    def choices(self) -> list[tuple[str, str]]:
        """What the demo's role switch offers: (shown, name)."""
        return [(user.name, name) for name, user in DEMO_USERS.items()]


def address_of(connection: HTTPConnection) -> str:
    """The other end's address; a proxy's word for it counts only where the owner trusts that proxy."""
    return connection.client.host if connection.client else ""


def _admitted(user: User) -> Principal:
    if user.must_change:
        raise MustChange(CHANGE_FIRST)
    return user.principal
