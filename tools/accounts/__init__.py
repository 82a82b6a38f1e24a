"""Accounts: local users and those of a department's identity provider, their sessions, tokens and limits.

Nothing here is imported until it is needed: `tools.accounts.accounts.Accounts` brings in SQLAlchemy.
"""

from tools.accounts.errors import AccountError, LockedOut, NotSignedIn

__all__ = ["AccountError", "LockedOut", "NotSignedIn"]
