"""Killing the web service itself, as `zhengwen serve` runs it, in the middle of answering over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

QUESTIONS = ("热线工单有多少件", "各部门的预算金额合计", "有条件共享的数据多久答复？")
PATIENCE = 180.0  # seconds for the service to say where it is


def serve_and_kill(root: Path, delay: float, number: int) -> list[tuple[str, str]]:
    """Start the service, ask it from three threads, kill it; returns the answers that arrived whole."""
    command = [sys.executable, "-c", "from ui.cli import main; main()", "-w", str(root), "serve", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    told: list[tuple[str, str]] = []
    try:
        address = _address(process)
        if address is None:
            return [("answer", "网页服务没有启动")]
        ended = threading.Event()
        threads = [
            threading.Thread(target=_ask, args=(address, number + n, told, ended), daemon=True) for n in range(3)
        ]
        for thread in threads:
            thread.start()
        time.sleep(delay + 0.5)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    ended.set()
    for thread in threads:
        thread.join(10)
    return told


def _address(process: subprocess.Popen[str]) -> str | None:
    """Where the service says that it is."""
    found: list[str] = []

    def read() -> None:
        for line in process.stdout or ():
            if match := re.search(r"http://[\w.\[\]:]+", line):
                found.append(match[0])
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(PATIENCE)
    return found[0] if found else None


def _ask(address: str, number: int, told: list[tuple[str, str]], ended: threading.Event) -> None:
    while not ended.is_set():
        body = json.dumps({"question": QUESTIONS[number % len(QUESTIONS)]}).encode()
        headers = {"content-type": "application/json"}
        number += 1
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{address}/api/ask", body, headers), timeout=20
            ) as reply:
                told.append(("answer", str(json.loads(reply.read())["id"])))
        except (OSError, ValueError):
            time.sleep(0.05)
