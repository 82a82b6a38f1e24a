"""A plan becomes SQL: syntax trees only, never joined strings.

Sums that a join would multiply are aggregated first and joined after (see `_facts`).
"""

from __future__ import annotations

from dataclasses import replace

import sqlglot
from sqlglot import exp

from assistant.planning.joins import CannotCompile, Edge, JoinGraph
from assistant.planning.plan import (
    Among,
    And,
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Condition,
    Difference,
    Expression,
    Growth,
    Having,
    Measure,
    Member,
    Not,
    Number,
    Or,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
    Value,
    YearsSince,
    columns_in,
    columns_of,
    tables_of,
)
from assistant.planning.rollup import key_label, split_by_fact, value_label
from assistant.planning.traps import without_fans
from assistant.planning.trees import binary, comparison, identifier, literal_of, quotient, scaled
from corpus.semantics import SemanticModel


def compile_query(query: Query, model: SemanticModel, graph: JoinGraph, *, literal: bool = False) -> exp.Query:
    """The SQL of a query over the tables of `model`, in DuckDB's dialect of sqlglot trees.

    `literal` computes as the SQLite engine does, whose results the public benches hold: whole numbers divide to whole
    numbers, and rows of one rank keep a fixed order.
    """
    return _Compiler(model, graph, literal).query(query)


