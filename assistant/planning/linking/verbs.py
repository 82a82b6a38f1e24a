"""What rows that link things are called by: the verb in their table's name (翻唱歌曲: 翻唱) and the roles in their keys (赢方id: 赢)."""

from __future__ import annotations

import re

from corpus.semantics import Relation, Role, SemanticModel, Table

_LOOSE = re.compile(r"^[的与和各及在项]+|[的与和各及在项]+$")
_KINDS = ("名单", "记录", "榜单", "榜", "表", "情况", "信息", "统计", "数据", "明细", "台账")
_KEY = re.compile(r"(?i)(?:的?_?id|编号|编码|代码)$")


def verbs_of(table: Table, model: SemanticModel) -> list[str]:
    """The words of a table's label that name neither what it links nor what it holds: 湖泊接壤国家 → 接壤."""
    linked = [r for r in model.relations if r.left == table.name]
    if not linked:
        return []
    nouns: set[str] = set()
    for other in model.tables:
        if other.name != table.name:
            nouns |= {other.label, other.entity}
    for column in table.columns:
        nouns |= {column.label, _KEY.sub("", column.label)} if column.role != Role.MEASURE else set()
    rest = table.label
    for noun in sorted((n for n in nouns if len(n) > 1 and n != table.label), key=len, reverse=True):
        rest = rest.replace(noun, "|")
    if "|" not in rest:
        return []
    found = []
    for piece in rest.split("|"):
        for kind in _KINDS:
            piece = piece.removesuffix(kind)
        piece = _LOOSE.sub("", piece)
        if 2 <= len(piece) <= 4 and not re.search(r"[\dA-Za-z]", piece):
            found += [piece] if len(piece) < 4 else [piece, piece[:2], piece[2:]]  # 对口帮扶 is two words
    return found


def role_of(relation: Relation, model: SemanticModel) -> str:
    """What the rows of a foreign key's table make of its target: 冠军球队id → 冠军, 赢方id → 赢方; empty where nothing is said."""
    target = model.table(relation.right)
    spoken = _KEY.sub("", model.table(relation.left).column(relation.left_columns[0]).label)
    for noun in sorted({target.label, target.entity} - {""}, key=len, reverse=True):
        if noun in spoken:
            return _LOOSE.sub("", spoken.replace(noun, "", 1))
    return spoken if spoken.endswith("方") else ""
