"""The bodies of the REST interface. An outcome is the published schema itself."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from assistant.outcome import Outcome

LONGEST_QUESTION = 20_000  # beyond this the request is refused; the assistant itself answers shorter bad input


class AskRequest(BaseModel):
    """One question. `as` names a demo user and counts in a demo workspace only."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    question: str = Field(
        max_length=LONGEST_QUESTION, description="问题，自然语言", examples=["去年各区有多少所学校？"]
    )
    conversation: str | None = Field(default=None, max_length=100, description="对话编号；省略即开始新对话")
    principal: str | None = Field(default=None, alias="as", max_length=40, description="演示身份，仅演示工作区有效")


class OutcomeReply(RootModel[Outcome]):
    """结果：Answer、Clarify、Refuse 或 Draft，由 kind 区分。"""


class HistoryReply(BaseModel):
    id: str
    turns: list[OutcomeReply]


class SearchReply(BaseModel):
    """Ranked hits, best first."""

    query: str
    hits: list[dict[str, Any]]


class HealthReply(BaseModel):
    status: str
    version: str
    demo: bool


class Limits(BaseModel):
    """What the caller may use and has left; null means unlimited."""

    questions_per_minute: int | None
    questions_left: int | None
    concurrent_turns: int | None
    query_seconds_per_day: int | None
    query_seconds_left: float | None


class MeReply(BaseModel):
    """Who the service takes the caller for."""

    id: str
    name: str
    role: str
    department: str
    district: str
    signed_in: bool
    limits: Limits


class ConversationLine(BaseModel):
    id: str
    title: str
    updated: str


class ConversationsReply(BaseModel):
    """A signed-in person's conversations, the newest first."""

    conversations: list[ConversationLine]


class RecordEntry(BaseModel):
    """One entry of the log about the caller. `at` is UTC."""

    id: str
    n: int
    at: str
    kind: str
    body: dict[str, Any]


class RecordReply(BaseModel):
    entries: list[RecordEntry]
