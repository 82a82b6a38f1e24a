"""What an ingest tells people: per file what was read, changed and skipped, and why."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Kind = Literal["catalog", "policy", "table"]
KIND_LABELS: dict[str, str] = {"catalog": "数据目录", "policy": "政策文件", "table": "数据表"}
MAX_LISTED = 50  # skipped rows listed one by one; the rest are only counted


class IngestError(Exception):
    """A file (or the whole run) cannot be ingested; the message is a Chinese sentence for people."""


class Skipped(BaseModel):
    """One row, sheet or entry that was not taken, where it stands and why."""

    where: str  # 第12行, 工作表「说明」
    reason: str


class FileReport(BaseModel):
    """What happened to one file. Counts are of datasets, documents or table rows, after its kind."""

    path: str
    kind: Kind | None = None
    format: str = ""
    status: Literal["ok", "failed", "skipped"] = "ok"
    message: str = ""  # why it failed or was skipped
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Skipped] = Field(default_factory=list)
    skipped_count: int = 0
    mapping: dict[str, str] = Field(default_factory=dict)  # source field → our field
    unmapped: list[str] = Field(default_factory=list)  # source fields kept as extra
    titles: list[str] = Field(default_factory=list)  # documents, or tables as 「名称（表名，行数）」
    warnings: list[str] = Field(default_factory=list)

    def skip(self, where: str, reason: str) -> None:
        self.skipped_count += 1
        if len(self.skipped) < MAX_LISTED:
            self.skipped.append(Skipped(where=where, reason=reason))

    def fail(self, message: str) -> FileReport:
        """Mark as failed: nothing of the file was kept."""
        self.status, self.message = "failed", message
        self.added = self.updated = self.unchanged = self.removed = 0
        return self

    @property
    def touched(self) -> int:
        return self.added + self.updated + self.removed


class IngestReport(BaseModel):
    """One run: its files in order, whether the workspace changed, and the data version after it."""

    files: list[FileReport] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)  # texts newly found to be replaced or repealed
    warnings: list[str] = Field(default_factory=list)
    changed: bool = False
    dry_run: bool = False
    interrupted: bool = False
    data_version: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """At least one file was read and none failed."""
        return (
            not self.interrupted
            and any(file.status == "ok" for file in self.files)
            and all(file.status != "failed" for file in self.files)
        )

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 1
