"""The gold itself in DuckDB, with SQLite's habits spelled out: what the scoring alone can lose."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from corpus.semantics import SemanticModel


def to_duckdb(gold: str, semantics: SemanticModel) -> str | None:
    """DuckDB SQL that returns what SQLite returns for `gold`; None when it cannot be parsed.

    Spelled out: columns outside GROUP BY, the order of ties, NULL order, integer division, texts used as numbers.
    """
    try:
        tree = sqlglot.parse_one(gold, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return None
    types = {c.name.lower(): c.type for t in semantics.tables for c in t.columns}
    for step in (_bare_columns, _ties, _numbers(types), _texts(types)):
        for select in list(tree.find_all(exp.Select)):
            step(select)
    return tree.sql("duckdb")


def _bare_columns(select: exp.Select) -> None:
    """SQLite takes any row's value of a column that is neither grouped nor aggregated."""
    group = select.args.get("group")
    if group is None:
        return
    keys = {e.sql().lower() for e in group.expressions}
    parts = [*select.expressions, *(select.args[a] for a in ("having", "order") if select.args.get(a))]
    for part in parts:
        for column in list(part.find_all(exp.Column)):
            inside = column.find_ancestor(exp.AggFunc, exp.Select)
            if inside is select and column.sql().lower() not in keys:
                column.replace(exp.AnyValue(this=column.copy()))


def _ties(select: exp.Select) -> None:
    """SQLite keeps equal rows in the order it met them: groups sorted by their keys (downwards when a single key meets a
    single DESC term), rows by their place in the table."""
    order = select.args.get("order")
    if order is None:
        return
    for ordered in order.expressions:
        ordered.set("nulls_first", not ordered.args.get("desc"))
    group = select.args.get("group")
    down = False
    if group is not None:
        extra = [e.copy() for e in group.expressions]
        down = len(extra) == len(order.expressions) and bool(order.expressions[0].args.get("desc"))
    else:
        source = select.args.get("from_") or select.args.get("from")
        tables = [source.this, *(j.this for j in select.args.get("joins") or [])] if source else []
        extra = [exp.column("rowid", table=t.alias_or_name, quoted=True) for t in tables if isinstance(t, exp.Table)]
    order.set("expressions", order.expressions + [exp.Ordered(this=e, desc=down, nulls_first=not down) for e in extra])


def _numbers(types: dict[str, str]) -> Callable[[exp.Select], None]:
    def whole(node: exp.Expression) -> bool:
        columns = list(node.find_all(exp.Column))
        return bool(columns) and all(types.get(c.name.lower()) == "BIGINT" for c in columns)

    def step(select: exp.Select) -> None:
        for division in list(select.find_all(exp.Div)):
            if division.find_ancestor(exp.Select) is select and whole(division):
                division.replace(exp.IntDiv(this=division.this.copy(), expression=division.expression.copy()))

    return step


def _texts(types: dict[str, str]) -> Callable[[exp.Select], None]:
    def text(node: object) -> TypeGuard[exp.Column]:
        return isinstance(node, exp.Column) and types.get(node.name.lower()) == "VARCHAR"

    def step(select: exp.Select) -> None:
        for compared in select.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
            right = compared.expression
            if not text(compared.this):
                continue
            if isinstance(right, exp.Literal) and not right.is_string:
                right.replace(exp.Literal.string(right.this))
            elif isinstance(right, exp.Sub) and not list(right.find_all(exp.Column)):
                # An unquoted 2014-10-01 is a subtraction.
                numbers = [int(n.this) for n in right.find_all(exp.Literal)]
                right.replace(exp.Literal.string(str(max(numbers) - sum(numbers) + max(numbers))))
        for computed in select.find_all(exp.Sub, exp.Add, exp.Div, exp.Mul, exp.Avg, exp.Sum):
            for side in (computed.this, computed.args.get("expression")):
                if text(side):
                    side.replace(_leading_number(side.copy()))

    return step


def _leading_number(column: exp.Expression) -> exp.Expression:
    """SQLite reads 2014年 as 2014 and a word as 0."""
    digits = exp.RegexpExtract(this=column, expression=exp.Literal.string(r"^\s*[-+]?\d+(\.\d+)?"))
    number = exp.TryCast(this=digits, to=exp.DataType.build("DOUBLE"))
    return (
        exp.case()
        .when(column.copy().is_(exp.null()), exp.null())
        .else_(exp.Coalesce(this=number, expressions=[exp.Literal.number(0)]))
    )
