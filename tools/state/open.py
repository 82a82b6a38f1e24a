"""Opening the state database: its engine, its transactions, and the check that its tables are of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.workspace import Workspace
from tools.state.errors import StateError, explained

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

WAIT_MS = 30_000  # how long a writer waits for another
READING = "zhengwen_reading"  # a transaction that only reads never waits for a writer


def state_url(workspace: Workspace, configured: str = "") -> str:
    """Where the state is: the address that the owner set, else state.sqlite in the workspace."""
    return configured or f"sqlite:///{workspace.state_path}"


def open_state(url: str) -> Engine:
    """The state database at `url` (`sqlite:///path` or `postgresql+psycopg://…`), made or brought up to date.

    StateError when the address is wrong, its driver is not installed, or the database cannot be used.
    """
    from sqlalchemy import create_engine, event, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
    from sqlalchemy.pool import StaticPool

    from tools.state.migrate import bring_up_to_date

    try:
        address = make_url(url)
        backend = address.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise NoSuchModuleError(backend)
        if backend == "sqlite" and address.database in (None, "", ":memory:"):
            # One connection for all threads: each other one would see an empty database of its own.
            engine = create_engine(address, connect_args={"check_same_thread": False}, poolclass=StaticPool)
        else:
            waiting = {"timeout": WAIT_MS / 1000} if backend == "sqlite" else {}
            engine = create_engine(address, connect_args=waiting, pool_pre_ping=backend != "sqlite")
    except (ArgumentError, NoSuchModuleError) as error:
        raise StateError(
            "状态库的地址写法不对。要写成 sqlite:///文件路径 或 postgresql+psycopg://用户:密码@主机/库名。"
        ) from error
    except ModuleNotFoundError as error:
        raise StateError(
            f"没有安装连接状态库需要的驱动 {error.name}。请用 pip install 'psycopg[binary]' 安装后重试。"
        ) from error
    if backend == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        bring_up_to_date(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise explained(error, place(engine)) from error
    except StateError:
        engine.dispose()
        raise
    return engine


def place(engine: Engine) -> str:
    """The address for people: the file, or the URL without its password."""
    if engine.url.get_backend_name() == "sqlite":
        return engine.url.database or "（内存）"
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, undone by any exception. StateError for the database's own."""
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError

    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise  # what a caller may expect: a number that is taken, a row that is gone
    except SQLAlchemyError as error:
        raise explained(error, place(engine)) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: it sees one moment and waits for nobody. StateError for the database's own."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise explained(error, place(engine)) from error


def _prepare_sqlite(connection: object, _record: object) -> None:
    """A new connection: transactions are begun by us, not guessed by the driver; links between rows are enforced."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    try:
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")  # with a write-ahead log: whole after any crash
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its place at once: a reader that turned writer would be refused without waiting."""
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
