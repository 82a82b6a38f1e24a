"""Expressions, measures and conditions of a plan as syntax trees."""

from __future__ import annotations

from dataclasses import replace

import sqlglot
from sqlglot import exp

from assistant.planning.compiling.joins import CannotCompile, JoinGraph
from assistant.planning.compiling.trees import binary, comparison, identifier, literal_of, quotient, scaled
from assistant.planning.plan import (
    Among,
    And,
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Expression,
    Growth,
    Having,
    Measure,
    Member,
    Not,
    Number,
    Or,
    Plan,
    Ratio,
    TimeBucket,
    Value,
    YearsSince,
    columns_of,
)
from corpus.semantics import Column, SemanticModel

_TEXTUAL = ("VARCHAR", "DATE", "TIMESTAMP")  # whose buckets finer than years are texts


def _cut(tree: exp.Expr, start: int, length: int) -> exp.Expr:
    return exp.Substring(this=tree, start=literal_of(start), length=literal_of(length))


class Expressions:
    """What stands inside a query; whole queries are made by the compiler that extends this."""

    def __init__(self, model: SemanticModel, graph: JoinGraph, literal: bool = False) -> None:
        self.model = model
        self.graph = graph
        self.literal = literal
        self.held: dict[Col, Col] = {}  # columns read from the side that joins, in the query at hand
        # Over results that were joined: their columns. None where a query reads tables.
        self.known: dict[Expression | Measure, exp.Expr] | None = None

    def _plan(self, plan: Plan) -> exp.Select:
        """A plan as a query, for subqueries."""
        raise NotImplementedError

    def _column(self, column: Col) -> Column:
        return self.model.table(column.table).column(column.name)

    def _type(self, column: Col) -> str:
        return self._column(column).type.upper()

    def expression(self, node: Expression) -> exp.Expr:
        if self.known is not None and node in self.known:
            return self.known[node].copy()
        if self.known is not None and not isinstance(node, Number | Arithmetic):
            raise CannotCompile("a column that the joined results do not have")
        if isinstance(node, Col):
            node = self.held.get(node, node)
            return exp.Column(this=identifier(node.name), table=identifier(node.table))
        if isinstance(node, Number):
            return literal_of(node.value)
        if isinstance(node, Arithmetic):
            left, right = self.expression(node.left), self.expression(node.right)
            if node.op == "/":
                if self.literal and all(self._type(c).endswith("INT") for c in columns_of(node)):
                    return exp.Paren(
                        this=exp.IntDiv(this=left, expression=exp.Nullif(this=right, expression=literal_of(0)))
                    )
                return exp.Paren(this=quotient(left, right, False))
            kind = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}[node.op]
            return exp.Paren(this=kind(this=left, expression=right))
        if isinstance(node, YearsSince):
            return exp.Paren(this=exp.Sub(this=literal_of(node.year), expression=self._year(node.column)))
        return self._bucket(node)

    def _year(self, column: Col) -> exp.Expr:
        tree, kind = self.expression(column), self._type(column)
        if kind.startswith(("DATE", "TIMESTAMP")):
            return exp.Extract(this=exp.var("year"), expression=tree)
        if kind.startswith("VARCHAR"):
            digits = exp.RegexpExtract(this=tree, expression=exp.Literal.string(r"^\d+"))
            return exp.TryCast(this=digits, to=exp.DataType.build("INT"))
        return tree

    def _bucket(self, node: TimeBucket) -> exp.Expr:
        if node.unit == "year":
            return self._year(node.column)
        tree, kind = self.expression(node.column), self._type(node.column)
        if kind.startswith("VARCHAR"):
            if node.unit == "quarter" and self._column(node.column).grain in ("month", "date", "day", "timestamp"):
                return self._text_quarter(tree)
            return exp.Left(this=tree, expression=literal_of({"quarter": 7, "month": 7, "day": 10}[node.unit]))
        if not kind.startswith(("DATE", "TIMESTAMP")):
            return tree
        if node.unit == "quarter":
            year = exp.Cast(this=exp.Extract(this=exp.var("year"), expression=tree), to=exp.DataType.build("VARCHAR"))
            quarter = exp.Cast(
                this=exp.Extract(this=exp.var("quarter"), expression=tree.copy()), to=exp.DataType.build("VARCHAR")
            )
            return exp.Concat(expressions=[year, exp.Literal.string("-Q"), quarter], safe=True)
        form = {"month": "%Y-%m", "day": "%Y-%m-%d"}[node.unit]
        return exp.Anonymous(this="strftime", expressions=[tree, exp.Literal.string(form)])

    @staticmethod
    def _text_quarter(tree: exp.Expr) -> exp.Expr:
        """2026-05 → 2026-Q2."""
        month = exp.TryCast(this=_cut(tree, 6, 2), to=exp.DataType.build("INT"))
        quarter = exp.IntDiv(
            this=exp.Paren(this=exp.Add(this=month, expression=literal_of(2))), expression=literal_of(3)
        )
        texts = [
            _cut(tree.copy(), 1, 4),
            exp.Literal.string("-Q"),
            exp.Cast(this=quarter, to=exp.DataType.build("VARCHAR")),
        ]
        return exp.Concat(expressions=texts, safe=True)

    def value(self, value: Value, plan: Plan) -> exp.Expr:
        if isinstance(value, Measure):
            return self.measure(value)
        if isinstance(value, Ratio):
            over = self.measure(value.over)
            under = (
                self.measure(value.under)
                if value.under is not None
                else exp.Window(this=exp.Sum(this=self.measure(value.over)))
            )
            return quotient(scaled(over, value.scale), under, value.percent)
        return self._growth(value, plan)

    def _growth(self, value: Growth, plan: Plan) -> exp.Expr:
        times = [k for k in plan.keys if isinstance(k, TimeBucket) or self._is_time(k)]
        if not times:
            raise CannotCompile("growth needs a time to compare over")
        rest = [k for k in (plan.group or plan.keys) if k not in times]
        times.sort(key=lambda k: not isinstance(k, TimeBucket))
        if isinstance(times[0], Col) and self._type(times[0]).startswith(_TEXTUAL):
            raise CannotCompile("growth needs periods")
        now = self.measure(value.of)
        back = exp.Literal.number(value.lag)
        before = exp.Window(  # the period so many before, not the row: a month without rows is none
            this=exp.Max(this=now.copy()),
            partition_by=[self.expression(k) for k in rest],
            order=exp.Order(expressions=[exp.Ordered(this=self._place(times[0], value), nulls_first=False)]),
            spec=exp.WindowSpec(
                kind="RANGE", start=back, start_side="PRECEDING", end=back.copy(), end_side="PRECEDING"
            ),
        )
        if not value.percent:
            return exp.Sub(this=now, expression=before)
        return quotient(exp.Paren(this=exp.Sub(this=now, expression=before)), before.copy(), True)

    def _place(self, time: Expression, growth: Growth) -> exp.Expr:
        """A period as a number that grows by one from each to the next."""
        tree = self.expression(time)
        if isinstance(time, TimeBucket) and time.unit != "year" and self._type(time.column).startswith(_TEXTUAL):
            if time.unit == "day":
                return exp.DateDiff(
                    this=exp.Cast(this=tree, to=exp.DataType.build("DATE")),
                    expression=exp.Cast(this=exp.Literal.string("1970-01-01"), to=exp.DataType.build("DATE")),
                    unit=exp.var("day"),
                )
            many, at, size = {"month": (12, 6, 2), "quarter": (4, 7, 1)}[time.unit]
            year, part = (
                exp.TryCast(this=_cut(tree.copy(), start, length), to=exp.DataType.build("INT"))
                for start, length in ((1, 4), (at, size))
            )
            return exp.Add(this=exp.Mul(this=year, expression=literal_of(many)), expression=part)
        return tree

    def _is_time(self, key: Expression) -> bool:
        return isinstance(key, Col) and self.model.table(key.table).column(key.name).role == "time"

    def measure(self, measure: Measure) -> exp.Expr:
        if self.known is not None:
            return self.known[measure].copy()
        if measure.metric and measure.where is not None:
            raise CannotCompile("a metric has conditions of its own")
        tree = self._metric(measure) if measure.metric else self._aggregate(measure)
        if measure.where is not None:
            tree = exp.Filter(this=tree, expression=exp.Where(this=self.condition(measure.where, measure.table)))
        return tree

    def _metric(self, measure: Measure) -> exp.Expr:
        metric = next(m for m in self.model.metrics if m.name == measure.metric)
        tree: exp.Expr = sqlglot.parse_one(metric.expression, dialect="duckdb")
        for column in tree.find_all(exp.Column):
            if not column.table:
                column.set("table", identifier(metric.table))
                column.this.set("quoted", True)
        return exp.Paren(this=tree)

    def _aggregate(self, measure: Measure) -> exp.Expr:
        if measure.of is None:
            return exp.Count(this=exp.Star())
        tree = self.expression(measure.of)
        columns = columns_of(measure.of)
        if (
            measure.aggregate in ("sum", "avg", "median")
            and columns
            and self._type(columns[0]).startswith("VARCHAR")
            and isinstance(measure.of, Col)
        ):
            tree = exp.TryCast(this=tree, to=exp.DataType.build("DOUBLE"))
        if measure.aggregate == "count":
            return exp.Count(this=tree)
        if measure.aggregate == "count_distinct":
            return exp.Count(this=exp.Distinct(expressions=[tree]))
        kind = {"sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max, "median": exp.Median}[measure.aggregate]
        return kind(this=tree)

    def _having(self, having: Having, plan: Plan) -> exp.Expr:
        left = self.value(having.measure, plan)
        if having.mean:
            return binary(left, having.op, self._mean(having, plan))
        if having.against is not None:
            return binary(left, having.op, self._scalar(having.against, having.inside))
        return comparison(left, having.op, having.value)

    def _mean(self, having: Having, plan: Plan) -> exp.Subquery:
        """The average, over all groups of a plan, of what is tested for each."""
        groups = replace(
            plan,
            keys=(),
            group=plan.group or plan.keys,
            values=(having.measure,),
            having=(),
            order=(),
            limit=None,
            context=(),
        )
        inner = self._plan(groups)
        inner.expressions[0].set("alias", identifier("v"))
        mean = exp.Avg(this=exp.Column(this=identifier("v"), table=identifier("g")))
        return exp.select(mean).from_(inner.subquery("g")).subquery()

    def _scalar(self, measure: Measure, where: Condition | None) -> exp.Subquery:
        """One aggregate over a table as a subquery."""
        scalar = self._plan(Plan(measure.table, values=(measure,), where=where))
        scalar.expressions[0].replace(scalar.expressions[0].this)
        return scalar.subquery()

    def _order(self, by: Value | Expression, plan: Plan) -> exp.Expr:
        if isinstance(by, Measure | Ratio | Growth):
            return self.value(by, plan)
        return self.grouped_key(by, plan)

    def grouped_key(self, key: Expression, plan: Plan) -> exp.Expr:
        """A key beside aggregates: any value of it, where its identity groups in its place."""
        tree = self.expression(key)
        if self.known is not None:
            return tree
        grouped = [self.expression(g) for g in plan.group] if plan.grouped else []
        return exp.AnyValue(this=tree) if grouped and tree not in grouped else tree

    # -- conditions ---------------------------------------------------------------------------------------------

    def condition(self, condition: Condition, root: str) -> exp.Expr:
        if isinstance(condition, And):
            return exp.and_(*[self.condition(p, root) for p in condition.parts])
        if isinstance(condition, Or):
            return exp.Paren(this=exp.or_(*[self.condition(p, root) for p in condition.parts]))
        if isinstance(condition, Not):
            return exp.Not(this=exp.Paren(this=self.condition(condition.part, root)))
        if isinstance(condition, Member):
            inner = Plan(
                condition.other.table,
                keys=(condition.other,),
                where=And((Compare(condition.other, "not null"), condition.where))
                if condition.where
                else Compare(condition.other, "not null"),
            )
            test = exp.In(this=self.expression(condition.column), query=self._plan(inner).subquery())
            return exp.Not(this=test) if condition.negated else test
        if isinstance(condition, Among):
            # An ORDER BY inside IN needs a shell around it in some engines; the group is the only column.
            chosen = exp.select("*").from_(self._plan(condition.groups).subquery("g"))
            return exp.In(this=self.expression(condition.column), query=chosen.subquery())
        if isinstance(condition, CompareToAggregate):
            scalar = self._scalar(condition.measure, condition.where)
            return binary(self.expression(condition.left), condition.op, scalar)
        left = self.expression(condition.left)
        if condition.right is not None:
            return binary(left, condition.op, self.expression(condition.right))
        value = condition.value
        if isinstance(condition.left, Col) and not isinstance(value, tuple) and value is not None:
            kind = self._type(condition.left)
            if kind.startswith("VARCHAR") and not isinstance(value, str):
                time = self._is_time(condition.left)
                if time:
                    value = str(int(value))
                else:
                    left = exp.TryCast(this=left, to=exp.DataType.build("DOUBLE"))
            elif kind.startswith(("DATE", "TIMESTAMP")) and isinstance(value, str):
                return binary(left, condition.op, exp.Cast(this=literal_of(value), to=exp.DataType.build("DATE")))
        return comparison(left, condition.op, value)
