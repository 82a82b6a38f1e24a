"""Who may see what: decided from the principal and the catalogue, never from a question, a document or a model's words.

| role      | tables                                                        | sensitive columns              |
|-----------|---------------------------------------------------------------|--------------------------------|
| citizen   | openly published                                              | dropped                        |
| evaluator | as a citizen                                                  | dropped                        |
| admin     | as a citizen: administration is not a right to data           | dropped                        |
| official  | openly published, shared unconditionally, own department's    | dropped, but own department's  |
| steward   | all in the catalogue but core data                            | masked                         |

Whatever is not decided is refused: a table without a catalogue entry, an entry without a class, an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.catalog import Dataset, OpeningClass, SecurityLevel, Sensitivity, SharingClass
from corpus.semantics import SemanticModel, Table
from tools.masks import MASKS
from tools.principal import Principal, Scope, TableScope
from tools.scope_db import scope_of

DEMO_USERS: dict[str, Principal] = {
    "citizen": Principal(id="citizen", role="citizen", name="市民"),
    "official": Principal(id="official", role="official", name="市教育局工作人员", department="云澜市教育局"),
    "steward": Principal(id="steward", role="steward", name="市数据局数据管理员", department="云澜市数据局"),
    "evaluator": Principal(id="evaluator", role="evaluator", name="评测员"),
    "admin": Principal(id="admin", role="admin", name="系统管理员"),
}

# The service's own tables, which describe the catalogue and hold nothing that it does not publish.
OPEN_SYSTEM_TABLES = frozenset({"data_catalog"})


@dataclass(frozen=True)
class Decision:
    """Whether a principal may see a dataset's rows, by which rule (Chinese, for people) and which article."""

    allowed: bool
    rule: str
    article: str = ""


OWN = Decision(True, "本部门的数据")
OPEN = Decision(True, "无条件开放的数据")
SHARED = Decision(True, "无条件共享的数据，政府部门可以直接使用", "政务数据共享条例 第十四条")
STEWARD = Decision(True, "数据管理部门可以查看目录内的数据，敏感内容脱敏")
CORE = Decision(False, "核心数据不提供查询", "数据安全法 第二十一条")
IMPORTANT = Decision(False, "重要数据只供提供部门和数据管理部门使用", "数据安全法 第二十一条")
CONDITIONAL = Decision(False, "有条件共享的数据，须先提出共享申请", "政务数据共享条例 第十四条")
NOT_SHARED = Decision(False, "不予共享的数据", "政务数据共享条例 第十四条")
OPEN_ON_TERMS = Decision(False, "有条件开放的数据，须先提出申请")
CLOSED = Decision(False, "不予开放的数据")
UNCLASSED = Decision(False, "目录没有写明这项数据的共享、开放属性，按不可查看处理")
FAILED = Decision(False, "无法判定查看权限，按不可查看处理")


def decide(principal: Principal, dataset: Dataset) -> Decision:
    """Whether `principal` may see rows of `dataset`. Never raises: what cannot be decided is refused."""
    try:
        return _decide(principal, dataset)
    except Exception:
        return FAILED


def _decide(principal: Principal, dataset: Dataset) -> Decision:
    if dataset.level is SecurityLevel.CORE:
        return CORE
    if principal.role == "steward":
        return STEWARD
    if principal.role == "official" and _own(principal, dataset):
        return OWN
    if dataset.level is SecurityLevel.IMPORTANT:
        return IMPORTANT
    if dataset.opening is OpeningClass.OPEN:
        return OPEN
    if principal.role == "official":
        by_sharing = {
            SharingClass.UNCONDITIONAL: SHARED,
            SharingClass.CONDITIONAL: CONDITIONAL,
            SharingClass.NOT_SHARED: NOT_SHARED,
        }
        return by_sharing[dataset.sharing] if dataset.sharing is not None else UNCLASSED
    by_opening = {OpeningClass.CONDITIONAL: OPEN_ON_TERMS, OpeningClass.CLOSED: CLOSED}
    return by_opening[dataset.opening] if dataset.opening is not None else UNCLASSED


def scope_for(principal: Principal, semantics: SemanticModel, datasets: Iterable[Dataset], data_version: str) -> Scope:
    """What `principal` may see of the warehouse. A table or column that cannot be decided is left out."""
    by_id: dict[str, Dataset] = {}
    by_table: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_id[dataset.id] = dataset
        if dataset.table:
            by_table.setdefault(dataset.table.lower(), []).append(dataset)
    tables: dict[str, TableScope] = {}
    for table in semantics.tables:
        try:
            entries = list(by_table.get(table.name.lower(), []))
            if table.dataset is not None:
                entries.append(by_id[table.dataset])  # an entry that is named and absent decides nothing
            seen = _table_scope(principal, table, entries)
        except Exception:
            continue
        if seen is not None:
            tables[table.name] = seen
    return scope_of(tables, data_version)


def _table_scope(principal: Principal, table: Table, entries: list[Dataset]) -> TableScope | None:
    """What of one table may be seen; every entry that describes it must allow it. None: nothing."""
    if not entries:
        open_to_all = table.name in OPEN_SYSTEM_TABLES
    else:
        open_to_all = all(decide(principal, entry).allowed for entry in entries)
    if not open_to_all:
        return None
    own = principal.role == "official" and bool(entries) and all(_own(principal, entry) for entry in entries)
    columns: list[str] = []
    masks: dict[str, str] = {}
    for column in table.columns:
        kinds = _sensitivities(table, column.name, entries)
        if kinds and not own:
            if principal.role != "steward":
                continue
            masks[column.name] = kinds[0] if len(kinds) == 1 and kinds[0] in MASKS else "other"
        columns.append(column.name)
    return TableScope(columns=columns, masks=masks) if columns else None


def _sensitivities(table: Table, column: str, entries: list[Dataset]) -> list[str]:
    """The kinds of sensitive content that the semantic model or the catalogue gives a column, without 无."""
    described = table.column(column)
    kinds = {described.sensitivity}
    for entry in entries:
        for item in entry.items:
            named = item.column.lower() == column.lower() if item.column else item.name in (column, described.label)
            if named:
                kinds.add(item.sensitivity)
    return sorted(kind.value for kind in kinds - {Sensitivity.NONE})


def _own(principal: Principal, dataset: Dataset) -> bool:
    department = principal.department.strip()
    return bool(department) and department == dataset.publisher.strip()
