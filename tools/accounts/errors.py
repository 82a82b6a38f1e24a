"""What goes wrong with accounts, said for people."""

from __future__ import annotations


class AccountError(Exception):
    """Something about an account was refused; the message is a Chinese sentence that says what to do."""


class NotSignedIn(AccountError):
    """Name, password, session or token do not admit anyone."""


class LockedOut(NotSignedIn):
    """Too many failures; `wait` is how many seconds are left."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait
