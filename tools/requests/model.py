"""共享申请: one request by a department for another department's data, with where each word of it comes from.

Three kinds of content, kept apart: what the catalogue says (`dataset`, never editable), what the department states
(`Content`, editable while it is a draft or being supplemented), and what happened (`history`, only ever added to).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from corpus.catalog import Dataset, Sensitivity, SharingClass
from tools.requests.states import Action, State

LONGEST = 4000  # characters of one field
SourceKind = Literal["words", "catalogue", "article", "officer"]
METHODS = ("服务接口", "批量交换", "文件下载", "核验查询")


class Trace(BaseModel):
    """Where a field's content comes from.

    `words`: the person's own words, verbatim in `quote`. `catalogue`: the entry. `article`: a cited text, named in `ref`.
    `officer`: typed into the form by the person named in `ref`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SourceKind
    ref: str = ""
    quote: str = ""

    @property
    def label(self) -> str:
        names = {"words": "本人的话", "catalogue": "数据目录", "article": "条款", "officer": "经办人填写"}
        return f"{names[self.kind]}：{self.ref or self.quote}" if self.ref or self.quote else names[self.kind]


class EntryItem(BaseModel):
    """A data item of the catalogue entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str = ""
    meaning: str = ""
    sensitivity: Sensitivity = Sensitivity.NONE


class CatalogueEntry(BaseModel):
    """What the catalogue said about the dataset when the request was made. Copied from it, never typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    code: str = ""
    title: str
    provider: str = ""
    region: str = ""
    sharing: SharingClass | None = None
    condition: str = ""
    sharing_basis: str = ""  # for 不予共享: the law that the catalogue names
    level: str = ""  # 一般数据, 重要数据, 核心数据
    opening: str = ""  # 无条件开放, …
    method: str = ""
    update_frequency: str = ""
    items: list[EntryItem] = Field(default_factory=list)

    @classmethod
    def of(cls, dataset: Dataset) -> CatalogueEntry:
        return cls(
            id=dataset.id,
            code=dataset.code,
            title=dataset.title,
            provider=dataset.publisher,
            region=dataset.region,
            sharing=dataset.sharing,
            condition=dataset.sharing_condition,
            sharing_basis=dataset.sharing_basis,
            level=dataset.level.label if dataset.level else "",
            opening=dataset.opening.label if dataset.opening else "",
            method=dataset.sharing_method,
            update_frequency=dataset.update_frequency,
            items=[
                EntryItem(name=i.name, type=i.type, meaning=i.meaning, sensitivity=i.sensitivity) for i in dataset.items
            ],
        )

    @property
    def sharing_label(self) -> str:
        return self.sharing.label if self.sharing else "目录未注明"


class WantedItem(BaseModel):
    """A data item that is asked for, and what it is needed for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    use: str = Field(default="", max_length=500)


class LeftOutItem(BaseModel):
    """A data item of the entry that is not asked for, and why (minimum necessary)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    reason: str = Field(default="", max_length=500)


