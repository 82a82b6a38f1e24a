"""Every table of the demo city, in the order in which they are built: a table stands after those it refers to."""

from __future__ import annotations

from corpus.demo.spec import TableSpec
from corpus.demo.tables import (
    air,
    business,
    care,
    education,
    health,
    hotline,
    labour,
    leisure,
    living,
    markets,
    people,
    places,
    platform,
    revenue,
    supervision,
    traffic,
    water,
)

SPECS: tuple[TableSpec, ...] = (
    *places.SPECS,
    *education.SPECS,
    *health.SPECS,
    *business.SPECS,
    *supervision.SPECS,
    *revenue.SPECS,
    *labour.SPECS,
    *air.SPECS,
    *water.SPECS,
    *hotline.SPECS,
    *traffic.SPECS,
    *care.SPECS,
    *living.SPECS,
    *leisure.SPECS,
    *markets.SPECS,
    *people.SPECS,
    *health.CASE_SPECS,
    *platform.SPECS,
)
