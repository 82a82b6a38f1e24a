"""Failed attempts as they are kept: counted before the password is looked at, so that many at once gain nothing."""

from __future__ import annotations

import hashlib
import ipaddress

from sqlalchemy import Connection, Engine, delete, select, text, update

from tools.accounts.errors import LockedOut
from tools.accounts.lockout import ACCOUNT, ADDRESS, Attempts, Rule, failed, forgiven, remaining, spoken
from tools.accounts.tables import AttemptRow
from tools.accounts.users import Clock, login_name
from tools.state import reading, writing

_MAKE = text("INSERT INTO account_attempt (key, failures, last) VALUES (:key, 0, 0) ON CONFLICT (key) DO NOTHING")


class FailedAttempts:
    """Attempts by account (whether it exists or not) and by address."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def begin(self, user: str, address: str) -> None:
        """Count an attempt as failed until it has succeeded. LockedOut, uncounted, while one has to wait."""
        now = self._clock()
        with writing(self._engine) as connection:
            keys = _keys(user, address)
            counted = [(key, rule, _held(connection, key)) for key, rule in keys]
            wait = max(remaining(rule, attempts, now) for _, rule, attempts in counted)
            if wait:
                raise LockedOut(f"输错次数太多，请在 {spoken(wait)}后再试。", wait)
            for key, rule, attempts in counted:
                _write(connection, key, failed(rule, attempts, now))

    def succeeded(self, user: str, address: str) -> None:
        """The attempt was none: the account starts anew, the address gets this one back. What is long past is forgotten."""
        with writing(self._engine) as connection:
            connection.execute(delete(AttemptRow).where(AttemptRow.key == account_key(user)))
            key = address_key(address)
            _write(connection, key, forgiven(_held(connection, key)))
        with writing(self._engine) as connection:
            connection.execute(delete(AttemptRow).where(AttemptRow.last < self._clock() - ACCOUNT.forgotten))

    def wait(self, user: str, address: str | None = None) -> float:
        """Seconds until an attempt would be looked at; without an address, as far as the account is concerned."""
        now = self._clock()
        keys = _keys(user, address) if address is not None else [(account_key(user), ACCOUNT)]
        with reading(self._engine) as connection:
            return max(remaining(rule, _read(connection, key), now) for key, rule in keys)

    def forgive(self, user: str) -> None:
        """Let a locked account try again at once."""
        with writing(self._engine) as connection:
            connection.execute(delete(AttemptRow).where(AttemptRow.key == account_key(user)))


def account_key(user: str) -> str:
    """A digest: what is typed as a name may be somebody's password."""
    return "user:" + hashlib.sha256(login_name(user).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def address_key(address: str) -> str:
    return "address:" + network_of(address)


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _keys(user: str, address: str) -> list[tuple[str, Rule]]:
    return [(account_key(user), ACCOUNT), (address_key(address), ADDRESS)]


def _read(connection: Connection, key: str) -> Attempts:
    row = connection.execute(select(AttemptRow.failures, AttemptRow.last).where(AttemptRow.key == key)).first()
    return Attempts(row.failures, row.last) if row else Attempts()


def _held(connection: Connection, key: str) -> Attempts:
    """The attempts of a key, which nobody else can count until this transaction ends."""
    connection.execute(_MAKE, {"key": key})
    row = connection.execute(
        select(AttemptRow.failures, AttemptRow.last).where(AttemptRow.key == key).with_for_update()
    ).one()
    return Attempts(row.failures, row.last)


def _write(connection: Connection, key: str, attempts: Attempts) -> None:
    values = {"failures": attempts.failures, "last": attempts.last}
    connection.execute(update(AttemptRow).where(AttemptRow.key == key).values(values))
