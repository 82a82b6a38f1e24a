"""Who is signed in: a random token in the browser, its digest here, an end after idleness and an end in any case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update

from tools.accounts.tables import SessionRow, UserRow
from tools.accounts.tokens import digest, new_secret
from tools.accounts.users import Clock, User, user_of
from tools.state import reading, writing

SEEN_EVERY = 60.0  # seconds; noting each click would be a write for each


@dataclass(frozen=True)
class Lifetimes:
    """Seconds without a click, and seconds in all, after which a session has ended."""

    idle: float = 3600.0
    longest: float = 12 * 3600.0


class Sessions:
    """The sessions in the state database."""

    def __init__(self, engine: Engine, clock: Clock, lifetimes: Lifetimes = Lifetimes()) -> None:
        self._engine, self._clock, self._lifetimes = engine, clock, lifetimes

    def begin(self, user: str) -> str:
        """A new session's token, to be put into the browser's cookie. Sessions that have ended are swept away."""
        token, now = new_secret(), self._clock()
        with writing(self._engine) as connection:
            connection.execute(
                delete(SessionRow).where((SessionRow.ends < now) | (SessionRow.seen < now - self._lifetimes.idle))
            )
            connection.execute(
                insert(SessionRow).values(
                    digest=digest(token), user=user, created=now, seen=now, ends=now + self._lifetimes.longest
                )
            )
        return token

    def user(self, token: str) -> User | None:
        """Whose session it is; None when it has ended, never was, or the account is closed."""
        key, now = digest(token), self._clock()
        with reading(self._engine) as connection:
            row = connection.execute(
                select(UserRow.__table__, SessionRow.seen, SessionRow.ends)
                .join(SessionRow, SessionRow.user == UserRow.id)
                .where(SessionRow.digest == key, UserRow.active)
            ).first()
        if row is None or now >= row.ends or now - row.seen >= self._lifetimes.idle:
            return None
        if now - row.seen >= SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(SessionRow).where(SessionRow.digest == key).values(seen=now))
        return user_of(row)

    def end(self, token: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(SessionRow).where(SessionRow.digest == digest(token)))

    def end_all(self, user: str) -> int:
        """Sign a person out everywhere; returns how many sessions there were."""
        with writing(self._engine) as connection:
            return connection.execute(delete(SessionRow).where(SessionRow.user == user)).rowcount

    def count(self, user: str) -> int:
        """How many sessions of a person go on."""
        now = self._clock()
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(SessionRow.digest).where(
                    SessionRow.user == user, SessionRow.ends > now, SessionRow.seen > now - self._lifetimes.idle
                )
            ).all()
        return len(rows)