class _Compiler:
    def __init__(self, model: SemanticModel, graph: JoinGraph, literal: bool = False) -> None:
        self.model = model
        self.graph = graph
        self.literal = literal

    def query(self, query: Query) -> exp.Query:
        if isinstance(query, SetPlan):
            return self._set(query)
        if isinstance(query, Difference):
            return self._difference(query)
        parts = [] if self.literal else split_by_fact(query, self.model, self.graph)
        if len(parts) > 1:
            return self._facts(query, parts)
        return self._plan(query if self.literal else without_fans(query, self.model, self.graph))

    # -- whole queries ------------------------------------------------------------------------------------------

    def _plan(self, plan: Plan) -> exp.Select:
        grouped = plan.grouped
        group = plan.group or plan.keys
        select = exp.select()
        for key in plan.keys:
            shown = self.expression(key)
            if plan.group and key not in plan.group and grouped:
                shown = exp.AnyValue(this=shown)
            select = select.select(exp.alias_(shown, key_label(key, self.model), quoted=True), copy=False)
        for value in plan.values:
            select = select.select(
                exp.alias_(self.value(value, plan), value_label(value, self.model), quoted=True), copy=False
            )
        if not plan.keys and not plan.values:
            for table in plan.whole or (plan.root,):
                select = select.select(exp.Column(this=exp.Star(), table=identifier(table)), copy=False)
        select = self._from(select, plan)
        if plan.where is not None:
            select = select.where(self.condition(plan.where, plan.root), copy=False)
        if grouped and group:
            select = select.group_by(*[self.expression(g) for g in group], copy=False)
        elif plan.distinct:
            select = select.distinct(copy=False)
        for having in plan.having:
            select = select.having(self._having(having, plan), copy=False)
        order = [exp.Ordered(this=self._order(o.by, plan), desc=o.descending, nulls_first=False) for o in plan.order]
        if plan.limit_per and plan.limit is not None:
            window = exp.Window(
                this=exp.RowNumber(),
                partition_by=[self.expression(e) for e in plan.limit_per],
                order=exp.Order(expressions=[o.copy() for o in order]),
            )
            select.set("qualify", exp.Qualify(this=exp.LTE(this=window, expression=literal_of(plan.limit))))
            order = [exp.Ordered(this=self.expression(e), nulls_first=False) for e in plan.limit_per] + order
        if order and self.literal and plan.limit is not None:
            order = self._fixed_order(select, plan, order)
        if order:
            select = select.order_by(*order, copy=False)
        if plan.keep:
            inner = select.subquery("r")
            outer = exp.select("*").from_(inner)
            for keep in plan.keep:
                column = exp.Column(this=identifier(key_label(keep.left, self.model)), table=identifier("r"))
                outer = outer.where(comparison(column, keep.op, keep.value), copy=False)
            select = outer
        if plan.limit is not None and not plan.limit_per:
            select = select.limit(plan.limit, copy=False)
            if plan.offset:
                select = select.offset(plan.offset, copy=False)
        return select

    def _fixed_order(self, select: exp.Select, plan: Plan, order: list[exp.Ordered]) -> list[exp.Ordered]:
        """Ties as SQLite leaves them: groups by their keys, rows by their place in the tables."""
        for ordered in order:
            ordered.set("nulls_first", not ordered.args.get("desc"))
        if plan.grouped:
            keys = [self.expression(k) for k in (plan.group or plan.keys)]
            down = len(keys) == 1 and len(order) == 1 and bool(order[0].args.get("desc"))
            return order + [exp.Ordered(this=k, desc=down, nulls_first=not down) for k in keys]
        tables = [plan.root, *(e.target for e in self.edges(plan.root, tables_of(plan)))]
        rows = [exp.Column(this=identifier("rowid"), table=identifier(t)) for t in tables]
        return order + [exp.Ordered(this=r, nulls_first=True) for r in rows]

    def _facts(self, plan: Plan, parts: list[Plan]) -> exp.Select:
        """Measures of several fact tables: each aggregated by the keys on its own, then joined on the keys."""
        names = [f"f{i + 1}" for i in range(len(parts))]
        labels = [key_label(key, self.model) for key in plan.keys]
        outer = exp.select()
        for label in labels:
            columns = [exp.Column(this=identifier(label), table=identifier(n)) for n in names]
            outer = outer.select(
                exp.alias_(exp.Coalesce(this=columns[0], expressions=columns[1:]), label, quoted=True), copy=False
            )
        where: dict[Measure, exp.Expr] = {}
        for part, name in zip(parts, names, strict=True):
            for value in part.values:
                assert isinstance(value, Measure)
                where[value] = exp.Column(this=identifier(value_label(value, self.model)), table=identifier(name))
        for value in plan.values:
            outer = outer.select(
                exp.alias_(self._over_parts(value, where), value_label(value, self.model), quoted=True), copy=False
            )
        outer = outer.from_(exp.to_table(names[0]))
        for name in names[1:]:
            on = [
                exp.NullSafeEQ(
                    this=exp.Column(this=identifier(label), table=identifier(names[0])),
                    expression=exp.Column(this=identifier(label), table=identifier(name)),
                )
                for label in labels
            ]
            if on:
                outer = outer.join(exp.to_table(name), on=exp.and_(*on), join_type="full", copy=False)
            else:
                outer = outer.join(exp.to_table(name), join_type="cross", copy=False)
        for order in plan.order:
            by = order.by
            tree = (
                self._over_parts(by, where)
                if isinstance(by, Measure | Ratio | Growth)
                else exp.Column(this=identifier(key_label(by, self.model)))
            )
            outer = outer.order_by(exp.Ordered(this=tree, desc=order.descending, nulls_first=False), copy=False)
        if plan.limit is not None:
            outer = outer.limit(plan.limit, copy=False)
        for part, name in zip(parts, names, strict=True):
            outer = outer.with_(name, as_=self._plan(without_fans(part, self.model, self.graph)), copy=False)
        return outer

    def _over_parts(self, value: Value, where: dict[Measure, exp.Expr]) -> exp.Expr:
        if isinstance(value, Measure):
            return where[value].copy()
        if isinstance(value, Ratio) and value.under is not None:
            over = scaled(where[value.over].copy(), value.scale)
            return quotient(over, where[value.under].copy(), value.percent)
        raise CannotCompile("several facts allow plain measures and ratios only")

    def _set(self, query: SetPlan) -> exp.Query:
        left, right = self.query(query.left), self.query(query.right)
        wrap = [exp.select("*").from_(side.subquery(name)) for side, name in ((left, "l"), (right, "r"))]
        make = {"union": exp.union, "intersect": exp.intersect, "except": exp.except_}[query.op]
        result: exp.Query = make(*wrap, distinct=True)
        return result

    def _difference(self, query: Difference) -> exp.Select:
        label = query.label or {"-": "差值", "/": "倍数", "+": "合计", "%": "增长(%)"}[query.op]
        names = [n or f"第{i + 1}项" for i, n in enumerate(query.names)]
        if names[0] == names[1]:
            names[1] += "(2)"
        a, b = (self._single(p) for p in (query.left, query.right))
        left, right = (exp.Column(this=identifier("v"), table=identifier(t)) for t in ("a", "b"))
        result = self._combine(query, left, right)
        select = exp.select(exp.alias_(result, label, quoted=True))
        if query.names != ("", ""):
            select = exp.select(
                exp.alias_(left.copy(), names[0], quoted=True),
                exp.alias_(right.copy(), names[1], quoted=True),
                exp.alias_(result, label, quoted=True),
            )
        return select.from_(a.subquery("a")).join(b.subquery("b"), join_type="cross")

    def _combine(self, query: Difference, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        if query.op == "%":
            return quotient(exp.Paren(this=exp.Sub(this=left, expression=right)), right.copy(), True)
        if query.op != "/":
            return (exp.Sub if query.op == "-" else exp.Add)(this=left, expression=right)
        if (
            self.literal
            and query.left.keys
            and all(self._type(c).endswith("INT") for c in columns_of(query.left.keys[0]))
        ):
            return exp.IntDiv(this=left, expression=exp.Nullif(this=right, expression=literal_of(0)))
        return quotient(left, right, False)

    def _single(self, plan: Plan) -> exp.Select:
        """The plan's only column, called v."""
        select = self._plan(plan if self.literal else without_fans(plan, self.model, self.graph))
        if len(select.expressions) != 1:
            raise CannotCompile("a difference needs one number on each side")
        select.expressions[0].set("alias", identifier("v"))
        return select

    # -- tables -------------------------------------------------------------------------------------------------

    def _from(self, select: exp.Select, plan: Plan) -> exp.Select:
        select = select.from_(exp.Table(this=identifier(plan.root)), copy=False)
        for edge in self.edges(plan.root, tables_of(plan)):
            on = [
                self._equal(Col(edge.source, a), Col(edge.target, b))
                for a, b in zip(edge.source_columns, edge.target_columns, strict=True)
            ]
            select = select.join(exp.Table(this=identifier(edge.target)), on=exp.and_(*on), copy=False)
        return select

    def _equal(self, a: Col, b: Col) -> exp.Expr:
        """Keys of two types (a number here, a text there) are compared as texts."""
        left, right = self.expression(a), self.expression(b)
        if self._type(a).startswith("VARCHAR") != self._type(b).startswith("VARCHAR"):
            left, right = (exp.Cast(this=side, to=exp.DataType.build("VARCHAR")) for side in (left, right))
        return exp.EQ(this=left, expression=right)

    def edges(self, root: str, tables: list[str]) -> list[Edge]:
        """The joins that reach `tables` from `root`, each table once, nearest first."""
        paths = self.graph.paths(root)
        chosen: dict[str, Edge] = {}
        for table in tables:
            if table == root:
                continue
            if table not in paths:
                raise CannotCompile(f"{root} and {table} are not related")
            for edge in paths[table]:
                chosen.setdefault(edge.target, edge)
        return list(chosen.values())

    # -- pieces -------------------------------------------------------------------------------------------------

    def _type(self, column: Col) -> str:
        return self.model.table(column.table).column(column.name).type.upper()

    def expression(self, node: Expression) -> exp.Expr:
        if isinstance(node, Col):
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
        now = self.measure(value.of)
        before = exp.Window(
            this=exp.Lag(this=now.copy(), offset=literal_of(value.lag)),
            partition_by=[self.expression(k) for k in rest],
            order=exp.Order(expressions=[exp.Ordered(this=self.expression(times[0]), nulls_first=False)]),
        )
        if not value.percent:
            return exp.Sub(this=now, expression=before)
        return quotient(exp.Paren(this=exp.Sub(this=now, expression=before)), before.copy(), True)

    def _is_time(self, key: Expression) -> bool:
        return isinstance(key, Col) and self.model.table(key.table).column(key.name).role == "time"

    def measure(self, measure: Measure) -> exp.Expr:
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
        if having.against is not None:
            return binary(left, having.op, self._scalar(having.against, having.inside))
        return comparison(left, having.op, having.value)

    def _scalar(self, measure: Measure, where: Condition | None) -> exp.Subquery:
        """One aggregate over a table as a subquery."""
        scalar = self._plan(Plan(measure.table, values=(measure,), where=where))
        scalar.expressions[0].replace(scalar.expressions[0].this)
        return scalar.subquery()

    def _order(self, by: Value | Expression, plan: Plan) -> exp.Expr:
        if isinstance(by, Measure | Ratio | Growth):
            return self.value(by, plan)
        tree = self.expression(by)
        if plan.group and plan.grouped and by not in plan.group:
            return exp.AnyValue(this=tree)
        return tree

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


def without_labels(plan: Plan) -> Plan:
    """The plan with empty labels, to compare meanings."""
    return replace(plan, values=tuple(replace(v, label="") for v in plan.values))


__all__ = ["CannotCompile", "columns_in", "compile_query", "without_labels"]
