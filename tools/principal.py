"""Who asks, and what they may see."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

# The roles that every deployment has; a policy file may define more.
BUILT_IN_ROLES = ("citizen", "official", "steward", "evaluator", "admin")
RoleName = str


class Principal(BaseModel):
    """使用者. `department` is the name of the department an official works for, `district` that of their district."""

    model_config = ConfigDict(frozen=True)

    id: str
    role: RoleName
    name: str = ""
    department: str = ""
    district: str = ""


class RowFilter(BaseModel):
    """Rows whose `column` (which need not be visible) holds one of `values`, compared as text. NULL never matches."""

    model_config = ConfigDict(frozen=True)

    column: str
    values: list[str]


class GroupRule(BaseModel):
    """How a table of personal records is shown to those who may see totals alone: every value stands for `k` persons or more.

    `persons` are columns that tell persons apart; `dimensions` are kept in this order of importance, of those in `years`
    the year alone; of `measures` each person shows the average of their group.
    """

    model_config = ConfigDict(frozen=True)

    k: int = Field(ge=2)
    persons: list[str] = Field(min_length=1)
    dimensions: list[str]
    years: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)


class TableScope(BaseModel):
    """What of one table may be seen: columns in order; masks name the way of masking per column; every row filter must hold.

    With `groups` the columns are the rule's dimensions and measures, and no row stands for one person.
    """

    model_config = ConfigDict(frozen=True)

    columns: list[str]
    masks: dict[str, str] = Field(default_factory=dict)
    rows: list[RowFilter] = Field(default_factory=list)
    groups: GroupRule | None = None


class Scope(BaseModel):
    """权限范围: what a principal may see. A table that is not in `tables` does not exist for them."""

    model_config = ConfigDict(frozen=True)

    id: str  # digest of the rules below and of the data version
    tables: dict[str, TableScope]
    policy: str = ""  # digest of the policy that it was worked out by, where that is known
