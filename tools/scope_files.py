"""The files of scope databases: what each was made of, which are still wanted, and who reads one now."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.group_table import HeldBack

MOST_DATABASES = 64
UNUSED_S = 3 * 86_400  # a database nobody asked for so long is removed; it is built again when wanted
MARK_S = 600  # use is noted no more often than this


@dataclass(frozen=True)
class Description:
    """What a database was made of: `tables` gives a digest of the rules per table."""

    rules: str
    data_version: str
    policy: str = ""
    tables: dict[str, str] = field(default_factory=dict)
    held_back: dict[str, HeldBack] = field(default_factory=dict)


def sidecar(path: Path) -> Path:
    return path.with_suffix(".json")


def description(path: Path) -> Description | None:
    """What an existing database was made of, or None when there is none that can be trusted."""
    try:
        data = json.loads(sidecar(path).read_text("utf-8"))
        if not _whole(path, data.get("bytes")):
            return None
        held = {name: HeldBack(**values) for name, values in data.get("held_back", {}).items()}
        return Description(
            str(data["rules"]), str(data["data_version"]), str(data.get("policy", "")), dict(data["tables"]), held
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def describe(path: Path, made: Description) -> None:
    """Note beside a complete database what it was made of, in one step."""
    partial = path.with_suffix(f".{os.getpid()}.json-partial")
    partial.write_text(json.dumps({**asdict(made), "bytes": path.stat().st_size}, ensure_ascii=False), "utf-8")
    partial.replace(sidecar(path))


def mark_used(path: Path) -> None:
    """Remember that a database was wanted now."""
    with contextlib.suppress(OSError):
        beside = sidecar(path)
        if time.time() - beside.stat().st_mtime > MARK_S:
            os.utime(beside)


@contextmanager
def in_use(path: Path) -> Iterator[bool]:
    """Keep a database from being removed; False when it is gone, or was replaced, before it could be held."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        try:
            same = os.fstat(descriptor).st_ino == path.stat().st_ino
        except OSError:
            same = False
        yield same
    finally:
        os.close(descriptor)


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Hold the right to build and remove in a folder: one at a time, over threads and processes; it ends with its holder."""
    with (folder / ".build.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove_unwanted(
    folder: Path, version: str, policy: str, keep: Path | None = None, most: int = MOST_DATABASES
) -> None:
    """Remove databases of other data or another policy, those long unused or too many, and leftovers; none that is in use.

    To be called while `building`. An empty `policy` says nothing about policies.
    """
    now = time.time()
    wanted: list[tuple[float, Path]] = []
    for path in folder.glob("*.duckdb"):
        made = description(path)
        used = _modified(sidecar(path), path)
        foreign = made is None or made.data_version != version or (policy != "" and made.policy not in (policy, ""))
        if path != keep and (foreign or now - used > UNUSED_S):
            _remove(path)
        else:
            wanted.append((used, path))
    for _, path in sorted(wanted, reverse=True)[most:]:
        if path != keep:
            _remove(path)
    for path in folder.glob("*.partial*"):  # left by a process that was killed while building
        owner = path.name.split(".")[1]
        if owner.isdecimal() and not _alive(int(owner)):
            path.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    """Remove a database and what stands beside it, unless somebody reads it."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for beside in path.parent.glob(f"{path.stem}.*"):
                if beside != path and ".partial" not in beside.name:
                    beside.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
    except OSError:
        return


def _modified(*paths: Path) -> float:
    for path in paths:
        with contextlib.suppress(OSError):
            return path.stat().st_mtime
    return 0.0


def _whole(path: Path, size: object) -> bool:
    """Whether the file is as long as it was made and begins as a database does: a cut or overwritten one is made anew."""
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END) == size and file.seek(8) == 8 and file.read(4) == b"DUCK"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there and belongs to someone else
        return True
    return True
