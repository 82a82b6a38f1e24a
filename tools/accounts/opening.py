"""The accounts of one workspace, opened as its settings say."""

from __future__ import annotations

from corpus.workspace import Workspace
from tools.accounts.accounts import Accounts
from tools.accounts.sessions import Lifetimes
from tools.accounts.settings import AccountSettings
from tools.audit import AuditLog
from tools.rights import DEMO_USERS
from tools.rights.policy_file import load_policy
from tools.state import open_state, state_url


def open_accounts(workspace: Workspace, settings: AccountSettings, audit: AuditLog, state: str = "") -> Accounts:
    """The people with an account in a workspace. In a demo no account may be called as a demo user is.

    The roles are those of the workspace's policy. `state`: the address that the owner has set for the state database; empty means the workspace's own.
    """
    demo = workspace.manifest().get("kind") == "demo"
    return Accounts(
        open_state(state_url(workspace, state)),
        audit,
        reserved=frozenset(DEMO_USERS) if demo else frozenset(),
        roles=tuple(load_policy(workspace.root).roles),
        lifetimes=Lifetimes(settings.session_idle_minutes * 60, settings.session_hours * 3600),
    )
