"""Accounts as a whole: who signs in, with what, and what of it is recorded. Nothing secret is written to the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from tools.accounts.api_tokens import ApiTokens, Token
from tools.accounts.attempts import FailedAttempts, network_of
from tools.accounts.errors import AccountError, LockedOut, NotSignedIn
from tools.accounts.passwords import one_time_password, password_matches
from tools.accounts.pending import PendingSignIns
from tools.accounts.sessions import Lifetimes, Sessions
from tools.accounts.usage import Usage
from tools.accounts.users import PUBLIC, Clock, User, Users, login_name
from tools.audit import AuditLog, Entry
from tools.principal import BUILT_IN_ROLES

FIRST_ADMIN = "admin"
DENIALS_EVERY = 60.0  # seconds; a program with an old token asks often, and is recorded once in this time
WRONG = "用户名或密码不对。"


@dataclass(frozen=True)
class SignedIn:
    """A person who has just signed in; `session` goes into the browser's cookie."""

    user: User
    session: str


class Accounts:
    """Everything about accounts on one state database. Safe to use from several threads and processes."""

    def __init__(
        self,
        engine: Engine,
        audit: AuditLog,
        *,
        reserved: frozenset[str] = frozenset(),
        roles: Sequence[str] = BUILT_IN_ROLES,
        lifetimes: Lifetimes = Lifetimes(),
        clock: Clock = time.time,
    ) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock
        self.users = Users(engine, clock, reserved=reserved, roles=roles)
        self.sessions = Sessions(engine, clock, lifetimes)
        self.tokens = ApiTokens(engine, clock)
        self.attempts = FailedAttempts(engine, clock)
        self.pending = PendingSignIns(engine, clock)
        self.usage = Usage(engine)
        self._denied: dict[str, float] = {}
        self._lock = threading.Lock()

    def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """A new session for the right password. NotSignedIn, of which LockedOut, with a sentence that tells no names."""
        key = login_name(name)
        try:
            self.attempts.begin(key, address)
        except LockedOut:
            self.denied("lock_out", self._known(key), address)
            raise
        kept = self.users.kept_password(key)
        right = password_matches(kept, password)
        user = self.users.get(key) if right else None
        if user is None or not user.active or kept is None:
            self.record("sign_in_failed", self._known(key), address=address)
            wait = self.attempts.wait(key, address)
            if wait:
                self.record("lock_out", self._known(key), address=address, seconds=round(wait))
            raise NotSignedIn(WRONG + (_locked(wait) if wait else ""))
        self.attempts.succeeded(key, address)
        self.users.renew_hash(key, kept, password)
        return self.admit(user, address, "password")

    def admit(self, user: User, address: str, way: str) -> SignedIn:
        """A new session for a person whose identity has been proved by `way` (password, oidc)."""
        if not user.active:
            self.record("sign_in_failed", user.id, address=address, way=way, reason="inactive")
            raise NotSignedIn("这个账号已停用。请联系管理员。")
        self.record("sign_in", user.id, address=address, way=way)  # what cannot be recorded does not happen
        return SignedIn(user, self.sessions.begin(user.id))

    def sign_out(self, session: str, address: str) -> User | None:
        """End a session and say whose it was; one that had ended already was nobody's."""
        user = self.sessions.user(session)
        self.sessions.end(session)
        if user is not None:
            self.record("sign_out", user.id, address=address)
        return user

    def sign_out_everywhere(self, user: User, by: str, address: str = "") -> int:
        """End all sessions of a person; returns how many there were."""
        ended = self.sessions.end_all(user.id)
        self.record("sign_out", user.id, address=address, by=by, sessions=ended)
        return ended

    def change_own_password(self, user: User, before: str, after: str, address: str) -> SignedIn:
        """A person's own change: all other sessions end, a new one begins. AccountError says what is wrong."""
        self.attempts.begin(user.id, address)
        kept = self.users.kept_password(user.id)
        if not password_matches(kept, before):
            self.record("password_denied", user.id, address=address)
            raise NotSignedIn("现在的密码不对。")
        self.attempts.succeeded(user.id, address)
        if before == after:
            raise AccountError("新密码不能和现在的一样。")
        changed = self.users.set_password(user.id, after, must_change=False)
        self.record("password_changed", user.id, address=address, by=user.id)
        return self.admit(changed, address, "password")

    def create_token(self, user: User, name: str, days: int, by: str, address: str = "") -> tuple[Token, str]:
        """A new token and what to show, once."""
        token, shown = self.tokens.create(user, name, days)
        self.record("token_created", user.id, token=token.id, name=token.name, days=days, by=by, address=address)
        return token, shown

    def revoke_token(self, user: User, key: str, by: str, address: str = "") -> None:
        """End a token at once. AccountError when the person has no such token."""
        if not self.tokens.revoke(key, user.id):
            raise AccountError(f"“{user.id}”没有编号为 {key[:20]} 的有效令牌。")
        self.record("token_revoked", user.id, token=key, by=by, address=address)

    def bearer(self, shown: str, address: str) -> User:
        """Whose token it is. NotSignedIn when it does not hold."""
        user = self.tokens.user(shown)
        if user is None:
            self.denied("token_denied", PUBLIC, address)
            raise NotSignedIn("令牌无效、已过期或已撤销。请换一个有效的令牌，或请管理员重新建立。")
        return user

    def first_admin(self) -> tuple[User, str] | None:
        """The first account of a new workspace and its one-time password; None when there are accounts already."""
        if self.users.any():
            return None
        password = one_time_password()
        try:
            user = self.users.add(FIRST_ADMIN, "admin", name="管理员", password=password)
        except AccountError:  # another process was first
            return None
        self.record("account_added", user.id, role=user.role, by="serve")
        return user, password

    def record(self, kind: str, principal: str, **facts: str | float | bool) -> None:
        """Add an entry to the log. AuditError when it could not be written."""
        self._audit.append(kind, principal, {name: value for name, value in facts.items() if value != ""})

    def denied(self, kind: str, principal: str, address: str, **facts: str | float | bool) -> None:
        """Record a refusal; of one kind, place and reason at most once a minute, for anyone can cause them."""
        now, key = self._clock(), f"{kind} {principal} {network_of(address)} {facts.get('reason', '')}"
        with self._lock:
            if now - self._denied.get(key, float("-inf")) < DENIALS_EVERY:
                return
            if len(self._denied) > 10_000:
                self._denied.clear()
            self._denied[key] = now
        self.record(kind, principal, address=address, **facts)

    def record_of(self, user: str, limit: int, before: int | None = None) -> list[Entry]:
        """What the log says of a person, the newest first; `before` continues below an entry's number."""
        return self._audit.entries(limit, principal=user, before=before)

    def close(self) -> None:
        self._engine.dispose()

    def _known(self, key: str) -> str:
        """The name for the log: what was typed only if an account is called so, for it may be a password."""
        user = self.users.get(key)
        return user.id if user else PUBLIC


def _locked(wait: float) -> str:
    from tools.accounts.lockout import spoken

    return f"输错次数较多，请在 {spoken(wait)}后再试。"
