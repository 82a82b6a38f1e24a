"""Writing the ledger's tables: by themselves once a day, looked at when a workspace is opened and after changes; or when told.

Only what was submitted counts: drafts change nothing, and a workspace without requests is never touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from datetime import date

from corpus.ingest.report import IngestError
from corpus.ingest.staging import Staging
from corpus.semantics import SemanticModel
from corpus.workspace import Workspace, WorkspaceError
from tools.requests.desk import RequestDesk
from tools.requests.ledger_stamp import MARK, is_due, stamp_of
from tools.requests.ledger_tables import write_ledger
from tools.state import StateError

DELAY_S = 60.0  # after a change: the changes of a minute are written together


def refresh_ledger(workspace: Workspace, desk: RequestDesk) -> bool:
    """Write the tables, with their meaning and a new version of the data. False when an ingest is at work: try later."""
    stamp = stamp_of(workspace, desk.around.today())
    lines, demands = desk.whole_ledger()
    try:
        with Staging(workspace) as staging:
            described = write_ledger(staging.warehouse(), lines, demands)
            model = staging.semantics()
            merged = model.merged(_kept(model, described))
            manifest = workspace.manifest()
            text = f"{manifest.get('data_version', '')}\x1f{stamp}"
            manifest["data_version"] = hashlib.sha256(text.encode()).hexdigest()[:12]
            manifest[MARK] = {"stamp": stamp, "day": date.today().isoformat()}
            staging.commit(merged if merged != model else None, manifest)
    except IngestError:
        return False
    return True


def _kept(model: SemanticModel, described: SemanticModel) -> SemanticModel:
    """The tables' meaning with the counts of now; an owner's wording of a table or metric stays."""
    known = {table.name: table for table in model.tables}
    tables = [
        known[t.name].model_copy(update={"rows": t.rows, "updated": t.updated})
        if t.name in known and [c.name for c in known[t.name].columns] == [c.name for c in t.columns]
        else t
        for t in described.tables
    ]
    names = {table.name for table in tables}
    worded = {metric.name: metric for metric in model.metrics if metric.table in names}
    own = [metric for metric in worded.values() if metric.name not in {m.name for m in described.metrics}]
    return SemanticModel(tables=tables, metrics=[worded.get(m.name, m) for m in described.metrics] + own)


def catch_up(workspace: Workspace, desk: RequestDesk, *, first: bool = True) -> bool:
    """Refresh if that is due; False when it is not, or has to wait. Not `first`: only tables that are there already.

    Whoever is waiting for something else is not kept from it by a fault here: the next one tries again.
    """
    with contextlib.suppress(StateError, WorkspaceError, OSError):
        due = is_due(workspace, desk.around.today()) and (first or MARK in workspace.manifest())
        return due and refresh_ledger(workspace, desk)
    return False


class Follower:
    """Refreshes a while after the first of several changes, in a thread that ends with the program."""

    def __init__(self, refresh: Callable[[], object], delay_s: float = DELAY_S) -> None:
        self._refresh, self._delay_s = refresh, delay_s
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def changed(self) -> None:
        """Something changed: refresh soon, unless that is under way already."""
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(self._delay_s, self._run)
                self._timer.daemon = True
                self._timer.start()

    def _run(self) -> None:
        with self._lock:
            self._timer = None
        self._refresh()
