"""Versions of an index on disk: which one is in use, whether it is sound, how the next one is made and takes its place.

index/
  LOCK               held by the one process that builds
  CURRENT            name of the version in use; replaced in one step
  v-<digest>-<time>/ one complete version (see `build`)
  .building-<pid>    a version in the making; whoever builds next removes what an interrupted build left

A version is never changed once it is named. The next one starts as a copy of it, or from nothing, under another name.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.entries import SHAPE
from retrieval.errors import IndexUnusable

FORMAT = 2
_CHUNK = 1 << 20
_REBUILD = "请运行 zhengwen ingest 重新建立索引。"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the version in use; IndexUnusable when there is none that this program can read."""
    try:
        version = (folder / "CURRENT").read_text("utf-8").strip()
        manifest = json.loads((folder / version / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise IndexUnusable(f"检索索引 {folder} 还没有建立或不完整。{_REBUILD}") from error
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"检索索引 {folder} 已损坏，无法读取。{_REBUILD}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("shape") != SHAPE:
        raise IndexUnusable(f"检索索引 {folder} 是其他版本的程序建立的。{_REBUILD}")
    return {**manifest, "version": version}


def write_manifest(version: Path, manifest: dict[str, Any]) -> None:
    """Add format, shape and every file's size and checksum, and write it: the last file of a version."""
    files = {
        path.relative_to(version).as_posix(): [path.stat().st_size, _checksum(path)]
        for path in sorted(version.rglob("*"))
        if path.is_file() and not _volatile(path.relative_to(version))
    }
    body = {"format": FORMAT, "shape": SHAPE, **manifest, "files": files}
    (version / "manifest.json").write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")


def _volatile(path: Path) -> bool:
    """Files that reading alone may change: Chroma's own database (checked by counting), lock files, and the manifest itself."""
    return path.name.startswith("chroma.sqlite3") or path.name.endswith(".lock") or path.name == "manifest.json"


def _checksum(path: Path) -> int:
    code = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            code = zlib.crc32(chunk, code)
    return code


def missing_or_cut(version: Path, manifest: dict[str, Any], within: str = "") -> str:
    """The first file that is absent or of another size than was written; "" when all are whole. Cheap: nothing is read.

    `within` "chroma": the vector store alone; "": all but it.
    """
    for name, (size, _) in manifest["files"].items():
        if name.startswith("chroma/") == (within == "chroma"):
            path = version / name
            if not path.is_file() or path.stat().st_size != size:
                return str(name)
    return ""


def altered(version: Path, manifest: dict[str, Any]) -> bool:
    """Whether any file is gone or holds other bytes than were written; reads everything."""
    try:
        return any(_checksum(version / name) != code for name, (_, code) in manifest["files"].items())
    except OSError:
        return True


def copy_version(version: Path, target: Path) -> None:
    """The parts of a version that are gone on from. Files that are never written again share their bytes with the original."""
    for path in version.rglob("*"):
        inside = path.relative_to(version)
        rewritten = inside.name in ("manifest.json", "vectors.npy", "owners.npy", "facets.json")
        if not path.is_file() or rewritten or inside.name.endswith(".lock"):
            continue
        goal = target / inside
        goal.parent.mkdir(parents=True, exist_ok=True)
        if inside.name in ("words.txt", "encoder.npz") or ("lexical" in inside.parts and inside.suffix != ".json"):
            try:
                os.link(path, goal)
                continue
            except OSError:  # a file system without links
                pass
        shutil.copyfile(path, goal)


@contextmanager
def only_builder(folder: Path, waiting: Callable[[], None]) -> Iterator[Callable[[], Path]]:
    """While no other process builds here: a function that makes a fresh folder to build in, each time another one.

    Those that were not published are gone afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def fresh() -> Path:
        partial = folder / f".building-{os.getpid()}-{time.monotonic_ns()}"
        partial.mkdir()
        return partial

    def clear() -> None:
        for left in folder.glob(".building-*"):  # nobody else builds: what is here was interrupted
            shutil.rmtree(left, ignore_errors=True)

    with (folder / "LOCK").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        clear()
        try:
            yield fresh
        finally:
            clear()


def publish(folder: Path, partial: Path, digest: str) -> str:
    """Name a finished version and point readers to it; the one before stays for those who have it open, older ones go."""
    marker = folder / "CURRENT"
    before = marker.read_text("utf-8", "replace").strip() if marker.is_file() else ""
    name = f"v-{digest}-{time.time_ns() // 1_000_000:x}"
    partial.rename(folder / name)
    step = folder / f"CURRENT.{os.getpid()}"
    step.write_text(name, "utf-8")
    step.replace(marker)
    for old in folder.glob("v-*"):
        if old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)
    return name
