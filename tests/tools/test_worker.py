"""Query processes: what they hold when a statement misbehaves, and what they leave behind. They run without the gate here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tools.query.result import QueryFailed
from tools.query.worker import Limits, WorkerPool

SMALL = Limits(memory_mb=256, address_space_mb=1536, threads=1, max_bytes=200_000)
ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c WHERE a.range * b.range % 7 = c.range"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worker") / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE person AS SELECT '张三' AS name, range AS n FROM range(500)")
    return path


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(2, SMALL, {"LAB_TOKEN": "ENV-CANARY"})
    yield workers
    workers.close()


def failure(pool: WorkerPool, database: Path, sql: str, timeout_s: float = 10) -> QueryFailed:
    with pytest.raises(QueryFailed) as caught:
        pool.run(sql, database, timeout_s=timeout_s, any_kind=True)
    return caught.value


def test_rows_come_back_as_json_safe_values(pool: WorkerPool, database: Path) -> None:
    expected = {
        "1.50::DECIMAL(9, 2)": 1.5,
        "7::DECIMAL(9, 0)": 7,
        "170141183460469231731687303715884105727": 170141183460469231731687303715884105727,
        "'nan'::DOUBLE": None,
        "'-infinity'::DOUBLE": None,
        "DATE '2024-05-01'": "2024-05-01",
        "TIMESTAMP '2024-05-01 10:00:00'": "2024-05-01 10:00:00",
        "TIME '10:00:01'": "10:00:01",
        "[1, NULL, 2.5]": [1.0, None, 2.5],
        "{'a': DATE '2024-05-01'}": {"a": "2024-05-01"},
        "MAP {'k': 1.0::DECIMAL(3, 1)}": {"k": 1.0},
        "'\\xAA'::BLOB": "aa",
        "true": True,
        "'中文😀'": "中文😀",
        "NULL": None,
    }
    result = pool.run(f"SELECT {', '.join(expected)}", database)
    assert list(result.rows[0]) == list(expected.values())
    assert result.types[:2] == ["DECIMAL(9,2)", "DECIMAL(9,0)"]
    assert json.dumps(result.rows, allow_nan=False)


def test_awkward_types_do_not_fail(pool: WorkerPool, database: Path) -> None:
    sql = "SELECT now(), INTERVAL 3 MONTH, uuid(), '101'::BIT, 'x'::ENUM('x', 'y'), 'infinity'::DATE, 'infinity'::TIMESTAMP"
    [row] = pool.run(sql, database).rows
    assert json.dumps(row)


def test_rows_are_cut_at_the_limit_and_it_is_said(pool: WorkerPool, database: Path) -> None:
    cut = pool.run("SELECT n FROM person ORDER BY n -- LIMIT", database, max_rows=7)
    assert [row[0] for row in cut.rows] == list(range(7)) and cut.truncated
    whole = pool.run("SELECT n FROM person WHERE n < 7", database, max_rows=7)
    assert len(whole.rows) == 7 and not whole.truncated
    assert pool.run("SELECT * FROM range(5000000000)", database, max_rows=10).truncated


def test_an_oversized_result_is_refused(pool: WorkerPool, database: Path) -> None:
    assert failure(pool, database, "SELECT repeat('x', 1000) FROM range(1000)").kind == "memory"


def test_an_endless_query_is_killed_and_the_next_one_answered(pool: WorkerPool, database: Path) -> None:
    before = set(pool.pids())
    assert failure(pool, database, ENDLESS, timeout_s=0.5).kind == "timeout"
    assert pool.run("SELECT 1", database).rows == [(1,)]
    assert set(pool.pids()) != before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(range) FROM range(2000000000)",
        "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range * b.range % 7 = 3",
        "SELECT range FROM range(200000000) ORDER BY hash(range)",
        "SELECT length(repeat('x', 2000000000))",
        "SELECT list_resize([1], 1000000000)",
        "SELECT string_agg(repeat('x', 100000), '') FROM range(100000)",
    ],
)
def test_memory_is_bounded(pool: WorkerPool, database: Path, sql: str) -> None:
    assert failure(pool, database, sql, timeout_s=20).kind in ("memory", "crash")
    assert pool.run("SELECT count(*) FROM person", database).rows == [(500,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(name AS INTEGER) FROM person",
        "SELECT error(name) FROM person",
        "SELECT secret FROM person",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT strptime(name, '%Y') FROM person",
        "SELEC name FROM person",
        "COPY person TO '/tmp/out.csv'",
    ],
)
def test_messages_carry_no_data_no_name_and_no_path(pool: WorkerPool, database: Path, sql: str) -> None:
    message = str(failure(pool, database, sql))
    assert message.endswith("。")
    assert not any(word in message for word in ("张三", "person", "secret", "passwd", "/", "Error", "name"))


def test_the_environment_of_the_service_is_not_there(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGWEN_MODEL_KEY", "sk-secret")
    workers = WorkerPool(1, SMALL, {"LAB_TOKEN": "ENV-CANARY"})
    try:
        workers.parse("SELECT 1")
        [pid] = workers.pids()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"ENV-CANARY" in environment and b"sk-secret" not in environment
    finally:
        workers.close()


def test_no_file_is_written_by_any_door(pool: WorkerPool, database: Path) -> None:
    before = sorted(database.parent.iterdir())
    target = database.parent / "out"
    for sql in (
        f"COPY person TO '{target}.csv'",
        f"COPY person TO '{database}.wal'",
        f"EXPORT DATABASE '{target}'",
        f"ATTACH '{target}.db' AS other",
        f"PRAGMA enable_profiling = 'json'; PRAGMA profile_output = '{target}.json'; SELECT 1",
        f"CALL enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{target}'}})",
        f"SET temp_directory = '{target}'",
        "FORCE CHECKPOINT",
        "VACUUM",
    ):
        try:
            pool.run(sql, database, any_kind=True)
        except QueryFailed as error:
            assert error.kind == "error"
    assert sorted(database.parent.iterdir()) == before


def test_nothing_of_a_session_reaches_the_next_query(database: Path) -> None:
    workers = WorkerPool(1, SMALL)
    try:
        for sql in (
            "CREATE TEMP VIEW person AS SELECT 'x' AS name, 0 AS n",
            "CREATE TEMP MACRO sum(x) AS 0",
            "SET VARIABLE who = 'admin'",
            "CREATE SCHEMA memory.s",
            "USE temp",
            "PREPARE p AS SELECT 1",
        ):
            try:
                workers.run(sql, database, any_kind=True)
            except QueryFailed as error:
                assert error.kind == "error"
            assert workers.run("SELECT sum(n), getvariable('who') FROM person", database).rows == [(124750, None)]
    finally:
        workers.close()


def test_only_one_select_runs(pool: WorkerPool, database: Path) -> None:
    for sql in ("SELECT 1; SELECT 2", "SET VARIABLE a = 1", "CREATE TEMP TABLE t AS SELECT 1", "EXPLAIN SELECT 1", ""):
        with pytest.raises(QueryFailed) as caught:
            pool.run(sql, database)
        assert caught.value.kind == "error"


def test_a_replaced_file_is_read_anew(tmp_path: Path, pool: WorkerPool) -> None:
    path = tmp_path / "data.duckdb"
    for value in (1, 2):
        fresh = tmp_path / "fresh.duckdb"
        with duckdb.connect(str(fresh)) as connection:
            connection.execute(f"CREATE TABLE t AS SELECT {value} AS v")
        fresh.replace(path)
        assert [pool.run("SELECT v FROM t", path).rows for _ in range(3)] == [[(value,)]] * 3


def test_many_threads_share_two_processes(pool: WorkerPool, database: Path) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        for step in range(10):
            value = number * 100 + step
            rows = pool.run(f"SELECT {value}, count(*) FROM person", database).rows
            if rows != [(value, 500)]:
                wrong.append(rows)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(pool.pids()) <= 2


def test_who_waits_too_long_for_a_process_is_told(database: Path) -> None:
    workers = WorkerPool(1, SMALL, slow=0)
    try:
        workers.parse("SELECT 1")
        busy = threading.Thread(target=failure, args=(workers, database, ENDLESS, 3))
        busy.start()
        time.sleep(0.3)
        error = failure(workers, database, "SELECT 1", timeout_s=0.3)
        assert error.kind == "timeout" and "稍后" in str(error)
        busy.join()
    finally:
        workers.close()


def test_a_process_that_dies_is_replaced(pool: WorkerPool, database: Path) -> None:
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    outcomes = []
    for _ in range(3):
        try:
            outcomes.append(pool.run("SELECT 1", database).rows)
        except QueryFailed as error:
            assert error.kind == "crash"
    assert outcomes and outcomes[-1] == [(1,)]


def test_a_closed_pool_refuses_and_leaves_no_process(database: Path) -> None:
    workers = WorkerPool(1, SMALL)
    workers.run("SELECT 1", database)
    [pid] = workers.pids()
    workers.close()
    assert not Path(f"/proc/{pid}").exists()
    assert failure(workers, database, "SELECT 1").kind == "error"


ORPHAN = """
import sys, threading, time
from pathlib import Path
from tools.query.worker import WorkerPool
pool = WorkerPool(1)
pool.run("SELECT 1", Path(sys.argv[1]))
print(*pool.pids(), flush=True)
pool.run(sys.argv[2], Path(sys.argv[1]), timeout_s=60)
"""


@pytest.mark.parametrize("sql", [ENDLESS, "SELECT 1"])
def test_query_processes_die_with_a_killed_parent(database: Path, sql: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(database), sql], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(0.2)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            break  # dead, and nobody there to collect it
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{pid}").exists()
