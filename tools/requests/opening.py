"""A workspace's share requests, opened: the state database, the catalogue, the rules, the calendar and the log together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from corpus.catalog import Dataset
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.audit import AuditLog
from tools.requests.desk import RequestDesk, Surroundings
from tools.requests.ledger_refresh import Follower, catch_up
from tools.requests.policies import PolicyShelf
from tools.requests.rules import load_rules
from tools.requests.workdays import load_workdays
from tools.state import open_state, state_url


def open_desk(
    workspace: Workspace,
    *,
    today: Callable[[], date],
    store: CatalogStore | None = None,
    audit: AuditLog | None = None,
    url: str = "",
    place: str = "",
    dataset: Callable[[str], Dataset | None] | None = None,
    follow: bool = False,
) -> RequestDesk:
    """The desk of a workspace. StateError, RuleError and CalendarError say in Chinese what is wrong.

    `url`: the state database, when it is not the workspace's own file. `place`: the region of entries that name none.
    `follow`: the ledger's tables in the warehouse follow the changes made here, once a day. Those that are not there
    yet are made when the workspace is opened next: whoever has it open does not know them.
    """
    store = store or CatalogStore(workspace.catalog_path)
    follower = Follower(lambda: catch_up(workspace, desk, first=False))
    desk = RequestDesk(
        Surroundings(
            engine=open_state(state_url(workspace, url)),
            audit=audit or AuditLog(workspace.audit_path),
            dataset=dataset or store.dataset,
            policies=PolicyShelf(store.documents, today),
            book=load_rules(workspace.root, place),
            calendar=load_workdays(workspace.root),
            today=today,
        ),
        follower.changed if follow else lambda: None,
    )
    return desk
