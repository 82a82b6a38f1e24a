"""The city while it is being built: its seed, its calendar, and the tables that exist so far."""

from __future__ import annotations

import zlib
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Frame = dict[str, Any]  # column name → numpy or arrow array, all of one length

FIRST_DAY = date(2019, 1, 1)
LAST_DAY = date(2026, 6, 30)
TODAY = date(2026, 7, 1)
YEARS = np.arange(2019, 2026)  # the complete ones
DAYS = np.arange(np.datetime64(FIRST_DAY, "D"), np.datetime64(TODAY, "D"))
MONTHS = np.arange(np.datetime64(FIRST_DAY, "M"), np.datetime64(TODAY, "M"))
QUARTERS = MONTHS[::3]


class World:
    """Tables by name, filled in order. Every table draws from its own generator, so one table's change moves no other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.tables: dict[str, pa.Table] = {}
        # the datasets that the tables are: id, title, provider, sharing class
        self.catalogue: list[tuple[str, str, str, str]] = []

    def rng(self, name: str) -> np.random.Generator:
        """The generator of one table (or of one named part of it)."""
        return np.random.default_rng([self.seed & 0xFFFFFFFF, zlib.crc32(name.encode())])

    def add(self, name: str, frame: Frame) -> pa.Table:
        table = pa.table(frame)
        self.tables[name] = table
        return table

    def get(self, table: str, column: str) -> np.ndarray:
        """A column of a table built before, as numpy (texts as objects)."""
        values: np.ndarray = self.tables[table].column(column).to_numpy()
        return values

    def size(self, table: str) -> int:
        return int(self.tables[table].num_rows)


def words(text: str) -> tuple[str, ...]:
    """A list written as words parted by blanks."""
    return tuple(text.split())


def pick(values: Any, index: np.ndarray) -> Any:
    """values[index] as an arrow array; for texts much faster than numpy."""
    return pa.array(values).take(pa.array(index))


def choose(rng: np.random.Generator, values: Any, size: int, weights: Any = None) -> Any:
    """A random column of `values`, drawn by weight."""
    return pick(values, draw(rng, len(values), size, weights))


def draw(rng: np.random.Generator, kinds: int, size: int, weights: Any = None) -> np.ndarray:
    """Random indexes 0..kinds-1, drawn by weight."""
    if weights is None:
        return rng.integers(0, kinds, size)
    edges = np.cumsum(np.asarray(weights, float))
    return np.minimum(np.searchsorted(edges / edges[-1], rng.random(size), side="right"), kinds - 1)


def numbered(prefix: str, count: int, width: int, start: int = 1) -> Any:
    """prefix00001, prefix00002, …"""
    digits = pc.utf8_lpad(pc.cast(pa.array(np.arange(start, start + count)), pa.string()), width, "0")
    return join(prefix, digits)


def join(*parts: Any) -> Any:
    """Texts put together row by row; a plain str stands for every row."""
    columns = [pa.scalar(part) if isinstance(part, str) else pa.array(part) for part in parts]
    return pc.binary_join_element_wise(*columns, "", null_handling="skip")


def blank(rng: np.random.Generator, values: Any, share: float) -> Any:
    """The column with a share of its values missing."""
    column = pa.array(values)
    return pc.if_else(pa.array(rng.random(len(column)) >= share), column, pa.scalar(None, column.type))


def blank_where(values: Any, mask: np.ndarray) -> Any:
    """The column with the masked values missing."""
    column = pa.array(values)
    return pc.if_else(pa.array(~mask), column, pa.scalar(None, column.type))


def cross(*sizes: int) -> list[np.ndarray]:
    """Index columns of the full product, the first varying slowest."""
    return [axis.ravel() for axis in np.indices(sizes)]


def dates(values: np.ndarray) -> np.ndarray:
    """Days of a datetime64 array of any unit (a month becomes its first day)."""
    return values.astype("datetime64[D]")


def year_of(values: np.ndarray) -> np.ndarray:
    return values.astype("datetime64[Y]").astype(np.int64) + 1970


def month_of(values: np.ndarray) -> np.ndarray:
    """1..12"""
    return values.astype("datetime64[M]").astype(np.int64) % 12 + 1


def season(values: np.ndarray, peak_day: float) -> np.ndarray:
    """A yearly wave in -1..1 that is 1 at `peak_day` (day of the year)."""
    day = (dates(values) - values.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    wave: np.ndarray = np.cos((day - peak_day) / 365.25 * 2 * np.pi)
    return wave
