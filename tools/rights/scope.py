"""The scope of a principal: what the rules, the catalogue and the grants leave of every table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus.catalog import Dataset, Sensitivity
from corpus.semantics import Column, SemanticModel, Table
from tools.personal import is_free_text
from tools.principal import GroupRule, Principal, RowFilter, Scope, TableScope
from tools.rights.decide import CORE, FAILED, Decision, decide
from tools.rights.grants import Grant, grants_for
from tools.rights.ledger import LEDGER_TABLES, ledger_scope
from tools.rights.personal import group_rule, is_personal, sensitivities
from tools.rights.policy import Only, Policy, default_policy
from tools.scope_db import scope_of

# The service's own tables, which describe the catalogue and hold nothing that it does not publish.
OPEN_SYSTEM_TABLES = frozenset({"data_catalog"})

NEVER_WIDENED = (CORE, FAILED)  # decisions that no grant changes


@dataclass(frozen=True)
class EntryView:
    """What one catalogue entry lets be seen of its table: the decision, and the grants that widen it."""

    dataset: Dataset
    decision: Decision
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True)
class TableView:
    """What may be seen of one table, and by which entries. `seen` None: nothing."""

    table: Table
    entries: tuple[EntryView, ...]
    seen: TableScope | None


def scope_for(
    principal: Principal,
    semantics: SemanticModel,
    datasets: Iterable[Dataset],
    data_version: str,
    *,
    policy: Policy | None = None,
    grants: Iterable[Grant] = (),
    today: date | None = None,
) -> Scope:
    """What `principal` may see of the warehouse. A table or column that cannot be decided is left out.

    A grant that is in force `today` (default: the calendar's day) adds exactly its items.
    """
    rules = policy or default_policy()
    views = table_views(principal, semantics, datasets, policy=rules, grants=grants, today=today)
    tables = {view.table.name: view.seen for view in views if view.seen is not None}
    return scope_of(tables, data_version, rules.digest)


def table_views(
    principal: Principal,
    semantics: SemanticModel,
    datasets: Iterable[Dataset],
    *,
    policy: Policy | None = None,
    grants: Iterable[Grant] = (),
    today: date | None = None,
) -> list[TableView]:
    """Every table with what may be seen of it and why. What cannot be decided is not seen."""
    try:
        rules = policy or default_policy()
        role = rules.roles.get(principal.role)
        mine = grants_for(principal, grants, today or date.today()) if role and role.grants != "none" else ()
        by_id, by_table = _entries(datasets)
    except Exception:
        return []
    views = []
    for table in semantics.tables:
        try:
            entries = list(by_table.get(table.name.lower(), []))
            if table.dataset is not None and table.dataset not in {entry.id for entry in entries}:
                entries.append(by_id[table.dataset])  # an entry that is named and absent decides nothing
            views.append(_view(principal, table, semantics, entries, rules, mine))
        except Exception:
            continue
    return views


def _entries(datasets: Iterable[Dataset]) -> tuple[dict[str, Dataset], dict[str, list[Dataset]]]:
    by_id: dict[str, Dataset] = {}
    by_table: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_id[dataset.id] = dataset
        if dataset.table:
            by_table.setdefault(dataset.table.lower(), []).append(dataset)
    return by_id, by_table


def _view(
    principal: Principal,
    table: Table,
    model: SemanticModel,
    entries: list[Dataset],
    policy: Policy,
    grants: tuple[Grant, ...],
) -> TableView:
    """What of one table may be seen; every entry that describes it must allow it."""
    if not entries:
        if table.name in LEDGER_TABLES:
            return TableView(table, (), ledger_scope(principal, table, policy))
        open_table = table.name in OPEN_SYSTEM_TABLES
        columns = [c.name for c in table.columns if c.sensitivity is Sensitivity.NONE] if open_table else []
        return TableView(table, (), TableScope(columns=columns) if columns else None)
    personal = is_personal(table, model, entries)
    decided = [(entry, decide(principal, entry, policy=policy, personal=personal)) for entry in entries]
    views = tuple(
        EntryView(
            entry,
            decision,
            tuple(g for g in grants if g.dataset == entry.id and decision not in NEVER_WIDENED),
        )
        for entry, decision in decided
    )
    return TableView(table, views, _seen(principal, table, model, views, policy))


def _seen(
    principal: Principal, table: Table, model: SemanticModel, views: tuple[EntryView, ...], policy: Policy
) -> TableScope | None:
    entries = [view.dataset for view in views]
    rows = [filter_ for view in views if view.decision.allowed for filter_ in _filters(principal, table, view.decision)]
    shown = [_columns(table, view, entries, policy, principal.role) for view in views]
    common = [column.name for column in table.columns if all(column.name in columns for columns in shown)]
    if common:
        masks = {}
        for name in common:
            ways = {columns[name] for columns in shown} - {""}
            if ways:
                masks[name] = ways.pop() if len(ways) == 1 else "stars"
        return TableScope(columns=common, masks=masks, rows=rows)
    accesses = {view.decision.access for view in views}
    if "groups" in accesses and "none" not in accesses:
        return _grouped(principal, table, model, views, policy)
    return None


def _columns(table: Table, view: EntryView, entries: list[Dataset], policy: Policy, role: str) -> dict[str, str]:
    """Column → way of masking ("" for none), for what this entry lets be seen row by row."""
    shown: dict[str, str] = {}
    for column in table.columns:
        kinds = sensitivities(table, column, entries)
        free = "free_text" if is_free_text(column) else ""
        way = policy.mask_of(role, kinds[0] if len(kinds) == 1 else None) if kinds else free
        if view.decision.allowed and (not kinds or view.decision.sensitive != "drop"):
            shown[column.name] = "" if view.decision.sensitive == "plain" else way
        elif any(_names(grant, column, view.dataset) for grant in view.grants):
            shown[column.name] = "" if policy.roles[role].grants == "plain" else way
    return shown


def _names(grant: Grant, column: Column, dataset: Dataset) -> bool:
    """Whether the grant names the column, by itself or by the data item that it holds."""
    items = {item.strip() for item in grant.items}
    held = {item.name for item in dataset.items if (item.column or "").lower() == column.name.lower()}
    held.update(item.name for item in dataset.items if not item.column and item.name in (column.name, column.label))
    return column.name in items or bool(held & items)


def _grouped(
    principal: Principal, table: Table, model: SemanticModel, views: tuple[EntryView, ...], policy: Policy
) -> TableScope | None:
    """The table for one who may see totals alone. Rows can be left out by a dimension only, so that groups stay whole."""
    rule = group_rule(table, model, [view.dataset for view in views], policy)
    if rule is None:
        return None
    rows = [filter_ for view in views for filter_ in _filters(principal, table, view.decision)]
    usable = set(rule.dimensions) - set(rule.years)
    if any(filter_.column not in usable for filter_ in rows):
        return None
    return _group_scope(table, rule, rows)


def _group_scope(table: Table, rule: GroupRule, rows: list[RowFilter]) -> TableScope | None:
    kept = {*rule.dimensions, *rule.measures}
    columns = [column.name for column in table.columns if column.name in kept]
    return TableScope(columns=columns, rows=rows, groups=rule) if columns else None


def _filters(principal: Principal, table: Table, decision: Decision) -> list[RowFilter]:
    return [RowFilter(column=_only_column(table, only), values=[only.value(principal)]) for only in decision.only]


def _only_column(table: Table, only: Only) -> str:
    """The column that says whose a row is; KeyError when the table has none, which leaves the table out."""
    for name in only.column:
        for column in table.columns:
            if name in (column.name, column.label):
                return column.name
    raise KeyError(only.column)
