"""The audit log: whole logs verify, from several writers too; every tampering is found and named."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.audit import AuditError, AuditLog, Problem
from tools.audit_chain import Row, digest_of

SIZE = 8
COLUMNS = "n, at, kind, principal, body, previous, hash"


def filled(folder: Path, size: int = SIZE) -> tuple[AuditLog, Path]:
    path = folder / "audit.sqlite"
    for old in folder.glob("audit.sqlite*"):
        old.unlink()
    log = AuditLog(path)
    for index in range(size):
        log.append("query" if index % 2 else "turn", f"user{index % 3}", {"问题": f"第{index}问", "n": index})
    return log, path


def edit(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for sql, values in statements:
            connection.execute(sql, values)
    connection.close()


def named(problems: list[Problem], kind: str) -> set[int | None]:
    return {problem.n for problem in problems if problem.kind == kind}


def test_a_whole_log_verifies_and_reads_back(tmp_path: Path) -> None:
    log, _ = filled(tmp_path)
    assert log.verify() == []
    assert log.algorithm() in ("sm3", "sha256")
    newest = log.entries(limit=3)
    assert [entry.n for entry in newest] == [8, 7, 6]
    assert newest[0].body == {"问题": "第7问", "n": 7}
    assert log.entry(newest[1].id) == newest[1]
    assert log.entry("7-0000000000") is None and log.entry("没有") is None
    assert {entry.principal for entry in log.entries(principal="user1")} == {"user1"}
    assert {entry.kind for entry in log.entries(kind="turn")} == {"turn"}
    assert [entry.n for entry in log.entries(limit=2, before=4)] == [3, 2]


def test_one_persons_entries_are_read_by_an_index_in_old_logs_too(tmp_path: Path) -> None:
    log, path = filled(tmp_path)
    asked = "EXPLAIN QUERY PLAN SELECT * FROM entry WHERE principal = 'user1' ORDER BY n DESC LIMIT 5"

    def way() -> str:
        connection = sqlite3.connect(path)
        (row,) = connection.execute(asked).fetchall()
        connection.close()
        return str(row[-1])

    assert "entry_by_principal" in way()
    edit(path, ("DROP INDEX entry_by_principal", ()))  # a log from before there was one
    assert "entry_by_principal" not in way()
    before = log.entries(principal="user1")
    log.hold()
    log.close()
    assert "entry_by_principal" in way()
    assert log.entries(principal="user1") == before and log.verify() == []


def test_an_empty_log_verifies(tmp_path: Path) -> None:
    assert AuditLog(tmp_path / "audit.sqlite").verify() == []


def write_many(path: str, count: int) -> None:
    log = AuditLog(Path(path))
    for index in range(count):
        log.append("turn", "process", {"i": index})


def test_threads_and_processes_write_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(str(path), 15)) for _ in range(2)]
    threads = [threading.Thread(target=write_many, args=(str(path), 15)) for _ in range(3)]
    for runner in (*processes, *threads):
        runner.start()
    for runner in (*processes, *threads):
        runner.join()
    log = AuditLog(path)
    assert log.head().count == 75
    assert log.verify() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, SIZE),
    column=st.sampled_from(["at", "kind", "principal", "body", "previous", "hash"]),
    text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
def test_a_changed_field_is_found_and_named(tmp_path: Path, n: int, column: str, text: str) -> None:
    log, path = filled(tmp_path)
    edit(path, (f"UPDATE entry SET {column} = ? WHERE n = ?", ("x" + text, n)))
    assert n in named(log.verify(), "changed")


@pytest.mark.parametrize("value", ["X'fffe00'", "CAST(X'fffe' AS TEXT)", "7", "''"])
@pytest.mark.parametrize("column", ["body", "previous", "principal"])
def test_a_field_of_another_type_is_a_change_like_any_other(tmp_path: Path, column: str, value: str) -> None:
    log, path = filled(tmp_path)
    edit(path, (f"UPDATE entry SET {column} = {value} WHERE n = 3", ()))
    assert 3 in named(log.verify(), "changed")
    assert len(log.entries()) == SIZE


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gone=st.sets(st.integers(1, SIZE), min_size=1, max_size=SIZE))
def test_removed_entries_are_found_and_named(tmp_path: Path, gone: set[int]) -> None:
    log, path = filled(tmp_path)
    edit(path, *[("DELETE FROM entry WHERE n = ?", (n,)) for n in gone])
    assert named(log.verify(), "removed") == gone


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=st.lists(st.integers(1, SIZE), min_size=2, max_size=2, unique=True))
def test_swapped_entries_are_found_and_named(tmp_path: Path, pair: list[int]) -> None:
    log, path = filled(tmp_path)
    first, second = pair
    edit(
        path,
        ("UPDATE entry SET n = 1000 WHERE n = ?", (first,)),
        ("UPDATE entry SET n = ? WHERE n = ?", (first, second)),
        ("UPDATE entry SET n = ? WHERE n = 1000", (second,)),
    )
    assert named(log.verify(), "reordered") == {first, second}


@pytest.mark.parametrize("n", [1, 4, SIZE])
def test_an_entry_removed_with_the_rest_renumbered_is_named(tmp_path: Path, n: int) -> None:
    log, path = filled(tmp_path)
    edit(path, ("DELETE FROM entry WHERE n = ?", (n,)), *[renumber(k, k - 1) for k in range(n + 1, SIZE + 1)])
    problems = log.verify()
    assert named(problems, "removed") == {n}
    assert named(problems, "reordered") == set(range(n + 1, SIZE + 1))


@pytest.mark.parametrize("n", [1, 4, SIZE + 1])
def test_an_inserted_entry_is_named(tmp_path: Path, n: int) -> None:
    log, path = filled(tmp_path)
    forged = ("INSERT INTO entry VALUES (?, '2026-01-01', 'turn', 'x', '{}', 'abc', 'def')", (n,))
    edit(path, *[renumber(k, k + 1) for k in range(SIZE, n - 1, -1)], forged)
    problems = log.verify()
    assert named(problems, "inserted") == {n}
    assert named(problems, "reordered") == set(range(n, SIZE + 1))


def renumber(old: int, new: int) -> tuple[str, tuple[int, int]]:
    return ("UPDATE entry SET n = ? WHERE n = ?", (new, old))


@pytest.mark.parametrize("n", range(1, SIZE + 1))
def test_an_entry_changed_with_its_hash_made_anew_is_named(tmp_path: Path, n: int) -> None:
    log, path = filled(tmp_path)
    connection = sqlite3.connect(path)
    row = Row(*connection.execute(f"SELECT {COLUMNS} FROM entry WHERE n = ?", (n,)).fetchone())
    connection.close()
    changed = Row(row.n, row.at, row.kind, row.principal, '{"改": true}', row.previous, "")
    digest = digest_of(log.algorithm(), changed, n)
    edit(path, ("UPDATE entry SET body = ?, hash = ? WHERE n = ?", (changed.body, digest, n)))
    assert n in named(log.verify(), "changed")


@pytest.mark.parametrize("left", [0, 1, 5, SIZE - 1])
def test_a_cut_tail_with_a_mended_seal_is_found_by_the_file_beside(tmp_path: Path, left: int) -> None:
    log, path = filled(tmp_path)
    noted = log.head()
    before = log.entries(limit=SIZE)[SIZE - left].hash if left else ""
    edit(
        path,
        ("DELETE FROM entry WHERE n > ?", (left,)),
        ("UPDATE seal SET count = ?, hash = ?", (left, before)),
    )
    assert named(log.verify(), "removed") == set(range(left + 1, SIZE + 1))
    path.with_name("audit.sqlite.head").unlink()
    assert log.verify(expected=noted)
    assert named(log.verify(expected=noted), "removed") == set(range(left + 1, SIZE + 1))


def test_a_lost_seal_or_head_file_is_reported_and_stops_writing(tmp_path: Path) -> None:
    log, path = filled(tmp_path)
    path.with_name("audit.sqlite.head").unlink()
    assert named(log.verify(), "seal") == {None}
    edit(path, ("DELETE FROM seal", ()))
    assert named(log.verify(), "seal") == {None}
    with pytest.raises(AuditError, match="封签"):
        log.append("turn", "x", {})
    assert len(log.entries()) == SIZE


def test_a_head_file_that_lags_behind_after_a_crash_is_not_tampering(tmp_path: Path) -> None:
    log, path = filled(tmp_path)
    old = path.with_name("audit.sqlite.head").read_text()
    log.append("turn", "x", {})
    path.with_name("audit.sqlite.head").write_text(old)
    assert log.verify() == []


def test_a_damaged_file_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(AuditError, match="审计日志"):
        AuditLog(path).append("turn", "x", {})


def test_bodies_of_any_text_are_kept(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.sqlite")
    key = log.append("turn", "x", {"t": "\ud800 \x00 ' \" 😀", "d": {"嵌套": [1, None]}})
    assert log.verify() == []
    entry = log.entry(key)
    assert entry is not None and entry.body["d"] == {"嵌套": [1, None]}
