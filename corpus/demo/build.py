"""Builds the demo workspace: tables, semantic model, catalogue, policies and settings, all or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from corpus.catalog_table import CATALOG_METRICS, CATALOG_TABLE, write_catalog_table
from corpus.demo.catalogue import datasets
from corpus.demo.departments import CITY
from corpus.demo.policies import documents
from corpus.demo.spec import TableSpec
from corpus.demo.tables import SPECS
from corpus.demo.verified import VERIFIED
from corpus.demo.world import TODAY, World
from corpus.semantics import Column, Relation, SemanticModel, Table, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace, WorkspaceError

DEFAULT_SEED = 20260701
SETTINGS = f"""# 演示城市的设置；改动后重新启动生效。
city = "{CITY}"
# 演示数据到 2026 年 6 月 30 日为止，「去年」「上个月」等说法以这一天为准。
today = "{TODAY.isoformat()}"
"""

Progress = Callable[[str, float], None]


def build_demo(root: Path, seed: int = DEFAULT_SEED, progress: Progress | None = None) -> Workspace:
    """Build the demo city at `root`, replacing a demo workspace that stands there.

    `progress` is told what is being done (Chinese) and how much of the whole is done (0..1).
    WorkspaceError when `root` holds something else or cannot be written.
    """
    say = progress or (lambda text, share: None)
    root = root.absolute()
    _refuse_to_overwrite(root)
    partial = root.with_name(f".{root.name}.{os.getpid()}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        workspace = Workspace.create(partial, kind="demo", seed=seed)
        version = fill(workspace, seed, say)
        workspace.settings_path.write_text(SETTINGS, "utf-8")
        workspace.update_manifest(data_version=version)
        _replace(partial, root)
    except OSError as error:
        raise WorkspaceError(f"无法生成演示城市 {root}：{error.strerror}。请检查路径、权限和磁盘空间。") from error
    except duckdb.Error as error:
        raise WorkspaceError(f"无法生成演示城市 {root}：写入数据表失败。请检查磁盘空间后重试。") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    say("完成", 1.0)
    return Workspace.open(root)


def fill(workspace: Workspace, seed: int, say: Progress) -> str:
    """Write everything into an empty workspace; returns the data version."""
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("SET threads TO 2")
        tables, digests = write_tables(connection, seed, say)
        say("编制数据目录", 0.86)
        model = SemanticModel(
            tables=tables,
            relations=[relation for spec in SPECS for relation in spec.relations],
            metrics=[metric for spec in SPECS for metric in spec.metrics],
            verified=list(VERIFIED),
        )
        known = {table.name: table for table in tables}
        entries = datasets([replace(spec, table=known[spec.name]) for spec in SPECS], seed)
        model = model.merged(_about_catalogue(write_catalog_table(connection, entries)))
        connection.execute("CHECKPOINT")
    say("写入政策文件", 0.94)
    store = CatalogStore(workspace.catalog_path)
    store.put_datasets(entries)
    store.put_documents(documents())
    save_semantics(model, workspace.semantics_path)
    return hashlib.sha256("".join([*digests, store.version()]).encode()).hexdigest()[:12]


def write_tables(connection: duckdb.DuckDBPyConnection, seed: int, say: Progress) -> tuple[list[Table], list[str]]:
    """Build every table; returns their semantic tables (with rows and newest date) and their digests, in order."""
    world = World(seed)
    world.catalogue = [(x.dataset_id, x.table.label, x.department.name, x.sharing.value) for x in SPECS]
    tables, digests = [], []
    for done, spec in enumerate(SPECS):
        say(f"生成{spec.table.label}", 0.84 * done / len(SPECS))
        world.add(spec.name, spec.build(world))
        _write(connection, spec, world)
        digests.append(digest(connection, spec.table))
        tables.append(
            spec.table.model_copy(update={"rows": world.size(spec.name), "updated": _updated(connection, spec.table)})
        )
    return tables, digests


def _write(connection: duckdb.DuckDBPyConnection, spec: TableSpec, world: World) -> None:
    frame, columns = world.tables[spec.name], spec.table.columns
    if frame.column_names != [column.name for column in columns]:
        raise AssertionError(f"{spec.name}: {frame.column_names} is not what its spec says")
    declared = ", ".join(f"{_name(column.name)} {column.type}" for column in columns)
    table = _name(spec.name)
    connection.execute(f"CREATE TABLE {table} ({declared})")
    connection.register("incoming", frame)
    connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
    connection.unregister("incoming")
    connection.execute(f"COMMENT ON TABLE {table} IS {_text(spec.table.label)}")
    for column in columns:
        connection.execute(f"COMMENT ON COLUMN {table}.{_name(column.name)} IS {_text(_comment(column))}")


def _comment(column: Column) -> str:
    unit = f"（{column.unit}）" if column.unit else ""
    codes = "；" + "，".join(f"{code}：{meaning}" for code, meaning in column.codes.items()) if column.codes else ""
    return f"{column.label}{unit}{codes}"


def digest(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """A digest over all rows of a table in their order; the same for every version of the engine."""
    row = ", ".join(f"coalesce({_name(c.name)}::VARCHAR, '∅')" for c in table.columns)
    query = f"SELECT sum(md5_number_lower(concat_ws('|', rowid::VARCHAR, {row}))::HUGEINT), count(*) FROM {_name(table.name)}"
    total, rows = connection.execute(query).fetchone() or (0, 0)
    return hashlib.sha256(f"{table.name}:{total}:{rows}".encode()).hexdigest()[:16]


def _updated(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The ISO date of the newest data, never after the demo's today."""
    if table.time_column is None:
        return TODAY.isoformat()
    newest = connection.execute(f"SELECT max({_name(table.time_column)}) FROM {_name(table.name)}").fetchone()
    value: Any = newest[0] if newest else None
    if isinstance(value, int):
        return min(f"{value}-12-31", TODAY.isoformat())
    return str(value)[:10]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _about_catalogue(table: Table) -> SemanticModel:
    """What the model says of the catalogue's own table, and which tables name its datasets."""
    return SemanticModel(
        tables=[table],
        relations=[
            Relation(left=spec.name, left_columns=["dataset_id"], right=CATALOG_TABLE, right_columns=["dataset_id"])
            for spec in SPECS
            if any(column.name == "dataset_id" for column in spec.table.columns)
        ],
        metrics=CATALOG_METRICS,
    )


def _refuse_to_overwrite(root: Path) -> None:
    """A demo workspace or nothing may be replaced; anything else belongs to somebody."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return
    if not root.is_dir() or not Workspace(root).manifest_path.is_file():
        raise WorkspaceError(f"{root} 已经存在，而且不是工作区。请换一个路径，或先移走里面的文件。")
    if Workspace(root).manifest().get("kind") != "demo":
        raise WorkspaceError(f"{root} 是您自己的工作区，不会被演示城市覆盖。请用 -w 指定另一个路径。")


def _replace(partial: Path, root: Path) -> None:
    if not root.exists():
        partial.rename(root)
        return
    old = root.with_name(f".{root.name}.{os.getpid()}.old")
    root.rename(old)
    partial.rename(root)
    shutil.rmtree(old, ignore_errors=True)
