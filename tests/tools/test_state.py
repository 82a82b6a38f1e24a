"""The state database: made once by whoever comes first, beside the conversations, with clear words for every failure."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from assistant.conversations import Conversations
from assistant.outcome import Answer
from corpus.workspace import Workspace
from tools.state import StateError, open_state, reading, state_url, writing
from tools.state.migrate import MIGRATIONS, revisions

DEMAND = "INSERT INTO data_demand VALUES (:id, :at, :at, '市教育局', 'li', '灯光', '')"


def add(engine, key: str) -> None:  # type: ignore[no-untyped-def]
    with writing(engine) as connection:
        connection.execute(text(DEMAND), {"id": key, "at": datetime.now(UTC).isoformat()})


def count(engine) -> int:  # type: ignore[no-untyped-def]
    with reading(engine) as connection:
        return int(connection.scalar(text("SELECT count(*) FROM data_demand")) or 0)


def test_it_lives_beside_the_conversations(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    conversations = Conversations(workspace.state_path)
    engine = open_state(state_url(workspace))
    conversations.add(Answer(id="1", text="答", conversation="c", principal="official", question="问"))
    add(engine, "a")
    assert [o.id for o in conversations.history("c", "official")] == ["1"]
    assert count(open_state(state_url(workspace))) == 1
    conversations.close()


def test_an_address_set_by_the_owner_goes_first(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    assert state_url(workspace, "postgresql+psycopg://db/zhengwen") == "postgresql+psycopg://db/zhengwen"
    assert state_url(workspace) == f"sqlite:///{workspace.state_path}"


def test_each_migration_is_named_as_its_revision_and_follows_the_one_before() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    chain = [r.revision for r in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert tuple(chain) == revisions()


def test_a_second_opening_loads_no_migration_tool(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    open_state(url).dispose()
    program = f"import sys; from tools.state import open_state; open_state({url!r}); print('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"


def test_importing_the_package_does_not_import_the_database_library() -> None:
    program = "import sys, tools.state; print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"


def test_several_processes_may_come_first_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    program = f"from tools.state import open_state; open_state({url!r})"
    running = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    assert [(p.communicate()[1], p.returncode) for p in running] == [(b"", 0)] * 3
    assert count(open_state(url)) == 0


def test_writers_wait_for_each_other_and_readers_wait_for_nobody(tmp_path: Path) -> None:
    engine = open_state(f"sqlite:///{tmp_path / 's.sqlite'}")

    def write(name: str) -> None:
        for n in range(20):
            add(engine, f"{name}{n}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(engine) == 60
    with writing(engine) as connection:
        connection.execute(text(DEMAND), {"id": "late", "at": "2026-01-01"})
        assert count(engine) == 60  # what is not committed is not seen


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    engine = open_state(f"sqlite:///{tmp_path / 's.sqlite'}")
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(DEMAND), {"id": "one", "at": "2026-01-01"})
        connection.execute(text(DEMAND), {"id": "one", "at": "2026-01-01"})
    assert count(engine) == 0


def test_rows_may_not_point_nowhere(tmp_path: Path) -> None:
    engine = open_state(f"sqlite:///{tmp_path / 's.sqlite'}")
    event = "INSERT INTO share_request_event VALUES ('none', 1, :at, :at, '', '', '', '', '', '', '{}')"
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(event), {"at": "2026-01-01"})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "地址写法不对"),
        ("mysql://host/db", "地址写法不对"),
        ("sqlite:////nowhere/at/all/s.sqlite", "现在无法读写"),
        ("postgresql+nodriver://u:secret@127.0.0.1:1/db", "地址写法不对"),
    ],
)
def test_a_wrong_address_is_said_in_chinese(url: str, words: str) -> None:
    with pytest.raises(StateError, match=words) as raised:
        open_state(url)
    assert "secret" not in str(raised.value)


def test_a_damaged_or_newer_file_is_said_in_chinese(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StateError, match="已损坏"):
        open_state(f"sqlite:///{damaged}")
    newer = f"sqlite:///{tmp_path / 'newer.sqlite'}"
    with writing(open_state(newer)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(StateError, match="更新版本"):
        open_state(newer)
