"""Canaries: a distinct secret in every row of every column that somebody may not see, and in the columns' labels.

A text canary is `ZQX`, three letters for the column, seven digits for the row; a number canary 1731, three digits for the
column, three for the row. In columns that someone may see in groups only, one row in fifty has one, so that each stands
alone in a group too small to be shown. Labels get `ZQL` and the column's letters; the label that people would say stays
as a synonym. Found in anything that leaves the service, a canary names the column it came from.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import duckdb

from corpus.catalog import Dataset
from corpus.catalog_table import CATALOG_TABLE
from corpus.semantics import Column, SemanticModel, Table, load_semantics, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.principal import Scope
from tools.rights import DEMO_USERS, scope_for

ROLES = ("citizen", "official", "steward", "evaluator", "admin")
FILE = "canaries.json"
FEW = 50  # one row in so many, where all would leave nothing to group


@dataclass(frozen=True)
class Canary:
    """One column's canaries. `values` and `label`: the roles that may read neither, or not the label."""

    index: int
    table: str
    column: str
    said: str  # the label as people say it
    planted: str  # text, number or none
    values: tuple[str, ...]
    label: tuple[str, ...]

    @property
    def letters(self) -> str:
        return letters_of(self.index)


def letters_of(index: int) -> str:
    """0 → AAA, 27 → ABB."""
    return "".join(chr(65 + index // base % 26) for base in (676, 26, 1))


def plant_canaries(workspace: Workspace) -> list[Canary]:
    """Plant everything in a workspace of demo users, which is spoilt for any other use. Returns what was planted."""
    model = load_semantics(workspace.semantics_path)
    datasets = list(CatalogStore(workspace.catalog_path).datasets())
    scopes = {role: scope_for(DEMO_USERS[role], model, datasets, workspace.data_version) for role in ROLES}
    canaries: list[Canary] = []
    labelled: list[Table] = []
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        for table in model.tables:
            columns = []
            for column in table.columns:
                index = len(canaries)
                if table.name != CATALOG_TABLE and index < 900:
                    canary = _plant(connection, table, column, index, scopes)
                    if canary is not None:
                        canaries.append(canary)
                        column = _labelled(column, canary)
                columns.append(column)
            labelled.append(table.model_copy(update={"columns": columns}))
        connection.execute("CHECKPOINT")
    save_semantics(model.model_copy(update={"tables": labelled}), workspace.semantics_path)
    _same_scopes(scopes, model.model_copy(update={"tables": labelled}), datasets, workspace.data_version)
    shutil.rmtree(workspace.scopes_path, ignore_errors=True)
    workspace.update_manifest(data_version=f"{workspace.data_version}-canary")
    (workspace.root / FILE).write_text(json.dumps([asdict(canary) for canary in canaries], ensure_ascii=False), "utf-8")
    return canaries


def planted_in(workspace: Workspace) -> list[Canary] | None:
    """What was planted before; None when nothing was."""
    path = workspace.root / FILE
    if not path.is_file():
        return None
    rows = json.loads(path.read_text("utf-8"))
    return [Canary(**{**row, "values": tuple(row["values"]), "label": tuple(row["label"])}) for row in rows]


def _plant(
    connection: duckdb.DuckDBPyConnection, table: Table, column: Column, index: int, scopes: dict[str, Scope]
) -> Canary | None:
    """Plant one column's canaries; None where everyone may see everything of it."""
    unseen = tuple(role for role in ROLES if not _sees(scopes[role], table.name, column.name))
    grouped = [role for role in ROLES if _grouped(scopes[role], table.name, column.name)]
    masked = [role for role in ROLES if _masked(scopes[role], table.name, column.name)]
    if not (unseen or grouped or masked):
        return None
    name, place = f'"{column.name}"', f'"{table.name}"'
    where = f" WHERE rowid % {FEW} = 7" if grouped else ""
    kind = column.type.upper()
    planted = "none"
    try:
        if kind.startswith(("VARCHAR", "TEXT", "CHAR")):
            token = f"'ZQX{letters_of(index)}' || lpad((rowid % 10000000)::VARCHAR, 7, '0')"
            connection.execute(f"UPDATE {place} SET {name} = {token}{where}")
            planted = "text"
        elif kind.startswith(("INTEGER", "BIGINT", "DOUBLE", "HUGEINT")) and not grouped:
            connection.execute(f"UPDATE {place} SET {name} = {1731000000 + index * 1000} + rowid % 1000{where}")
            planted = "number"
    except duckdb.Error:  # a key that others refer to, a column too narrow: the label is planted all the same
        planted = "none"
    hidden = tuple(dict.fromkeys([*unseen, *grouped, *masked]))
    return Canary(index, table.name, column.name, column.label, planted, hidden, unseen)


def _sees(scope: Scope, table: str, column: str) -> bool:
    return table in scope.tables and column in scope.tables[table].columns


def _grouped(scope: Scope, table: str, column: str) -> bool:
    return _sees(scope, table, column) and scope.tables[table].groups is not None


def _masked(scope: Scope, table: str, column: str) -> bool:
    """Whether a canary is masked wholly: words in free text are not what its mask looks for."""
    return _sees(scope, table, column) and scope.tables[table].masks.get(column, "free_text") != "free_text"


def _labelled(column: Column, canary: Canary) -> Column:
    label = f"{column.label}ZQL{canary.letters}"
    return column.model_copy(update={"label": label, "synonyms": [column.label, *column.synonyms]})


def _same_scopes(before: dict[str, Scope], model: SemanticModel, datasets: Iterable[Dataset], version: str) -> None:
    """The labels must not have changed what anybody sees, or the canaries would be judged by other rules."""
    listed = list(datasets)
    for role, scope in before.items():
        after = scope_for(DEMO_USERS[role], model, listed, version)
        if {n: t.columns for n, t in after.tables.items()} != {n: t.columns for n, t in scope.tables.items()}:
            raise RuntimeError(f"planting changed what {role} sees")
