"""Seconds of querying that each principal or address has used, by day; earlier days are forgotten."""

from __future__ import annotations

from sqlalchemy import Engine, delete, insert, select, update

from tools.accounts.tables import UsageRow
from tools.state import reading, writing


class Usage:
    """Kept in the state database, so that a restart gives nobody a new day."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def used(self, key: str, day: str) -> float:
        """Seconds used on a day (ISO date)."""
        with reading(self._engine) as connection:
            return float(
                connection.scalar(select(UsageRow.seconds).where(UsageRow.key == key, UsageRow.day == day)) or 0.0
            )

    def add(self, key: str, day: str, seconds: float) -> float:
        """Add seconds; returns what the day has come to, other processes' included."""
        with writing(self._engine) as connection:
            mine = (UsageRow.key == key) & (UsageRow.day == day)
            if not connection.execute(update(UsageRow).where(mine).values(seconds=UsageRow.seconds + seconds)).rowcount:
                connection.execute(delete(UsageRow).where(UsageRow.day < day))
                connection.execute(insert(UsageRow).values(key=key, day=day, seconds=seconds))
            return float(connection.scalar(select(UsageRow.seconds).where(mine)) or 0.0)
