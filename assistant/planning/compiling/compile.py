"""A plan becomes SQL: syntax trees only, never joined strings.

Sums that a join would multiply are aggregated first and joined after (see `_facts`).
"""

from __future__ import annotations

from sqlglot import exp

from assistant.planning.compiling.expressions import Expressions
from assistant.planning.compiling.facts import split_by_fact
from assistant.planning.compiling.held import held_columns
from assistant.planning.compiling.joins import CannotCompile, Edge, JoinGraph
from assistant.planning.compiling.rollup import key_label, value_label
from assistant.planning.compiling.traps import without_fans
from assistant.planning.compiling.trees import comparison, identifier, literal_of, quotient
from assistant.planning.plan import (
    Col,
    Difference,
    Expression,
    Measure,
    Plan,
    Query,
    SetPlan,
    columns_of,
    tables_of,
)
from corpus.semantics import SemanticModel


def compile_query(query: Query, model: SemanticModel, graph: JoinGraph, *, literal: bool = False) -> exp.Query:
    """The SQL of a query over the tables of `model`, in DuckDB's dialect of sqlglot trees.

    `literal` computes as the SQLite engine does, whose results the public benches hold: whole numbers divide to whole
    numbers, and rows of one rank keep a fixed order.
    """
    return _Compiler(model, graph, literal).query(query)


class _Compiler(Expressions):
    def query(self, query: Query) -> exp.Query:
        if isinstance(query, SetPlan):
            return self._set(query)
        if isinstance(query, Difference):
            return self._difference(query)
        return self._plan(query)

    # -- whole queries ------------------------------------------------------------------------------------------

    def _plan(self, plan: Plan) -> exp.Select:
        outer = self.held, self.known
        self.held, self.known = {}, None
        try:
            if self.literal:
                return self._select(plan)
            parts = split_by_fact(plan, self.model, self.graph)
            if len(parts) > 1:
                return self._facts(plan, parts)
            plan = without_fans(plan, self.model, self.graph)
            self.held = held_columns(plan, self.graph)
            return self._select(plan)
        finally:
            self.held, self.known = outer

    def _select(self, plan: Plan) -> exp.Select:
        grouped = plan.grouped
        group = plan.group or plan.keys
        select = exp.select()
        for key in plan.keys:
            shown = self.grouped_key(key, plan)
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
        return self._arranged(select, plan)

    def _arranged(self, select: exp.Select, plan: Plan) -> exp.Select:
        """The rows in their order, as many as are asked for."""
        order = [exp.Ordered(this=self._order(o.by, plan), desc=o.descending, nulls_first=False) for o in plan.order]
        if plan.limit_per and plan.limit is not None:
            window = exp.Window(
                this=exp.RowNumber(),
                partition_by=[self.grouped_key(e, plan) for e in plan.limit_per],
                order=exp.Order(expressions=[o.copy() for o in order]),
            )
            select.set("qualify", exp.Qualify(this=exp.LTE(this=window, expression=literal_of(plan.limit))))
            order = [exp.Ordered(this=self.grouped_key(e, plan), nulls_first=False) for e in plan.limit_per] + order
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
        """Measures of several fact tables: each aggregated by the keys on its own, then joined on what tells groups apart.

        A group that a table has no rows of counts none there.
        """
        keys = parts[0].keys
        apart = [(*plan.keys, *(g for g in plan.group if g not in plan.keys)).index(g) for g in plan.group or plan.keys]
        seen: list[exp.Expr] = []  # a key, from whichever part has it
        known: dict[Expression | Measure, exp.Expr] = {}
        outer = exp.select()
        ctes: list[tuple[str, exp.Select]] = []
        for n, part in enumerate(parts):
            name = f"f{n + 1}"
            select = self._plan(part)
            columns = [f"k{i + 1}" for i in range(len(keys))] + [f"m{i + 1}" for i in range(len(part.values))]
            for shown, column in zip(select.expressions, columns, strict=True):
                shown.set("alias", identifier(column))
            own = [exp.Column(this=identifier(c), table=identifier(name)) for c in columns]
            for measure, tree in zip(part.values, own[len(keys) :], strict=True):
                assert isinstance(measure, Measure)
                counts = measure.aggregate in ("count", "count_distinct") and not measure.metric
                known[measure] = exp.Coalesce(this=tree, expressions=[literal_of(0)]) if counts else tree
            if n == 0:
                outer, seen = outer.from_(exp.to_table(name)), list(own[: len(keys)])
            else:
                on = [exp.NullSafeEQ(this=seen[i].copy(), expression=own[i].copy()) for i in apart]
                kind = "full" if on else "cross"
                outer = outer.join(exp.to_table(name), on=exp.and_(*on) if on else None, join_type=kind, copy=False)
                seen = [exp.Coalesce(this=k, expressions=[own[i]]) for i, k in enumerate(seen)]
            ctes.append((name, select))
        known |= dict(zip((*plan.keys, *(g for g in plan.group if g not in plan.keys)), seen, strict=True))
        self.known = known
        for key in plan.keys:
            outer = outer.select(exp.alias_(self.expression(key), key_label(key, self.model), quoted=True), copy=False)
        for value in plan.values:
            outer = outer.select(
                exp.alias_(self.value(value, plan), value_label(value, self.model), quoted=True), copy=False
            )
        for having in plan.having:
            outer = outer.where(self._having(having, plan), copy=False)
        outer = self._arranged(outer, plan)
        for name, select in ctes:
            outer = outer.with_(name, as_=select, copy=False)
        return outer

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
        select = self._plan(plan)
        if len(select.expressions) != 1:
            raise CannotCompile("a difference needs one number on each side")
        select.expressions[0].set("alias", identifier("v"))
        return select

    # -- tables -------------------------------------------------------------------------------------------------

    def _from(self, select: exp.Select, plan: Plan) -> exp.Select:
        select = select.from_(exp.Table(this=identifier(plan.root)), copy=False)
        held = {gone.table: source.table for gone, source in self.held.items()}
        for edge in self.edges(plan.root, [held.get(t, t) for t in tables_of(plan)]):
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


__all__ = ["CannotCompile", "compile_query"]
