"""A stage of a measurement in a process of its own, so that its peak of memory is its own and nothing outlives it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from corpus.workspace import WorkspaceError

Progress = Callable[[str, float], None]


def run_apart(name: str, stage: Callable[..., dict[str, Any]], arguments: tuple[Any, ...], report: Progress) -> Any:
    """What `stage(*arguments, progress)` returns, with `cpu_s` and `peak_mib` of its process added; its progress is passed on.

    RuntimeError: the stage failed, and says how. WorkspaceError: the process ended without a word, or could not begin.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(there, stage, arguments), name=name, daemon=True)
    worker.start()
    there.close()
    try:
        while True:
            # The process is watched as well as the pipe: one that dies while it starts may leave the pipe open elsewhere.
            ready = wait([here, worker.sentinel])
            if here not in ready and not here.poll():
                raise EOFError
            kind, body = here.recv()
            if kind == "progress":
                report(*body)
            elif kind == "failed":
                raise RuntimeError(body)
            else:
                return body
    except EOFError as error:
        raise WorkspaceError(f"规模评测在「{name}」一步中断，可能是内存不足。请减少条目数后重试。") from error
    finally:
        here.close()
        worker.join(5)
        if worker.is_alive():
            worker.kill()
            worker.join()


def _work(pipe: Any, stage: Callable[..., dict[str, Any]], arguments: tuple[Any, ...]) -> None:
    try:
        result = stage(*arguments, lambda text, share: pipe.send(("progress", (text, share))))
        pipe.send(("done", {**result, "cpu_s": round(time.process_time(), 1), "peak_mib": _peak()}))
    except Exception as error:
        pipe.send(("failed", f"{type(error).__name__}: {error}"))
        raise


def _peak() -> float:
    """Peak resident memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
