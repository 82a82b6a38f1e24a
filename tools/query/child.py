"""The query process: started as a script, reads requests from stdin, writes replies to stdout, is killed when it must stop.

It imports DuckDB and the standard library only, so that it starts in a tenth of a second and holds nothing worth stealing.
One message is four bytes of length (big-endian) and that many bytes of JSON. Requests:

- `{"op": "parse", "sql"}` → `{"kinds": [statement types], "tree": JSON text of DuckDB's own syntax tree or null}`
- `{"op": "run", "sql", "path", "stamp", "max_rows", "max_bytes"}` → `{"columns", "types", "rows", "truncated", "ms"}`

A failure is `{"failed": <name of the exception class>}` and nothing else: engine messages quote data, paths and names.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import json
import math
import os
import resource
import select
import signal
import struct
import sys
import threading
import time
import uuid
from typing import Any

for heavy in ("numpy", "pandas", "pyarrow"):  # DuckDB would import them on its first bound parameter: 0.3 s and 90 MB
    sys.modules[heavy] = None  # type: ignore[assignment]

import duckdb  # noqa: E402

HEADER = struct.Struct(">I")
SERIALIZE = "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"
MAX_USES = 1000  # queries on one instance
CHUNK = 256  # rows fetched at a time, so that an oversized result is noticed early


class ResultTooLarge(Exception):
    """The rows of the result exceed the byte limit."""


class NotOneSelect(Exception):
    """The engine's own parser does not see exactly one SELECT."""


def bound_process(memory_bytes: int) -> None:
    """Let the kernel hold what DuckDB's limits do not: address space, files written, core dumps."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # a platform without it still has the other bounds
            resource.setrlimit(limit, (value, value))


def die_with_parent() -> None:
    """End this process when the other end of stdin closes, even in the middle of a query."""
    poll = select.poll()
    poll.register(0, 0)  # hang-up and error only
    poll.poll()
    os.kill(os.getpid(), signal.SIGKILL)


def open_hardened(path: str, memory_mb: int, threads: int) -> duckdb.DuckDBPyConnection:
    """A read-only connection on an instance of its own that can reach nothing but the open file."""
    connection = duckdb.connect(
        path,
        read_only=True,
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_unsigned_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": f"{memory_mb}MB",
            "threads": str(threads),
        },
    )
    # These take effect only after start, in this order: no place to spill to (so that a query too large fails as such),
    # then nothing outside the open file, then no change of any of it.
    connection.execute("SET temp_directory = ''")
    connection.execute("SET max_temp_directory_size = '0B'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET disabled_filesystems = 'LocalFileSystem'")
    connection.execute("SET lock_configuration = true")
    return connection


def plain(value: Any) -> Any:
    """A JSON-safe value: decimals become numbers, times ISO text, NaN and infinities null."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            return None
        return int(value) if value.as_tuple().exponent >= 0 else float(value)  # type: ignore[operator]
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (dt.timedelta, uuid.UUID)):
        return str(value)
    return str(value)


class Engine:
    """Every query gets a connection of its own, so that no session state outlives it.

    The instance below it is kept while queries on the same file succeed, for its warm cache. Whatever went wrong, or was
    not one plain SELECT, ends the instance too: settings, logs and macros of an instance would reach later queries.
    """

    def __init__(self, memory_mb: int, threads: int) -> None:
        self._memory_mb = memory_mb
        self._threads = threads
        self._parser = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": "1"})
        self._file: tuple[str, str] | None = None
        self._instance: duckdb.DuckDBPyConnection | None = None
        self._uses = 0

    def parse(self, sql: str) -> dict[str, Any]:
        kinds = [statement.type.name for statement in self._parser.extract_statements(sql)]
        row = self._parser.execute(SERIALIZE, [sql]).fetchone()
        text = str(row[0]) if row else ""
        return {"kinds": kinds, "tree": None if text.startswith('{"error":true') else text}

    def run(self, sql: str, path: str, stamp: str, max_rows: int, max_bytes: int, any_kind: bool) -> dict[str, Any]:
        instance = self._open(path, stamp)
        started = time.perf_counter()
        clean = False
        try:
            with instance.cursor() as connection:
                if not any_kind:
                    statements = connection.extract_statements(sql)
                    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                        raise NotOneSelect
                connection.execute(sql)
                described = connection.description or []
                rows, truncated = self._fetch(connection, max_rows, max_bytes)
            clean = not any_kind
            return {
                "columns": [str(item[0]) for item in described],
                "types": [str(item[1]) for item in described],
                "rows": rows,
                "truncated": truncated,
                "ms": (time.perf_counter() - started) * 1000,
            }
        finally:
            if not clean or self._uses >= MAX_USES:
                self._discard()

    def _open(self, path: str, stamp: str) -> duckdb.DuckDBPyConnection:
        if self._instance is None or self._file != (path, stamp):
            self._discard()
            self._instance = open_hardened(path, self._memory_mb, self._threads)
            self._file, self._uses = (path, stamp), 0
        self._uses += 1
        return self._instance

    def _discard(self) -> None:
        if self._instance is not None:
            self._instance.close()
        self._instance = None

    def _fetch(self, connection: duckdb.DuckDBPyConnection, max_rows: int, max_bytes: int) -> tuple[list[Any], bool]:
        rows: list[Any] = []
        size = 0
        while len(rows) <= max_rows:
            chunk = connection.fetchmany(min(CHUNK, max_rows + 1 - len(rows)))
            if not chunk:
                break
            safe = [plain(row) for row in chunk]
            size += len(json.dumps(safe, ensure_ascii=False))
            if size > max_bytes:
                raise ResultTooLarge
            rows += safe
        return rows[:max_rows], len(rows) > max_rows


def read_exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def serve(engine: Engine, source: int, target: int) -> None:
    while True:
        (length,) = HEADER.unpack(read_exactly(source, HEADER.size))
        request = json.loads(read_exactly(source, length))
        operation = request.pop("op")
        try:
            reply = engine.parse(**request) if operation == "parse" else engine.run(**request)
            data = json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace")
        except BaseException as error:
            data = json.dumps({"failed": type(error).__name__}).encode()
        os.set_blocking(target, True)
        view = memoryview(HEADER.pack(len(data)) + data)
        while view:
            view = view[os.write(target, view) :]


def main() -> None:
    settings = json.loads(sys.argv[1])
    source, target = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # nothing the engine prints may reach the protocol or a terminal
    os.dup2(nowhere, 2)
    bound_process(settings["address_space_mb"] << 20)
    threading.Thread(target=die_with_parent, daemon=True).start()
    engine = Engine(settings["memory_mb"], settings["threads"])
    with contextlib.suppress(EOFError):
        serve(engine, source, target)


if __name__ == "__main__":
    main()
