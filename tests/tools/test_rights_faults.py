"""Whatever fails while access is decided, nothing is seen that should not be: a fault refuses, and never widens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fault_injection import Call, calls_of, failing

from corpus.catalog import DataItem, Dataset, Sensitivity
from corpus.semantics import Column, Relation, Role, SemanticModel, Table
from corpus.workspace import Workspace
from tools.principal import Principal, Scope
from tools.query.result import QueryFailed, QueryRefused
from tools.query.tool import QueryTool
from tools.rights import Grant, decide, default_policy, scope_for
from tools.rights.access import Rights
from tools.rights.policy import Policy
from tools.scope_db import scope_database, scope_of

TODAY = date(2026, 3, 1)
OFFICER = Principal(id="o", role="official", department="市医保局", district="甲区")
PERSON = [
    Column(name="id", label="编号", role=Role.KEY),
    Column(name="card", label="身份号码", sensitivity=Sensitivity.IDENTITY_NUMBER),
    Column(name="district", label="所属区", role=Role.CATEGORY),
    Column(name="money", label="金额", role=Role.MEASURE, type="DOUBLE"),
]
MODEL = SemanticModel(
    tables=[
        Table(name="relief", label="救助", dataset="d1", columns=PERSON),
        Table(name="school", label="学校", dataset="d2", columns=[Column(name="name", label="校名"), PERSON[1]]),
        Table(name="claim", label="结算", dataset="d3", columns=PERSON),
        Table(name="secret", label="涉密", dataset="d4", columns=PERSON),
    ],
    relations=[Relation(left="claim", left_columns=["id"], right="relief", right_columns=["id"])],
)


def entry(key: str, table: str, **changes: object) -> Dataset:
    items = [DataItem(name="身份号码", column="card", sensitivity=Sensitivity.IDENTITY_NUMBER)]
    values = {"id": key, "title": table, "table": table, "publisher": "市民政局", "items": items, "opening": "closed"}
    return Dataset.model_validate({**values, **changes})


DATASETS = {
    "d1": entry("d1", "relief", sharing="conditional", level="important"),
    "d2": entry("d2", "school", sharing="unconditional", opening="open", level="general"),
    "d3": entry("d3", "claim", sharing="conditional", level="important", publisher="市医保局"),
    "d4": entry("d4", "secret", sharing="conditional", level="core"),
}
GRANT = Grant("G", "市医保局", "d1", ("身份号码",), "救助", "R", date(2026, 1, 1), date(2026, 12, 31))


def seen(scope: Scope) -> set[tuple[str, str, str]]:
    """(table, column, how) for everything that a scope shows."""
    return {
        (name, column, "grouped" if table.groups is not None else table.masks.get(column, "plain"))
        for name, table in scope.tables.items()
        for column in table.columns
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rights.yaml").write_text("min_group: 6\n", "utf-8")
    return tmp_path


def whole(root: Path, grants: tuple[Grant, ...] = ()) -> Scope:
    """The decision from the policy file to the scope, as a service takes it."""
    return Rights(root, MODEL, DATASETS, grants=lambda: grants, today=lambda: TODAY).scope(OFFICER, "1")


@pytest.mark.parametrize("grants", [(), (GRANT,)], ids=["without grants", "with a grant"])
def test_a_fault_anywhere_in_deciding_shows_less_and_never_more(root: Path, grants: tuple[Grant, ...]) -> None:
    right = seen(whole(root, grants))
    assert {name for name, _, _ in right} == {"relief", "school", "claim"}
    calls = calls_of(lambda: whole(root, grants), "tools/rights", each=2)
    assert len({(file, name) for file, name, _ in calls}) >= 25
    fired = 0
    for call in calls:
        scope, error, met = failing(call, lambda: whole(root, grants))
        fired += met
        if scope is not None:
            allowed = right | (seen(whole(root)) if grants else set())
            assert seen(scope) <= allowed, call
            assert seen(scope) != right or not met or not _on_the_way(call), call
        else:
            assert error is not None  # the service does not start
    assert fired == len(calls)


def _on_the_way(call: Call) -> bool:
    """Whether the function decides something here: a cache's key and a file's stamp only say that one looks again."""
    return call[1] not in ("_stamp", "_names", "Grant.in_force")


def test_a_fault_in_one_decision_refuses_it(root: Path) -> None:
    def ask() -> bool:
        return decide(OFFICER, DATASETS["d2"], policy=default_policy()).allowed

    assert ask()
    for call in calls_of(ask, "tools/rights"):
        allowed, error, met = failing(call, ask)
        assert met and (not allowed or call[1] == "default_policy"), call
        assert error is None or call[1] in ("decide", "default_policy")


FIELDS: list[tuple[type, str]] = [
    *((Principal, name) for name in ("role", "department")),
    *((Dataset, name) for name in ("level", "opening", "sharing", "publisher", "items", "id", "table")),
    *((Table, name) for name in ("columns", "dataset", "name")),
    *((Column, name) for name in ("sensitivity", "name")),
    *((DataItem, name) for name in ("sensitivity", "column")),
    *((SemanticModel, name) for name in ("tables",)),
    *((Policy, name) for name in ("roles", "min_group", "tables")),
    *((Grant, name) for name in ("department", "dataset", "items", "starts", "ends")),
]


def raising(instance: Any, field: str) -> Any:
    """The same object, of a class of its own in which reading `field` fails."""

    def read(self: Any, name: str) -> Any:
        if name == field:
            raise RuntimeError("unreadable")
        return object.__getattribute__(self, name)

    kind = type(instance)
    broken = type(kind.__name__, (kind,), {"__getattribute__": read, "__module__": __name__})
    made = object.__new__(broken)
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
        if hasattr(instance, slot):
            object.__setattr__(made, slot, getattr(instance, slot))
    return made


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_an_unreadable_field_refuses_what_depends_on_it(kind: type, field: str) -> None:
    def broken(instance: Any) -> Any:
        return raising(instance, field) if type(instance) is kind else instance

    def column(one: Column) -> Column:
        return broken(one)  # type: ignore[no-any-return]

    tables = [
        broken(table.model_copy(update={"columns": [column(c) for c in table.columns]})) for table in MODEL.tables
    ]
    model = broken(MODEL.model_copy(update={"tables": tables}))
    datasets = [
        broken(dataset.model_copy(update={"items": [broken(item) for item in dataset.items]}))
        for dataset in DATASETS.values()
    ]
    right = scope_for(OFFICER, MODEL, DATASETS.values(), "1", grants=[GRANT], today=TODAY)
    without = scope_for(OFFICER, MODEL, DATASETS.values(), "1", today=TODAY)
    try:
        scope = scope_for(
            broken(OFFICER), model, datasets, "1", policy=broken(default_policy()), grants=[broken(GRANT)], today=TODAY
        )
    except Exception:
        return  # no scope, nothing seen
    assert seen(scope) < seen(right) | seen(without)
    assert "secret" not in scope.tables


@pytest.mark.parametrize(
    "broken",
    [
        {"grants": lambda: 1 / 0},
        {"today": lambda: 1 / 0},
        {"grants": lambda: [None]},
        {"grants": lambda: ["G"]},
        {"today": lambda: "2026-03-01"},
    ],
)
def test_grants_or_a_clock_that_fail_show_nothing(root: Path, broken: dict[str, Callable[[], Any]]) -> None:
    given: dict[str, Any] = {"grants": lambda: [GRANT], "today": lambda: TODAY, **broken}
    assert Rights(root, MODEL, DATASETS, **given).scope(OFFICER, "1").tables == {}


def test_an_entry_that_is_missing_or_nonsense_refuses_its_table(root: Path) -> None:
    for wrong in ({}, {"d2": None}, {"d2": "x"}, {"d2": Dataset.model_construct(id="d2", title="x", table="school")}):
        datasets = {**{key: value for key, value in DATASETS.items() if key != "d2"}, **wrong}
        scope = Rights(root, MODEL, datasets, today=lambda: TODAY).scope(OFFICER, "1")  # type: ignore[arg-type]
        assert "school" not in scope.tables


def test_a_policy_that_is_no_file_refuses(root: Path) -> None:
    rights = Rights(root, MODEL, DATASETS, today=lambda: TODAY)
    (root / "rights.yaml").unlink()
    (root / "rights.yaml").mkdir()
    assert rights.scope(OFFICER, "1").tables == {} and not rights.decide(OFFICER, DATASETS["d2"]).allowed


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        for table in ("relief", "claim"):
            connection.execute(
                f"CREATE TABLE {table} AS SELECT 'i' || i AS id, 'card-' || i AS card, ['甲', '乙'][1 + i % 2] AS district, "
                "i * 1.5 AS money FROM range(40) r(i)"
            )
        connection.execute("CREATE TABLE school AS SELECT '一中' AS name, 'card-x' AS card")
    return workspace


def test_a_fault_while_a_database_is_built_leaves_none_or_the_right_one(workspace: Workspace, root: Path) -> None:
    scope = whole(root, (GRANT,))
    expected = shown(scope_database(workspace, scope).path)
    calls = calls_of(
        lambda: _anew(workspace, scope), "tools/scope_", "tools/masks", "tools/group_table", "tools/small_"
    )
    assert len({(file, name) for file, name, _ in calls}) >= 20
    for call in calls:
        result, error, met = failing(call, lambda: _anew(workspace, scope))
        assert met and (result is not None or error is not None), call
        for path in workspace.scopes_path.glob("*.duckdb"):
            assert shown(path) <= expected, call
    assert shown(scope_database(workspace, scope).path) == expected  # the next one to ask gets it whole


def _anew(workspace: Workspace, scope: Scope) -> Path:
    for path in workspace.scopes_path.glob("*.*"):
        path.unlink()
    fresh = scope_of(dict(scope.tables), "0", scope.policy)  # nothing about it is remembered
    return scope_database(workspace, fresh).path


def shown(path: Path) -> set[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [str(name) for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {(name, *map(str, row)) for name in names for row in connection.execute(f'FROM "{name}"').fetchall()}


@pytest.fixture
def tool(workspace: Workspace) -> Iterator[QueryTool]:
    with QueryTool(workspace, MODEL) as opened:
        yield opened


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # of generators that fail while being closed
def test_a_fault_in_the_gate_or_on_the_way_to_the_engine_gives_no_rows(tool: QueryTool, root: Path) -> None:
    scope = whole(root)
    for sql in (
        "SELECT card FROM relief",
        "SELECT name, (SELECT count(*) FROM secret) FROM school",
        "SELECT id FROM relief",
    ):
        with pytest.raises(QueryRefused):
            tool.run(sql, scope)
        checks = calls_of(lambda sql=sql: tool.explain_findings(sql, scope), "tools/query", each=2)  # type: ignore[misc]
        for call in checks:
            result, error, _ = failing(call, lambda sql=sql: tool.run(sql, scope))  # type: ignore[misc]
            assert result is None and error is not None, call
    assert tool.run("SELECT name FROM school", scope).rows == [("一中",)]
    with pytest.raises((QueryRefused, QueryFailed)):
        tool.run("SELECT card FROM claim, relief WHERE relief.card = claim.card", scope)
