"""One way to look at a question: its mentions seen from one root table, and which of them are used up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.names import Candidate
from assistant.planning.plan import (
    Arithmetic,
    Col,
    Condition,
    Expression,
    Having,
    Measure,
    Order,
    TimeBucket,
    TimeUnit,
    Value,
    columns_of,
)
from corpus.semantics import Additivity, Column, Role, SemanticModel, Table
from retrieval.values import ValueIndex

if TYPE_CHECKING:
    from assistant.planning.reading.phrases import Phrase

_COUNTING = re.compile(r"(?:总数量|总数|总人数|总量|数量|人数|个数|总额|数目|数|量|额)$")
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "DECIMAL",
    "UBIGINT",
    "UINTEGER",
    "REAL",
)


@dataclass(frozen=True)
class Schema:
    """What planning knows of the data: passed to every step, changed by none."""

    model: SemanticModel
    graph: JoinGraph
    values: ValueIndex
    today: date
    strict: bool = False  # read literally: numbers are added up only where the words say so


@dataclass
class Context:
    """The state of reading one question from one root."""

    schema: Schema
    mentions: list[Mention]
    root: str
    resolved: list[Candidate | None]
    used: set[int] = field(default_factory=set)
    conditions: list[tuple[int, Condition]] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    keys: list[Expression] = field(default_factory=list)
    group: list[Expression] = field(default_factory=list)
    limit: int | None = None
    limit_per: list[Expression] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # words that this root cannot honour
    target: int | None = None  # the mention that the question asks for
    bonus: float = 0.0
    newest: bool = False  # 现在, 最新: of the last time that there is
    phrases: list[Phrase] = field(default_factory=list)

    # -- tables and columns -------------------------------------------------------------------------------------

    @property
    def table(self) -> Table:
        return self.schema.model.table(self.root)

    def column(self, index: int) -> Column | None:
        """The column that a mention means, if it means one."""
        found = self.resolved[index]
        if found is None or found.kind != "column":
            return None
        return self.schema.model.table(found.table).column(found.column)

    def col(self, index: int) -> Col | None:
        found = self.resolved[index]
        if found is None or found.kind != "column":
            return None
        return Col(found.table, found.column)

    def is_measure(self, index: int) -> bool:
        column = self.column(index)
        return column is not None and column.role == Role.MEASURE

    def of(self, col: Col) -> Column:
        return self.schema.model.table(col.table).column(col.name)

    def target_of(self, col: Col) -> str | None:
        """The table that a foreign key points to."""
        for relation in self.schema.model.relations:
            if relation.left == col.table and relation.left_columns == [col.name]:
                return relation.right
        return None

    @staticmethod
    def bare(label: str) -> str:
        """A count's label without its counting word: 参赛国家数量 → 参赛国家."""
        return _COUNTING.sub("", label)

    # -- moving about -------------------------------------------------------------------------------------------

    def use(self, *indexes: int) -> None:
        self.used.update(indexes)

    # -- what tables offer --------------------------------------------------------------------------------------

    def name_of(self, table: str) -> Col:
        """The column people know a table's rows by."""
        return name_column(self.schema.model.table(table))

    def time_column(self, table: str | None = None) -> Col | None:
        """The column that time words mean, where the model names one."""
        start = self.schema.model.table(table or self.root)
        return Col(start.name, start.time_column) if start.time_column else None

    def bucket(self, unit: TimeUnit) -> TimeBucket | Col | None:
        """The root's time cut to `unit`; None when its time is coarser than that."""
        col = self.time_column()
        if col is None:
            return None
        grain = {"date": "day"}.get(self.of(col).grain, self.of(col).grain or "day")
        order = ["year", "quarter", "month", "day", "timestamp"]
        if grain in order and order.index(grain) < order.index(unit):
            return None
        if grain == unit == "year" and self.is_number(col):
            return TimeBucket(col, "year")
        return TimeBucket(col, unit)

    def is_number(self, col: Col) -> bool:
        return self.of(col).type.upper().startswith(_NUMBERS)

    def counting(self, table: str | None = None) -> Measure:
        """How many rows; seen from a fact table, how many different things of another table."""
        target = table or self.root
        if target == self.root:
            return Measure("count", table=self.root)
        foreign = self.schema.graph.foreign_key(self.root, target)
        entity = self.schema.model.table(target).entity or self.schema.model.table(target).label
        if foreign and len(foreign) == 1 and not self.schema.strict:
            return Measure("count_distinct", Col(self.root, foreign[0]), label=f"{entity}数量", table=self.root)
        if self.schema.strict and self.schema.graph.safe(self.root, target):
            return Measure("count", table=self.root)
        return Measure("count", table=target)

    def count_of(self, col: Col) -> Measure:
        """How many of a column: rows of its table; different values where people mean kinds."""
        column = self.of(col)
        if col.table != self.root or column.role in (Role.NAME, Role.KEY) or self.schema.strict:
            return self.counting(col.table)
        return Measure("count", table=self.root)

    def metric(self, name: str) -> Measure:
        """A named metric of the semantic model as a measure."""
        metric = next(m for m in self.schema.model.metrics if m.name == name)
        return Measure("avg", None, label=metric.label, unit=metric.unit, table=metric.table, metric=metric.name)

    def default_of(self, expr: Expression) -> Measure:
        """A number of each row, aggregated in the way that suits it."""
        columns = columns_of(expr)
        if isinstance(expr, Col):
            return self.default_measure(expr)
        return Measure(
            "avg" if isinstance(expr, Arithmetic) and expr.op == "/" else "sum", expr, table=columns[0].table
        )

    def reaches(self, table: str) -> bool:
        return self.schema.graph.cost(self.root, table) != float("inf")

    def near(self) -> list[str]:
        """Tables that join to the root without multiplying its rows, nearest first."""
        paths = self.schema.graph.paths(self.root)
        return [t for t in paths if t != self.root and self.schema.graph.safe(self.root, t)]

    def time_of(self, table: str) -> Col | None:
        return self.time_column(table) or next(
            (Col(table, c.name) for c in self.schema.model.table(table).columns if c.role == Role.TIME), None
        )

    def nearest_time(self) -> Col | None:
        """The one time column of the tables around, where the root has none."""
        found = [c for c in (self.time_column(t) for t in self.near()) if c is not None]
        return found[0] if len(found) == 1 and self.schema.strict else None

    def default_measure(self, col: Col) -> Measure:
        """A measure without a word for its aggregate: summed when sums mean something, else averaged."""
        label = self.of(col).label
        if label.startswith(("最高", "最大")):
            return Measure("max", col, table=col.table)
        if label.startswith(("最低", "最小")):
            return Measure("min", col, table=col.table)
        additivity = self.of(col).additivity or Additivity.SUM
        return Measure("avg" if additivity == Additivity.AVERAGE else "sum", col, table=col.table)


def name_column(table: Table) -> Col:
    """The column people know a table's rows by: its name, else its key, else its first."""
    for role in (Role.NAME, Role.KEY):
        for column in table.columns:
            if column.role == role:
                return Col(table.name, column.name)
    for column in table.columns:
        if column.role in (Role.CATEGORY, Role.TEXT):
            return Col(table.name, column.name)
    return Col(table.name, table.columns[0].name)
