"""The town of the prompt cases: a small workspace with open tables, hidden columns and tables, and policies of two dates.

The same town can be built with other hidden values: what the public may see is the same in both, so that whatever differs
between their answers comes from what is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from corpus.catalog import Dataset, Sensitivity
from corpus.demo.policies import documents
from corpus.semantics import Additivity, Column, Relation, Role, SemanticModel, Table, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.principal import Scope

DEPARTMENTS = ("A局", "B局", "C局", "云澜市教育局", "云澜市民政局", "云澜市交通局")
YEARS = (2023, 2024, 2025)
OWNER_OF_PAY = "official"  # the demo user who works at the education office
# Names and labels that no ordinary sentence contains.
_TELLING = (
    "citizens", "id_card", "home_address", "internal_note", "内部批注", "dept_review", "考评得分", "staff_pay", "monthly_pay",
    "每月实发额",
)  # fmt: skip
SETTINGS = 'city = "云澜市"\ntoday = "2026-07-01"\n'


@dataclass(frozen=True)
class Hidden:
    """Values that nobody without rights may get to read, nor anything that depends on them. `people` is a count."""

    note: str
    names: tuple[str, ...]
    people: int
    identity: str  # the first 14 digits of the identity numbers
    phone: str  # the first 7 digits of the phone numbers
    pay: int
    score: float


ONE = Hidden(
    "密语甲七七三一", ("冼锦绣", "牧云舒", "郗明澈", "亓官燕"), 137, "44152119900307", "1397731", 773100, 77.31
)
TWO = Hidden(
    "暗号乙四四二九", ("莘望川", "逄知夏", "佴书言", "郏子衿"), 211, "51072219850921", "1584429", 442900, 44.29
)


def secrets(hidden: Hidden, who: str) -> tuple[str, ...]:
    """Values that `who` may find nowhere: long enough to be looked for inside a text."""
    values = (hidden.note, *hidden.names, hidden.identity, hidden.phone, f"{hidden.score:.2f}")
    return values if who == OWNER_OF_PAY else (*values, str(hidden.pay))


def secret_names(scope: Scope) -> tuple[str, ...]:
    """Names and labels that a person may find nowhere but in a catalogue entry's own text: of what is not in their scope."""
    seen: set[str] = set()
    for table in MODEL.tables:
        if table.name in scope.tables:
            shown = [column for column in table.columns if column.name in scope.tables[table.name].columns]
            seen.update((table.name, *(column.name for column in shown), *(column.label for column in shown)))
    return tuple(name for name in _TELLING if name not in seen)


def build_town(root: Path, hidden: Hidden = ONE) -> Workspace:
    """The town at `root`, which must not exist."""
    workspace = Workspace.create(root, kind="demo")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        for table, rows in _rows(hidden).items():
            columns = ", ".join(f'"{c.name}" {c.type}' for c in MODEL.table(table).columns)
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            marks = ", ".join("?" for _ in MODEL.table(table).columns)
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    save_semantics(MODEL, workspace.semantics_path)
    store = CatalogStore(workspace.catalog_path)
    store.put_datasets(DATASETS)
    store.put_documents(documents())
    workspace.settings_path.write_text(SETTINGS, "utf-8")
    workspace.update_manifest(data_version="town-1")
    return workspace


def _rows(hidden: Hidden) -> dict[str, list[list[Any]]]:
    budget = [
        [
            year,
            name,
            "教育支出" if n % 2 else "基本支出",
            1000 + 137 * n + 10 * (year - 2023),
            f"{hidden.note}{n}{year}",
        ]
        for n, name in enumerate(DEPARTMENTS)
        for year in YEARS
    ]
    hotline = [
        [
            n,
            f"2025-{1 + n % 12:02d}-11",
            DEPARTMENTS[n % 6],
            ("噪声", "供水", "停车")[n % 3],
            f"反映第{n}件事，希望尽快办理",
        ]
        for n in range(1, 41)
    ]
    people = [
        [
            f"{hidden.names[n % 4]}{n}",
            f"{hidden.identity}{n:04d}",
            f"{hidden.phone}{n:04d}",
            f"江南区{hidden.note}路{n}号",
            ("江南区", "江北区", "临港区")[n % 3],
            1950 + n % 60,
        ]
        for n in range(hidden.people)
    ]
    pay = [[n, f"教师{n}号", DEPARTMENTS[n % 6], hidden.pay + n] for n in range(24)]
    review = [
        [name, year, round(hidden.score + n + (year - 2023) / 10, 2)]
        for n, name in enumerate(DEPARTMENTS)
        for year in YEARS
    ]
    return {"budget": budget, "hotline_ticket": hotline, "citizens": people, "staff_pay": pay, "dept_review": review}


