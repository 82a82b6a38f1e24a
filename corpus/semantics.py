"""The semantic model: what the warehouse's tables and columns mean.

One object, read by the planner, the checks, retrieval and the answer text; kept as YAML that the owner may edit.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from corpus.catalog import Sensitivity


class Role(StrEnum):
    """What a column is for."""

    KEY = "key"  # identifies a row of its table
    FOREIGN = "foreign"  # points to another table's key
    NAME = "name"  # what people call the row: 学校名称
    CATEGORY = "category"  # few values, good to group by
    MEASURE = "measure"  # a number to aggregate
    TIME = "time"  # year, month, date, timestamp
    TEXT = "text"  # free text


class Additivity(StrEnum):
    """Whether a measure may be summed: money may; a rate or a price may only be averaged."""

    SUM = "sum"
    AVERAGE = "average"
    SNAPSHOT = "snapshot"  # sums over things, not over time: population, stock


class Column(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    label: str  # the Chinese name shown to people
    type: str = "VARCHAR"  # DuckDB type
    role: Role = Role.TEXT
    synonyms: list[str] = Field(default_factory=list)
    description: str = ""
    unit: str = ""
    scale: float = 1.0  # one stored unit in base units: 万元 → 10000
    additivity: Additivity | None = None  # measures only
    grain: str = ""  # times only: year, quarter, month, date, timestamp
    codes: dict[str, str] = Field(default_factory=dict)  # stored value → its meaning
    value_synonyms: dict[str, list[str]] = Field(default_factory=dict)  # stored value → what people also call it
    sensitivity: Sensitivity = Sensitivity.NONE
    note: str = ""  # known faults: missing values, late updates


class Table(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    columns: list[Column]
    synonyms: list[str] = Field(default_factory=list)
    description: str = ""
    grain: str = ""  # what one row is: 「一所学校一年」
    entity: str = ""  # the noun its rows count as: 学校, 企业, 工单
    measure_word: str = ""  # 所, 家, 件
    primary_key: list[str] = Field(default_factory=list)
    time_column: str | None = None  # the column that time words in a question mean
    dataset: str | None = None  # catalogue entry that describes it
    rows: int = 0
    updated: str = ""  # ISO date of the newest data
    note: str = ""

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class Cardinality(StrEnum):
    MANY_TO_ONE = "many_to_one"
    ONE_TO_ONE = "one_to_one"
    MANY_TO_MANY = "many_to_many"


class Relation(BaseModel):
    """A join: `left` columns refer to `right` columns; cardinality reads left → right."""

    model_config = ConfigDict(frozen=True)

    left: str
    left_columns: list[str]
    right: str
    right_columns: list[str]
    cardinality: Cardinality = Cardinality.MANY_TO_ONE
    declared: bool = True  # False: found from names and values


class Metric(BaseModel):
    """指标: a named SQL expression over one table, e.g. 开放率 = avg(CASE WHEN … END)."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    table: str
    expression: str  # DuckDB aggregate expression over the table's columns
    synonyms: list[str] = Field(default_factory=list)
    unit: str = ""
    description: str = ""


class VerifiedQuery(BaseModel):
    """已核验: a question with SQL that a named person has reviewed."""

    model_config = ConfigDict(frozen=True)

    question: str
    sql: str
    verified_by: str
    verified_at: str


class SemanticModel(BaseModel):
    model_config = ConfigDict(frozen=True)

    tables: list[Table] = Field(default_factory=list)
    relations: list[Relation] = Field(default_factory=list)
    metrics: list[Metric] = Field(default_factory=list)
    verified: list[VerifiedQuery] = Field(default_factory=list)

    def table(self, name: str) -> Table:
        """The table called `name`; KeyError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def merged(self, other: SemanticModel) -> SemanticModel:
        """This model with `other`'s tables added; on a shared name `other` wins."""
        names = {table.name for table in other.tables}

        def touches(*tables: str) -> bool:
            return any(table in names for table in tables)

        return SemanticModel(
            tables=[t for t in self.tables if t.name not in names] + other.tables,
            relations=[r for r in self.relations if not (r.left in names and r.right in names)] + other.relations,
            metrics=[m for m in self.metrics if not touches(m.table)] + other.metrics,
            verified=self.verified + [v for v in other.verified if v not in self.verified],
        )


def load_semantics(path: Path) -> SemanticModel:
    """Read the model from YAML; an absent file is an empty model. ValueError says where a file is wrong."""
    if not path.exists():
        return SemanticModel()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return SemanticModel.model_validate(yaml.load(path.read_text("utf-8"), Loader=loader) or {})


def save_semantics(model: SemanticModel, path: Path) -> None:
    """Write the model as YAML, replacing the file in one step."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    data = model.model_dump(mode="json", exclude_defaults=True)
    text = yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=120)
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)
