"""The pool of query processes: warm ones for quick questions, a slow lane for heavy ones, fair shares for everybody."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tools.query.process import Limits, Worker, WorkerGone, WorkerTimeout
from tools.query.result import QueryFailed

__all__ = ["EngineParse", "Limits", "Rows", "WorkerPool"]

Kind = Literal["timeout", "memory", "error", "crash"]
MESSAGES: dict[str, tuple[Kind, str]] = {
    "OutOfMemoryException": ("memory", "查询占用的内存超过上限，已停止。请缩小范围，或先汇总再查询。"),
    "MemoryError": ("memory", "查询占用的内存超过上限，已停止。请缩小范围，或先汇总再查询。"),
    "ResultTooLarge": ("memory", "查询结果的数据量超过上限。请减少列数，或先汇总再查询。"),
    "ParserException": ("error", "查询语句有语法错误。"),
    "SyntaxException": ("error", "查询语句有语法错误。"),
    "BinderException": ("error", "查询用到了不存在或不可查询的列、表或函数，或者类型不匹配。"),
    "CatalogException": ("error", "查询用到了不存在或不可查询的列、表或函数，或者类型不匹配。"),
    "ConversionException": ("error", "查询中有值不能转换成所要的类型。"),
    "InvalidInputException": ("error", "查询中有函数得到了不合适的参数。"),
    "OutOfRangeException": ("error", "查询的计算结果超出了数值范围。"),
    "PermissionException": ("error", "查询要做的操作不被允许。"),
    "NotOneSelect": ("error", "只能执行一条查询语句。"),
}
OTHER: tuple[Kind, str] = ("error", "查询没有完成。请换一种问法，或缩小范围后再试。")
TIMEOUT = "查询超过时间上限仍未完成，已停止。请缩小时间或地区范围后再试。"
BUSY = "同时进行的查询太多，请稍后再试。"
HEAVY = "同时进行的大查询太多，这一项已停止。请缩小时间或地区范围，或稍后再试。"
CRASH = "查询进程意外中止，已重新启动。请缩小范围后再试。"

QUICK_S = 0.3  # of processor time; what takes more goes on in the slow lane
QUICK_WALL_S = 2.0
REMEMBER_S = 60.0  # so long after a heavy query somebody's next ones start in the slow lane
MOST_REMEMBERED = 10_000  # people


@dataclass(frozen=True)
class Rows:
    """What the engine returned; `ms` is the time inside the engine."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    truncated: bool
    ms: float


@dataclass(frozen=True)
class EngineParse:
    """How DuckDB's own parser reads a text: a type per statement, and its syntax tree if all are SELECT.

    `valid` is False when the parser rejects the text.
    """

    kinds: list[str]
    tree: str | None
    valid: bool = True


