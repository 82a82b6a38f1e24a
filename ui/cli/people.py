"""Who is meant by a name on the command line. Whoever can run it can read the workspace's files, and is trusted."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.accounts.accounts import Accounts
    from tools.principal import Principal

PUBLIC = "citizen"


@contextmanager
def accounts_of(root: Path) -> Iterator[Accounts]:
    """The accounts of a workspace. WorkspaceError, StateError or AccountError say in Chinese what is wrong."""
    from assistant.settings import load_settings
    from corpus.workspace import Workspace
    from tools.accounts.opening import open_accounts
    from tools.audit import AuditLog

    workspace = Workspace.open(root)
    settings = load_settings(workspace)
    accounts = open_accounts(workspace, settings, AuditLog(workspace.audit_path), settings.state)
    try:
        yield accounts
    finally:
        accounts.close()


def person(root: Path, who: str) -> Principal | None:
    """The public, a demo user in a demo workspace (or where there is none yet), or a person with an open account."""
    from corpus.workspace import Workspace
    from tools.rights import DEMO_USERS

    workspace = Workspace(root)
    kind = workspace.manifest().get("kind") if workspace.manifest_path.is_file() else None
    if who == PUBLIC or (kind in (None, "demo") and who in DEMO_USERS):
        return DEMO_USERS[who]
    if kind is None:
        return None
    with accounts_of(root) as accounts:
        user = accounts.users.get(who)
    return user.principal if user is not None and user.active else None


def operator() -> str:
    """Who runs the command, for the log."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):  # a user number without a name
        return "shell"
