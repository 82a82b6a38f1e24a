"""The plan: the typed logical form between words and SQL. Immutable; says nothing about how it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Aggregate = Literal["count", "count_distinct", "sum", "avg", "min", "max", "median"]
Operator = Literal["=", "!=", ">", ">=", "<", "<=", "contains", "not contains", "in", "not in", "is null", "not null"]
TimeUnit = Literal["year", "quarter", "month", "day"]


@dataclass(frozen=True)
class Col:
    """A column of a table."""

    table: str
    name: str


@dataclass(frozen=True)
class TimeBucket:
    """A time column cut to a unit: each year, each month."""

    column: Col
    unit: TimeUnit


@dataclass(frozen=True)
class Arithmetic:
    """Row by row: 本科生数量 + 研究生数量."""

    op: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class YearsSince:
    """Years from a time column to a given year: 成立多少年."""

    column: Col
    year: int


Expression = Col | TimeBucket | Arithmetic | Number | YearsSince


@dataclass(frozen=True)
class Measure:
    """An aggregate of an expression (None: of the rows themselves), or a named metric of the semantic model."""

    aggregate: Aggregate
    of: Expression | None = None
    label: str = ""
    unit: str = ""
    table: str = ""  # whose rows are aggregated
    metric: str = ""  # a metric's name: its own expression is used instead
    where: Condition | None = None  # counts only rows that meet it: 有多少通过、多少未通过


@dataclass(frozen=True)
class Ratio:
    """One measure over another: 人均, 占比, 生师比; `share`: over the whole of the result."""

    over: Measure
    under: Measure | None = None  # None: the total over all groups
    label: str = ""
    percent: bool = False
    scale: float = 1.0  # 每千人: 1000


@dataclass(frozen=True)
class Growth:
    """A measure against the same measure one period earlier: 同比, 环比."""

    of: Measure
    unit: TimeUnit
    lag: int = 1
    label: str = ""
    percent: bool = True


Value = Measure | Ratio | Growth


@dataclass(frozen=True)
class Compare:
    left: Expression
    op: Operator
    value: str | float | int | bool | tuple[str | float | int, ...] | None = None
    right: Expression | None = None  # another column instead of a value
    text: str = ""  # the words it came from


@dataclass(frozen=True)
class CompareToAggregate:
    """高于平均: a column against an aggregate of a column over all rows (or over `where`)."""

    left: Expression
    op: Operator
    measure: Measure
    where: Condition | None = None


@dataclass(frozen=True)
class Member:
    """Rows whose key is (or is not) among the keys of another table: 没有获奖的高校."""

    column: Col
    other: Col
    negated: bool
    where: Condition | None = None


@dataclass(frozen=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Among:
    """Rows whose value of a column is among the groups that another plan picks: 高校最少的两个类别里的高校."""

    column: Expression
    groups: Plan


Condition = Compare | CompareToAggregate | Member | Among | And | Or | Not


@dataclass(frozen=True)
class Having:
    measure: Measure
    op: Operator
    value: float
    against: Measure | None = None  # an aggregate over all rows (or over `inside`) instead of a value
    inside: Condition | None = None
    mean: bool = False  # against the measure's average over all groups: 高于各区平均数


@dataclass(frozen=True)
class Order:
    by: Value | Expression
    descending: bool


@dataclass(frozen=True)
class Plan:
    """One question's meaning. With `values` the rows are grouped by `keys`; without, `keys` are listed row by row."""

    root: str  # the table whose rows are listed or aggregated
    keys: tuple[Expression, ...] = ()
    values: tuple[Value, ...] = ()
    where: Condition | None = None
    having: tuple[Having, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0  # 第二高: the rows before it are skipped
    limit_per: tuple[Expression, ...] = ()  # the limit holds within each of these
    distinct: bool = False
    group: tuple[Expression, ...] = ()  # grouped by these instead of by the keys (a name is shown, its id groups)
    context: tuple[Value | Expression, ...] = ()  # not asked for, good to see: what it was ranked or filtered by
    whole: tuple[str, ...] = ()  # tables of which every column is shown, when no keys are
    keep: tuple[Compare, ...] = ()  # rows of the finished result to keep: the asked period, after growth is known

    @property
    def grouped(self) -> bool:
        """Whether rows are aggregated."""
        ranked = any(isinstance(o.by, Measure | Ratio | Growth) for o in self.order)
        return bool(self.values or self.having or ranked)

    @property
    def shown(self) -> Plan:
        """The plan with its context among what it returns."""
        extra = tuple(c for c in self.context if isinstance(c, Measure | Ratio | Growth) and c not in self.values)
        more = tuple(c for c in self.context if not isinstance(c, Measure | Ratio | Growth) and c not in self.keys)
        return replace(self, keys=self.keys + more, values=self.values + extra, context=())


@dataclass(frozen=True)
class SetPlan:
    """Two plans' rows together, in common, or the first without the second's."""

    op: Literal["union", "intersect", "except"]
    left: Query
    right: Query


@dataclass(frozen=True)
class Difference:
    """Two plans of one number each, and the difference (or ratio) of their results: A比B多多少."""

    left: Plan
    right: Plan
    op: Literal["-", "/", "+", "%"] = "-"  # %: by how much of the right one the left one is larger
    label: str = ""
    names: tuple[str, str] = ("", "")


Query = Plan | SetPlan | Difference


@dataclass(frozen=True)
class Reading:
    """A query with what speaks for it."""

    query: Query
    score: float
    explained: tuple[str, ...] = ()  # words that took part
    unused: tuple[str, ...] = ()  # content words that nothing explains
    assumptions: tuple[str, ...] = ()
    trace: dict[str, float] = field(default_factory=dict)


def conjunction(parts: Sequence[Condition]) -> Condition | None:
    """All of `parts`; None for none."""
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def expressions_of(value: Value) -> list[Expression]:
    """The expressions under an aggregate, a ratio or a growth."""
    if isinstance(value, Measure):
        return [value.of] if value.of is not None else []
    if isinstance(value, Ratio):
        return expressions_of(value.over) + (expressions_of(value.under) if value.under else [])
    return expressions_of(value.of)


def columns_of(expression: Expression) -> list[Col]:
    if isinstance(expression, Col):
        return [expression]
    if isinstance(expression, TimeBucket | YearsSince):
        return [expression.column]
    if isinstance(expression, Arithmetic):
        return columns_of(expression.left) + columns_of(expression.right)
    return []


def columns_in(condition: Condition | None) -> list[Col]:
    """Columns that a condition tests on the outer rows."""
    if condition is None:
        return []
    if isinstance(condition, And | Or):
        return [c for part in condition.parts for c in columns_in(part)]
    if isinstance(condition, Not):
        return columns_in(condition.part)
    if isinstance(condition, Member):
        return [condition.column]
    if isinstance(condition, Among):
        return columns_of(condition.column)
    found = columns_of(condition.left)
    if isinstance(condition, Compare) and condition.right is not None:
        found += columns_of(condition.right)
    return found


def tables_of(plan: Plan) -> list[str]:
    """The tables whose rows a plan joins, the root first."""
    found = [plan.root]
    expressions: list[Expression] = [*plan.keys, *plan.group, *plan.limit_per]
    values: list[Value] = list(plan.values) + [h.measure for h in plan.having]
    for order in plan.order:
        if isinstance(order.by, Measure | Ratio | Growth):
            values.append(order.by)
        else:
            expressions.append(order.by)
    for value in values:
        expressions += expressions_of(value)
        measures = (
            [value]
            if isinstance(value, Measure)
            else [value.of]
            if isinstance(value, Growth)
            else [m for m in (value.over, value.under) if m]
        )
        found += [m.table for m in measures if m.table]
        for measure in measures:
            found += [c.table for c in columns_in(measure.where)]
    for expression in expressions:
        found += [c.table for c in columns_of(expression)]
    found += [c.table for c in columns_in(plan.where)] + list(plan.whole)
    return list(dict.fromkeys(found))
