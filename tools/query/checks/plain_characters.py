"""A statement holds no character that hides: parsers disagree on NUL and NBSP, people do not see zero-width ones."""

from __future__ import annotations

import unicodedata

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
ALLOWED = frozenset(" \t\r\n\u3000")  # the ideographic space occurs in real names and reads as a space everywhere


def plain_characters(statement: Statement, context: Context) -> Finding | None:
    if statement.text.isascii() and statement.text.isprintable():
        return None
    for character in set(statement.text) - ALLOWED:
        if unicodedata.category(character) in HIDING:
            return Finding("plain_characters", f"查询语句含有不可见字符（U+{ord(character):04X}），请删除后再试。")
    return None
