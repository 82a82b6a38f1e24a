"""Kill -9 while answering, ingesting, building scopes, recording and with query processes dying: a few rounds of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.workspace import Workspace
from evals.attack_town import build_town
from evals.kill import KINDS, after_kill, run_kill
from tools.audit import AuditLog


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    report = run_kill(len(KINDS), tmp_path, seed=4, serve_every=0)
    assert report.faults == []
    assert set(report.rounds) == set(KINDS) and report.passed
    assert sum(report.acknowledged.values()) > 0


def test_losses_are_noticed(tmp_path: Path) -> None:
    workspace = build_town(tmp_path / "town")
    log = AuditLog(workspace.audit_path)
    log.append("turn", "citizen", {"id": "there"})
    faults = after_kill(
        Workspace.open(workspace.root).root, [("audit", "9-0000000000"), ("answer", "gone"), ("ingest", "3")]
    )
    said = "；".join(faults)
    for words in ("9-0000000000", "审计记录 gone 不见了", "回答 gone 不见了", "导入不见了"):
        assert words in said
