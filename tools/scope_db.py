"""One database per scope, holding only what the scope may see: columns dropped or masked, rows filtered, persons in groups.

A query cannot reach what is not there. The file is named by the scope's id; beside it a small JSON file says of which
data and of which rules it was made. It is built aside and moved into place, under a lock that other processes respect.
Scopes share most of their tables: what two of them have in common is built once, as a base, and copied.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from corpus.workspace import Workspace, WorkspaceError
from tools.group_table import HeldBack
from tools.mask_key import fingerprint, mask_key
from tools.principal import Scope, TableScope
from tools.scope_build import build
from tools.scope_files import Description, building, describe, description, in_use, mark_used, remove_unwanted, sidecar

FORMAT = "3"  # raise it when a database built from the same scope would come out different
BASE = "base-"
WORTH_SHARING = 0.5  # of a scope's tables, for a base to be built
SAFE_ID = re.compile(r"[0-9A-Za-z_-]{1,80}")
TRIES = 5
MOST_REMEMBERED = 500
_DIGESTS: dict[str, tuple[Scope, str]] = {}


@dataclass(frozen=True)
class ScopeDatabase:
    """Where a scope's database is, the version of the data in it, and what its grouped tables hold back."""

    path: Path
    data_version: str
    held_back: Mapping[str, HeldBack] = field(default_factory=dict)