class WorkerPool:
    """Up to `size` quick workers and `slow` heavy ones, started when first needed and replaced when killed. Thread-safe.

    A query that turns out heavy is slowed down to whatever time the others leave and gives its place to the next quick one.
    Nobody holds all quick places while another waits, and when the slow lane is full the one who has most in it gives way.
    """

    def __init__(
        self,
        size: int = 2,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
        slow: int = 2,
    ) -> None:
        self.limits = limits or Limits()
        self._environment = dict(environment or {})
        self._size = max(1, size)
        self._slow = max(0, slow)
        self._owner = os.getpid()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._heavy: set[Worker] = set()
        self._waiting: Counter[str] = Counter()
        self._heavy_since: dict[str, float] = {}
        self._free = threading.Condition()
        self._closed = False
        atexit.register(_close, weakref.ref(self))

    def start(self) -> None:
        """Start one process now, so that it is ready by the time the first statement comes."""
        with self._free:
            self._spare()

    def parse(self, sql: str, timeout_s: float = 5.0) -> EngineParse:
        """Ask DuckDB's parser, in a child so that a parser crash costs a child. QueryFailed when none could be asked."""
        reply = self._ask({"op": "parse", "sql": sql}, timeout_s, "", "")
        if "failed" in reply:
            return EngineParse([], None, valid=False)
        return EngineParse([str(kind) for kind in reply["kinds"]], reply["tree"])

    def run(
        self,
        sql: str,
        path: Path,
        *,
        max_rows: int = 1000,
        timeout_s: float = 15.0,
        any_kind: bool = False,
        who: str = "",
    ) -> Rows:
        """Run one statement on the database at `path`. QueryFailed carries a redacted Chinese message.

        `who` is whose it is, for fair shares; nobody's have no share to keep to. `any_kind` skips the child's own SELECT
        check: only for measuring what the locked connection holds by itself.
        """
        path = path.absolute()  # the child has a working directory of its own
        try:
            stat = path.stat()
        except OSError as error:
            raise QueryFailed("error", "可查询的数据尚未准备好，请稍后再试。") from error
        message = {
            "op": "run",
            "sql": sql,
            "path": str(path),
            "stamp": f"{stat.st_ino}-{stat.st_mtime_ns}-{stat.st_size}",
            "max_rows": max_rows,
            "max_bytes": self.limits.max_bytes,
            "any_kind": any_kind,
        }
        reply = self._ask(message, timeout_s, str(path), who)
        if "failed" in reply:
            kind, text = MESSAGES.get(str(reply["failed"]), OTHER)
            raise QueryFailed(kind, text)
        rows = [tuple(row) for row in reply["rows"]]
        return Rows(reply["columns"], reply["types"], rows, reply["truncated"], reply["ms"])

    def pids(self) -> list[int]:
        """Process ids of the workers alive now."""
        with self._free:
            return [worker.pid for worker in (*self._idle, *self._busy, *self._heavy) if worker.alive]

    def close(self) -> None:
        """Kill every worker; later calls fail."""
        with self._free:
            self._closed = True
            workers = [*self._idle, *self._busy, *self._heavy]
            self._idle.clear()
            self._free.notify_all()
        if os.getpid() == self._owner:
            for worker in workers:
                worker.kill()

    def _ask(self, message: dict[str, Any], timeout_s: float, warm: str, who: str) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        with self._lend(warm, who, deadline) as worker:
            try:
                reply = worker.request(message, deadline, lambda wall, used: self._look(worker, wall, used))
            except WorkerTimeout as error:
                worker.kill()
                raise QueryFailed("timeout", TIMEOUT) from error
            except (WorkerGone, ValueError, OSError) as error:
                worker.kill()
                if worker.evicted:
                    raise QueryFailed("timeout", HEAVY) from error
                raise QueryFailed("crash", CRASH) from error
            except BaseException:  # e.g. Ctrl-C: a half-read reply must not meet the next caller
                worker.kill()
                raise
            if warm:
                worker.warm = warm
        return reply

    def _look(self, worker: Worker, wall: float, used: float) -> None:
        """Move a worker whose query turns out heavy into the slow lane."""
        if worker.slowed or not self._slow or (used < QUICK_S and wall < QUICK_WALL_S):
            return
        with self._free:
            if worker.who:
                if len(self._heavy_since) >= MOST_REMEMBERED:
                    self._heavy_since.clear()
                self._heavy_since[worker.who] = time.monotonic()
            self._busy.discard(worker)
            self._heavy.add(worker)
            worker.slow_down()
            if len(self._heavy) > self._slow:
                _greediest(self._heavy).evict()
            self._spare()
            self._free.notify_all()

    @contextmanager
    def _lend(self, warm: str, who: str, deadline: float) -> Iterator[Worker]:
        worker = self._take(warm, who, deadline)
        try:
            yield worker
        finally:
            if worker.slowed and worker.alive:
                worker.kill()  # it would stay slow
            with self._free:
                self._busy.discard(worker)
                self._heavy.discard(worker)
                keep = worker.alive and not self._closed and len(self._idle) + len(self._busy) < self._size
                if keep:
                    self._idle.append(worker)
                else:
                    self._spare()
                self._free.notify_all()
            if not keep:
                worker.kill()

    def _take(self, warm: str, who: str, deadline: float) -> Worker:
        with self._free:
            if os.getpid() != self._owner:  # after a fork the children belong to the other process
                self._idle, self._busy, self._heavy, self._owner = [], set(), set(), os.getpid()
            self._waiting[who] += 1
            try:
                while True:
                    if self._closed:
                        raise QueryFailed("error", "查询服务已关闭。")
                    if worker := self._place(warm, who):
                        worker.who, worker.since = who, time.monotonic()
                        return worker
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        raise QueryFailed("timeout", BUSY)
                    self._free.wait(remaining)
            finally:
                self._waiting[who] -= 1
                if not self._waiting[who]:
                    del self._waiting[who]

    def _place(self, warm: str, who: str) -> Worker | None:
        """A worker for this caller now, or None: to wait."""
        if self._known_heavy(who):
            if len(self._heavy) >= self._slow:
                return None
            worker = self._fetch("")
            self._heavy.add(worker)
            worker.slow_down()
            return worker
        if len(self._busy) >= self._size:
            return None
        others = any(other != who for other in self._waiting)
        mine = sum(worker.who == who for worker in self._busy)
        if who and others and mine >= max(1, self._size - 1):
            return None
        worker = self._fetch(warm)
        self._busy.add(worker)
        return worker

    def _known_heavy(self, who: str) -> bool:
        since = self._heavy_since.get(who)
        if since is None or not self._slow:
            return False
        if time.monotonic() - since > REMEMBER_S:
            del self._heavy_since[who]
            return False
        return True

    def _fetch(self, warm: str) -> Worker:
        """An idle worker, best the one that has the database open, or a new one."""
        self._idle = [worker for worker in self._idle if worker.alive]
        if not self._idle:
            return Worker(self.limits, self._environment)
        worker = next((w for w in reversed(self._idle) if w.warm == warm), self._idle[-1])
        self._idle.remove(worker)
        return worker

    def _spare(self) -> None:
        """Start a process ahead of need where none would be ready for the next question."""
        if not self._closed and not self._idle and len(self._busy) < self._size:
            self._idle.append(Worker(self.limits, self._environment))


def _greediest(workers: set[Worker]) -> Worker:
    """Of those who have most in the slow lane, the query that has run longest."""
    held = Counter(worker.who for worker in workers)
    most = max(held.values())
    return min((worker for worker in workers if held[worker.who] == most), key=lambda worker: worker.since)


def _close(reference: weakref.ref[WorkerPool]) -> None:
    pool = reference()
    if pool is not None:
        pool.close()
