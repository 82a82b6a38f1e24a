"""Every table of the demo city, in the order in which they are built: a table stands after those it refers to."""

from __future__ import annotations

from corpus.demo.spec import TableSpec
from corpus.demo.tables import air, business, education, health, hotline, labour, places, revenue, supervision, water

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
)
