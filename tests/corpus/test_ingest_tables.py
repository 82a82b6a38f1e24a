"""Tables from files: encodings, broken rows, types, names, and the semantic model that comes with them."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog import OpeningClass
from corpus.ingest import IngestReport, ingest
from corpus.ingest.csv_rows import CsvFile
from corpus.ingest.sqlite_tables import load_sqlite
from corpus.ingest.table_load import load_rows
from corpus.ingest.table_names import column_names, safe_name
from corpus.semantics import Additivity, Metric, Relation, Role, SemanticModel, load_semantics, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace

CSV = """各区学校情况表,,,,,
区名称,年份,学校数（所）,在校生（万人）,占比,成立日期
东城区,2023,"1,234",3.5,12.5%,2020/1/5
西城区,2023,89,-,10%,2020年1月6日
坏行,1
朝阳区,2024,100,4.25,11.2%,"没有闭合
海淀区,2024,120,5.5,13%,2021/3/5
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws")


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def one(report: IngestReport) -> Any:
    (file,) = report.files
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_csv(tmp_path: Path, workspace: Workspace, encoding: str) -> None:
    path = tmp_path / "各区学校.csv"
    path.write_text(CSV, encoding)
    file = one(ingest([path], workspace))
    assert (file.kind, file.status, file.read, file.added) == ("table", "ok", 5, 3)
    assert [(s.where, s.reason) for s in file.skipped] == [
        ("第5行", "应有 6 列，实有 2 列"),
        ("第6行", "引号没有闭合"),
    ]
    assert rows(workspace, "FROM 各区学校") == [
        ("东城区", 2023, 1234, 3.5, 12.5, date(2020, 1, 5)),
        ("西城区", 2023, 89, None, 10.0, date(2020, 1, 6)),
        ("海淀区", 2024, 120, 5.5, 13.0, date(2021, 3, 5)),
    ]
    assert any("在校生（万人）" in warning and "空值" in warning for warning in file.warnings)
    table = load_semantics(workspace.semantics_path).table("各区学校")
    pupils = table.column("在校生")
    assert (pupils.label, pupils.unit, pupils.scale, pupils.role) == ("在校生", "人", 10000.0, Role.MEASURE)
    assert (table.column("占比").unit, table.column("占比").additivity) == ("%", Additivity.AVERAGE)
    dataset = CatalogStore(workspace.catalog_path).dataset(table.dataset or "")
    assert dataset is not None
    assert (dataset.table, dataset.rows, dataset.opening) == ("各区学校", 3, "open")
    assert [item.column for item in dataset.items] == [column.name for column in table.columns]


