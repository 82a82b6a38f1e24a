"""The accounts of one workspace, opened as its settings say."""

from __future__ import annotations

from corpus.workspace import Workspace
from tools.accounts.accounts import Accounts
from tools.accounts.sessions import Lifetimes
from tools.accounts.settings import AccountSettings
from tools.audit import AuditLog
from tools.rights import DEMO_USERS, default_policy
from tools.state import open_state, state_url


def open_accounts(workspace: Workspace, settings: AccountSettings, audit: AuditLog) -> Accounts:
    """The people with an account in a workspace. In a demo no account may be called as a demo user is."""
    demo = workspace.manifest().get("kind") == "demo"
    url = state_url(workspace, str(getattr(settings, "state_url", "") or ""))
    return Accounts(
        open_state(url),
        audit,
        reserved=frozenset(DEMO_USERS) if demo else frozenset(),
        roles=tuple(default_policy().roles),
        lifetimes=Lifetimes(settings.session_idle_minutes * 60, settings.session_hours * 3600),
    )
