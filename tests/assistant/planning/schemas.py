"""The small schemas that the planner's tests ask, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import ModuleType

import clinic_town
import duckdb
import island_bank
import shop_city
import water_works
from notation import Notation

from assistant.planning.embedded import EmbeddedPlanner
from corpus.semantics import SemanticModel
from retrieval.values import ValueIndex

_MODULES: dict[str, ModuleType] = {
    "clinic": clinic_town,
    "islands": island_bank,
    "shops": shop_city,
    "water": water_works,
}


@dataclass(frozen=True)
class Asked:
    """A schema with its rows and its planner."""

    con: duckdb.DuckDBPyConnection
    model: SemanticModel
    values: ValueIndex
    planner: EmbeddedPlanner
    notation: Notation


@cache
def asked(schema: str, *, literal: bool = False) -> Asked:
    """The schema called so; its planner reads literally where the public benches' way is meant."""
    module = _MODULES[schema]
    con = module.connect()
    model: SemanticModel = module.model() if schema == "islands" else module.MODEL
    values = ValueIndex.build(con, model)
    planner = EmbeddedPlanner(model, values, module.TODAY, strict=literal)
    return Asked(con, model, values, planner, Notation(model))
