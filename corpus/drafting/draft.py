"""Draft a semantic model: profile every table, name its columns, find its keys and joins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from corpus.drafting.declared import Declared, declared_in_duckdb
from corpus.drafting.entities import entity_of, measure_word_of, table_synonyms
from corpus.drafting.keys import choose_name, primary_key, single_keys
from corpus.drafting.labels import Header, clean_header, is_chinese
from corpus.drafting.privacy import sensitivities
from corpus.drafting.profiles import TableProfile, profile_table, table_names
from corpus.drafting.relations import Side, find_relations
from corpus.drafting.roles import additivity_of, flag_codes, preliminary_role
from corpus.drafting.synonyms import column_synonyms, pointer_synonyms
from corpus.semantics import Cardinality, Column, Relation, Role, SemanticModel, Table


@dataclass(frozen=True)
class _Sketch:
    """A table half-way: everything that can be told without the other tables."""

    profile: TableProfile
    label: str
    entity: str
    headers: dict[str, Header]
    roles: dict[str, Role]
    grains: dict[str, str]
    unique: frozenset[str]


def draft_semantics(
    connection: duckdb.DuckDBPyConnection,
    tables: list[str] | None = None,
    *,
    declared: list[Relation] | None = None,
    keys: dict[str, list[str]] | None = None,
) -> SemanticModel:
    """A semantic model of the connection's current schema, or of `tables` in it.

    `declared` and `keys` add foreign and primary keys that the source declared but DuckDB does not know (a SQLite file's).
    Reads a bounded sample of each table; raises KeyError for a table that is not there.
    """
    present = table_names(connection)
    wanted = present if tables is None else tables
    missing = [name for name in wanted if name not in present]
    if missing:
        raise KeyError(missing[0])
    known = declared_in_duckdb(connection).merged(Declared(keys or {}, declared or []))
    sketches = [_sketch(connection, profile_table(connection, name), known.keys.get(name, [])) for name in wanted]
    sketches = _with_own_nouns(sketches)
    relations = find_relations(
        connection, _sides(sketches), [r for r in known.relations if r.left in wanted and r.right in wanted]
    )
    sketches = [_with_pointers(s, relations) for s in sketches]
    labels = {s.profile.name: (s.label, s.entity) for s in sketches}
    drafted = [_table(connection, s, known.keys.get(s.profile.name, []), relations, labels) for s in sketches]
    return SemanticModel(tables=drafted, relations=relations)


def _sketch(connection: duckdb.DuckDBPyConnection, profile: TableProfile, key: list[str]) -> _Sketch:
    label = _shown(profile.name, profile.comment).label
    headers = {c.name: _shown(c.name, c.comment) for c in profile.columns}
    roles: dict[str, Role] = {}
    grains: dict[str, str] = {}
    for column in profile.columns:
        roles[column.name], grains[column.name] = preliminary_role(
            column, headers[column.name], key=key == [column.name]
        )
    unique = single_keys(connection, profile, roles, key)
    for name, role in list(roles.items()):
        if role is Role.KEY and name not in unique and key != [name] and not profile.column(name).empty:
            roles[name] = Role.CATEGORY
    choose_name(profile, headers, roles, label)
    named = next((headers[c].label for c, role in roles.items() if role is Role.NAME), "")
    return _Sketch(profile, label, entity_of(label, named), headers, roles, grains, frozenset(unique))


def _with_own_nouns(sketches: list[_Sketch]) -> list[_Sketch]:
    """A table without a key of its own leaves the noun to the table whose things it tells of: 图书与平台 is no 平台."""
    owners = {s.label for s in sketches if Role.KEY in s.roles.values()}
    return [
        replace(s, entity=s.label)
        if s.entity in owners and s.label != s.entity and Role.KEY not in s.roles.values()
        else s
        for s in sketches
    ]


def _shown(name: str, comment: str) -> Header:
    """A header's label; a short Chinese comment names an English column."""
    if comment and len(comment) <= 20 and is_chinese(comment) and not is_chinese(name):
        return clean_header(comment)
    return clean_header(name)


def _sides(sketches: list[_Sketch]) -> list[Side]:
    return [
        Side(s.profile, c, s.headers[c.name].label, s.label, s.entity, s.roles[c.name], c.name in s.unique)
        for s in sketches
        for c in s.profile.columns
    ]


def _with_pointers(sketch: _Sketch, relations: list[Relation]) -> _Sketch:
    """Columns that point to another table's key are foreign; a table's own key stays a key."""
    roles = dict(sketch.roles)
    for relation in relations:
        if relation.left != sketch.profile.name or len(relation.left_columns) != 1:
            continue
        name = relation.left_columns[0]
        by_value = not relation.declared and relation.cardinality is Cardinality.MANY_TO_MANY
        if roles[name] is not Role.KEY and not (by_value or (roles[name] is Role.NAME and not relation.declared)):
            roles[name] = Role.FOREIGN
    return replace(sketch, roles=roles)


def _table(
    connection: duckdb.DuckDBPyConnection,
    sketch: _Sketch,
    key: list[str],
    relations: list[Relation],
    labels: dict[str, tuple[str, str]],
) -> Table:
    profile = sketch.profile
    points: dict[str, str] = {}
    for relation in relations:
        if relation.left == profile.name and len(relation.left_columns) == 1:
            points.setdefault(relation.left_columns[0], relation.right)
    private = sensitivities(profile, sketch.headers)
    columns: list[Column] = []
    for column in profile.columns:
        header, role = sketch.headers[column.name], sketch.roles[column.name]
        synonyms = column_synonyms(
            column.name, header.label, role=role, table=sketch.label, entity=sketch.entity, unit=header.unit
        )
        if role is Role.FOREIGN and column.name in points:
            synonyms = list(dict.fromkeys(pointer_synonyms(header.label, *labels[points[column.name]]) + synonyms))
        columns.append(
            Column(
                name=column.name,
                label=header.label,
                type=column.type,
                role=role,
                synonyms=synonyms,
                description="；".join(
                    t for t in (column.comment if header.label != column.comment else "", header.qualifier) if t
                ),
                unit=header.unit if role is not Role.TIME else "",
                scale=header.scale if role is not Role.TIME else 1.0,
                additivity=additivity_of(header.label, header.unit, column.name) if role is Role.MEASURE else None,
                grain=sketch.grains[column.name] if role is Role.TIME else "",
                codes=flag_codes(column, header.label),
                sensitivity=private[column.name],
            )
        )
    return Table(
        name=profile.name,
        label=sketch.label,
        columns=columns,
        synonyms=table_synonyms(sketch.label, sketch.entity),
        description=profile.comment if profile.comment != sketch.label else "",
        entity=sketch.entity,
        measure_word=measure_word_of(sketch.entity),
        primary_key=key or primary_key(connection, profile, sketch.roles, sketch.unique),
        time_column=_time_column(sketch),
        rows=profile.rows,
    )


def _time_column(sketch: _Sketch) -> str | None:
    """The column that a bare year or month means: the one called 年份 or 日期, else the only one."""
    times = [c for c, role in sketch.roles.items() if role is Role.TIME and sketch.grains[c] != "clock"]
    for ending in ("年份", "年度", "统计时间", "统计日期", "年月", "日期", "月份", "时间", "year", "date"):
        for name in times:
            if sketch.headers[name].label == ending:
                return name
    return times[0] if times else None
