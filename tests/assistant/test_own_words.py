"""An owner's own everyday words lead to the official ones; a word that nothing explains leads to nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.outcome import Answer
from corpus.workspace import WorkspaceError

WORD = "嘎嘎屋"  # means nothing to anybody else


def test_own_words_are_understood(demo_workspace: Path) -> None:
    with Assistant.open(demo_workspace) as assistant:
        before = assistant.ask(f"2024年各区的{WORD}数量")
        assert not isinstance(before, Answer) or before.sql is None  # nothing else is counted instead
    (demo_workspace / "thesaurus.tsv").write_text(f"# 本市的俗称\n>{WORD}\t学校\n", "utf-8")
    with Assistant.open(demo_workspace) as assistant:
        after = assistant.ask(f"2024年各区的{WORD}数量")
        official = assistant.ask("2024年各区的学校数量")
    assert isinstance(after, Answer) and isinstance(official, Answer)
    assert after.table is not None and official.table is not None
    assert after.table.rows == official.table.rows


def test_a_dataset_is_found_by_an_owners_word_alone(demo_workspace: Path) -> None:
    def found(assistant: Assistant, question: str) -> list[str]:
        outcome = assistant.ask(question)
        return [d.title for d in outcome.datasets[:1]] if isinstance(outcome, Answer) and outcome.text else []

    with Assistant.open(demo_workspace) as assistant:
        assert found(assistant, WORD) == []
    (demo_workspace / "thesaurus.tsv").write_text(f"{WORD}\t托育机构\n公园\t{WORD}院\n", "utf-8")
    with Assistant.open(demo_workspace) as assistant:
        for question in (WORD, f"找一下{WORD}的数据", f"{WORD}名单"):
            outcome = assistant.ask(question)
            assert isinstance(outcome, Answer) and outcome.datasets[0].title == "备案托育机构", question
            assert f"“{WORD}”按“托育机构”理解。" in outcome.warnings
        named = assistant.ask("公园名录在哪里下载")  # a word that the catalogue has is taken as said
        assert isinstance(named, Answer) and named.datasets[0].title == "公园名录" and not named.warnings


def test_a_word_list_that_cannot_be_read_is_named(demo_workspace: Path) -> None:
    (demo_workspace / "thesaurus.tsv").write_bytes("学堂\t学校".encode("gb18030"))
    with pytest.raises(WorkspaceError, match=r"thesaurus\.tsv 不是 UTF-8"):
        Assistant.open(demo_workspace)
