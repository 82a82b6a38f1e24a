"""Which columns tell a table's rows apart, and which one names them."""

from __future__ import annotations

from itertools import combinations

import duckdb

from corpus.drafting.labels import Header
from corpus.drafting.profiles import TableProfile, is_unique
from corpus.drafting.roles import looks_like_amount, looks_like_id, looks_like_name
from corpus.semantics import Role

_KEYLIKE = (Role.KEY, Role.NAME, Role.FOREIGN, Role.CATEGORY, Role.TIME, Role.TEXT)
_NAME_EXTRA = ("标题", "简称", "全称")
_NEVER_NAMES = ("属性", "类型", "类别", "状态", "等级", "级别", "性质", "方式", "情况", "排名", "分布", "比例")
TRIES = 12  # composite keys looked at for one table


def single_keys(
    connection: duckdb.DuckDBPyConnection, profile: TableProfile, roles: dict[str, Role], declared: list[str]
) -> set[str]:
    """Columns that alone are unique and filled. Exact; only columns unique in the sample are counted in a large table."""
    found: set[str] = set(declared) if len(declared) == 1 else set()
    for column in profile.columns:
        if column.name in found or not column.unique:
            continue
        keyish = roles[column.name] in (Role.KEY, Role.NAME) or looks_like_id(column.name, column.name)
        if profile.whole or (keyish and is_unique(connection, profile.name, [column.name])):
            found.add(column.name)
    return found


def choose_name(profile: TableProfile, headers: dict[str, Header], roles: dict[str, Role], table_label: str) -> None:
    """Leave one column as what people call the row; without a 名称 column, one called like the table itself. Edits `roles`."""
    named = [c.name for c in profile.columns if roles[c.name] is Role.NAME]
    if not named:
        named = [
            c.name
            for c in profile.columns
            if roles[c.name] in (Role.TEXT, Role.CATEGORY)
            and headers[c.name].label not in _NEVER_NAMES
            and not looks_like_amount(headers[c.name].label, c.name)
            and not looks_like_id(headers[c.name].label, c.name)
            and (table_label.endswith(headers[c.name].label) or headers[c.name].label in (table_label, *_NAME_EXTRA))
        ][:1]
        if not named and any(role is Role.KEY for role in roles.values()):
            # A thing with its own key: its first wordy, varied column names it.
            named = [
                c.name
                for c in profile.columns
                if roles[c.name] is Role.TEXT
                and not c.numeric
                and 2 * len(c.distinct) >= c.rows
                and c.mean_length <= 20
            ][:1]
        for name in named:
            roles[name] = Role.NAME
        return

    def rank(name: str) -> tuple[bool, bool, bool, int]:
        label = headers[name].label
        plain = label in ("名称", "姓名", "名字", "name", "title", "标题") or label.startswith(table_label)
        return (
            not plain,
            not looks_like_name(label, name),
            label.startswith(("英文", "外文", "曾用", "别")),
            named.index(name),
        )

    best = min(named, key=rank)
    for name in named:
        if name != best:
            roles[name] = Role.TEXT
    roles[best] = Role.NAME


def primary_key(
    connection: duckdb.DuckDBPyConnection, profile: TableProfile, roles: dict[str, Role], unique: frozenset[str]
) -> list[str]:
    """The columns that identify a row, fewest first; empty when none are found."""
    for role in (Role.KEY, Role.NAME, Role.FOREIGN, Role.TIME):
        for column in profile.columns:
            if column.name in unique and roles[column.name] is role:
                return [column.name]
    columns = [
        c
        for c in profile.columns
        if roles[c.name] in _KEYLIKE and not c.empty and len(c.values) == c.rows and c.mean_length <= 40
    ]
    columns.sort(key=lambda c: _KEYLIKE.index(roles[c.name]))
    tries = 0
    for size in (2, 3):
        for group in combinations(columns[:6], size):
            # A pair of free texts that happens to be unique says nothing about the table.
            if all(roles[c.name] in (Role.CATEGORY, Role.TEXT) for c in group):
                continue
            if len(set(zip(*(c.values for c in group), strict=True))) < group[0].rows:
                continue
            tries += 1
            if profile.whole or is_unique(connection, profile.name, [c.name for c in group]):
                return [c.name for c in group]
            if tries >= TRIES:
                return []
    return []
