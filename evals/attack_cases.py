"""Attack and control cases from a folder of JSON lines."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_MADE = 2_000_000  # characters of a made statement


class AttackCasesError(Exception):
    """The folder does not hold usable cases; the message is a Chinese sentence."""


@dataclass(frozen=True)
class AttackCase:
    """One SQL case. A control is harmless and must be answered; `cls` groups attacks by their first letter."""

    id: str
    cls: str
    sql: str
    control: bool = False

    @property
    def letter(self) -> str:
        return "K" if self.control else self.cls[:1]


def load_sql_cases(directory: Path) -> list[AttackCase]:
    """Attacks and controls of `directory`, in file order. AttackCasesError says what is missing or wrong."""
    attacks = [_case(row, control=False) for row in read_rows(directory / "sql_attacks.jsonl")]
    controls = [_case(row, control=True) for row in read_rows(directory / "sql_controls.jsonl")]
    return attacks + controls


def read_rows(path: Path) -> list[dict[str, object]]:
    """The JSON objects of a file, one per line; empty lines are skipped."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AttackCasesError(f"读不到攻击用例文件 {path}。请检查目录是否正确。") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise AttackCasesError(f"攻击用例文件 {path.name} 第 {number} 行不是 JSON。请修正后再运行。") from error
        if not isinstance(row, dict):
            raise AttackCasesError(f"攻击用例文件 {path.name} 第 {number} 行不是 JSON 对象。请修正后再运行。")
        rows.append(row)
    return rows


def _case(row: Mapping[str, object], *, control: bool) -> AttackCase:
    sql = row.get("sql")
    text = str(sql) if sql is not None else made(str(row.get("make", "")))
    return AttackCase(str(row.get("id", "")), str(row.get("cls", "control")), text, control)


def made(expression: str) -> str:
    """The text that a `make` expression describes: strings joined, added and repeated. Nothing of it is executed."""
    try:
        value = _value(ast.parse(expression, mode="eval").body, {})
    except (SyntaxError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise AttackCasesError(f"看不懂用例的 make 表达式：{expression[:80]}") from error
    if not isinstance(value, str):
        raise AttackCasesError(f"用例的 make 表达式不是文本：{expression[:80]}")
    return value


def _value(node: ast.expr, names: dict[str, int]) -> str | int:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.JoinedStr):
        return "".join(str(_value(part, names)) for part in node.values)
    if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
        return _value(node.value, names)
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, names), _value(node.right, names)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(node.op, ast.Add) and isinstance(left, int) and isinstance(right, int):
            return left + right
        if isinstance(node.op, ast.Mult) and isinstance(left, str) and isinstance(right, int):
            if len(left) * right > MAX_MADE:
                raise OverflowError
            return left * right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        return str(_value(node.func.value, names)).join(_items(node.args[0], names))
    raise TypeError(type(node).__name__)


def _items(node: ast.expr, names: dict[str, int]) -> list[str]:
    """The texts of a generator over one range()."""
    if not isinstance(node, (ast.GeneratorExp, ast.ListComp)) or len(node.generators) != 1:
        raise TypeError(type(node).__name__)
    loop = node.generators[0]
    ranged = loop.iter
    known = isinstance(ranged, ast.Call) and isinstance(ranged.func, ast.Name) and ranged.func.id == "range"
    if not known or not isinstance(loop.target, ast.Name) or loop.ifs or not isinstance(ranged, ast.Call):
        raise TypeError("range")
    bounds = [int(_value(argument, names)) for argument in ranged.args]
    numbers = range(*bounds)
    if len(numbers) > MAX_MADE:
        raise OverflowError
    return [str(_value(node.elt, {**names, loop.target.id: number})) for number in numbers]
