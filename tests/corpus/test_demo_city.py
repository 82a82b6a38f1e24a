"""The demo city: the same rows for the same seed, keys that hold, meanings that fit what is stored."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from corpus.catalog import OpeningClass, Sensitivity, SharingClass
from corpus.demo import DEFAULT_SEED, build_demo
from corpus.demo.build import digest
from corpus.demo.departments import DEPARTMENTS, THEMES
from corpus.demo.identity import credit_code_is_valid, identity_is_valid
from corpus.demo.tables import SPECS
from corpus.semantics import Additivity, Role, SemanticModel, Table, load_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace, WorkspaceError

# Of all tables' digests in order. It changes when the data are changed on purpose, and only then.
DEFAULT_DIGEST = "52c6655840d8ed50"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_demo(tmp_path_factory.mktemp("demo") / "workspace")


@pytest.fixture(scope="module")
def warehouse(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def model(workspace: Workspace) -> SemanticModel:
    return load_semantics(workspace.semantics_path)


@pytest.fixture(scope="module")
def own(model: SemanticModel) -> list[Table]:
    """The tables the city is made of (the catalogue's own table has its own tests)."""
    names = {spec.name for spec in SPECS}
    return [table for table in model.tables if table.name in names]


def value(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def all_digests(connection: duckdb.DuckDBPyConnection) -> str:
    return hashlib.sha256("".join(digest(connection, spec.table) for spec in SPECS).encode()).hexdigest()[:16]


def test_default_seed_gives_the_same_rows_every_time(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert all_digests(warehouse) == DEFAULT_DIGEST


def test_another_seed_gives_another_city_of_the_same_shape(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    other = build_demo(tmp_path / "other", seed=7)
    shape = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY table_name, ordinal_position"
    with duckdb.connect(str(other.warehouse_path), read_only=True) as connection:
        assert connection.execute(shape).fetchall() == warehouse.execute(shape).fetchall()
        same = [s.name for s in SPECS if digest(connection, s.table) == digest(warehouse, s.table)]
        check_foreign_keys(connection, load_semantics(other.semantics_path))
    assert same == ["metro_line"]  # the lines are part of the map
    assert other.data_version != workspace.data_version
    assert other.manifest()["seed"] == 7


def test_the_workspace_is_complete(workspace: Workspace) -> None:
    manifest = workspace.manifest()
    assert manifest["kind"] == "demo"
    assert manifest["seed"] == DEFAULT_SEED
    settings = tomllib.loads(workspace.settings_path.read_text("utf-8"))
    assert settings == {"city": "云澜市", "today": "2026-07-01"}
    store = CatalogStore(workspace.catalog_path)
    assert len(store.datasets()) >= 300
    assert len(store.documents()) >= 14
    by_id = {dataset.id: dataset for dataset in store.datasets()}
    for spec in SPECS:
        entry = by_id[spec.dataset_id]
        assert (entry.table, entry.sharing, entry.opening) == (spec.name, spec.sharing, spec.opening)
        assert entry.publisher == spec.department.name
        assert entry.rows


def test_size(own: list[Table]) -> None:
    assert len(own) >= 40
    assert 1_800_000 <= sum(table.rows for table in own) <= 2_800_000
    assert len(DEPARTMENTS) >= 26


def test_model_describes_what_is_stored(warehouse: duckdb.DuckDBPyConnection, own: list[Table]) -> None:
    for table in own:
        stored = warehouse.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
            [table.name],
        ).fetchall()
        assert [(n, t) for n, t, _ in stored] == [(c.name, c.type) for c in table.columns]
        assert all(comment.startswith(c.label) for (_, _, comment), c in zip(stored, table.columns, strict=True))
        assert value(warehouse, f"SELECT count(*) FROM {table.name}") == table.rows
        assert "2025-12" <= table.updated <= "2026-07-01", table.name


def test_every_column_is_fully_described(own: list[Table]) -> None:
    for table in own:
        labels = [c.label for c in table.columns]
        assert len(set(labels)) == len(labels), table.name
        assert table.description and table.grain and table.dataset
        assert bool(table.entity) == bool(table.measure_word)
        for column in table.columns:
            assert (column.additivity is not None) == (column.role is Role.MEASURE), (table.name, column.name)
            assert bool(column.grain) == (column.role is Role.TIME)
            if column.unit.startswith("万"):
                assert column.scale == 10_000, (table.name, column.name)
            if column.unit.startswith("亿"):
                assert column.scale == 100_000_000
            if column.unit in ("%", "‰") or "/" in column.unit:
                assert column.additivity is Additivity.AVERAGE, (table.name, column.name)
        if table.time_column:
            assert table.column(table.time_column).role is Role.TIME
        for key in table.primary_key:
            table.column(key)


def test_codes_explain_every_stored_value(warehouse: duckdb.DuckDBPyConnection, own: list[Table]) -> None:
    coded = [(t.name, c) for t in own for c in t.columns if c.codes]
    assert len(coded) >= 25
    for name, column in coded:
        rows = warehouse.execute(f"SELECT DISTINCT {column.name}::VARCHAR FROM {name} WHERE {column.name} IS NOT NULL")
        assert {r[0] for r in rows.fetchall()} <= set(column.codes), (name, column.name)


def test_what_values_are_also_called_belongs_to_stored_values(
    warehouse: duckdb.DuckDBPyConnection, own: list[Table]
) -> None:
    for table in own:
        for column in table.columns:
            rows = warehouse.execute(f"SELECT DISTINCT {column.name}::VARCHAR FROM {table.name}").fetchall()
            assert set(column.value_synonyms) <= {r[0] for r in rows}, (table.name, column.name)


def test_table_names_are_not_names_of_a_part_of_its_rows(
    warehouse: duckdb.DuckDBPyConnection, own: list[Table]
) -> None:
    """Else a question about 二手房 would take the word for the table and count new homes as well."""
    for table in own:
        said = {table.label, *table.synonyms}
        for column in table.columns:
            if column.role is Role.CATEGORY:
                rows = warehouse.execute(f"SELECT DISTINCT {column.name}::VARCHAR FROM {table.name}").fetchall()
                parts = {column.codes.get(r[0], r[0]) for r in rows if r[0]}
                parts |= {word for words in column.value_synonyms.values() for word in words}
                assert not said & parts or table.name == "street", (table.name, said & parts)


def test_categories_are_few(warehouse: duckdb.DuckDBPyConnection, own: list[Table]) -> None:
    for table in own:
        for column in table.columns:
            if column.role is Role.CATEGORY:
                assert int(str(value(warehouse, f"SELECT count(DISTINCT {column.name}) FROM {table.name}"))) <= 200


def test_primary_keys_are_unique(warehouse: duckdb.DuckDBPyConnection, own: list[Table]) -> None:
    for table in own:
        if table.primary_key:
            keys = ", ".join(table.primary_key)
            twice = f"SELECT count(*) FROM (SELECT {keys} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)"
            assert value(warehouse, twice) == 0, table.name
            assert value(warehouse, f"SELECT count(*) FROM {table.name} WHERE ({keys}) IS NULL") == 0


def check_foreign_keys(connection: duckdb.DuckDBPyConnection, model: SemanticModel) -> None:
    for relation in model.relations:
        pairs = " AND ".join(
            f"a.{left} = b.{right}" for left, right in zip(relation.left_columns, relation.right_columns, strict=True)
        )
        present = " AND ".join(f"a.{left} IS NOT NULL" for left in relation.left_columns)
        lost = f"SELECT count(*) FROM {relation.left} a ANTI JOIN {relation.right} b ON {pairs} WHERE {present}"
        assert value(connection, lost) == 0, relation
        keys = ", ".join(relation.right_columns)
        twice = f"SELECT count(*) FROM (SELECT {keys} FROM {relation.right} GROUP BY ALL HAVING count(*) > 1)"
        assert value(connection, twice) == 0, relation


def test_foreign_keys_hold(warehouse: duckdb.DuckDBPyConnection, model: SemanticModel) -> None:
    assert len(model.relations) >= 60
    check_foreign_keys(warehouse, model)


def test_foreign_columns_have_a_relation(model: SemanticModel, own: list[Table]) -> None:
    joined = {(r.left, column) for r in model.relations for column in r.left_columns}
    for table in own:
        for column in table.columns:
            if column.role is Role.FOREIGN:
                assert (table.name, column.name) in joined, (table.name, column.name)


def test_metrics_and_reviewed_queries_run(warehouse: duckdb.DuckDBPyConnection, model: SemanticModel) -> None:
    assert len(model.metrics) >= 15
    for metric in model.metrics:
        result = float(str(value(warehouse, f"SELECT {metric.expression} FROM {metric.table}")))
        assert result > 0, metric
        if metric.unit == "%":
            assert result <= 100, metric
    labels = [metric.label for metric in model.metrics]
    assert len(set(labels)) == len(labels)
    assert len(model.verified) >= 12
    for query in model.verified:
        assert warehouse.execute(query.sql).fetchall(), query.question


def test_classes_are_reasoned() -> None:
    opened = [s for s in SPECS if s.opening is OpeningClass.OPEN]
    assert len(opened) >= 32
    assert len(opened) > len(SPECS) / 2
    assert sum(s.sharing is SharingClass.NOT_SHARED for s in SPECS) >= 3
    for spec in SPECS:
        assert spec.theme in THEMES
        personal = [c for c in spec.table.columns if c.sensitivity is not Sensitivity.NONE]
        if personal:
            assert spec.opening is not OpeningClass.OPEN, spec.name
        if spec.sharing is SharingClass.NOT_SHARED:
            assert spec.sharing_basis.startswith("《中华人民共和国"), spec.name
            assert spec.opening is OpeningClass.CLOSED
        if spec.sharing is SharingClass.CONDITIONAL:
            assert spec.sharing_condition, spec.name
        if spec.opening is OpeningClass.CONDITIONAL:
            assert spec.opening_condition, spec.name


def test_numbers_of_persons_and_firms_pass_their_checks(warehouse: duckdb.DuckDBPyConnection) -> None:
    people = [r[0] for r in warehouse.execute("SELECT identity_number FROM resident").fetchall()]
    assert len(set(people)) == len(people) == 100_000
    assert all(p.startswith("99") and identity_is_valid(p) for p in people)
    firms = [r[0] for r in warehouse.execute("SELECT credit_code FROM enterprise").fetchall()]
    assert len(set(firms)) == len(firms)
    assert all(credit_code_is_valid(f) for f in firms)


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "winter air is worse",
            "SELECT avg(pm25) FILTER (month(date) IN (12, 1, 2)) > 1.5 * avg(pm25) FILTER (month(date) IN (6, 7, 8)) FROM air_quality",
        ),
        (
            "air gets better",
            "SELECT avg(pm25) FILTER (year(date) = 2025) < avg(pm25) FILTER (year(date) = 2019) FROM air_quality",
        ),
        (
            "storms bring tickets about standing water",
            "SELECT avg(n) FILTER (rain > 40) > 5 * avg(n) FILTER (rain = 0) FROM (SELECT date, avg(precipitation) AS rain "
            "FROM weather_daily GROUP BY date) JOIN (SELECT created_at::DATE AS date, count(*) AS n FROM hotline_ticket "
            "WHERE subcategory = '积水内涝' GROUP BY 1) USING (date)",
        ),
        (
            "kindergartens empty",
            "SELECT sum(student_count) FILTER (year = 2025) < 0.85 * sum(student_count) FILTER (year = 2019) "
            "FROM school_enrolment JOIN school USING (school_id) WHERE stage = '10'",
        ),
        (
            "teachers by title add up",
            "SELECT (SELECT sum(teacher_count) FROM school_teacher) = (SELECT sum(teacher_count) FROM school_enrolment)",
        ),
        (
            "the centre is dearer than the county",
            "SELECT avg(average_price) FILTER (district = '云湖区') > 2 * avg(average_price) FILTER (district = '松岚县') FROM house_price",
        ),
        (
            "no permit before its firm",
            "SELECT count(*) = 0 FROM permit JOIN enterprise USING (enterprise_id) WHERE accepted_date < established_date",
        ),
        (
            "replies that are on time took ten working days at most",
            "SELECT bool_and(is_on_time = (reply_days <= 10)) FROM share_request WHERE replied_date IS NOT NULL",
        ),
        (
            "nothing is dated after the last day",
            "SELECT (SELECT max(created_at) FROM hotline_ticket) < '2026-07-01' AND (SELECT max(date) FROM air_quality) = '2026-06-30'",
        ),
        (
            "some values are missing, as the notes say",
            "SELECT count(*) > count(aqi) AND count(*) < 1.02 * count(aqi) FROM air_quality",
        ),
        (
            "a batch of food samples stands there twice",
            "SELECT count(*) - count(DISTINCT sample_id) = 60 FROM food_inspection",
        ),
    ],
)
def test_the_city_is_plausible(warehouse: duckdb.DuckDBPyConnection, what: str, sql: str) -> None:
    assert value(warehouse, sql) is True, what


def test_only_a_demo_workspace_is_replaced(tmp_path: Path) -> None:
    mine = Workspace.create(tmp_path / "mine")
    with pytest.raises(WorkspaceError, match="不会被演示城市覆盖"):
        build_demo(mine.root)
    assert mine.manifest()["kind"] == "own"
    other = tmp_path / "papers"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="不是工作区"):
        build_demo(other)
    assert [p.name for p in other.iterdir()] == ["letter.txt"]


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def stop(text: str, share: float) -> None:
        assert text and 0 <= share <= 1
        if share > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_demo(tmp_path / "city", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="无法"):
        build_demo(tmp_path / "file" / "city")
