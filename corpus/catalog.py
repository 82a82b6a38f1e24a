"""The data catalogue: datasets with their core metadata.

Terms follow DCAT; the metadata are those a Chinese government catalogue must carry
(政务数据共享条例 第十三条; 政务信息资源目录编制指南 core metadata).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class SharingClass(StrEnum):
    """共享属性 (政务数据共享条例 第十四条)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NOT_SHARED = "not_shared"

    @property
    def label(self) -> str:
        return {"unconditional": "无条件共享", "conditional": "有条件共享", "not_shared": "不予共享"}[self.value]


class OpeningClass(StrEnum):
    """开放属性 towards the public."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "无条件开放", "conditional": "有条件开放", "closed": "不予开放"}[self.value]


class SecurityLevel(StrEnum):
    """数据分级 (数据安全法 第二十一条)."""

    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"

    @property
    def label(self) -> str:
        return {"general": "一般数据", "important": "重要数据", "core": "核心数据"}[self.value]


class Sensitivity(StrEnum):
    """敏感类型 of one data item; decides its masking rule."""

    NONE = "none"
    NAME = "name"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "none": "无",
            "name": "姓名",
            "identity_number": "身份证件号码",
            "phone": "联系电话",
            "address": "住址",
            "account": "账号",
            "other": "其他敏感信息",
        }[self.value]


class DataItem(BaseModel):
    """数据项: one field of a dataset."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str = ""
    meaning: str = ""
    sensitivity: Sensitivity = Sensitivity.NONE
    column: str | None = None  # the warehouse column that holds it, when the table is here


class Distribution(BaseModel):
    """分发: one downloadable or callable form of a dataset."""

    model_config = ConfigDict(frozen=True)

    format: str
    url: str | None = None


class Dataset(BaseModel):
    """数据目录 entry. Empty fields mean that the source does not say; nothing is assumed for it."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    code: str = ""
    category: str = ""  # 类/项/目, joined by /
    topic: str = ""
    publisher: str = ""
    publisher_code: str = ""
    region: str = ""
    summary: str = ""
    keywords: list[str] = Field(default_factory=list)
    industry: str = ""
    items: list[DataItem] = Field(default_factory=list)
    formats: list[str] = Field(default_factory=list)
    distributions: list[Distribution] = Field(default_factory=list)
    sharing: SharingClass | None = None
    sharing_condition: str = ""
    sharing_basis: str = ""  # the law that forbids sharing, for 不予共享 (条例 第十五条)
    sharing_method: str = ""
    opening: OpeningClass | None = None
    opening_condition: str = ""
    level: SecurityLevel | None = None
    update_frequency: str = ""
    published: date | None = None
    updated: date | None = None
    rows: int | None = None
    related: list[str] = Field(default_factory=list)
    url: str | None = None
    license: str = ""
    table: str | None = None  # warehouse table with its rows, when the data is here
    source: str = ""  # the ingested file it came from
    extra: dict[str, str] = Field(default_factory=dict)  # source fields that map to nothing above
