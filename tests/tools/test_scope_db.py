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
from tools.scope_db import opened, scope_database, scope_of
from tools.scope_files import building, remove_unwanted

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


def key_of(path: Path) -> str:
    return (path.parents[1] / "masks.key").read_text("ascii")


def hashed(*columns: str) -> TableScope:
    return TableScope(columns=list(columns), masks=dict.fromkeys(columns, "hash"))


def test_hashes_join_within_a_workspace_and_tell_nothing(workspace: Workspace, tmp_path: Path) -> None:
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("CREATE TABLE visit AS SELECT card AS person, 1 AS n FROM person")
    scope = scope_of({"person": hashed("card", "phone"), "visit": hashed("person")}, "0")
    path = scope_database(workspace, scope).path
    joined = read(path, "SELECT count(*) FROM person p JOIN visit v ON p.card = v.person")
    assert joined == [(2,)]  # the third has no card, and nothing equals nothing
    codes = read(path, "SELECT card, phone FROM person ORDER BY phone NULLS LAST")
    assert all(code is None or (str(code).isdigit() and len(str(code)) >= 16) for row in codes for code in row)
    assert len(str(codes[0][0] or codes[1][0])) in (16, 18)
    assert b"530102199001011234" not in path.read_bytes() and key_of(path).encode() not in path.read_bytes()
    other = Workspace.create(tmp_path / "other")
    other.warehouse_path.write_bytes(workspace.warehouse_path.read_bytes())
    elsewhere = scope_database(other, scope).path
    assert set(read(elsewhere, "SELECT card FROM person")) & set(read(path, "SELECT card FROM person")) <= {(None,)}


def test_the_key_is_the_owners_alone_and_a_wrong_one_is_said(workspace: Workspace) -> None:
    scope = scope_of({"person": hashed("card")}, "0")
    scope_database(workspace, scope)
    key = workspace.root / "masks.key"
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_text("ascii")
    key.write_text("short", "ascii")
    with pytest.raises(WorkspaceError, match="脱敏密钥"):
        scope_database(workspace, scope)
    key.write_text("0" * 64, "ascii")
    again = scope_database(workspace, scope)
    changed = read(again.path, "SELECT card FROM person")
    key.write_text(kept, "ascii")
    assert read(scope_database(workspace, scope).path, "SELECT card FROM person") != changed


def scopes(*names: str) -> Scope:
    return scope_of({name: TableScope(columns=["v"]) for name in names}, "0", "policy")


@pytest.fixture
def many(tmp_path: Path) -> Workspace:
    """A workspace of many tables, one of them of one department alone."""
    workspace = Workspace.create(tmp_path / "many")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        for name in (*"abcdefgh", "own1", "own2"):
            connection.execute(f"CREATE TABLE {name} AS SELECT '{SECRET}-{name}-' || i AS v FROM range(50) r(i)")
    return workspace


def test_what_scopes_have_in_common_is_built_once_and_nothing_else_comes_along(many: Workspace) -> None:
    first = scope_database(many, scopes(*"abcdefgh", "own1"))
    second = scope_database(many, scopes(*"abcdefgh", "own2"))
    (base,) = many.scopes_path.glob("base-*.duckdb")
    names = "SELECT table_name FROM duckdb_tables() ORDER BY table_name"
    assert [name for (name,) in read(base, names)] == list("abcdefgh")
    assert [name for (name,) in read(second.path, names)] == [*"abcdefgh", "own2"]
    for path, hidden in ((first.path, "own2"), (second.path, "own1"), (base, "own")):
        assert f"{SECRET}-{hidden}".encode() not in path.read_bytes()
    narrow = scope_database(many, scopes(*"abc"))  # made from the warehouse: no file that holds more is cut down
    assert [name for (name,) in read(narrow.path, names)] == list("abc")
    assert f"{SECRET}-d".encode() not in narrow.path.read_bytes()


def test_another_policy_removes_the_databases_of_the_one_before(many: Workspace) -> None:
    tables = dict(scopes("a", "b").tables)
    wide = scope_database(many, scope_of({**tables, "own1": tables["a"]}, "0", "old"))
    same = scope_database(many, scope_of(tables, "0", "old"))
    inode = same.path.stat().st_ino
    kept = scope_database(many, scope_of(tables, "0", "new"))
    assert kept.path.stat().st_ino == inode  # the rules for these tables are the same: not built again
    assert not wide.path.exists()


def test_a_database_in_use_is_not_removed_and_an_unused_one_is(many: Workspace) -> None:
    old = scope_of(dict(scopes("a").tables), "0", "old")
    with opened(many, old) as database:
        scope_database(many, scope_of(dict(scopes("b").tables), "0", "new"))
        assert database.path.exists() and len(read(database.path, "SELECT v FROM a")) == 50
    scope_database(many, scope_of(dict(scopes("c").tables), "0", "new"))
    assert not database.path.exists()


def test_databases_nobody_asks_for_are_removed_by_age_and_number(many: Workspace) -> None:
    aged = scope_database(many, scopes("a"))
    os.utime(aged.path.with_suffix(".json"), (1, 1))
    kept = [scope_database(many, scopes(name)).path for name in "bcdef"]
    assert not aged.path.exists() and all(path.exists() for path in kept)
    for number, path in enumerate(kept):
        os.utime(path.with_suffix(".json"), (path.stat().st_mtime - 100 + number,) * 2)
    with building(many.scopes_path):
        remove_unwanted(many.scopes_path, "0", "policy", keep=kept[0], most=2)
    assert [path.exists() for path in kept] == [True, False, False, True, True]


def test_a_database_that_was_wanted_again_is_not_old(many: Workspace) -> None:
    aged = scope_database(many, scopes("a"))
    os.utime(aged.path.with_suffix(".json"), (1, 1))
    scope_database(many, scopes("a"))
    scope_database(many, scopes("b"))
    assert aged.path.exists()
