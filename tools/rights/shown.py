"""What a column is to those who see it changed: dates cut to their year, values masked."""

from __future__ import annotations

from corpus.semantics import Column
from tools.principal import TableScope


def shown_column(column: Column, seen: TableScope) -> Column:
    """The column's description as it is stored in a scope's database."""
    if seen.groups is not None and column.name in seen.groups.years:
        return column.model_copy(update={"type": "INTEGER", "grain": "year"})
    if column.name in seen.masks:
        return column.model_copy(update={"type": "VARCHAR", "codes": {}, "value_synonyms": {}})
    return column