def test_identifiers_stay_text(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "企业.csv"
    path.write_text(
        "企业代码,统一社会信用代码,区号,联系电话,注册资本,日期\n12,914501000000000001,0771,13800000000,3,20240105\n13,914501000000000002,0772,13800000001,4.5,20240106\n",
        "utf-8",
    )
    ingest([path], workspace)
    assert rows(workspace, "FROM 企业")[0] == ("12", "914501000000000001", "0771", "13800000000", 3.0, date(2024, 1, 5))


def test_opening_flag_and_private_columns(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "人员.csv"
    path.write_text("姓名,身份证号,年龄\n张三,11010519491231002X,30\n李四,440524188001010014,41\n", "utf-8")
    file = one(ingest([path], workspace, opening=OpeningClass.CLOSED))
    assert any("不予开放" in w and "身份证号" in w for w in file.warnings)
    (dataset,) = CatalogStore(workspace.catalog_path).datasets()
    assert dataset.opening == "closed"
    again = one(ingest([path], workspace, opening=OpeningClass.CONDITIONAL))
    assert again.updated == 2
    (dataset,) = CatalogStore(workspace.catalog_path).datasets()
    assert dataset.opening == "conditional"


def test_every_sheet(workspace: Workspace, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "人口"
    first.append(["2023年人口统计"])
    first.append(["区", "人口", "人口", None, "日期"])
    first.append(["东区", 12.0, 3.5, "x", date(2024, 1, 2)])
    first.append(["西区", 13.0, "#N/A", "y", date(2024, 1, 3)])
    second = book.create_sheet("经济")
    second.append(["区", "产值"])
    second.append(["东区", 1])
    hidden = book.create_sheet("草稿")
    hidden.append(["a", "b"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "年鉴2023.xlsx"
    book.save(path)
    file = one(ingest([path], workspace))
    assert [s.where for s in file.skipped] == ["工作表「草稿」"]
    assert rows(workspace, "FROM 年鉴2023_人口") == [
        ("东区", 12, 3.5, "x", date(2024, 1, 2)),
        ("西区", 13, None, "y", date(2024, 1, 3)),
    ]
    table = load_semantics(workspace.semantics_path).table("年鉴2023_人口")
    assert [c.name for c in table.columns] == ["区", "人口", "人口_2", "列4", "日期"]
    assert rows(workspace, "SELECT 产值 FROM 年鉴2023_经济") == [(1,)]


def test_parquet_duckdb_and_jsonl(workspace: Workspace, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"城市": ["甲", "乙"], "标签": [["a"], ["b", "c"]], "值": [1.5, None]}), tmp_path / "p.parquet"
    )
    with duckdb.connect(str(tmp_path / "d.duckdb")) as connection:
        connection.execute('CREATE TABLE "Order" ("Id" INTEGER PRIMARY KEY, 名称 VARCHAR, d DECIMAL(10,2))')
        connection.execute("INSERT INTO \"Order\" VALUES (1, 'x', 2.50)")
    (tmp_path / "j.jsonl").write_text(
        '{"站点":"一","数值":3,"嵌套":{"a":1}}\n坏的一行\n{"站点":"二","数值":4}\n', "utf-8"
    )
    report = ingest([tmp_path / "p.parquet", tmp_path / "d.duckdb", tmp_path / "j.jsonl"], workspace)
    assert report.ok
    assert rows(workspace, "FROM p") == [("甲", "[a]", 1.5), ("乙", "[b, c]", None)]
    assert rows(workspace, "SELECT id, 名称 FROM order_") == [(1, "x")]
    assert rows(workspace, "FROM j") == [("一", 3, '{"a": 1}'), ("二", 4, None)]
    assert [(s.where, s.reason) for s in report.files[2].skipped] == [("第2行", "不是有效的 JSON")]


def sqlite_file(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


SHOPS = """CREATE TABLE 城市 (编号 INTEGER PRIMARY KEY, 名称 TEXT);
CREATE TABLE 商店 (店名 TEXT, 城市编号 INTEGER REFERENCES 城市(编号), 面积 TEXT, 评分, 备注);
INSERT INTO 城市 VALUES (1, '甲'), (2, '乙');
INSERT INTO 商店 VALUES ('一店', 1, '120', 4.5, NULL), ('二店', 2, '85', 4, '好'), ('三店', 1, '90', 3.5, '好');"""


def test_sqlite(workspace: Workspace, tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "shops.sqlite", SHOPS)
    assert one(ingest([path], workspace)).read == 5
    assert rows(workspace, "SELECT * FROM 商店 ORDER BY 店名") == [
        ("一店", 1, 120, 4.5, None),
        ("三店", 1, 90, 3.5, "好"),
        ("二店", 2, 85, 4.0, "好"),
    ]
    model = load_semantics(workspace.semantics_path)
    assert Relation(left="商店", left_columns=["城市编号"], right="城市", right_columns=["编号"]) in [
        r.model_copy(update={"declared": True}) for r in model.relations
    ]


def test_sqlite_types_hold_over_every_instance(tmp_path: Path) -> None:
    one_file = sqlite_file(
        tmp_path / "a.sqlite", "CREATE TABLE t (x TEXT, y, z); INSERT INTO t VALUES ('1', 2, '007');"
    )
    other = sqlite_file(tmp_path / "b.sqlite", "CREATE TABLE t (x TEXT, y, z); INSERT INTO t VALUES ('1.5', 'no', 1);")
    connection = duckdb.connect()
    load_sqlite(one_file, connection)
    assert [r[1] for r in connection.execute("DESCRIBE t").fetchall()] == ["BIGINT", "BIGINT", "VARCHAR"]
    load_sqlite(one_file, connection, instances=[one_file, other])
    assert [r[1] for r in connection.execute("DESCRIBE t").fetchall()] == ["DOUBLE", "VARCHAR", "VARCHAR"]
    assert connection.execute("FROM t").fetchall() == [(1.0, "2", "007")]


def test_the_owners_words_stay(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "学校.csv"
    path.write_text("区,学校数,备用\n东,3,1\n西,4,2\n", "utf-8")
    ingest([path], workspace)
    model = load_semantics(workspace.semantics_path)
    table = model.table("学校")
    columns = [
        c.model_copy(update={"label": "学校总数", "synonyms": ["校数"]}) if c.name == "学校数" else c
        for c in table.columns
    ]
    edited = table.model_copy(update={"label": "全市学校", "measure_word": "所", "columns": columns})
    metrics = [
        Metric(name="m", label="平均学校数", table="学校", expression="avg(学校数)"),
        Metric(name="n", label="备用合计", table="学校", expression="sum(备用)"),
    ]
    save_semantics(model.merged(SemanticModel(tables=[edited], metrics=metrics)), workspace.semantics_path)
    path.write_text("区,学校数,新列\n东,3,甲\n西,4,乙\n中,5,丙\n", "utf-8")
    report = ingest([path], workspace)
    after = load_semantics(workspace.semantics_path)
    table = after.table("学校")
    assert (table.label, table.measure_word, table.rows) == ("全市学校", "所", 3)
    assert (table.column("学校数").label, table.column("学校数").synonyms) == ("学校总数", ["校数"])
    assert [c.name for c in table.columns] == ["区", "学校数", "新列"]
    assert [m.name for m in after.metrics if m.table == "学校"] == ["m"]
    assert any("备用合计" in warning for warning in report.warnings)


def test_two_files_of_one_name_do_not_overwrite_each_other(workspace: Workspace, tmp_path: Path) -> None:
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "数据.csv").write_text(f"区,值\n东,{year}\n", "utf-8")
    ingest([tmp_path / "2023", tmp_path / "2024"], workspace)
    assert rows(workspace, "SELECT 值 FROM 数据 UNION ALL SELECT 值 FROM 数据_2") == [(2023,), (2024,)]
    ingest([tmp_path / "2024"], workspace)
    assert rows(workspace, "SELECT count(*) FROM duckdb_tables()") == [(3,)]


def test_a_sheet_that_went_takes_its_table_along(workspace: Workspace, tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "s.sqlite", SHOPS)
    ingest([path], workspace)
    path.unlink()
    sqlite_file(path, "CREATE TABLE 城市 (编号 INTEGER PRIMARY KEY, 名称 TEXT); INSERT INTO 城市 VALUES (1, '甲');")
    report = ingest([path], workspace)
    assert [t.name for t in load_semantics(workspace.semantics_path).tables] == ["城市", "data_catalog"]
    assert [d.title for d in CatalogStore(workspace.catalog_path).datasets()] == ["城市"]
    assert any("商店" in warning for warning in report.files[0].warnings)


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_column_names_are_safe_and_distinct(headers: list[str]) -> None:
    names = column_names(headers)
    assert len({name.lower() for name in names}) == len(headers)
    with duckdb.connect() as connection:
        table = load_rows(connection, safe_name("-", "t"), names, headers, [["1"] * len(headers)])
        assert table.rows == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)] * 3),
        max_size=12,
    )
)
def test_a_well_formed_csv_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("csv") / "x.csv"
    kept = [row for row in cells if any(cell.strip() for cell in row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["甲", "乙", "丙"])
        writer.writerows([["一", "二", "三"], *kept])
    broken: list[int] = []
    read = [cells for _, cells in CsvFile(path).rows(lambda line, reason: broken.append(line))]
    assert not broken
    assert [tuple(row) for row in read[1:]] == kept


def test_one_open_quote_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    lines = ["甲,乙"] + [f"{i},{i}" for i in range(1000)]
    lines[500] = '499,"open'
    path.write_text("\n".join(lines), "utf-8")
    broken: list[tuple[int, str]] = []
    read = list(CsvFile(path).rows(lambda line, reason: broken.append((line, reason))))
    assert (len(read), broken) == (999, [(501, "引号没有闭合")])


def test_values_under_a_blank_header_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("区,数量,,\n东,1,x,\n西,2,y,\n", "utf-8")
    book = openpyxl.Workbook()
    for row in (["区", "数量", None], ["东", 1, "x"], *[["西", 2]] * 12, ["南", 3, "y", "far"]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    report = ingest([tmp_path / "a.csv", tmp_path / "b.xlsx"], workspace)
    assert rows(workspace, "FROM a") == [("东", 1, "x"), ("西", 2, "y")]
    assert rows(workspace, "SELECT 列3 FROM b WHERE 区 <> '西'") == [("x",), ("y",)]
    assert any("表头右侧" in warning for warning in report.files[1].warnings)
