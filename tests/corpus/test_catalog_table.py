"""The catalogue as a table: its rows, its description and its metrics."""

from datetime import date

import duckdb

from corpus.catalog import DataItem, Dataset, OpeningClass, SharingClass
from corpus.catalog_table import CATALOG_METRICS, CATALOG_TABLE, write_catalog_table

ENTRIES = [
    Dataset(id="a", title="甲", publisher="水利局", region="广西", opening=OpeningClass.OPEN, rows=10),
    Dataset(
        id="b",
        title="乙",
        publisher="水利局",
        region="广西",
        opening=OpeningClass.CLOSED,
        sharing=SharingClass.NOT_SHARED,
        published=date(2024, 5, 1),
        formats=["CSV", "XLSX"],
        items=[DataItem(name="河名"), DataItem(name="水位")],
    ),
    Dataset(id="c", title="丙", publisher="教育局", opening=OpeningClass.CONDITIONAL, updated=date(2025, 1, 2)),
    Dataset(id="d", title="丁"),
]


def metric(name: str) -> str:
    return next(m.expression for m in CATALOG_METRICS if m.name == name)


def test_one_row_per_dataset() -> None:
    connection = duckdb.connect()
    table = write_catalog_table(connection, ENTRIES)
    assert table.rows == 4
    described = connection.execute(f"DESCRIBE {CATALOG_TABLE}").fetchall()
    assert [(row[0], row[1]) for row in described] == [(c.name, c.type) for c in table.columns]
    row = connection.execute(f"SELECT formats, item_count, sharing, published FROM {CATALOG_TABLE} WHERE title='乙'")
    assert row.fetchone() == ("CSV、XLSX", 2, "不予共享", date(2024, 5, 1))
    assert connection.execute(
        f"SELECT publisher, opening, row_count FROM {CATALOG_TABLE} WHERE title='丁'"
    ).fetchone() == (
        None,
        None,
        None,
    )
    assert table.updated == "2025-01-02"


def test_metrics_run_and_leave_out_what_is_not_said() -> None:
    connection = duckdb.connect()
    write_catalog_table(connection, ENTRIES)
    rate, count, sharing = connection.execute(
        f"SELECT {metric('opening_rate')}, {metric('opened_datasets')}, {metric('sharing_rate')} FROM {CATALOG_TABLE}"
    ).fetchall()[0]
    assert round(rate, 4) == 66.6667
    assert (count, sharing) == (2, 0)


def test_writing_again_replaces() -> None:
    connection = duckdb.connect()
    write_catalog_table(connection, ENTRIES)
    write_catalog_table(connection, ENTRIES[:1])
    assert connection.execute(f"SELECT count(*) FROM {CATALOG_TABLE}").fetchone() == (1,)
    assert write_catalog_table(connection, []).rows == 0
