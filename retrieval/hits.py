"""What retrieval returns."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class DatasetHit(BaseModel):
    """A ranked catalogue entry. Score is in 0..1 and comparable within one query only."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    score: float
    conditions_met: bool = True  # False: a near entry that does not meet a condition of the question


class ArticleHit(BaseModel):
    """A ranked article of a policy document. Score is in 0..1 and comparable within one query only."""

    model_config = ConfigDict(frozen=True)

    document: str
    locator: str
    title: str  # of the document
    text: str
    score: float
    in_force: bool = True
