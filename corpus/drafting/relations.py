"""Joins between tables: declared, told by names and confirmed by values, or found from values alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from corpus.drafting.labels import is_chinese, words
from corpus.drafting.profiles import ColumnProfile, TableProfile, is_unique, quoted
from corpus.drafting.roles import is_flag, looks_like_amount, looks_like_id
from corpus.semantics import Cardinality, Relation, Role

_POINTER_END = re.compile(r"(?:[_\s]?id|编号|编码|代码|名称|姓名|名字|名)$", re.IGNORECASE)
_PLACE = re.compile(r"(?:国家|省份|省|城市|市|区县|区|县|街道|地区|区域|部门|年份|年度)$")
_PLAIN = ("id", "词条id", "编号", "名称", "name")  # in every table, so equal names say nothing
ENOUGH_NAMED, ENOUGH_UNNAMED = 0.5, 0.95  # share of the left side's values found on the right
LOOKED_UP = 60  # values of the left column looked up in a large right table
PROBES = 4  # large tables tried for one column
MANY = 3  # fewer different values than this prove nothing by themselves


@dataclass(frozen=True)
class Side:
    """A column as a join sees it. `unique`: it alone tells the rows apart."""

    table: TableProfile
    column: ColumnProfile
    label: str
    table_label: str
    entity: str
    role: Role
    unique: bool

    @property
    def place(self) -> tuple[str, str]:
        return self.table.name, self.column.name


def find_relations(
    connection: duckdb.DuckDBPyConnection, sides: list[Side], declared: list[Relation]
) -> list[Relation]:
    """All relations, declared ones first, each with the cardinality its rows show."""
    known = {(s.table.name, s.column.name): s for s in sides}
    relations = [_measured(connection, r, known) for r in declared]
    pointing = {(r.left, c) for r in declared for c in r.left_columns}
    linked = {frozenset((r.left, r.right)) for r in declared}
    targets = [s for s in sides if (s.unique and s.role in (Role.KEY, Role.NAME)) or s.role is Role.KEY]
    running = _running_numbers(targets)
    for left in sides:
        if left.place in pointing or left.role in (Role.TIME, Role.MEASURE) or is_flag(left.label, left.column.name):
            continue
        right = _best_target(connection, left, targets, running)
        if right is None or (
            frozenset((left.table.name, right.table.name)) in linked and left.role is not Role.CATEGORY
        ):
            continue
        relations.append(
            Relation(
                left=left.table.name,
                left_columns=[left.column.name],
                right=right.table.name,
                right_columns=[right.column.name],
                cardinality=_cardinality(left.unique, right.unique),
                declared=False,
            )
        )
        pointing.add(left.place)
        linked.add(frozenset((left.table.name, right.table.name)))
    return relations + list(_shared(connection, sides, linked))


def _running_numbers(targets: list[Side]) -> frozenset[str]:
    """Prefixes under which the keys of several tables are numbered: there, equal values mean no more than equal numbers."""
    tables: dict[str, set[str]] = {}
    for side in targets:
        if side.role is Role.KEY and side.unique and not side.column.numeric:
            tables.setdefault(side.column.prefix, set()).add(side.table.name)
    return frozenset(prefix for prefix, found in tables.items() if len(found) > 1)


def _best_target(
    connection: duckdb.DuckDBPyConnection, left: Side, targets: list[Side], running: frozenset[str]
) -> Side | None:
    """The target whose name fits best among those whose values confirm it."""
    own_key = left.role is Role.KEY and left.unique
    if own_key and left.label.lower() in _PLAIN:
        return None
    ranked: list[tuple[float, int, Side]] = []
    for order, right in enumerate(targets):
        if right.table.name == left.table.name or right.column.type.startswith("BOOL"):
            continue
        fit = name_fit(left, right)
        # A key of its own points elsewhere only under the same name, the other's name, or to a plain 词条id.
        if own_key and left.column.name != right.column.name and not (fit >= 0.9 or (fit and _ownership(right) >= 0.5)):
            continue
        coincides = (
            right.role is Role.KEY and right.column.prefix in running and looks_like_id(left.label, left.column.name)
        )
        if fit or (not coincides and _may_share_values(left, right)):
            ranked.append((fit + (_ownership(right) if fit else 0.0), order, right))
    probes = 0
    for score, _, right in sorted(ranked, key=lambda r: (-r[0], r[1])):
        if left.column.empty or right.column.empty:
            if score >= 0.9 and looks_like_id(left.label, left.column.name):
                return right
            continue
        enough = ENOUGH_NAMED if score else ENOUGH_UNNAMED
        if right.table.whole:
            if _sample_overlap(left.column, right) >= enough:
                return right
            continue
        probes += 1
        if probes > PROBES:
            return None
        if containment(connection, left, right) >= enough:
            return right
    return None


def _may_share_values(left: Side, right: Side) -> bool:
    """Whether values alone could show a join: numbers coincide by chance, and so do a few short words."""
    if left.column.numeric or right.column.numeric or looks_like_amount(left.label, left.column.name):
        return False
    if len(left.column.distinct) < MANY or not right.unique:
        return False
    if abs(left.column.mean_length - right.column.mean_length) > max(3.0, 0.5 * right.column.mean_length):
        return False
    one, other = left.column.prefix, right.column.prefix
    return one.startswith(other) or other.startswith(one)


def _ownership(right: Side) -> float:
    """A thing's own key stands first in its table and has a plain name; elsewhere the same ids are pointers."""
    first = right.table.columns[0].name == right.column.name
    plain = not _POINTER_END.sub("", right.label).strip("_ ") or right.label == "词条id"
    return (0.3 if first else 0.0) + (0.2 if plain else 0.0)