class Basis(BaseModel):
    """使用依据: an article by its document and locator with its words, or a duty of the department in its own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(default="", max_length=200)  # title, without 《》
    article: str = Field(default="", max_length=60)  # 第二十条
    quote: str = Field(default="", max_length=LONGEST)  # verbatim
    duty: str = Field(
        default="", max_length=LONGEST
    )  # 三定规定 or another statement of duty, where there is no article

    @field_validator("document")
    @classmethod
    def _bare(cls, title: str) -> str:
        return title.strip().strip("《》")

    @property
    def label(self) -> str:
        return f"《{self.document}》{self.article}" if self.document else self.duty


class Content(BaseModel):
    """What the requesting department states. Empty means not said yet: it stays visibly blank and is asked for."""

    model_config = ConfigDict(extra="forbid")

    officer_name: str = Field(default="", max_length=100)
    contact: str = Field(default="", max_length=200)
    agency_head: str = Field(default="", max_length=100)  # 本部门共享工作机构负责人 who agreed (条例 第二十条)
    items: list[WantedItem] = Field(default_factory=list, max_length=500)
    left_out: list[LeftOutItem] = Field(default_factory=list, max_length=500)
    basis: list[Basis] = Field(default_factory=list, max_length=20)
    purpose: str = Field(default="", max_length=LONGEST)
    scenario: str = Field(default="", max_length=LONGEST)
    use_scope: str = Field(default="", max_length=LONGEST)
    method: str = Field(default="", max_length=200)
    starts: date | None = None
    ends: date | None = None
    frequency: str = Field(default="", max_length=100)
    security: str = Field(default="", max_length=LONGEST)
    disposal: str = Field(default="", max_length=LONGEST)
    personal_impact: str = Field(default="", max_length=LONGEST)
    sources: dict[str, Trace] = Field(default_factory=dict)  # by field name

    @field_validator("starts", "ends", mode="before")
    @classmethod
    def _blank_day(cls, day: Any) -> Any:
        return None if isinstance(day, str) and is_blank(day) else day  # how a form says that nothing was chosen

    @field_validator("sources")
    @classmethod
    def _of_known_fields(cls, sources: dict[str, Trace]) -> dict[str, Trace]:
        unknown = [name for name in sources if name not in LABELS]
        if unknown:
            raise ValueError(f"没有名为 {unknown[0]} 的内容")
        return sources


LABELS = {
    "department": "申请部门",
    "officer_name": "经办人",
    "contact": "联系方式",
    "agency_head": "共享工作机构负责人",
    "dataset": "申请的数据目录",
    "items": "申请的数据项",
    "left_out": "不申请的数据项",
    "basis": "使用依据",
    "purpose": "使用目的",
    "scenario": "使用场景",
    "use_scope": "使用范围",
    "method": "共享方式",
    "starts": "使用起始日",
    "ends": "使用截止日",
    "frequency": "更新频率",
    "security": "安全保护措施",
    "disposal": "使用后的处置",
    "personal_impact": "个人信息保护影响评估",
}
EDITABLE = tuple(name for name in Content.model_fields if name != "sources")
# What must be stated: 条例 第二十条 names 使用依据、使用场景、使用范围、共享方式、使用时限 等; the rest of the list makes those usable.
REQUIRED = (
    *("officer_name", "contact", "items", "basis", "purpose", "scenario", "use_scope", "method"),
    *("starts", "ends", "security", "disposal"),
)


class Event(BaseModel):
    """One thing that happened. `day` is the local day that deadlines count from; `at` is UTC."""

    model_config = ConfigDict(frozen=True)

    position: int
    at: datetime
    day: date
    actor: str  # id of the person
    actor_name: str = ""
    department: str = ""
    action: Action
    before: State
    after: State
    version: int  # of the request after it
    note: str = ""  # reasons, what is missing, how it was disposed of
    details: dict[str, Any] = Field(
        default_factory=dict
    )  # days of an extension, items that were agreed to, fields changed


class ShareRequest(Content):
    """共享申请. `version` grows with every change; whoever changes it says which version they saw."""

    number: str
    version: int = 1
    state: State = State.DRAFT
    department: str
    officer: str  # id of the person who made it
    dataset: CatalogueEntry
    created: datetime
    updated: datetime
    question: str = ""  # the words that it began with
    conversation: str = ""
    history: list[Event] = Field(default_factory=list)

    @property
    def content(self) -> Content:
        """The editable part alone."""
        return Content.model_validate({name: getattr(self, name) for name in Content.model_fields})

    @property
    def personal_items(self) -> list[str]:
        """The wanted items that the catalogue marks as sensitive."""
        marked = {item.name for item in self.dataset.items if item.sensitivity is not Sensitivity.NONE}
        return [item.name for item in self.items if item.name in marked]

    def missing(self) -> list[str]:
        """The names of the fields that must be stated and are blank, in the order of the form."""
        return missing(self.content, bool(self.personal_items))

    @property
    def agreed_items(self) -> list[str]:
        """The items that the provider agreed to; all that are asked for until it has replied."""
        reply = self.last(Action.ACCEPT)
        return list(reply.details["items"]) if reply else [item.name for item in self.items]

    @property
    def agreed_ends(self) -> date | None:
        """The last day of use: the provider may agree to an earlier one than was asked for."""
        reply = self.last(Action.ACCEPT)
        return date.fromisoformat(reply.details["ends"]) if reply and "ends" in reply.details else self.ends

    def last(self, *actions: Action) -> Event | None:
        """The latest event of one of these kinds."""
        return next((event for event in reversed(self.history) if event.action in actions), None)


def missing(content: Content, personal: bool = False) -> list[str]:
    """The names of the fields that must be stated and are blank. `personal`: personal information is asked for."""
    wanted = (*REQUIRED, "personal_impact") if personal else REQUIRED
    return [name for name in wanted if is_blank(getattr(content, name))]


def is_blank(value: Any) -> bool:
    """Whether a field says nothing: empty, or only spaces and placeholder marks."""
    if isinstance(value, str):
        return not re.sub(r"[\s　_—\-.。…待填无空略/、（）()]+", "", value)
    return value is None or value == []