def rules_digest(tables: Mapping[str, TableScope]) -> str:
    """A digest of everything that decides what a scope's database holds."""
    canonical = {name: table.model_dump(mode="json") for name, table in tables.items()}
    text = json.dumps([FORMAT, canonical], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def scope_of(tables: dict[str, TableScope], data_version: str, policy: str = "") -> Scope:
    """A scope with the id that belongs to its rules and to the version of the data."""
    digest = hashlib.sha256(f"{rules_digest(tables)} {data_version}".encode()).hexdigest()
    return Scope(id=digest[:32], tables=tables, policy=policy)


@contextmanager
def opened(workspace: Workspace, scope: Scope) -> Iterator[ScopeDatabase]:
    """The up-to-date database of `scope`, which nobody removes while it is open here. WorkspaceError as below."""
    for _ in range(TRIES):
        database = scope_database(workspace, scope)
        with in_use(database.path) as there:
            if there:
                yield database
                return
    raise WorkspaceError("数据正在更新，请稍后再试。")


def scope_database(workspace: Workspace, scope: Scope) -> ScopeDatabase:
    """The up-to-date database of `scope`, built if need be. WorkspaceError says in Chinese why it cannot be."""
    path = workspace.scopes_path / f"{_file_name(scope.id)}.duckdb"
    version = workspace.data_version
    key = _key(workspace, scope.tables)
    rules = _rules_of(scope) + (fingerprint(key) if key else "")
    made = description(path)
    if made is not None and _current(made, rules, version, scope.policy):
        mark_used(path)
        return ScopeDatabase(path, version, made.held_back)
    try:
        workspace.scopes_path.mkdir(parents=True, exist_ok=True)
        with building(workspace.scopes_path):
            version = workspace.data_version
            made = description(path)
            if made is None or (made.rules, made.data_version) != (rules, version):  # else another process has built it
                tables = _table_digests(scope.tables, key)
                base = _base(workspace, scope, tables, version, key)
                held = _replace(workspace, scope.tables, path, key, base)
                if workspace.data_version != version:
                    raise WorkspaceError("数据正在更新，请稍后再试。")
                made = Description(rules, version, scope.policy, tables, held)
                describe(path, made)
            elif made.policy != scope.policy and scope.policy:
                made = Description(rules, version, scope.policy, made.tables, made.held_back)
                describe(path, made)
            remove_unwanted(workspace.scopes_path, version, scope.policy, keep=path)
    except OSError as error:
        raise WorkspaceError(f"无法准备可查询的数据：{error.strerror}。请检查工作区的磁盘空间和权限。") from error
    return ScopeDatabase(path, version, made.held_back)


def _rules_of(scope: Scope) -> str:
    """The digest of a scope's rules, worked out once per object: a scope does not change, a copy is another one."""
    known = _DIGESTS.get(scope.id)
    if known is None or known[0] is not scope:
        if len(_DIGESTS) >= MOST_REMEMBERED:
            _DIGESTS.clear()
        known = _DIGESTS[scope.id] = (scope, rules_digest(scope.tables))
    return known[1]


def _current(made: Description, rules: str, version: str, policy: str) -> bool:
    return (made.rules, made.data_version) == (rules, version) and policy in ("", made.policy)


def _key(workspace: Workspace, tables: Mapping[str, TableScope]) -> str:
    """The secret for masks that join, where one is needed."""
    return mask_key(workspace) if any("hash" in table.masks.values() for table in tables.values()) else ""


def _table_digests(tables: Mapping[str, TableScope], key: str) -> dict[str, str]:
    secret = fingerprint(key) if key else ""
    return {
        name: rules_digest({name: table})[:32] + (secret if "hash" in table.masks.values() else "")
        for name, table in tables.items()
        if table.columns
    }


def _base(
    workspace: Workspace, scope: Scope, tables: Mapping[str, str], version: str, key: str
) -> tuple[Path, Description] | None:
    """A database that holds nothing but tables of this scope, as this scope sees them; built where it is worth it."""
    found: list[tuple[int, Path, Description]] = []
    for path in workspace.scopes_path.glob("*.duckdb"):
        made = description(path)
        if made is not None and made.data_version == version:
            common = sum(tables.get(name) == digest for name, digest in made.tables.items())
            found.append((common, path, made))
    inside = [item for item in found if item[0] == len(item[2].tables)]
    most, path, made = max(inside, key=lambda item: item[0], default=(0, Path(), None))
    if made is not None and most >= WORTH_SHARING * len(tables):
        mark_used(path)
        return path, made
    most, _, other = max(found, key=lambda item: item[0], default=(0, Path(), None))
    if other is None or most < max(2, WORTH_SHARING * len(tables)):
        return None
    shared = {name: digest for name, digest in tables.items() if other.tables.get(name) == digest}
    parts = {name: scope.tables[name] for name in shared}
    rules = rules_digest(parts)
    path = workspace.scopes_path / f"{BASE}{rules[:28]}.duckdb"
    held = _replace(workspace, parts, path, key, None)
    if workspace.data_version != version:
        raise WorkspaceError("数据正在更新，请稍后再试。")
    made = Description(rules, version, "", shared, held)
    describe(path, made)
    return path, made


def _replace(
    workspace: Workspace, tables: Mapping[str, TableScope], path: Path, key: str, base: tuple[Path, Description] | None
) -> dict[str, HeldBack]:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        held = build(workspace.warehouse_path, tables, partial, key, base[0] if base else None)
        sidecar(path).unlink(missing_ok=True)
        partial.replace(path)
    except duckdb.Error as error:
        raise WorkspaceError(_explain(error)) from error
    except KeyError as error:
        raise WorkspaceError(f"脱敏规则 {error} 不存在，无法准备可查询的数据。请检查权限设置。") from error
    finally:
        for leftover in (partial, Path(f"{partial}.wal")):
            leftover.unlink(missing_ok=True)
    return {**(base[1].held_back if base else {}), **held}


def _explain(error: duckdb.Error) -> str:
    if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
        return "数据仓库正在被写入，请等导入完成后再试。"
    if isinstance(error, duckdb.IOException):
        return "读写数据仓库失败。请检查工作区的磁盘空间，或重新导入数据。"
    return "数据仓库与语义模型不一致，无法准备可查询的数据。请重新运行 zhengwen ingest。"


def _file_name(scope_id: str) -> str:
    return scope_id if SAFE_ID.fullmatch(scope_id) else hashlib.sha256(scope_id.encode()).hexdigest()[:32]
