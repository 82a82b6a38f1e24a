"""Who asks, and what they may see."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RoleName = Literal["citizen", "official", "steward", "evaluator", "admin"]


class Principal(BaseModel):
    """使用者. `department` is the name of the department an official works for."""

    model_config = ConfigDict(frozen=True)

    id: str
    role: RoleName
    name: str = ""
    department: str = ""


class RowFilter(BaseModel):
    """Rows whose `column` (which need not be visible) holds one of `values`, compared as text. NULL never matches."""

    model_config = ConfigDict(frozen=True)

    column: str
    values: list[str]


class TableScope(BaseModel):
    """What of one table may be seen: columns in order; masks name the rule per column; every row filter must hold."""

    model_config = ConfigDict(frozen=True)

    columns: list[str]
    masks: dict[str, str] = Field(default_factory=dict)
    rows: list[RowFilter] = Field(default_factory=list)


class Scope(BaseModel):
    """权限范围: what a principal may see. A table that is not in `tables` does not exist for them."""

    model_config = ConfigDict(frozen=True)

    id: str  # digest of the rules below and of the data version
    tables: dict[str, TableScope]
