"""What a fragment does to a state: one edit a slot."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation_state.periods import Period
from assistant.conversation_state.state import (
    Change,
    Dimension,
    Filter,
    Quantity,
    Ranking,
    Threshold,
)
from assistant.planning.plan import Col


@dataclass(frozen=True)
class SetPeriod:
    period: Period | None


@dataclass(frozen=True)
class SetFilter:
    """Only these values; takes the place of another condition on the same thing, or (`add`) widens it."""

    filter: Filter
    add: bool = False


@dataclass(frozen=True)
class DropFilter:
    """Without the conditions that hold one of `words`; without any words, the one added last."""

    words: tuple[str, ...] = ()
    last: tuple[Filter, ...] = ()  # what the last fragment added


@dataclass(frozen=True)
class GiveBack:
    """Nothing is shut out any more."""


@dataclass(frozen=True)
class Readmit:
    """These values are shut out no more; where they were not, they are asked about too."""

    filter: Filter


@dataclass(frozen=True)
class SetNumber:
    """Another number in the bound that was set last: 把门槛提到五千万."""

    value: float


@dataclass(frozen=True)
class CompareWith:
    """The things asked about beside another of their kind."""

    filter: Filter


@dataclass(frozen=True)
class SetDimension:
    dimension: Dimension
    add: bool = False
    keep: bool = False  # with the condition on the same thing


@dataclass(frozen=True)
class DropDimensions:
    """The whole, not broken down (or not by what is called `word`); `regions`: the whole city too."""

    regions: bool = False
    word: str = ""


@dataclass(frozen=True)
class SetQuantity:
    quantity: Quantity
    add: bool = False


@dataclass(frozen=True)
class DropQuantity:
    word: str


@dataclass(frozen=True)
class SetAggregate:
    aggregate: str


@dataclass(frozen=True)
class Total:
    """All together; `among` are the rows that the last answer showed, where 他们 means those."""

    among: Filter | None = None


@dataclass(frozen=True)
class SetChange:
    change: Change
    back: int = 1  # growth since so many years earlier


@dataclass(frozen=True)
class Rank:
    ranking: Ranking | None


@dataclass(frozen=True)
class Limit:
    """So many of them, ranked as they are."""

    count: int


@dataclass(frozen=True)
class Reverse:
    """反过来: the last ones first."""


@dataclass(frozen=True)
class ListThings:
    """Which they are, by name, instead of how many."""

    column: Col


@dataclass(frozen=True)
class CountThings:
    """How many they are, instead of which."""


@dataclass(frozen=True)
class Among:
    """Of the rows that were shown, and of no others."""

    filter: Filter


@dataclass(frozen=True)
class Keep:
    threshold: Threshold | None


@dataclass(frozen=True)
class SetSubject:
    """The same asked of other things: 那医院呢."""

    table: str


Edit = (
    SetPeriod
    | SetFilter
    | DropFilter
    | GiveBack
    | Readmit
    | SetNumber
    | CompareWith
    | SetDimension
    | DropDimensions
    | SetQuantity
    | DropQuantity
    | SetAggregate
    | Total
    | SetChange
    | Rank
    | Limit
    | Reverse
    | ListThings
    | CountThings
    | Among
    | Keep
    | SetSubject
)
