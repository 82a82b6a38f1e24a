"""Which tables hold records of persons, by what they tell persons apart, and how such a table is grouped."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.catalog import Dataset, Sensitivity
from corpus.semantics import Column, Role, SemanticModel, Table
from tools.principal import GroupRule
from tools.rights.policy import PersonalTable, Policy

# By these kinds of content a person can be told from another, the surest first.
IDENTIFYING = (Sensitivity.IDENTITY_NUMBER, Sensitivity.PHONE, Sensitivity.NAME)
OF_PERSONS = {*IDENTIFYING, Sensitivity.ADDRESS, Sensitivity.ACCOUNT}
MOST_DIMENSIONS = 6
MOST_VALUES = 500  # of what a dimension refers to; finer ones tear every group apart
YEARS = 15  # how many years a date is taken to span
UNKNOWN = 12  # how many values a category without listed codes is taken to have


def sensitivities(table: Table, column: Column, entries: Iterable[Dataset]) -> list[Sensitivity]:
    """The kinds of sensitive content that the semantic model or the catalogue gives a column, without 无."""
    kinds = {column.sensitivity}
    for entry in entries:
        for item in entry.items:
            named = (
                item.column.lower() == column.name.lower() if item.column else item.name in (column.name, column.label)
            )
            if named:
                kinds.add(item.sensitivity)
    return sorted(kinds - {Sensitivity.NONE})


def is_personal(table: Table, model: SemanticModel, entries: Iterable[Dataset]) -> bool:
    """Whether the table has a column that identifies or locates a person, or refers to a table that has."""
    listed = list(entries)
    return (
        any(OF_PERSONS.intersection(sensitivities(table, column, listed)) for column in table.columns)
        or any(OF_PERSONS.intersection({item.sensitivity}) for entry in listed for item in entry.items)
        or bool(_references(table, model))
    )


def group_rule(table: Table, model: SemanticModel, entries: Iterable[Dataset], policy: Policy) -> GroupRule | None:
    """How the table is grouped, the same for everybody; None when it cannot be told whose records they are."""
    listed = list(entries)
    said = policy.tables.get(table.name, PersonalTable())
    persons = list(said.persons) or _persons(table, model, listed)
    if not persons:
        return None
    hidden = {column.name for column in table.columns if sensitivities(table, column, listed)}
    hidden.update(persons, _references(table, model))
    free = [column for column in table.columns if column.name not in hidden]
    dimensions = [table.column(name) for name in said.dimensions] or _dimensions(table, free, model)
    measures = said.measures
    if measures is None:
        measures = tuple(column.name for column in free if column.role is Role.MEASURE)
    for name in measures:
        table.column(name)
    return GroupRule(
        k=said.min_group or policy.min_group,
        persons=persons,
        dimensions=[column.name for column in dimensions],
        years=[column.name for column in dimensions if _is_date(column)],
        measures=[name for name in measures if name not in {column.name for column in dimensions}],
    )


def _persons(table: Table, model: SemanticModel, entries: list[Dataset]) -> list[str]:
    """The columns whose value stands for one person. A name alone counts namesakes as one, which only makes groups larger."""
    found: dict[Sensitivity, list[str]] = {}
    for column in table.columns:
        for kind in sensitivities(table, column, entries):
            found.setdefault(kind, []).append(column.name)
    if Sensitivity.IDENTITY_NUMBER in found:
        return found[Sensitivity.IDENTITY_NUMBER][:1]
    if references := _references(table, model):
        return references
    return next((found[kind][:1] for kind in IDENTIFYING if kind in found), [])


def _references(table: Table, model: SemanticModel) -> list[str]:
    """The columns by which the table refers to one person's record in another table."""
    for relation in model.relations:
        if relation.left == table.name and relation.right != table.name:
            target = next((other for other in model.tables if other.name == relation.right), None)
            if target is not None and any(
                column.sensitivity is Sensitivity.IDENTITY_NUMBER for column in target.columns
            ):
                return list(relation.left_columns)
    return []


def _dimensions(table: Table, free: list[Column], model: SemanticModel) -> list[Column]:
    """Categories, places and dates, those with few values first: what stands last is the first to be held back."""
    sizes: list[tuple[float, int, Column]] = []
    for position, column in enumerate(free):
        size = _values(table, column, model)
        if size is not None:
            sizes.append((size, position, column))
    return [column for _, _, column in sorted(sizes, key=lambda item: item[:2])][:MOST_DIMENSIONS]


def _values(table: Table, column: Column, model: SemanticModel) -> float | None:
    """About how many values the column has; None when it is no dimension."""
    if column.role is Role.CATEGORY:
        return len(column.codes) or UNKNOWN
    if column.role is Role.TIME:
        return YEARS
    if column.role is Role.FOREIGN:
        for relation in model.relations:
            if relation.left == table.name and relation.left_columns == [column.name]:
                rows = next((other.rows for other in model.tables if other.name == relation.right), 0)
                return rows if 0 < rows <= MOST_VALUES else None
    return None


def _is_date(column: Column) -> bool:
    return column.role is Role.TIME and column.type.upper().split("(")[0] in ("DATE", "TIMESTAMP", "DATETIME")
