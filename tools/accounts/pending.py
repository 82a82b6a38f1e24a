"""Sign-ins that have left for the identity provider: each comes back once, in time, in the browser that left."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from tools.accounts.tables import PendingRow
from tools.accounts.tokens import digest
from tools.accounts.users import Clock
from tools.state import writing

MINUTES = 10
MOST = 10_000  # that are under way at once


@dataclass(frozen=True)
class Pending:
    """What was sent along and must come back."""

    nonce: str
    verifier: str


class PendingSignIns:
    """Kept in the state database, so that any web process may see the return."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def leave(self, state: str, browser: str, pending: Pending) -> None:
        """Note a departure. `browser`: a secret that only the browser's cookie holds."""
        now = self._clock()
        with writing(self._engine) as connection:
            connection.execute(delete(PendingRow).where(PendingRow.ends < now))
            over = connection.execute(
                select(PendingRow.state).order_by(PendingRow.ends.desc()).offset(MOST - 1).limit(100)
            ).all()
            connection.execute(delete(PendingRow).where(PendingRow.state.in_([row.state for row in over])))
            connection.execute(
                insert(PendingRow).values(
                    state=digest(state), browser=digest(browser), ends=now + MINUTES * 60, **vars(pending)
                )
            )

    def back(self, state: str, browser: str) -> Pending | None:
        """What belongs to a return, which can happen once; None for a forged, late, repeated or foreign one."""
        key = digest(state)
        with writing(self._engine) as connection:
            row = connection.execute(
                delete(PendingRow)
                .where(PendingRow.state == key)
                .returning(PendingRow.browser, PendingRow.nonce, PendingRow.verifier, PendingRow.ends)
            ).first()
        if row is None or self._clock() >= row.ends or not hmac.compare_digest(row.browser, digest(browser)):
            return None
        return Pending(row.nonce, row.verifier)
