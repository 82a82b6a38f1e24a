"""What the checks know besides the statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tools.principal import Scope


@dataclass(frozen=True)
class Context:
    """The scope of the asker, with names folded as DuckDB compares them."""

    scope: Scope

    @cached_property
    def columns(self) -> dict[str, frozenset[str]]:
        """Folded table name → folded names of the columns that may be seen."""
        return {
            name.lower(): frozenset(column.lower() for column in table.columns)
            for name, table in self.scope.tables.items()
        }
