"""Seconds of querying that each principal or address has used, by day; with a new day the earlier ones are forgotten."""

from __future__ import annotations

from sqlalchemy import Engine, delete, select, text

from tools.accounts.tables import UsageRow
from tools.state import reading, writing

_ADD = text(
    "INSERT INTO account_usage (key, day, seconds) VALUES (:key, :day, :seconds) "
    "ON CONFLICT (key, day) DO UPDATE SET seconds = account_usage.seconds + excluded.seconds"
)


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
            connection.execute(_ADD, {"key": key, "day": day, "seconds": seconds})
            connection.execute(delete(UsageRow).where(UsageRow.key == key, UsageRow.day < day))
            mine = (UsageRow.key == key) & (UsageRow.day == day)
            return float(connection.scalar(select(UsageRow.seconds).where(mine)) or 0.0)
