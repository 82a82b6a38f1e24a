"""Who may see the ledger of share requests in the warehouse: the steward all of it, an official their own department's rows.

The tables are the service's own and stand in no catalogue; they hold no name of a person.
"""

from __future__ import annotations

from corpus.catalog import Sensitivity
from corpus.semantics import Table
from tools.principal import Principal, RowFilter, TableScope

LEDGER_TABLES = frozenset({"share_request_ledger", "data_demand"})
OWNER = "department"  # the column that says whose row it is


def ledger_scope(principal: Principal, table: Table) -> TableScope | None:
    """What `principal` may see of a table of the ledger; None: nothing."""
    columns = [column.name for column in table.columns if column.sensitivity is Sensitivity.NONE]
    if principal.role == "steward":
        return TableScope(columns=columns)
    department = principal.department.strip()
    if principal.role != "official" or not department or OWNER not in columns:
        return None
    return TableScope(columns=columns, rows=[RowFilter(column=OWNER, values=[department])])
