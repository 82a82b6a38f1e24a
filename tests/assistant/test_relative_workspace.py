"""The workspace of the README's commands is `./workspace`: a relative path, read by processes that work elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.outcome import Answer


def test_a_workspace_named_from_where_one_stands_is_queried(
    demo_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo_workspace.parent)
    with Assistant.open(Path(demo_workspace.name)) as assistant:
        answer = assistant.ask("去年各区的学校数量？")
    assert isinstance(answer, Answer) and answer.table is not None
    assert answer.table.row_count == 9
    assert answer.warnings == []
