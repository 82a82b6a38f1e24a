"""The demo city's data catalogue: one record for every table that is here, and those the departments merely list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus.catalog import Dataset
from corpus.demo.catalogue.compose import from_entry, from_table
from corpus.demo.catalogue.entries import entries
from corpus.demo.spec import TableSpec


def datasets(specs: Iterable[TableSpec], seed: int) -> list[Dataset]:
    """The whole catalogue in order of id, the same for the same `specs` and `seed`.

    ValueError if two records share an id or an entry file is wrong.
    """
    specs = list(specs)
    tables = {spec.name for spec in specs}
    found = [*(from_table(spec, tables, seed) for spec in specs), *(from_entry(entry, seed) for entry in entries())]
    twice = [key for key, times in Counter(dataset.id for dataset in found).items() if times > 1]
    if twice:
        raise ValueError(f"目录条目编号重复：{'、'.join(twice)}")
    return sorted(_numbered(found), key=lambda dataset: dataset.id)


def _numbered(found: list[Dataset]) -> list[Dataset]:
    """Codes with their sequence numbers: 类项目/顺序号, counted within each class."""
    taken: Counter[str] = Counter()
    numbered = []
    for dataset in found:
        taken[dataset.code] += 1
        numbered.append(dataset.model_copy(update={"code": f"{dataset.code}/{taken[dataset.code]:05d}"}))
    return numbered


__all__ = ["datasets"]
