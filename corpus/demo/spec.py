"""What a demo table is: its meaning, its place in the catalogue, and the function that fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from corpus.catalog import OpeningClass, SecurityLevel, Sensitivity, SharingClass
from corpus.demo.departments import Department, department
from corpus.demo.world import Frame, World
from corpus.semantics import Additivity, Cardinality, Column, Metric, Relation, Role, Table

# What access a dataset has: (sharing, opening).
OPEN = (SharingClass.UNCONDITIONAL, OpeningClass.OPEN)
RESTRICTED = (SharingClass.CONDITIONAL, OpeningClass.CONDITIONAL)
SHARED = (SharingClass.UNCONDITIONAL, OpeningClass.CLOSED)
INTERNAL = (SharingClass.CONDITIONAL, OpeningClass.CLOSED)
SECRET = (SharingClass.NOT_SHARED, OpeningClass.CLOSED)


@dataclass(frozen=True)
class TableSpec:
    """One demo table. `rows` and `updated` of `table` are filled in after the build."""

    table: Table
    department: Department
    theme: str
    update_frequency: str
    build: Callable[[World], Frame]
    sharing: SharingClass = SharingClass.UNCONDITIONAL
    opening: OpeningClass = OpeningClass.OPEN
    level: SecurityLevel = SecurityLevel.GENERAL
    sharing_condition: str = ""
    sharing_basis: str = ""
    opening_condition: str = ""
    keywords: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    metrics: tuple[Metric, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def dataset_id(self) -> str:
        return dataset_id(self.table.name)


def dataset_id(table: str) -> str:
    """The catalogue id of a warehouse table: yl-school-enrolment."""
    return "yl-" + table.replace("_", "-")


def spec(
    name: str,
    label: str,
    build: Callable[[World], Frame],
    columns: list[Column],
    *,
    by: str,
    access: tuple[SharingClass, OpeningClass] = OPEN,
    frequency: str,
    key: str = "",
    time: str | None = None,
    theme: str = "",
    synonyms: str = "",
    keywords: str = "",
    level: SecurityLevel = SecurityLevel.GENERAL,
    sharing_condition: str = "",
    sharing_basis: str = "",
    opening_condition: str = "",
    links: tuple[tuple[str, str], ...] = (),
    metrics: tuple[Metric, ...] = (),
    **about: Any,
) -> TableSpec:
    """A spec in few words.

    `by` is a department's key; `key` and `synonyms` are lists parted by blanks; a link is ("column", "table.column"),
    or ("a,b", "table.a,b") for a key of several columns; `about` goes to the semantic Table
    (description, grain, entity, measure_word, note).
    """
    provider = department(by)
    table = Table(
        name=name,
        label=label,
        columns=columns,
        synonyms=synonyms.split(),
        primary_key=key.split(),
        time_column=time,
        dataset=dataset_id(name),
        **about,
    )
    return TableSpec(
        table=table,
        department=provider,
        theme=theme or provider.theme,
        update_frequency=frequency,
        build=build,
        sharing=access[0],
        opening=access[1],
        level=level,
        sharing_condition=sharing_condition,
        sharing_basis=sharing_basis,
        opening_condition=opening_condition,
        keywords=tuple(keywords.split()),
        relations=tuple(_relation(name, table.primary_key, *link) for link in links),
        metrics=tuple(m.model_copy(update={"table": name}) for m in metrics),
    )


def metric(name: str, label: str, expression: str, said: str = "", unit: str = "", description: str = "") -> Metric:
    """A metric of the spec it is given to; `said` is what people also call it, parted by blanks."""
    return Metric(
        name=name,
        label=label,
        table="",
        expression=expression,
        synonyms=said.split(),
        unit=unit,
        description=description,
    )


def _relation(left: str, left_key: list[str], columns: str, target: str) -> Relation:
    right, right_columns = target.split(".")
    ours = columns.split(",")
    return Relation(
        left=left,
        left_columns=ours,
        right=right,
        right_columns=right_columns.split(","),
        cardinality=Cardinality.ONE_TO_ONE if ours == left_key else Cardinality.MANY_TO_ONE,
    )


@dataclass(frozen=True)
class _Kind:
    """Makes columns of one role; `said` is what people also call it, parted by blanks.

    `called` does the same for stored values: {"33": "三甲 三甲医院"}.
    """

    role: Role
    type: str = "VARCHAR"
    extra: dict[str, Any] = field(default_factory=dict)

    def __call__(self, name: str, label: str, said: str = "", **more: Any) -> Column:
        called: dict[str, str] = more.pop("called", {})
        values = {"role": self.role, "type": self.type, **self.extra, **more}
        values["value_synonyms"] = {value: words.split() for value, words in called.items()}
        return Column(name=name, label=label, synonyms=said.split(), **values)


key = _Kind(Role.KEY)
foreign = _Kind(Role.FOREIGN)
title = _Kind(Role.NAME)
category = _Kind(Role.CATEGORY)
text = _Kind(Role.TEXT)
position = _Kind(Role.TEXT, "DOUBLE")
flag = _Kind(Role.CATEGORY, "BOOLEAN")
number = _Kind(Role.MEASURE, "BIGINT", {"additivity": Additivity.SUM})
amount = _Kind(Role.MEASURE, "DOUBLE", {"additivity": Additivity.SUM})
stock = _Kind(Role.MEASURE, "BIGINT", {"additivity": Additivity.SNAPSHOT})
level_of = _Kind(Role.MEASURE, "DOUBLE", {"additivity": Additivity.SNAPSHOT})
rate = _Kind(Role.MEASURE, "DOUBLE", {"additivity": Additivity.AVERAGE})
year = _Kind(Role.TIME, "INTEGER", {"grain": "year"})
quarter = _Kind(Role.TIME, "DATE", {"grain": "quarter"})
month = _Kind(Role.TIME, "DATE", {"grain": "month"})
day = _Kind(Role.TIME, "DATE", {"grain": "date"})
moment = _Kind(Role.TIME, "TIMESTAMP", {"grain": "timestamp"})
person = _Kind(Role.NAME, "VARCHAR", {"sensitivity": Sensitivity.NAME})
identity = _Kind(Role.TEXT, "VARCHAR", {"sensitivity": Sensitivity.IDENTITY_NUMBER})
phone = _Kind(Role.TEXT, "VARCHAR", {"sensitivity": Sensitivity.PHONE})
address = _Kind(Role.TEXT, "VARCHAR", {"sensitivity": Sensitivity.ADDRESS})
account = _Kind(Role.TEXT, "VARCHAR", {"sensitivity": Sensitivity.ACCOUNT})
IMPORTANT = SecurityLevel.IMPORTANT


def district_name() -> Column:
    """The column by which most tables say where: the district's name."""
    return foreign("district", "所属区", "区县 区 行政区 辖区 所在区", description="区县名称，对应区县表的区县名称。")


def district_code() -> Column:
    """The same by code, as older systems keep it."""
    return foreign("district_code", "区县代码", "区划代码", description="六位行政区划代码，对应区县表。")
