"""A small workspace and a scripted model server for the tests of the model's part."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb

from corpus.catalog import Dataset
from corpus.semantics import Additivity, Column, Role, SemanticModel, Sensitivity, Table, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace

DRIP = "drip"
CANARY = "TOPSECRET-7731"
DISTRICTS = {"江南区": 3, "江北区": 5, "临港区": 2}


def build(root: Path, **settings: object) -> Path:
    """Schools by district and year, open; a register of persons, closed."""
    workspace = Workspace.create(root)
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute(
            "CREATE TABLE school (id INTEGER, name VARCHAR, district VARCHAR, kind VARCHAR, pupils INTEGER, built INTEGER, secret_note VARCHAR)"
        )
        number = 0
        for district, count in DISTRICTS.items():
            for k in range(count):
                number += 1
                kind = "1" if k % 2 == 0 else "2"
                row = [number, f"{district}第{number}学校", district, kind, 100 * number, 2019 + k, CANARY]
                connection.execute("INSERT INTO school VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("CREATE TABLE person_register (id INTEGER, person VARCHAR, salary INTEGER)")
        connection.execute("INSERT INTO person_register VALUES (1, ?, 9999)", [CANARY])
    save_semantics(_model(), workspace.semantics_path)
    CatalogStore(workspace.catalog_path).put_datasets(
        [
            Dataset.model_validate(
                {
                    "id": "d-school",
                    "title": "学校名录",
                    "publisher": "云澜市教育局",
                    "summary": "全市学校的名称、所在区和学生数",
                    "opening": "open",
                    "sharing": "unconditional",
                    "level": "general",
                    "table": "school",
                }
            ),
            Dataset.model_validate(
                {
                    "id": "d-person",
                    "title": "人口登记信息",
                    "publisher": "云澜市公安局",
                    "summary": "人口登记",
                    "opening": "closed",
                    "sharing": "conditional",
                    "level": "general",
                    "table": "person_register",
                }
            ),
        ]
    )
    workspace.update_manifest(data_version="1")
    lines = ['city = "云澜市"', 'today = "2026-07-01"']
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    workspace.settings_path.write_text("\n".join(lines), "utf-8")
    return root


def _model() -> SemanticModel:
    school = Table(
        name="school",
        label="学校",
        entity="学校",
        measure_word="所",
        primary_key=["id"],
        dataset="d-school",
        rows=10,
        columns=[
            Column(name="id", label="学校编号", type="INTEGER", role=Role.KEY),
            Column(name="name", label="学校名称", role=Role.NAME),
            Column(name="district", label="区", role=Role.CATEGORY, synonyms=["地区"]),
            Column(name="kind", label="办学类型", role=Role.CATEGORY, codes={"1": "公办", "2": "民办"}),
            Column(
                name="pupils", label="学生数", type="INTEGER", role=Role.MEASURE, unit="人", additivity=Additivity.SUM
            ),
            Column(name="built", label="建校年份", type="INTEGER", role=Role.TIME, grain="year"),
            Column(name="secret_note", label="内部备注", sensitivity=Sensitivity.OTHER),
        ],
    )
    person = Table(
        name="person_register",
        label="人口登记",
        entity="人员",
        measure_word="人",
        dataset="d-person",
        rows=1,
        columns=[
            Column(name="id", label="编号", type="INTEGER", role=Role.KEY),
            Column(name="person", label="姓名", role=Role.NAME, sensitivity=Sensitivity.NAME),
            Column(name="salary", label="工资收入", type="INTEGER", role=Role.MEASURE, unit="元"),
        ],
    )
    return SemanticModel(tables=[school, person])


class ScriptedServer:
    """An OpenAI-compatible server whose replies the test writes: a text, a number (an HTTP error), or a function."""

    def __init__(self) -> None:
        self.replies: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        self.url = ""
        self.model = "demo-chat"

    def script(self, *replies: str | int | bytes | Callable[[dict[str, Any]], str]) -> None:
        self.replies[:], self.requests[:] = list(replies), []

    @property
    def prompts(self) -> list[str]:
        """All that was sent, one text a request."""
        return ["\n".join(m["content"] for m in request["messages"]) for request in self.requests]

    @property
    def setting(self) -> str:
        return f"{self.url}#{self.model}"


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    script = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, json.dumps({"data": [{"id": script.model}]}).encode())

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"]))
            body = json.loads(sent) if self.path.endswith("/completions") else {"messages": []}
            script.requests.append(body)
            script.paths.append(self.path)
            script.keys.append(self.headers.get("authorization", ""))
            reply = script.replies.pop(0) if script.replies else 500
            if callable(reply):
                reply = reply(body)
            if reply == DRIP:
                self._drip()
                return
            if isinstance(reply, int):
                self._send(reply, b'{"error": {"message": "boom"}}')
                return
            if isinstance(reply, bytes):
                self._send(200, reply)
                return
            message = {"role": "assistant", "content": reply}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            answer = {"id": "1", "object": "chat.completion", "created": 1, "model": script.model, "choices": [choice]}
            self._send(200, json.dumps(answer).encode())

        def _send(self, code: int, body: bytes) -> None:
            try:
                self.send_response(code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the client has given up waiting

        def _drip(self) -> None:
            """A byte now and then, so that no single read ever times out."""
            try:
                self.send_response(200)
                self.send_header("content-length", "100000")
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            except OSError:
                pass  # the client has given up waiting

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


def slow(seconds: float, reply: str = "SELECT 1") -> Callable[[dict[str, Any]], str]:
    """A reply that comes after `seconds`."""

    def wait(_: dict[str, Any]) -> str:
        time.sleep(seconds)
        return reply

    return wait


def fenced(sql: str) -> str:
    return f"好的，语句如下：\n```sql\n{sql};\n```\n"
