"""Running the real web server inside a test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from scripted_assistant import ScriptedAssistant

from ui.server import create_app
from ui.service import Service


@dataclass
class Site:
    url: str
    assistant: ScriptedAssistant


@contextmanager
def running(assistant: Service, listening: socket.socket | None = None) -> Iterator[str]:
    """The web server on a free port, or the one of `listening`, in a thread."""
    listening = listening or socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(assistant), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
