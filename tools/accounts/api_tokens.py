"""Tokens with which programs ask in a person's name: shown once, named, ended by date or by hand."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select, update

from tools.accounts.errors import AccountError
from tools.accounts.tables import TokenRow, UserRow
from tools.accounts.tokens import new_api_secret, read_api_secret
from tools.accounts.users import Clock, User, user_of
from tools.state import reading, writing

LONGEST_DAYS = 366
MOST = 20  # tokens of one person
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Token:
    """A token without its secret. Times are seconds since the epoch."""

    id: str
    user: str
    name: str
    created: float
    ends: float
    revoked: bool


class ApiTokens:
    """The tokens in the state database."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def create(self, user: User, name: str, days: int) -> tuple[Token, str]:
        """A new token and what to show its owner, once. AccountError when name or days do not fit."""
        name = name.strip()
        if not name or len(name) > 60 or not name.isprintable():
            raise AccountError("令牌要有名称，最多 60 个字，例如“报表程序”。")
        if not 1 <= days <= LONGEST_DAYS:
            raise AccountError(f"令牌的有效天数要在 1 到 {LONGEST_DAYS} 之间。")
        if not user.active:
            raise AccountError(f"账号“{user.id}”已停用，不能建立令牌。")
        secret, now = new_api_secret(), self._clock()
        made = Token(secret.id, user.id, name, now, now + days * DAY, False)
        with writing(self._engine) as connection:
            live = connection.scalar(
                select(func.count())
                .select_from(TokenRow)
                .where(TokenRow.user == user.id, ~TokenRow.revoked, TokenRow.ends > now)
            )
            if (live or 0) >= MOST:
                raise AccountError(f"一个账号最多有 {MOST} 个有效令牌。请先撤销不用的令牌。")
            connection.execute(insert(TokenRow).values({**vars(made), "digest": secret.digest}))
        return made, secret.shown

    def user(self, shown: str) -> User | None:
        """Whose token it is; None when it is none, has ended, was revoked, or the account is closed."""
        read = read_api_secret(shown)
        if read is None:
            return None
        with reading(self._engine) as connection:
            row = connection.execute(
                select(UserRow.__table__, TokenRow.digest, TokenRow.ends)
                .join(TokenRow, TokenRow.user == UserRow.id)
                .where(TokenRow.id == read[0], ~TokenRow.revoked, UserRow.active)
            ).first()
        if row is None or not hmac.compare_digest(row.digest, read[1]) or self._clock() >= row.ends:
            return None
        return user_of(row)

    def of(self, user: str) -> list[Token]:
        """A person's tokens that still hold, the oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(TokenRow.__table__)
                .where(TokenRow.user == user, ~TokenRow.revoked, TokenRow.ends > self._clock())
                .order_by(TokenRow.created)
            ).all()
        return [Token(row.id, row.user, row.name, row.created, row.ends, row.revoked) for row in rows]

    def revoke(self, key: str, user: str) -> bool:
        """End a token of this person; False when they have no such token that holds."""
        with writing(self._engine) as connection:
            done = connection.execute(
                update(TokenRow)
                .where(TokenRow.id == key, TokenRow.user == user, ~TokenRow.revoked)
                .values(revoked=True)
            )
        return done.rowcount > 0
