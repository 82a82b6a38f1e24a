"""Who may see the ledger of share requests in the warehouse: all of it, or one's own department's rows, as the role says.

The tables are the service's own and stand in no catalogue; they hold no name of a person.
"""

from __future__ import annotations

from corpus.catalog import Sensitivity
from corpus.semantics import Table
from tools.principal import Principal, RowFilter, TableScope
from tools.rights.policy import Policy

LEDGER_TABLES = frozenset({"share_request_ledger", "data_demand"})
OWNER = "department"  # the column that says whose row it is


def ledger_scope(principal: Principal, table: Table, policy: Policy) -> TableScope | None:
    """What `principal` may see of a table of the ledger; None: nothing."""
    columns = [column.name for column in table.columns if column.sensitivity is Sensitivity.NONE]
    role = policy.roles.get(principal.role)
    if role is None or role.ledger == "none":
        return None
    if role.ledger == "all":
        return TableScope(columns=columns)
    department = principal.department.strip()
    if not department or OWNER not in columns:
        return None
    return TableScope(columns=columns, rows=[RowFilter(column=OWNER, values=[department])])
