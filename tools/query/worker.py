"""Child processes that run queries: a worker can be killed at any moment, and the pool replaces it."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tools.query.result import QueryFailed

HEADER = struct.Struct(">I")
CHILD = Path(__file__).with_name("child.py")
MAX_REPLY = 256 << 20

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


@dataclass(frozen=True)
class Limits:
    """What one query may use. `address_space_mb` bounds what DuckDB's own `memory_mb` does not see."""

    memory_mb: int = 1024
    address_space_mb: int = 3072
    threads: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    max_bytes: int = 16 << 20  # of one result, as JSON text


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


class WorkerGone(Exception):
    """The child process ended in the middle of a request."""


class WorkerTimeout(Exception):
    """The child process did not answer in time."""


class Worker:
    """One child process. Not thread-safe: the pool lends it to one caller at a time."""

    def __init__(self, limits: Limits, environment: Mapping[str, str] | None = None) -> None:
        settings = {
            "memory_mb": limits.memory_mb,
            "address_space_mb": limits.address_space_mb,
            "threads": limits.threads,
        }
        # The parent's environment may hold keys and passwords; the child gets none of it.
        keep = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if key in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={**keep, "OMP_NUM_THREADS": "1", **(environment or {})},
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self.warm: str = ""  # the database it has open

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def request(self, message: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Send one request and wait for its reply until `deadline` on the monotonic clock.

        WorkerTimeout and WorkerGone leave the worker unusable: kill it.
        """
        data = json.dumps(message).encode()
        view = memoryview(HEADER.pack(len(data)) + data)
        try:
            while view:
                view = view[os.write(self._in, view) :]
        except OSError as error:
            raise WorkerGone from error
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if length > MAX_REPLY:
            raise WorkerGone
        reply = json.loads(self._read(length, deadline))
        if not isinstance(reply, dict):
            raise WorkerGone
        return reply

    def _read(self, count: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while count:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not self._poll.poll(remaining * 1000):
                raise WorkerTimeout
            part = os.read(self._out, min(count, 1 << 20))
            if not part:
                raise WorkerGone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


class WorkerPool:
    """Up to `size` workers, started when first needed and replaced when killed. Thread-safe."""

    def __init__(
        self, size: int = 2, limits: Limits | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.limits = limits or Limits()
        self._environment = dict(environment or {})
        self._size = max(1, size)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._free = threading.Condition()
        self._closed = False
        self._owner = os.getpid()
        atexit.register(_close, weakref.ref(self))

    def start(self) -> None:
        """Start one process now, so that it is ready by the time the first statement comes."""
        with self._free:
            if not self._idle and not self._busy and not self._closed:
                self._idle.append(Worker(self.limits, self._environment))

    def parse(self, sql: str, timeout_s: float = 5.0) -> EngineParse:
        """Ask DuckDB's parser, in a child so that a parser crash costs a child. QueryFailed when none could be asked."""
        reply = self._ask({"op": "parse", "sql": sql}, timeout_s, "")
        if "failed" in reply:
            return EngineParse([], None, valid=False)
        return EngineParse([str(kind) for kind in reply["kinds"]], reply["tree"])

    def run(
        self, sql: str, path: Path, *, max_rows: int = 1000, timeout_s: float = 15.0, any_kind: bool = False
    ) -> Rows:
        """Run one statement on the database at `path`. QueryFailed carries a redacted Chinese message.

        `any_kind` skips the child's own SELECT check: only for measuring what the locked connection holds by itself.
        """
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
        reply = self._ask(message, timeout_s, str(path))
        if "failed" in reply:
            kind, text = MESSAGES.get(str(reply["failed"]), OTHER)
            raise QueryFailed(kind, text)
        rows = [tuple(row) for row in reply["rows"]]
        return Rows(reply["columns"], reply["types"], rows, reply["truncated"], reply["ms"])

    def pids(self) -> list[int]:
        """Process ids of the workers alive now."""
        with self._free:
            return [worker.pid for worker in (*self._idle, *self._busy) if worker.alive]

    def close(self) -> None:
        """Kill every worker; later calls fail."""
        with self._free:
            self._closed = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
            self._free.notify_all()
        if os.getpid() == self._owner:
            for worker in workers:
                worker.kill()

    def _ask(self, message: dict[str, Any], timeout_s: float, warm: str) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        with self._lend(warm, deadline) as worker:
            try:
                reply = worker.request(message, deadline)
            except WorkerTimeout as error:
                worker.kill()
                raise QueryFailed(
                    "timeout", "查询超过时间上限仍未完成，已停止。请缩小时间或地区范围后再试。"
                ) from error
            except (WorkerGone, ValueError, OSError) as error:
                worker.kill()
                raise QueryFailed("crash", "查询进程意外中止，已重新启动。请缩小范围后再试。") from error
            except BaseException:  # e.g. Ctrl-C: a half-read reply must not meet the next caller
                worker.kill()
                raise
            if warm:
                worker.warm = warm
        return reply

    @contextmanager
    def _lend(self, warm: str, deadline: float) -> Iterator[Worker]:
        worker = self._take(warm, deadline)
        try:
            yield worker
        finally:
            with self._free:
                self._busy.discard(worker)
                if worker.alive and not self._closed:
                    self._idle.append(worker)
                self._free.notify()

    def _take(self, warm: str, deadline: float) -> Worker:
        with self._free:
            if os.getpid() != self._owner:  # after a fork the children belong to the other process
                self._idle, self._busy, self._owner = [], set(), os.getpid()
            while True:
                if self._closed:
                    raise QueryFailed("error", "查询服务已关闭。")
                self._idle = [worker for worker in self._idle if worker.alive]
                if self._idle:
                    worker = next((w for w in reversed(self._idle) if w.warm == warm), self._idle[-1])
                    self._idle.remove(worker)
                elif len(self._busy) < self._size:
                    worker = Worker(self.limits, self._environment)
                else:
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        raise QueryFailed("timeout", "同时进行的查询太多，请稍后再试。")
                    self._free.wait(remaining)
                    continue
                self._busy.add(worker)
                return worker


def _close(reference: weakref.ref[WorkerPool]) -> None:
    pool = reference()
    if pool is not None:
        pool.close()
