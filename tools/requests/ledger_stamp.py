"""Whether the ledger's tables lack something, told at a glance: nothing heavy is imported, no table is read."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date

from corpus.workspace import Workspace

MARK = "ledger"  # in the manifest: {"stamp": what the tables were made from, "day": when}
_STAMP = """
SELECT (SELECT count(*) || '-' || coalesce(sum(version), 0) FROM share_request WHERE submitted IS NOT NULL)
    || '-' || (SELECT count(*) FROM data_demand),
    (SELECT count(*) FROM share_request WHERE state IN ('submitted', 'supplement'))
"""


def stamp_of(workspace: Workspace, today: date) -> str:
    """What the tables should be made from now, read without the database library; empty when there is nothing yet.

    While replies are awaited the day counts too: they may become overdue.
    """
    if not workspace.state_path.exists():
        return ""
    try:
        connection = sqlite3.connect(f"file:{workspace.state_path}?mode=ro", uri=True, timeout=5)
        try:
            found, waiting = connection.execute(_STAMP).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return ""  # no requests yet; or a fault that whoever opens them will be told of
    return "" if found == "0-0-0" else f"{found}@{today}" if waiting else str(found)


def is_stale(workspace: Workspace, today: date) -> bool:
    """Whether the tables lack something that was submitted. For state kept in the workspace's own file."""
    stamp = stamp_of(workspace, today)
    return bool(stamp) and _mark(workspace).get("stamp") != stamp


def is_due(workspace: Workspace, today: date) -> bool:
    """Whether they are to be written again by themselves: when there are none yet, and else once a day.

    Each writing is a new version of all data, so that everyone's own database has to be built anew.
    """
    return is_stale(workspace, today) and _mark(workspace).get("day") != date.today().isoformat()


def _mark(workspace: Workspace) -> dict[str, str]:
    found = workspace.manifest().get(MARK)
    return found if isinstance(found, dict) else {}


def keep_ledger(workspace: Workspace, today: date, *, url: str = "", place: str = "") -> None:
    """Write the tables if that is due. A fault of the requests does not keep anyone from the rest."""
    if not is_due(workspace, today):
        return
    from tools.requests.ledger_refresh import catch_up
    from tools.requests.opening import open_desk
    from tools.requests.rules import RuleError
    from tools.requests.workdays import CalendarError
    from tools.state import StateError

    with contextlib.suppress(StateError, RuleError, CalendarError):
        desk = open_desk(workspace, today=lambda: today, url=url, place=place)
        try:
            catch_up(workspace, desk)
        finally:
            desk.around.engine.dispose()
