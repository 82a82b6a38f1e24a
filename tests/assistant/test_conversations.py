"""What was asked is kept, whole and for the person who asked it alone."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.conversations import Conversations, StateError
from assistant.outcome import Answer, Citation, Draft, Outcome, ResultTable, TableColumn

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def answer(key: str, conversation: str = "c", principal: str = "citizen", text: str = "答") -> Answer:
    return Answer(id=key, question="问", principal=principal, conversation=conversation, text=text)


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "state.sqlite")


def test_history_is_what_was_said_in_order(kept: Conversations) -> None:
    said = [answer(str(n), text=f"第{n}") for n in range(5)]
    for outcome in said:
        assert kept.add(outcome)
    assert kept.history("c", "citizen") == said
    assert kept.before("3") == said[:3]
    assert kept.before("nobody") == []


def test_another_person_neither_reads_nor_joins(kept: Conversations) -> None:
    kept.add(answer("1"))
    assert not kept.add(answer("2", principal="official"))
    assert kept.outcome("2") is None
    assert kept.history("c", "official") == []
    assert not kept.rename("c", "official", "我的")
    assert not kept.delete("c", "official")
    assert [o.id for o in kept.history("c", "citizen")] == ["1"]
    assert kept.of("official") == []


def test_titles_and_deletion(kept: Conversations) -> None:
    kept.add(answer("1"))
    assert kept.rename("c", "citizen", "  学校  ")
    assert [c.title for c in kept.of("citizen")] == ["学校"]
    assert kept.delete("c", "citizen")
    assert (kept.of("citizen"), kept.outcome("1"), kept.owner("c")) == ([], None, None)


@settings(max_examples=40, deadline=None)
@given(text=texts, cell=st.one_of(texts, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none()))
def test_any_outcome_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str, cell: object) -> None:
    kept = Conversations(tmp_path_factory.mktemp("state") / "state.sqlite")
    outcome = answer("1", text=text).model_copy(
        update={
            "table": ResultTable(columns=[TableColumn(name=text, label="列", type="text")], rows=[[cell]], row_count=1),
            "citations": [Citation(n=1, kind="query", id="q", title="", quote=text).sealed()],
        }
    )
    kept.add(outcome)
    assert kept.history("c", "citizen") == [outcome]


def test_threads_lose_nothing(kept: Conversations) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: kept.add(answer(str(n))), range(60)))
    assert all(done)
    assert {o.id for o in kept.history("c", "citizen")} == {str(n) for n in range(60)}


def test_a_name_taken_at_the_same_moment_is_one_persons(kept: Conversations) -> None:
    start = threading.Barrier(2)

    def add(who: str) -> bool:
        start.wait()
        return kept.add(answer(who, principal=who))

    for n in range(10):
        kept.delete("c", "citizen")
        kept.delete("c", "official")
        with ThreadPoolExecutor(2) as pool:
            won = list(pool.map(add, ["citizen", "official"]))
        assert sum(won) == 1, n
        owner = ("citizen", "official")[won.index(True)]
        assert [o.principal for o in kept.history("c", owner)] == [owner]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    kept = Conversations(path)
    kept.add(answer("1"))
    kept.close()
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StateError, match=r"state\.sqlite 已损坏.*备份"):
        Conversations(path)
    path.write_bytes(b"\x00garbage" * 900)
    with pytest.raises(StateError, match="已损坏"):
        Conversations(path)


def test_a_file_in_use_is_not_called_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with pytest.raises(StateError, match="无法读写"):
        Conversations(folder / "state.sqlite")


def test_what_was_answered_is_there_after_reopening(demo_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(demo_root, root)
    asked: list[Outcome] = []
    with Assistant.open(root) as assistant:
        for question in ("各区的学校数量", "那医院呢", "有条件共享的数据多久答复？"):
            asked.append(assistant.ask(question, conversation="mine"))
        asked.append(assistant.ask("我要申请共享不动产登记数据", principal="evaluator"))
        other = assistant.ask("各区的公园数量", principal="evaluator", conversation="mine")
    assert other.conversation != "mine"
    with Assistant.open(root) as assistant:
        assert assistant.history("mine") == asked[:3]
        assert assistant.history("mine", "evaluator") == []
        assert [c.title for c in assistant.conversations("citizen")] == ["各区的学校数量"]
        (draft,) = assistant.history(asked[3].conversation, "evaluator")
        assert isinstance(draft, Draft)
        assert draft == asked[3]
        assert assistant.delete_conversation("mine", "evaluator") is False
        log = assistant.services.audit
        assert {e.body["id"] for e in log.entries(100)} >= {o.id for o in (*asked, other)}
        assert log.verify() == []


def test_asking_again_in_the_same_place_changes_no_history(demo_assistant: Assistant) -> None:
    first = demo_assistant.ask("去年各区的学校数量")
    follow = demo_assistant.ask("那医院呢", conversation=first.conversation)
    before = demo_assistant.history(first.conversation)
    found = demo_assistant.again(follow.id)
    assert found is not None
    old, new = found
    assert old == follow
    assert (new.text, [c.sha256 for c in new.citations]) == (follow.text, [c.sha256 for c in follow.citations])
    assert demo_assistant.history(first.conversation) == before
    assert demo_assistant.again("no-such") is None
    assert any(e.kind == "replay" for e in demo_assistant.services.audit.entries(5))


def test_many_at_once_are_all_answered_kept_and_recorded(demo_assistant: Assistant) -> None:
    questions = ["各区的学校数量", "找一下公园的数据", "有条件共享的数据多久答复？", "你有哪些数据？"] * 5
    people = ["citizen", "evaluator"] * 10
    before = demo_assistant.services.audit.head().count
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(
            pool.map(lambda pair: demo_assistant.ask(pair[0], principal=pair[1]), zip(questions, people, strict=True))
        )
    assert all(o.kind == "answer" for o in outcomes)
    for outcome, who in zip(outcomes, people, strict=True):
        assert demo_assistant.history(outcome.conversation, who) == [outcome]
    by_question: dict[str, set[str]] = {}
    for outcome in outcomes:
        by_question.setdefault(outcome.question, set()).add(outcome.text)
    assert len(by_question["找一下公园的数据"]) == 1
    assert demo_assistant.services.audit.head().count == before + len(questions)
    assert demo_assistant.services.audit.verify() == []


def test_what_the_log_cannot_take_is_not_answered(demo_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(demo_root, root)
    with Assistant.open(root) as assistant:
        assistant.ask("你有哪些数据？", conversation="mine")
        with sqlite3.connect(root / "audit.sqlite") as connection:
            connection.execute("DROP TABLE seal")
        with pytest.raises(Exception, match="审计日志"):
            assistant.ask("各区的学校数量", conversation="mine")
        assert len(assistant.history("mine")) == 1
