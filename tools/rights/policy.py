"""The policy: what a deployment's owner decides about rights, as data. The package brings a sound default."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from corpus.catalog import Dataset, Sensitivity
from tools.masks import MASKS
from tools.principal import Principal

DEFAULT_FILE = Path(__file__).with_name("default.yaml")
UNSET = "unset"

Access = Literal["rows", "groups", "none"]
Treatment = Literal["drop", "mask", "plain"]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _mask_style(value: Any) -> Any:
    if value not in MASKS:
        raise ValueError(f"没有“{value}”这种脱敏方式，可用的有：{'、'.join(MASKS)}")
    return value


OneOrMore = BeforeValidator(_listed)
MaskStyle = Annotated[str, BeforeValidator(_mask_style)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Part):
    """What a rule asks of a dataset; a condition that is not written asks nothing. `unset`: the catalogue does not say."""

    own: bool | None = None
    personal: bool | None = None
    opening: Annotated[tuple[Literal["open", "conditional", "closed", "unset"], ...], OneOrMore] = ()
    sharing: Annotated[tuple[Literal["unconditional", "conditional", "not_shared", "unset"], ...], OneOrMore] = ()
    level: Annotated[tuple[Literal["general", "important", "core", "unset"], ...], OneOrMore] = ()
    datasets: Annotated[tuple[str, ...], OneOrMore] = ()
    publishers: Annotated[tuple[str, ...], OneOrMore] = ()

    def fits(self, principal: Principal, dataset: Dataset, personal: bool) -> bool:
        if self.own is not None and self.own != is_own(principal, dataset):
            return False
        if self.personal is not None and self.personal != personal:
            return False
        given: tuple[tuple[tuple[str, ...], str | None], ...] = (
            (self.opening, dataset.opening),
            (self.sharing, dataset.sharing),
            (self.level, dataset.level),
        )
        if any(wanted and (UNSET if value is None else value) not in wanted for wanted, value in given):
            return False
        named = ((self.datasets, dataset.id), (self.publishers, dataset.publisher.strip()))
        return not any(wanted and value not in wanted for wanted, value in named)


class Only(_Part):
    """Rows whose column (by name or label; the first of those given that the table has) is the asker's own."""

    column: Annotated[tuple[str, ...], OneOrMore] = Field(min_length=1)
    is_: Literal["department", "district"] = Field(alias="is")

    def value(self, principal: Principal) -> str:
        return (principal.department if self.is_ == "department" else principal.district).strip()


class Rule(_Part):
    when: When = When()
    access: Access
    sensitive: Treatment = "drop"
    only: Annotated[tuple[Only, ...], OneOrMore] = ()
    rule: str = Field(min_length=1)
    article: str = ""

    @model_validator(mode="after")
    def _groups_stay_whole(self) -> Rule:
        if self.access == "groups" and self.sensitive != "drop":
            raise ValueError("只供汇总的数据不提供敏感数据项：access 为 groups 时 sensitive 只能是 drop")
        return self


class Role(_Part):
    label: str = Field(min_length=1)
    rules: tuple[Rule, ...]
    grants: Literal["none", "mask", "plain"] = "none"
    ledger: Literal["none", "own", "all"] = "none"  # which lines of the ledger of share requests
    masks: dict[Sensitivity, MaskStyle] = Field(default_factory=dict)  # where they differ from everybody's


class PersonalTable(_Part):
    """How one table of personal records is grouped. What is not written is worked out from the semantic model."""

    persons: Annotated[tuple[str, ...], OneOrMore] = ()
    dimensions: Annotated[tuple[str, ...], OneOrMore] = ()
    measures: Annotated[tuple[str, ...], OneOrMore] | None = None
    min_group: int | None = Field(default=None, ge=2, le=10_000)


class Policy(_Part):
    version: Literal[1] = 1
    min_group: int = Field(ge=2, le=10_000)
    masks: dict[Sensitivity, MaskStyle]
    roles: dict[str, Role]
    tables: dict[str, PersonalTable] = Field(default_factory=dict)  # by table name

    @cached_property
    def digest(self) -> str:
        """Changes whenever anything in the policy changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def mask_of(self, role: str, kind: Sensitivity | None) -> str:
        """The way of masking for a kind of sensitive content; None: several kinds at once, or one not foreseen."""
        own = self.roles[role].masks
        return str(own.get(kind) or self.masks.get(kind) or "stars") if kind is not None else "stars"


def is_own(principal: Principal, dataset: Dataset) -> bool:
    """Whether the dataset is provided by this person's department. Nobody's department is nobody's own."""
    department = principal.department.strip()
    return bool(department) and department == dataset.publisher.strip()


@cache
def default_policy() -> Policy:
    """The policy that the package brings."""
    return Policy.model_validate(yaml.safe_load(DEFAULT_FILE.read_text("utf-8")))
