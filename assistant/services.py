"""What a turn works with, built once: stores, indexes, tools, planners per scope. Steps get it passed in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from assistant.conversations import Conversations
from assistant.model.chat import ChatModel
from assistant.planning.embedded import EmbeddedPlanner
from assistant.requesting.names import CatalogueNames
from assistant.settings import Settings
from corpus.catalog import Dataset
from corpus.semantics import Metric, Relation, SemanticModel
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from retrieval.index import Index
from retrieval.thesaurus import load_thesaurus
from retrieval.values import ValueIndex
from tools.audit import AuditLog
from tools.principal import Principal, Scope
from tools.query.tool import QueryTool
from tools.rights.access import Rights
from tools.rights.shown import shown_column

if TYPE_CHECKING:
    from tools.requests.desk import RequestDesk


@dataclass(frozen=True)
class ScopedPlanner:
    """The planner for one scope: it knows no table, column or value that the scope may not see."""

    scope: Scope
    model: SemanticModel
    planner: EmbeddedPlanner
    full: (
        EmbeddedPlanner  # over the names of everything, to tell 「没有」 from 「不让看」; it knows visible values only
    )


@dataclass
class Services:
    workspace: Workspace
    settings: Settings
    store: CatalogStore
    semantics: SemanticModel
    index: Index
    query: QueryTool
    audit: AuditLog
    conversations: Conversations
    datasets: dict[str, Dataset]
    data_version: str
    model: ChatModel | None = None  # none is configured: nothing is called
    _planners: dict[str, ScopedPlanner] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _desk: RequestDesk | None = None
    _names: CatalogueNames | None = None

    def __post_init__(self) -> None:
        self.rights = Rights(
            self.workspace.root,
            self.semantics,
            self.datasets,
            grants=lambda: self.desk.grants(),
            today=lambda: self.today,
        )

    @property
    def names(self) -> CatalogueNames:
        """The catalogue's entries by title and code."""
        if self._names is None:
            self._names = CatalogueNames(self.datasets)
        return self._names

    @property
    def desk(self) -> RequestDesk:
        """The door to share requests, opened when it is first needed. StateError says in Chinese what is wrong."""
        with self._lock:
            if self._desk is None:
                from tools.requests.opening import open_desk

                self._desk = open_desk(
                    self.workspace,
                    today=lambda: self.today,
                    store=self.store,
                    audit=self.audit,
                    url=self.settings.state,
                    place=self.settings.city,
                    dataset=self.datasets.get,
                    follow=True,
                )
            return self._desk

    @property
    def today(self) -> date:
        return self.settings.today or date.today()

    def planner_for(self, principal: Principal) -> ScopedPlanner:
        """The planner over what `principal` may see; its values are read from the scope's own database."""
        scope = self.rights.scope(principal, self.data_version)
        with self._lock:
            if scope.id not in self._planners:
                model = visible_model(self.semantics, scope)
                database = self.query.database(scope)
                values = _values(database, model)
                words = load_thesaurus(self.workspace.thesaurus_path)
                planner = EmbeddedPlanner(model, values, self.today, thesaurus=words)
                everything = (
                    planner
                    if model == self.semantics
                    else EmbeddedPlanner(self.semantics, values, self.today, thesaurus=words)
                )
                self._planners[scope.id] = ScopedPlanner(scope, model, planner, everything)
            return replace(self._planners[scope.id], scope=scope)

    def close(self) -> None:
        self.query.close()
        self.conversations.close()
        self.audit.close()


def _values(database: Path, model: SemanticModel) -> ValueIndex:
    """The value index of a scope's database, kept beside it."""
    path = database.with_suffix(".values.json")
    if path.exists() and path.stat().st_mtime >= database.stat().st_mtime:
        try:
            return ValueIndex.load(path)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
            pass  # a damaged copy is made anew
    with duckdb.connect(str(database), read_only=True) as connection:
        values = ValueIndex.build(connection, model)
    values.save(path)
    return values


def visible_model(model: SemanticModel, scope: Scope) -> SemanticModel:
    """The semantic model cut to a scope: its tables and columns, and the relations and metrics that stand on them alone."""
    tables = []
    for table in model.tables:
        seen = scope.tables.get(table.name)
        if seen is None:
            continue
        columns = [shown_column(c, seen) for c in table.columns if c.name in seen.columns]
        names = {c.name for c in columns}
        tables.append(
            table.model_copy(
                update={
                    "columns": columns,
                    "primary_key": table.primary_key if set(table.primary_key) <= names else [],
                    "time_column": table.time_column if table.time_column in names else None,
                }
            )
        )
    columns_of = {t.name: {c.name for c in t.columns} for t in tables}

    def stands(relation: Relation) -> bool:
        left, right = columns_of.get(relation.left, set()), columns_of.get(relation.right, set())
        return bool(left and right) and set(relation.left_columns) <= left and set(relation.right_columns) <= right

    return SemanticModel(
        tables=tables,
        relations=[r for r in model.relations if stands(r)],
        metrics=[
            m for m in model.metrics if m.table in columns_of and _metric_columns(m, model) <= columns_of[m.table]
        ],
        verified=[v for v in model.verified if _columns_named(v.sql, columns_of)],
    )


def _columns_named(sql: str, columns_of: dict[str, set[str]]) -> bool:
    """Whether a reviewed query stands on `columns_of` (table → its columns) alone; what cannot be read does not."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return False
    tables = {t.name for t in tree.find_all(exp.Table)} - {cte.alias for cte in tree.find_all(exp.CTE)}
    if not tables <= columns_of.keys():
        return False
    made = {named.alias for named in tree.find_all(exp.Alias, exp.Subquery, exp.Table)}
    seen = made.union({"*"}, *(columns_of[t] for t in tables))
    return all(column.name in seen for column in tree.find_all(exp.Column))


def _metric_columns(metric: Metric, model: SemanticModel) -> set[str]:
    """The columns that a metric's expression names."""
    import sqlglot
    from sqlglot import exp

    return {c.name for c in sqlglot.parse_one(metric.expression, dialect="duckdb").find_all(exp.Column)}