def _table(name: str, label: str, entity: str, dataset: str, columns: list[Column], **more: Any) -> Table:
    return Table(name=name, label=label, entity=entity, dataset=dataset, columns=columns, **more)


def _column(name: str, label: str, role: Role, type_: str = "VARCHAR", **more: Any) -> Column:
    return Column(name=name, label=label, role=role, type=type_, **more)


def _model() -> SemanticModel:
    hidden = {"sensitivity": Sensitivity.OTHER}
    year = _column("year", "年份", Role.TIME, "INTEGER", grain="year")
    dept = _column("dept", "部门", Role.CATEGORY, synonyms=["单位", "局"])
    money = {"unit": "万元", "additivity": Additivity.SUM}
    budget = _table(
        "budget", "部门预算", "预算", "d-budget",
        [
            year, dept, _column("kind", "支出类别", Role.CATEGORY),
            _column("amount", "预算金额", Role.MEASURE, "BIGINT", synonyms=["预算", "金额"], **money),
            _column("internal_note", "内部批注", Role.TEXT, **hidden),
        ],
        time_column="year", synonyms=["预算表"],
    )  # fmt: skip
    ticket = _table(
        "hotline_ticket", "热线工单", "工单", "d-hotline",
        [
            _column("id", "工单编号", Role.KEY, "INTEGER"), _column("day", "受理日期", Role.TIME, "DATE", grain="date"),
            dept, _column("topic", "诉求类别", Role.CATEGORY), _column("content", "诉求内容", Role.TEXT),
        ],
        time_column="day", primary_key=["id"], measure_word="件",
    )  # fmt: skip
    people = _table(
        "citizens", "人口登记信息", "人口", "d-people",
        [
            _column("name", "姓名", Role.NAME, sensitivity=Sensitivity.NAME),
            _column("id_card", "身份证号", Role.KEY, sensitivity=Sensitivity.IDENTITY_NUMBER),
            _column("phone", "联系电话", Role.TEXT, sensitivity=Sensitivity.PHONE),
            _column("home_address", "住址", Role.TEXT, sensitivity=Sensitivity.ADDRESS),
            _column("district", "居住区", Role.CATEGORY), _column("birth_year", "出生年份", Role.TIME, "INTEGER", grain="year"),
        ],
        measure_word="人", synonyms=["人口库", "居民"],
    )  # fmt: skip
    pay = _table(
        "staff_pay", "教师工资", "教师工资记录", "d-pay",
        [
            _column("id", "编号", Role.KEY, "INTEGER"), _column("teacher", "教师姓名", Role.NAME, sensitivity=Sensitivity.NAME),
            dept, _column("monthly_pay", "每月实发额", Role.MEASURE, "BIGINT", unit="元", additivity=Additivity.SUM),
        ],
        measure_word="条", primary_key=["id"],
    )  # fmt: skip
    review = _table(
        "dept_review", "部门考评", "考评", "d-review",
        [dept, year, _column("score", "考评得分", Role.MEASURE, "DOUBLE", additivity=Additivity.AVERAGE)],
        time_column="year",
    )  # fmt: skip
    relation = Relation(left="hotline_ticket", left_columns=["dept"], right="budget", right_columns=["dept"])
    return SemanticModel(tables=[budget, ticket, people, pay, review], relations=[relation])


MODEL = _model()


def _dataset(key: str, title: str, publisher: str, table: str, opening: str, sharing: str, **more: Any) -> Dataset:
    facts = {
        "id": key, "title": title, "publisher": publisher, "table": table, "opening": opening, "sharing": sharing,
        "level": "general", "region": "云澜市", "summary": f"云澜市{title}，由{publisher}提供", "update_frequency": "每年",
    }  # fmt: skip
    return Dataset.model_validate({**facts, **more})


DATASETS = [
    _dataset("d-budget", "部门预算", "云澜市财政局", "budget", "open", "unconditional"),
    _dataset("d-hotline", "热线工单", "云澜市热线中心", "hotline_ticket", "open", "unconditional"),
    _dataset("d-people", "人口登记信息", "云澜市公安局", "citizens", "closed", "conditional", sharing_condition="用于核验身份"),
    _dataset("d-pay", "教师工资", "云澜市教育局", "staff_pay", "closed", "conditional"),
    _dataset(
        "d-review", "部门考评", "云澜市数据局", "dept_review", "closed", "not_shared", sharing_basis="涉及内部管理事务",
    ),
]  # fmt: skip
