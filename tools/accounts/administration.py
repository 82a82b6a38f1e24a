"""What an administrator does with accounts, each act in the log with who did it: from the command line or over REST."""

from __future__ import annotations

from tools.accounts import AccountError
from tools.accounts.accounts import Accounts
from tools.accounts.passwords import one_time_password
from tools.accounts.users import User

ADMIN = "admin"  # the role that runs the system, and sees no more data for it


class Administration:
    """`by`: who acts, as the log calls them; `address`: from where, where there is one."""

    def __init__(self, accounts: Accounts, by: str, address: str = "") -> None:
        self._accounts, self._by, self._address = accounts, by, address

    def add(
        self, key: str, role: str, *, name: str = "", department: str = "", district: str = "", password: str = ""
    ) -> tuple[User, str]:
        """A new account and its password, one-time unless given; it has to be changed at the first sign-in."""
        shown = password or one_time_password()
        user = self._accounts.users.add(key, role, name=name, department=department, district=district, password=shown)
        self._record("account_added", user, role=user.role, department=user.department)
        return user, shown

    def switch(self, key: str, active: bool) -> User:
        """Let a person in, or keep them out at once. AccountError rather than leave nobody to administer."""
        user = self._accounts.users.must(key)
        if not active and user.active and user.role == ADMIN and self._admins() == [user.id]:
            raise AccountError(f"“{user.id}”是最后一个能用的系统管理员，不能停用。请先建立另一个管理员账号。")
        changed = self._accounts.users.set_active(user.id, active)
        self._record("account_enabled" if active else "account_disabled", changed)
        return changed

    def reset(self, key: str, password: str = "") -> tuple[User, str]:
        """Another password, one-time unless given: all sessions end, a lock-out too."""
        shown = password or one_time_password()
        user = self._accounts.users.set_password(key, shown, must_change=True)
        self._accounts.attempts.forgive(user.id)
        self._record("password_changed", user)
        return user, shown

    def _admins(self) -> list[str]:
        return [user.id for user in self._accounts.users.all() if user.active and user.role == ADMIN]

    def _record(self, kind: str, user: User, **facts: str) -> None:
        self._accounts.record(kind, user.id, **facts, by=self._by, address=self._address)
