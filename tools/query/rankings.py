"""Rankings over persons in groups: the pool of what is held back is nothing to be ranked."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tools.group_table import HELD_BACK
from tools.principal import Scope


def named_only(sql: str, scope: Scope) -> str:
    """The statement with 「未列出」 left out wherever groups of persons are cut to the first few; else the same text.

    「哪个区最少」 would otherwise be answered with the pool of what is too small to be listed.
    """
    rules = {name.lower(): table.groups for name, table in scope.tables.items() if table.groups is not None}
    if not rules or not any(name in sql.lower() for name in rules) or "limit" not in sql.lower():
        return sql
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return sql  # the gate says what is wrong with it
    changed = False
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None or select.args.get("limit") is None:
            continue
        used = [rules[table.name.lower()] for table in select.find_all(exp.Table) if table.name.lower() in rules]
        for key in group.expressions:
            for rule in used:
                if isinstance(key, exp.Column) and rule is not None and key.name in rule.dimensions:
                    select.where(_listed(key, key.name in rule.years), copy=False)
                    changed = True
    return tree.sql("duckdb", pretty=True) if changed else sql


def _listed(key: exp.Column, year: bool) -> exp.Expr:
    if year:
        return exp.Not(this=exp.Is(this=key.copy(), expression=exp.Null()))
    text = exp.cast(key.copy(), exp.DataType.Type.VARCHAR)
    return exp.NullSafeNEQ(this=text, expression=exp.Literal.string(HELD_BACK))
