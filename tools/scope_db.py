"""One database per scope, holding only what the scope may see: columns dropped or masked, rows filtered.

A query cannot reach what is not there. The file is named by the scope's id; beside it a small JSON file says of which
data and of which rules it was made. It is built aside and moved into place, under a lock that other processes respect.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from corpus.workspace import Workspace, WorkspaceError
from tools.masks import mask
from tools.principal import Scope, TableScope

FORMAT = "1"  # raise it when a database built from the same scope would come out different
ORIGIN = "warehouse"  # the name under which the warehouse is attached while building
SAFE_ID = re.compile(r"[0-9A-Za-z_-]{1,80}")


@dataclass(frozen=True)
class ScopeDatabase:
    """Where a scope's database is, and the version of the data in it."""

    path: Path
    data_version: str


def rules_digest(tables: dict[str, TableScope]) -> str:
    """A digest of everything that decides what a scope's database holds."""
    canonical = {name: table.model_dump(mode="json") for name, table in tables.items()}
    text = json.dumps([FORMAT, canonical], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def scope_of(tables: dict[str, TableScope], data_version: str) -> Scope:
    """A scope with the id that belongs to its rules and to the version of the data."""
    digest = hashlib.sha256(f"{rules_digest(tables)} {data_version}".encode()).hexdigest()
    return Scope(id=digest[:32], tables=tables)


def scope_database(workspace: Workspace, scope: Scope) -> ScopeDatabase:
    """The up-to-date database of `scope`, built if need be. WorkspaceError says in Chinese why it cannot be."""
    rules = rules_digest(scope.tables)
    path = workspace.scopes_path / f"{_file_name(scope.id)}.duckdb"
    version = workspace.data_version
    if _description(path) == (rules, version):
        return ScopeDatabase(path, version)
    try:
        workspace.scopes_path.mkdir(parents=True, exist_ok=True)
        with _locked(workspace.scopes_path / f".{rules[:16]}.lock"):
            version = workspace.data_version
            if _description(path) != (rules, version):  # another process may have built it while this one waited
                _replace(workspace, scope, path)
                if workspace.data_version != version:
                    raise WorkspaceError("数据正在更新，请稍后再试。")
                _describe(path, rules, version)
                _remove_stale(workspace.scopes_path, version)
    except OSError as error:
        raise WorkspaceError(f"无法准备可查询的数据：{error.strerror}。请检查工作区的磁盘空间和权限。") from error
    return ScopeDatabase(path, version)


def select_of(name: str, table: TableScope) -> exp.Select:
    """The query over the attached warehouse that yields what may be seen of one table."""
    columns: list[exp.Expr] = []
    for column in table.columns:
        reference = exp.column(exp.to_identifier(column, quoted=True))
        rule = table.masks.get(column)
        shown = mask(rule, reference) if rule is not None else reference
        columns.append(exp.alias_(shown, column, quoted=True))
    query = exp.select(*columns).from_(exp.table_(name, db="main", catalog=ORIGIN, quoted=True))
    for rows in table.rows:
        text = exp.cast(exp.column(exp.to_identifier(rows.column, quoted=True)), exp.DataType.Type.VARCHAR)
        values = [exp.Literal.string(value) for value in rows.values]
        query = query.where(text.isin(*values) if values else exp.false())
    return query


def _replace(workspace: Workspace, scope: Scope, path: Path) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        _build(workspace.warehouse_path, scope, partial)
        _sidecar(path).unlink(missing_ok=True)
        partial.replace(path)
    except duckdb.Error as error:
        raise WorkspaceError(_explain(error)) from error
    except KeyError as error:
        raise WorkspaceError(f"脱敏规则 {error} 不存在，无法准备可查询的数据。请检查权限设置。") from error
    finally:
        for leftover in (partial, Path(f"{partial}.wal")):
            leftover.unlink(missing_ok=True)


def _build(warehouse: Path, scope: Scope, target: Path) -> None:
    if not warehouse.is_file():
        raise WorkspaceError("工作区里还没有数据表。请先运行 zhengwen demo，或用 zhengwen ingest 导入数据。")
    connection = duckdb.connect(str(target))
    try:
        attach = exp.Attach(this=exp.alias_(exp.Literal.string(str(warehouse)), ORIGIN))
        connection.execute(attach.sql("duckdb") + " (READ_ONLY)")
        present = {
            (str(table), str(column))
            for table, column in connection.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = 'main'",
                [ORIGIN],
            ).fetchall()
        }
        for name, table in scope.tables.items():
            if not table.columns:
                continue
            needed = [*table.columns, *(rows.column for rows in table.rows)]
            if any((name, column) not in present for column in needed):
                raise WorkspaceError(f"数据仓库与语义模型不一致：表 {name} 的列对不上。请重新运行 zhengwen ingest。")
            create = exp.Create(this=exp.table_(name, quoted=True), kind="TABLE", expression=select_of(name, table))
            connection.execute(create.sql("duckdb"))
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _explain(error: duckdb.Error) -> str:
    if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
        return "数据仓库正在被写入，请等导入完成后再试。"
    if isinstance(error, duckdb.IOException):
        return "读写数据仓库失败。请检查工作区的磁盘空间，或重新导入数据。"
    return "数据仓库与语义模型不一致，无法准备可查询的数据。请重新运行 zhengwen ingest。"


def _file_name(scope_id: str) -> str:
    return scope_id if SAFE_ID.fullmatch(scope_id) else hashlib.sha256(scope_id.encode()).hexdigest()[:32]


def _sidecar(path: Path) -> Path:
    return path.with_suffix(".json")


def _description(path: Path) -> tuple[str, str] | None:
    """(rules digest, data version) of an existing database, or None when there is none that can be trusted."""
    try:
        data = json.loads(_sidecar(path).read_text("utf-8"))
        described = str(data["rules"]), str(data["data_version"])
        return described if _whole(path, data.get("bytes")) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _whole(path: Path, size: object) -> bool:
    """Whether the file is as long as it was made and begins as a database does: a cut or overwritten one is made anew."""
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END) == size and file.seek(8) == 8 and file.read(4) == b"DUCK"


def _describe(path: Path, rules: str, version: str) -> None:
    partial = path.with_suffix(f".{os.getpid()}.json-partial")
    partial.write_text(json.dumps({"rules": rules, "data_version": version, "bytes": path.stat().st_size}), "utf-8")
    partial.replace(_sidecar(path))


def _remove_stale(folder: Path, version: str) -> None:
    """Remove databases of other versions of the data, and leftovers. A query that has one open reads it to its end."""
    for path in folder.glob("*.duckdb"):
        described = _description(path)
        if described is not None and described[1] != version:
            with contextlib.suppress(OSError):
                _sidecar(path).unlink(missing_ok=True)
                path.unlink(missing_ok=True)
    for path in folder.glob("*.partial*"):  # left by a process that was killed while building
        owner = path.name.split(".")[1]
        if owner.isdecimal() and not _alive(int(owner)):
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there and belongs to someone else
        return True
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock that threads and processes respect, and that ends with its holder."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
