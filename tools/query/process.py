"""One child process that runs queries: spoken to over pipes, slowed down or killed from here."""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER = struct.Struct(">I")
CHILD = Path(__file__).with_name("child.py")
MAX_REPLY = 256 << 20
LOOK_S = 0.1  # how often a running request is looked at
TICKS = os.sysconf("SC_CLK_TCK")
LOWEST = 19  # nice value


@dataclass(frozen=True)
class Limits:
    """What one query may use. `address_space_mb` bounds what DuckDB's own `memory_mb` does not see."""

    memory_mb: int = 1024
    address_space_mb: int = 3072
    threads: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    max_bytes: int = 16 << 20  # of one result, as JSON text


class WorkerGone(Exception):
    """The child process ended in the middle of a request."""


class WorkerTimeout(Exception):
    """The child process did not answer in time."""


class Worker:
    """One child process. Not thread-safe: the pool lends it to one caller at a time, but `kill` may come from anyone."""

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
        self.who: str = ""  # whose request it works on
        self.since: float = 0.0  # when that began, on the monotonic clock
        self.slowed = False
        self.evicted = False  # killed to make room

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def slow_down(self) -> None:
        """Let everything else go first. There is no way back for an ordinary user: the process ends after its request."""
        self.slowed = True
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                with contextlib.suppress(OSError, ValueError):
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), LOWEST)

    def evict(self) -> None:
        """Kill it under the hands of the caller it is lent to."""
        self.evicted = True
        with contextlib.suppress(OSError):
            self._process.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def request(
        self, message: dict[str, Any], deadline: float, look: Callable[[float, float], None] | None = None
    ) -> dict[str, Any]:
        """Send one request and wait for its reply until `deadline` on the monotonic clock.

        While it runs, `look` is told now and then the seconds it has taken by the clock and of processor time.
        WorkerTimeout and WorkerGone leave the worker unusable: kill it.
        """
        data = json.dumps(message).encode()
        view = memoryview(HEADER.pack(len(data)) + data)
        try:
            while view:
                view = view[os.write(self._in, view) :]
        except OSError as error:
            raise WorkerGone from error
        if look is not None:
            self._watch(deadline, look)
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if length > MAX_REPLY:
            raise WorkerGone
        reply = json.loads(self._read(length, deadline))
        if not isinstance(reply, dict):
            raise WorkerGone
        return reply

    def _watch(self, deadline: float, look: Callable[[float, float], None]) -> None:
        started = time.monotonic()
        before: float | None = None
        while not self._poll.poll(max(0.0, min(LOOK_S, deadline - time.monotonic())) * 1000):
            if time.monotonic() >= deadline:
                raise WorkerTimeout
            used = self._processor_seconds()
            before = used if before is None else before
            look(time.monotonic() - started, used - before)

    def _processor_seconds(self) -> float:
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / TICKS
        except (OSError, ValueError, IndexError):
            return 0.0

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
