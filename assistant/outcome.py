"""The outcome of a turn: what `--json`, REST and `--batch` print. A type for each kind, never a string convention."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Route = Literal["data", "find_dataset", "policy", "share_request", "about", "out_of_scope"]


class Citation(BaseModel):
    """引用: a source with a locator, a verbatim span and the span's hash."""

    n: int
    kind: Literal["dataset", "query", "article", "document"]
    id: str
    title: str
    locator: str = ""
    quote: str = ""
    url: str | None = None
    in_force: bool | None = None
    sha256: str = ""

    def sealed(self) -> Citation:
        """The same citation with the hash of its quote."""
        return self.model_copy(update={"sha256": hashlib.sha256(self.quote.encode()).hexdigest()})


class TableColumn(BaseModel):
    name: str
    label: str
    type: str  # number, text, date, boolean
    unit: str = ""


class ResultTable(BaseModel):
    columns: list[TableColumn]
    rows: list[list[Any]]
    row_count: int
    truncated: bool = False


class Sql(BaseModel):
    text: str
    dialect: str = "duckdb"
    tables: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)


class Chart(BaseModel):
    """A declarative chart over the result table: names of columns, never code."""

    kind: Literal["bar", "line", "pie"]
    x: str
    y: list[str]
    color: str | None = None
    title: str = ""
    unit: str = ""


class DatasetCard(BaseModel):
    id: str
    title: str
    score: float
    publisher: str = ""
    summary: str = ""
    sharing: str | None = None
    opening: str | None = None


class Option(BaseModel):
    label: str
    value: str


class RequestCheck(BaseModel):
    rule: str
    article: str
    ok: bool
    note: str = ""
    blocking: bool = True  # False: for people to weigh; a request that fails it may be submitted


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = ""
    question: str = ""
    principal: str = ""
    route: Route = "data"
    text: str
    citations: list[Citation] = Field(default_factory=list)
    conversation: str = ""
    planner: str = "embedded"  # verified | embedded | model:<name>
    warnings: list[str] = Field(default_factory=list)
    timings_ms: dict[str, float] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    suggestions: list[str] = Field(default_factory=list)


class Answer(_Turn):
    kind: Literal["answer"] = "answer"
    status: Literal["complete", "partial", "no_information"] = "complete"
    label: Literal["verified", "rules", "model"] = "rules"
    explanation: str = ""  # how the question was understood
    sql: Sql | None = None
    table: ResultTable | None = None
    chart: Chart | None = None
    datasets: list[DatasetCard] = Field(default_factory=list)
    # what was understood, slot by slot; an option's value asks the same without the slot, and is empty where it must stay
    state: list[Option] = Field(default_factory=list)


class Clarify(_Turn):
    kind: Literal["clarify"] = "clarify"
    options: list[Option]


class Refuse(_Turn):
    kind: Literal["refuse"] = "refuse"
    reason: Literal["forbidden", "unsafe", "out_of_scope", "too_costly"]
    may_request: list[str] = Field(default_factory=list)


class DraftTalk(BaseModel):
    """Where the talk about a draft stands: what is asked for, what was put off, a length that waits for its first day."""

    asks: str = ""
    skipped: list[str] = Field(default_factory=list)
    months: int = 0
    days: int = 0
    undone: bool = False  # this turn took the one before back


class Draft(_Turn):
    kind: Literal["draft"] = "draft"
    request: dict[str, Any]
    missing: list[str] = Field(default_factory=list)
    checks: list[RequestCheck] = Field(default_factory=list)
    number: str = ""  # of the filed draft; empty: it is shown only, for this person acts for no department
    version: int = 0
    completeness: int = 0  # 0..100: how much of what must be stated is stated; never an approval
    content: dict[str, Any] = Field(default_factory=dict)  # the typed fields, with the source of each
    dataset: str = ""  # id of the catalogue entry
    options: list[Option] = Field(default_factory=list)  # choices for what is asked now
    offers: list[DatasetCard] = Field(default_factory=list)  # open data that may do without a request
    talk: DraftTalk = Field(default_factory=DraftTalk)


Outcome = Annotated[Answer | Clarify | Refuse | Draft, Field(discriminator="kind")]
OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
