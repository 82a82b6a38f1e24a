"""What a query returns, and the ways it can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """Why a check refuses a statement. `message` is a Chinese sentence that carries no data."""

    check: str
    message: str


@dataclass(frozen=True)
class QueryResult:
    """Rows of one query; `types` are DuckDB type names, one per column; `notes` say in Chinese what was held back."""

    sql: str
    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    truncated: bool
    elapsed_ms: float
    data_version: str
    tables: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class QueryRefused(Exception):
    """The gate does not let the statement run."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("；".join(f.message for f in findings))
        self.findings = findings


class QueryFailed(Exception):
    """The statement was let through and did not finish; the message is redacted Chinese."""

    def __init__(self, kind: Literal["timeout", "memory", "error", "crash"], message: str) -> None:
        super().__init__(message)
        self.kind = kind
