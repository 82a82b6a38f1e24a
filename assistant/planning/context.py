"""One way to look at a question: its mentions seen from one root table, and which of them are used up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from assistant.planning.joins import JoinGraph
from assistant.planning.mentions import Mention
from assistant.planning.names import Candidate
from assistant.planning.plan import Col, Condition, Expression, Having, Measure, Order, TimeBucket, TimeUnit, Value
from corpus.semantics import Additivity, Column, Role, SemanticModel, Table
from retrieval.values import ValueIndex

SKIPPED = ("filler", "of", "is", "whole", "quote", "unit", "distinct", "list")
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

    def is_table(self, index: int) -> bool:
        found = self.resolved[index]
        return found is not None and found.kind == "table"

    def is_metric(self, index: int) -> bool:
        found = self.resolved[index]
        return found is not None and found.kind == "metric"

    def is_value(self, index: int) -> bool:
        found = self.resolved[index]
        return found is not None and found.kind == "value"

    def of(self, col: Col) -> Column:
        return self.schema.model.table(col.table).column(col.name)

    # -- moving about -------------------------------------------------------------------------------------------

    def after(self, index: int, *, skip: tuple[str, ...] = SKIPPED) -> int | None:
        """The next mention that says something; None at a comma or the end."""
        for k in range(index + 1, len(self.mentions)):
            mention = self.mentions[k]
            if mention.kind == "comma":
                return None
            if self._silent(k, skip):
                continue
            return k
        return None

    def before(self, index: int, *, skip: tuple[str, ...] = SKIPPED) -> int | None:
        """The last mention before that says something; None at a comma or the beginning."""
        for k in range(index - 1, -1, -1):
            mention = self.mentions[k]
            if mention.kind == "comma":
                return None
            if self._silent(k, skip):
                continue
            return k
        return None

    def _silent(self, index: int, skip: tuple[str, ...]) -> bool:
        mention = self.mentions[index]
        return not mention.known or (mention.kind in skip and self.resolved[index] is None)

    def use(self, *indexes: int) -> None:
        self.used.update(indexes)

    def free(self, index: int | None) -> bool:
        return index is not None and index not in self.used

    def text(self, *indexes: int) -> str:
        return "".join(self.mentions[i].text for i in sorted(indexes))

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
        grain = self.of(col).grain or "day"
        order = ["year", "quarter", "month", "date", "day", "timestamp"]
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
        if foreign and len(foreign) == 1:
            return Measure("count_distinct", Col(self.root, foreign[0]), label=f"{entity}数量", table=self.root)
        return Measure("count", table=target)

    def default_measure(self, col: Col) -> Measure:
        """A measure without a word for its aggregate: summed when sums mean something, else averaged."""
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
