"""The database of a scope: what is in it, what is not, and that many may ask for it at once."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

import duckdb
import pytest

from corpus.workspace import Workspace, WorkspaceError
from tools.masks import MASKS
from tools.principal import RowFilter, Scope, TableScope
from tools.scope_db import scope_database, scope_of

SECRET = "CANARY-5519"
ODD = '奇"怪 列;--'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute(
            "CREATE TABLE person (id INTEGER, name VARCHAR, phone VARCHAR, address VARCHAR, card VARCHAR, note VARCHAR, d DATE)"
        )
        connection.executemany(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (1, "张三丰", "13800001234", "云澜市青湖区柳河街道12号", "530102199001011234", SECRET, "2024-01-01"),
                (2, "李四", "02166", "柳河村", None, SECRET, "2024-01-02"),
                (3, "王", None, None, "1", SECRET, None),
            ],
        )
        connection.execute(f"CREATE TABLE hidden AS SELECT '{SECRET}-TABLE' AS v FROM range(1000)")
        odd = ODD.replace('"', '""')
        connection.execute(f'CREATE TABLE "表 ""x"" ; DROP" AS SELECT 1 AS "{odd}", \'a\'\'b\' AS k')
        connection.execute("CREATE SCHEMA private")
        connection.execute(f"CREATE TABLE private.person AS SELECT '{SECRET}-PRIVATE' AS v")
    return workspace


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_only_what_the_scope_names_is_in_the_file(workspace: Workspace) -> None:
    scope = scope_of({"person": TableScope(columns=["id", "d"])}, workspace.data_version)
    database = scope_database(workspace, scope)
    assert database.data_version == workspace.data_version and scope.id in database.path.name
    columns = read(
        database.path, "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    )
    assert columns == [("main", "person", "id", "INTEGER"), ("main", "person", "d", "DATE")]
    assert SECRET.encode() in workspace.warehouse_path.read_bytes()
    assert SECRET.encode() not in database.path.read_bytes()


def test_masked_values_are_all_that_is_stored(workspace: Workspace) -> None:
    rules = {"name": "surname", "phone": "head3_tail4", "address": "district", "card": "head3_tail4", "note": "stars"}
    scope = scope_of({"person": TableScope(columns=["id", *rules], masks=rules)}, "0")
    database = scope_database(workspace, scope)
    assert read(database.path, "SELECT * FROM person ORDER BY id") == [
        (1, "张*", "138****1234", "云澜市青湖区****", "530***********1234", "****"),
        (2, "李*", "****", "****", None, "****"),
        (3, "*", None, None, "****", "****"),
    ]
    content = database.path.read_bytes()
    for value in (SECRET, "张三丰", "13800001234", "530102199001011234", "柳河"):
        assert value.encode() not in content


def test_every_mask_hides_a_short_value_wholly(workspace: Workspace) -> None:
    ways = [way for way in MASKS if way not in ("surname", "free_text")]  # which show what tells nobody apart
    scopes = [scope_of({"person": TableScope(columns=["card"], masks={"card": way})}, "0") for way in ways]
    for scope in scopes:
        values = read(scope_database(workspace, scope).path, "SELECT card FROM person")
        assert all(value is None or set(str(value)) <= {"*"} or len(str(value)) > 2 for (value,) in values)
        assert ("1",) not in values


def test_an_unknown_mask_builds_nothing(workspace: Workspace) -> None:
    scope = scope_of({"person": TableScope(columns=["note"], masks={"note": "no_such_rule"})}, "0")
    with pytest.raises(WorkspaceError, match="脱敏规则"):
        scope_database(workspace, scope)
    assert not list(workspace.scopes_path.glob("*.duckdb"))


def test_rows_are_filtered_also_by_a_column_that_is_not_shown(workspace: Workspace) -> None:
    def ids(*rows: RowFilter) -> list[tuple[object, ...]]:
        scope = scope_of({"person": TableScope(columns=["id"], rows=list(rows))}, "0")
        return read(scope_database(workspace, scope).path, "SELECT id FROM person ORDER BY id")

    assert ids(RowFilter(column="name", values=["李四", "王"])) == [(2,), (3,)]
    assert ids(RowFilter(column="id", values=["1"])) == [(1,)]
    assert ids(RowFilter(column="name", values=["李四"]), RowFilter(column="id", values=["1"])) == []
    assert ids(RowFilter(column="card", values=["x' OR '1'='1"])) == []
    assert ids(RowFilter(column="name", values=[])) == []


def test_names_are_names_and_never_sql(workspace: Workspace) -> None:
    table = '表 "x" ; DROP'
    scope = scope_of({table: TableScope(columns=[ODD, "k"])}, "0")
    path = scope_database(workspace, scope).path
    [(name,)] = read(path, "SELECT table_name FROM duckdb_tables()")
    assert name == table
    assert read(path, "SELECT column_name FROM duckdb_columns() WHERE NOT internal ORDER BY column_index")[0] == (ODD,)


def test_a_scope_that_does_not_fit_the_warehouse_is_one_sentence(workspace: Workspace) -> None:
    for tables in ({"person": TableScope(columns=["nonesuch"])}, {"nonesuch": TableScope(columns=["id"])}):
        with pytest.raises(WorkspaceError, match="不一致"):
            scope_database(workspace, scope_of(tables, "0"))
    assert [path for path in workspace.scopes_path.iterdir() if not path.name.endswith(".lock")] == []


def test_an_absent_warehouse_is_one_sentence(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    with pytest.raises(WorkspaceError, match="还没有数据表"):
        scope_database(workspace, scope_of({"person": TableScope(columns=["id"])}, "0"))


def test_an_empty_scope_is_an_empty_database(workspace: Workspace) -> None:
    path = scope_database(workspace, Scope(id="nothing", tables={})).path
    assert read(path, "SELECT count(*) FROM duckdb_tables()") == [(0,)]


def test_new_data_rebuilds_and_removes_the_old(workspace: Workspace) -> None:
    tables = {"person": TableScope(columns=["id"])}
    old = scope_database(workspace, scope_of(tables, "0"))
    kept = old.path.stat().st_ino
    assert scope_database(workspace, scope_of(tables, "0")).path.stat().st_ino == kept
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("INSERT INTO person (id) VALUES (4)")
    workspace.update_manifest(data_version="1")
    new = scope_database(workspace, scope_of(tables, "1"))
    assert new.path != old.path and not old.path.exists() and new.data_version == "1"
    assert read(new.path, "SELECT count(*) FROM person") == [(4,)]


def test_a_scope_made_before_new_data_is_answered_from_the_new_data(workspace: Workspace) -> None:
    scope = scope_of({"person": TableScope(columns=["id"])}, "0")
    scope_database(workspace, scope)
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("DELETE FROM person WHERE id = 1")
    workspace.update_manifest(data_version="1")
    again = scope_database(workspace, scope)
    assert again.data_version == "1"
    assert read(again.path, "SELECT count(*) FROM person") == [(2,)]


def test_an_id_alone_does_not_open_another_scopes_database(workspace: Workspace) -> None:
    wide = scope_of({"person": TableScope(columns=["id", "note"])}, "0")
    scope_database(workspace, wide)
    forged = Scope(id=wide.id, tables={"person": TableScope(columns=["id"])})
    path = scope_database(workspace, forged).path
    assert read(path, "SELECT column_name FROM duckdb_columns() WHERE NOT internal") == [("id",)]
    odd = scope_database(workspace, Scope(id="../../etc/x", tables={}))
    assert odd.path.parent == workspace.scopes_path


def build_and_count(root: str, results: object) -> None:
    scope = scope_of({"person": TableScope(columns=["id"])}, "0")
    path = scope_database(Workspace(Path(root)), scope).path
    results.put((path.stat().st_ino, read(path, "SELECT count(*) FROM person")))  # type: ignore[attr-defined]


def test_many_builders_build_once(workspace: Workspace) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    builders: list[object] = [
        context.Process(target=build_and_count, args=(str(workspace.root), results)) for _ in range(3)
    ]
    builders += [threading.Thread(target=build_and_count, args=(str(workspace.root), results)) for _ in range(3)]
    for builder in builders:
        builder.start()  # type: ignore[attr-defined]
    found = [results.get(timeout=60) for _ in builders]
    for builder in builders:
        builder.join()  # type: ignore[attr-defined]
    assert len({inode for inode, _ in found}) == 1
    assert all(rows == [(3,)] for _, rows in found)
    assert not list(workspace.scopes_path.glob("*partial*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(workspace: Workspace) -> None:
    workspace.scopes_path.mkdir()
    workspace.scopes_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="磁盘空间"):
        scope_database(workspace, Scope(id="x", tables={}))


def test_a_damaged_warehouse_is_one_sentence(workspace: Workspace) -> None:
    workspace.warehouse_path.write_bytes(b"damaged" * 5000)
    with pytest.raises(WorkspaceError, match="数据仓库"):
        scope_database(workspace, scope_of({"person": TableScope(columns=["id"])}, "0"))
    assert not list(workspace.scopes_path.glob("*.duckdb"))


def test_what_a_killed_builder_left_is_cleared_away(workspace: Workspace) -> None:
    workspace.scopes_path.mkdir()
    gone = 2**22 - 3  # above the largest process id of an ordinary machine
    (workspace.scopes_path / f"abc.{gone}.partial").write_text("half")
    scope_database(workspace, scope_of({"person": TableScope(columns=["id"])}, "0"))
    assert not list(workspace.scopes_path.glob("*.partial*"))


def test_the_warehouse_may_be_open_for_reading_elsewhere(workspace: Workspace) -> None:
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as reader:
        database = scope_database(workspace, scope_of({"person": TableScope(columns=["id"])}, "0"))
        assert reader.execute("SELECT count(*) FROM person").fetchall() == [(3,)]
    assert read(database.path, "SELECT count(*) FROM person") == [(3,)]
