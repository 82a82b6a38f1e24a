"""The tables of the state database, brought to this program's version by Alembic, by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tools.state.errors import StateError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
PG_LOCK = 0x5A57_0001  # any number that is ours: an advisory lock of PostgreSQL


@cache
def revisions() -> tuple[str, ...]:
    """The versions there are, in order. Each file is named as its revision, so that no migration need be loaded."""
    return tuple(sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def bring_up_to_date(engine: Engine) -> None:
    """Run the migrations that the database lacks; one small query when it lacks none. StateError if it is newer."""
    if _current(engine) == revisions()[-1]:
        return
    with _alone(engine):
        current = _current(engine)  # another process may have done it while this one waited
        if current == revisions()[-1]:
            return
        if current is not None and current not in revisions():
            raise StateError(f"状态库是更新版本的程序建立的（{current}），这个版本打不开。请升级程序，或从备份恢复。")
        _upgrade(engine)


def _current(engine: Engine) -> str | None:
    """The version of the tables that are there; None when there are none."""
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from tools.state.open import READING

    with engine.connect().execution_options(**{READING: True}) as connection:
        try:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found is not None else None
        except (OperationalError, ProgrammingError) as error:
            if "alembic_version" in str(error.orig):  # no such table
                return None
            raise


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Keep every other process and thread from migrating this database meanwhile."""
    if engine.url.get_backend_name() != "sqlite":
        with engine.connect() as connection:
            _pg_lock(connection, "pg_advisory_lock")
            try:
                yield
            finally:
                _pg_lock(connection, "pg_advisory_unlock")
        return
    file = engine.url.database
    if file in (None, "", ":memory:"):
        yield
        return
    try:
        with Path(f"{file}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise StateError(f"状态库 {file} 无法建立：{error.strerror}。请检查文件夹是否存在、能否写入。") from error


def _pg_lock(connection: Connection, function: str) -> None:
    from sqlalchemy import text

    connection.execute(text(f"SELECT {function}(:key)"), {"key": PG_LOCK})