def name_fit(left: Side, right: Side) -> float:
    """How well the left column's name says that it points to the right column: 0 to 1."""
    stem = _POINTER_END.sub("", left.label).strip("_ ")
    wants_key = looks_like_id(left.label, left.column.name)
    is_key = right.role is Role.KEY
    names = {right.table_label, right.entity} - {""}
    if left.column.name == right.column.name and left.column.name.lower() not in _PLAIN:
        return 0.4 if not right.unique else 1.0 if stem in names else 0.6
    if wants_key != is_key and not (wants_key and right.role is Role.NAME):
        return 0.0
    penalty = 0.0 if wants_key == is_key else 0.3
    if not stem:
        return 0.0
    if not is_chinese(stem):
        left_words = [w.removesuffix("s") for w in words(stem)]
        right_words = [w.removesuffix("s") for w in words(right.table.name)]
        if left_words and right_words and left_words[-1] == right_words[-1]:
            return 0.95 - penalty
        return 0.9 - penalty if stem.lower() == right.table_label.lower() else 0.0
    if left.label.lower() in _PLAIN:
        return 0.0
    if stem in names:
        return 1.0 - penalty
    if any(stem.endswith(n) for n in names):
        return 0.95 - penalty  # 举办国家 → 国家
    if any(n.endswith(stem) or n.startswith(stem) for n in names) and len(stem) >= 2:
        return 0.8 - penalty  # 节目 → 综艺节目
    if _POINTER_END.sub("", right.label) == stem:
        return 0.85 - penalty  # 书名id → 图书, whose name column is 书名
    common = len(set(stem) & set(right.table_label))
    return 0.5 - penalty if wants_key and common * 2 >= len(stem) else 0.0


def _sample_overlap(left: ColumnProfile, right: Side) -> float:
    return len(left.text_set & right.column.text_set) / max(1, len(left.text_set))


def containment(connection: duckdb.DuckDBPyConnection, left: Side, right: Side) -> float:
    """Share of the left column's different values that occur on the right: 60 of them, looked up in the whole table."""
    every = list(dict.fromkeys(str(v) for v in left.column.distinct))
    values = every[:: max(1, len(every) // LOOKED_UP)][:LOOKED_UP]
    key = exp.cast(exp.column(right.column.name, quoted=True), "VARCHAR")
    found = exp.select(exp.Count(this=exp.Distinct(expressions=[key]))).from_(quoted(right.table.name))
    wanted = found.where(exp.In(this=key, expressions=[exp.Placeholder() for _ in values]), copy=False)
    row = connection.execute(wanted.sql("duckdb"), values).fetchone()
    return row[0] / max(1, len(values)) if row else 0.0


def _shared(
    connection: duckdb.DuckDBPyConnection, sides: list[Side], linked: set[frozenset[str]]
) -> Iterator[Relation]:
    """Tables without a path between them that share equally named columns: 省份 and 年份 of two yearly tables."""
    by_table: dict[str, dict[str, Side]] = {}
    for side in sides:
        if side.role in (Role.NAME, Role.CATEGORY, Role.FOREIGN, Role.KEY) or (
            side.role is Role.TIME and side.label.endswith(("年份", "年度", "年", "月份"))
        ):
            by_table.setdefault(side.table.name, {})[side.label] = side
    names = list(by_table)
    near = _within_two(linked)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if frozenset((one, other)) in near:
                continue
            pairs = [
                (left, by_table[other][label])
                for label, left in by_table[one].items()
                if label in by_table[other]
                and len(left.column.distinct) >= MANY
                and label not in ("名称", "词条id", "id", "编号", "状态", "类型", "类别", "备注", "性别")
            ]
            pairs = [(a, b) for a, b in pairs if _overlap(a, b) >= (0.1 if _PLACE.search(a.label) else 0.3)]
            if not any(a.role is not Role.TIME for a, _ in pairs):
                continue
            left_columns, right_columns = [a.column.name for a, _ in pairs], [b.column.name for _, b in pairs]
            yield Relation(
                left=one,
                left_columns=left_columns,
                right=other,
                right_columns=right_columns,
                cardinality=_cardinality(_sample_unique([a for a, _ in pairs]), _sample_unique([b for _, b in pairs])),
                declared=False,
            )


def _within_two(linked: set[frozenset[str]]) -> set[frozenset[str]]:
    """Pairs of tables joined directly or through one table between them."""
    neighbours: dict[str, set[str]] = {}
    for pair in linked:
        for one in pair:
            neighbours.setdefault(one, set()).update(pair - {one})
    through = {frozenset((a, b)) for others in neighbours.values() for a in others for b in others if a != b}
    return linked | through


def _overlap(a: Side, b: Side) -> float:
    left, right = a.column.text_set, b.column.text_set
    return len(left & right) / max(1, min(len(left), len(right)))


def _sample_unique(sides: list[Side]) -> bool:
    return len(sides) == 1 and sides[0].unique


def _measured(
    connection: duckdb.DuckDBPyConnection, relation: Relation, known: Mapping[tuple[str, str], Side]
) -> Relation:
    def unique(table: str, columns: list[str]) -> bool:
        side = known.get((table, columns[0])) if len(columns) == 1 else None
        return side.unique if side is not None else is_unique(connection, table, columns)

    left, right = unique(relation.left, relation.left_columns), unique(relation.right, relation.right_columns)
    return relation.model_copy(update={"cardinality": _cardinality(left, right)})


def _cardinality(left: bool, right: bool) -> Cardinality:
    if left and right:
        return Cardinality.ONE_TO_ONE
    if right:
        return Cardinality.MANY_TO_ONE
    return Cardinality.MANY_TO_MANY
