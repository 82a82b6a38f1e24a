"""The tables of accounts. Times are seconds since the epoch; secrets are kept as digests or argon2 hashes."""

from __future__ import annotations

from sqlalchemy import Boolean, Double, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tools.state.tables import Base


class UserRow(Base):
    __tablename__ = "account_user"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # what one signs in with; never given to another
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    department: Mapped[str] = mapped_column(String(200))
    district: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(Boolean)
    password: Mapped[str | None] = mapped_column(String(200))  # none: signs in elsewhere
    must_change: Mapped[bool] = mapped_column(Boolean)
    subject: Mapped[str | None] = mapped_column(String(64), unique=True)  # digest of issuer and subject
    created: Mapped[float] = mapped_column(Double)


class SessionRow(Base):
    __tablename__ = "account_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(60), ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    created: Mapped[float] = mapped_column(Double)
    seen: Mapped[float] = mapped_column(Double)
    ends: Mapped[float] = mapped_column(Double)


class TokenRow(Base):
    __tablename__ = "account_token"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    user: Mapped[str] = mapped_column(String(60), ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    created: Mapped[float] = mapped_column(Double)
    ends: Mapped[float] = mapped_column(Double)
    revoked: Mapped[bool] = mapped_column(Boolean)


class AttemptRow(Base):
    __tablename__ = "account_attempt"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)  # digest of the name tried, or the address
    failures: Mapped[int] = mapped_column(Integer)
    last: Mapped[float] = mapped_column(Double)


class UsageRow(Base):
    __tablename__ = "account_usage"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    seconds: Mapped[float] = mapped_column(Double)


class PendingRow(Base):
    """A sign-in that has left for the department's identity provider and has not come back."""

    __tablename__ = "account_pending"

    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(100))
    verifier: Mapped[str] = mapped_column(String(200))
    ends: Mapped[float] = mapped_column(Double)
