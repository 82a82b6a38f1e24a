"""Heavy queries beside quick ones: they give up their place, share a lane of their own, and give way in it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tools.query.result import QueryFailed
from tools.query.worker import Limits, WorkerPool

SMALL = Limits(memory_mb=256, address_space_mb=1536, threads=1)
ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c WHERE a.range * b.range % 7 = c.range"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lane") / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE person AS SELECT range AS n FROM range(500)")
    return path


@contextmanager
def pool_of(size: int, slow: int) -> Iterator[WorkerPool]:
    workers = WorkerPool(size, SMALL, slow=slow)
    try:
        yield workers
    finally:
        workers.close()


class Asking:
    """A heavy question asked in a thread; `error` is how it ended."""

    def __init__(self, pool: WorkerPool, database: Path, who: str, timeout_s: float = PATIENCE_S) -> None:
        self.error: QueryFailed | None = None
        self._thread = threading.Thread(target=self._ask, args=(pool, database, who, timeout_s), daemon=True)
        self._thread.start()

    def _ask(self, pool: WorkerPool, database: Path, who: str, timeout_s: float) -> None:
        try:
            pool.run(ENDLESS, database, who=who, timeout_s=timeout_s)
        except QueryFailed as error:
            self.error = error

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        self._thread.join(PATIENCE_S)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def slowed(pool: WorkerPool) -> list[int]:
    found = []
    for pid in pool.pids():
        try:
            if os.getpriority(os.PRIO_PROCESS, pid) == 19:
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


def test_a_heavy_query_gives_its_place_to_the_next_one(database: Path) -> None:
    with pool_of(1, 1) as pool:
        heavy = Asking(pool, database, "a")
        until(lambda: bool(slowed(pool)))
        assert pool.run("SELECT count(*) FROM person", database, who="b", timeout_s=PATIENCE_S).rows == [(500,)]
        assert heavy.running and len(slowed(pool)) == 1


def test_a_slowed_process_serves_nobody_else(database: Path) -> None:
    with pool_of(1, 1) as pool:
        heavy = Asking(pool, database, "a", timeout_s=6)  # long enough to be seen slowed
        until(lambda: bool(slowed(pool)))
        [pid] = slowed(pool)
        heavy.join()
        assert heavy.error is not None and heavy.error.kind == "timeout"
        assert pool.run("SELECT 1", database).rows == [(1,)]
        assert pid not in pool.pids() and not slowed(pool)


def test_who_has_most_in_the_slow_lane_gives_way(database: Path) -> None:
    with pool_of(3, 2) as pool:
        greedy = [Asking(pool, database, "greedy"), Asking(pool, database, "greedy")]
        until(lambda: len(slowed(pool)) == 2)
        modest = Asking(pool, database, "modest")
        until(lambda: not all(asking.running for asking in greedy))
        ended = next(asking for asking in greedy if not asking.running)
        assert ended.error is not None and ended.error.kind == "timeout" and "大查询太多" in str(ended.error)
        assert modest.running and sum(asking.running for asking in greedy) == 1


def test_after_a_heavy_query_ones_next_starts_in_the_slow_lane_and_still_gets_done(database: Path) -> None:
    with pool_of(1, 1) as pool:
        Asking(pool, database, "a", timeout_s=2).join()
        assert pool.run("SELECT count(*) FROM person", database, who="a", timeout_s=PATIENCE_S).rows == [(500,)]
        heavy = Asking(pool, database, "a")
        until(lambda: len(slowed(pool)) == 1)
        assert pool.run("SELECT 1", database, who="b", timeout_s=PATIENCE_S).rows == [(1,)]
        assert heavy.running


def test_nobody_holds_every_quick_place_while_another_waits(database: Path) -> None:
    """With no slow lane a heavy query keeps its place: one person's must leave one to the others."""
    with pool_of(2, 0) as pool:
        first = Asking(pool, database, "a")
        until(lambda: len(pool.pids()) >= 1)
        done: list[object] = []

        def ask() -> None:
            done.append(pool.run("SELECT 1", database, who="b", timeout_s=PATIENCE_S).rows)

        for _ in range(5):
            ask()
        assert done == [[(1,)]] * 5 and first.running


def test_no_more_processes_than_places(database: Path) -> None:
    with pool_of(2, 1) as pool:
        heavy = [Asking(pool, database, who, timeout_s=3) for who in "abcd"]
        while any(asking.running for asking in heavy):
            assert len(pool.pids()) <= 2 + 1 + 2  # two more while processes that gave way are being ended
            time.sleep(0.05)
        assert all(asking.error is not None and asking.error.kind == "timeout" for asking in heavy)
        assert pool.run("SELECT 1", database).rows == [(1,)]
