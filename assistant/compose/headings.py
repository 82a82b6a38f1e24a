"""What the columns of a written query mean: the stored column behind each heading, where there is one."""

from __future__ import annotations

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, build_scope

from corpus.semantics import Column, Role, SemanticModel

# An aggregate whose result has the unit of what it aggregates.
_SAME_UNIT = (exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median)


def described_sql(sql: str, model: SemanticModel) -> dict[str, tuple[str, Column | None]]:
    """Heading → unit, and the column itself where its values are shown as they are stored (for its codes)."""
    try:
        scope = build_scope(parse_one(sql, dialect="duckdb"))
    except (SqlglotError, RecursionError):
        return {}
    if scope is None or not isinstance(scope.expression, exp.Select):
        return {}
    found: dict[str, tuple[str, Column | None]] = {}
    for shown in scope.expression.selects:
        inside = shown.unalias()
        if isinstance(inside, exp.Round):
            inside = inside.this
        plain = isinstance(inside, exp.Column)
        if isinstance(inside, _SAME_UNIT):
            inside = inside.this
        column = _stored(inside, scope, model) if isinstance(inside, exp.Column) else None
        if column is not None:
            found[shown.alias_or_name] = (column.unit, column if plain else None)
    return found


def names_something(heading: str, column: Column | None) -> bool:
    """Whether the numbers under a heading are names (a year, an id), so that adding or ranking them means nothing."""
    if column is not None and column.role in (Role.KEY, Role.FOREIGN, Role.TIME):
        return True
    return heading.endswith(("年", "年份", "年度", "月份", "季度", "编号", "代码"))


def _stored(reference: exp.Column, scope: Scope, model: SemanticModel) -> Column | None:
    """The stored column that a reference of the outermost query names; None for one of a subquery, or of none."""
    tables = {t.name.lower(): t for t in model.tables}
    for name, source in scope.sources.items():
        if reference.table and reference.table != name:
            continue
        table = tables.get(source.name.lower()) if isinstance(source, exp.Table) else None
        for column in table.columns if table else ():
            if column.name.lower() == reference.name.lower():
                return column
    return None
