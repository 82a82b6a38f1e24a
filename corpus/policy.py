"""Policy documents: laws, regulations and rules, cut into articles with dates and force."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class DocumentLevel(StrEnum):
    """效力级别, from the highest."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    LOCAL_REGULATION = "local_regulation"
    RULE = "rule"
    NORMATIVE = "normative"
    DIGEST = "digest"  # facts restated in our own words; never quoted as the legal text itself

    @property
    def label(self) -> str:
        return {
            "law": "法律",
            "administrative_regulation": "行政法规",
            "local_regulation": "地方性法规",
            "rule": "规章",
            "normative": "规范性文件",
            "digest": "要点摘编",
        }[self.value]


class Article(BaseModel):
    """条款. `locator` is what a person cites, e.g. 「第二十一条」; text is verbatim, paragraphs split by \\n."""

    model_config = ConfigDict(frozen=True)

    locator: str
    text: str
    title: str = ""
    path: list[str] = Field(default_factory=list)  # headings above it: 编, 章, 节


class PolicyDocument(BaseModel):
    """政策文件 with its articles in order."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    level: DocumentLevel = DocumentLevel.NORMATIVE
    region: str = ""  # empty: national
    issuer: str = ""
    number: str = ""  # 文号
    published: date | None = None
    effective: date | None = None
    superseded_by: str | None = None  # id of the text that replaced it
    superseded_on: date | None = None  # the day from which it no longer applies; None: since ever
    repealed: bool = False
    articles: list[Article] = Field(default_factory=list)
    source: str = ""

    def in_force(self, today: date) -> bool:
        """Whether the text applies on `today`, as far as the corpus knows."""
        ended = self.superseded_by is not None or self.repealed
        if ended and (self.superseded_on is None or self.superseded_on <= today):
            return False
        return self.effective is None or self.effective <= today
