"""Rows and text made out of nothing are bounded: range() and its kin, repeat(), padding. Their sizes must be literal."""

from __future__ import annotations

import math
from datetime import date, datetime

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Node, Statement

NAME = "bounded_generators"
MAX_ROWS = 100_000  # of one generator
MAX_PRODUCT = 1_000_000  # of all generators and repetitions of a statement together
MAX_WIDTH = 10_000
SERIES = {"range", "generate_series"}
WIDTHS = {"repeat": 1, "lpad": 1, "rpad": 1}  # position of the argument that says how much
UNITS = {
    "to_days": 1.0, "to_weeks": 7.0, "to_months": 28.0, "to_quarters": 89.0, "to_years": 365.0, "to_decades": 3650.0,
    "to_hours": 1 / 24, "to_minutes": 1 / 1440, "to_seconds": 1 / 86400,
}  # fmt: skip
LITERAL = Finding(NAME, "生成序列、重复或填充文本时，长度必须直接写成数字或日期。")
TOO_MANY = Finding(NAME, f"生成的序列或文本过长，序列最多 {MAX_ROWS} 项，文本最多 {MAX_WIDTH} 个字符。")


def bounded_generators(statement: Statement, context: Context) -> Finding | None:
    product = 1.0
    for node in statement.nodes:
        if node.get("class") != "FUNCTION":
            continue
        name = str(node["function_name"]).lower()
        arguments = node.get("children") or []
        if name in SERIES:
            size = series_length(arguments)
            limit = MAX_ROWS
        elif name in WIDTHS:
            size = number(arguments[WIDTHS[name]]) if len(arguments) > WIDTHS[name] else None
            limit = MAX_WIDTH
        else:
            continue
        if size is None:
            return LITERAL
        if not size <= limit:
            return TOO_MANY
        product *= max(size, 1)
        if product > MAX_PRODUCT:
            return TOO_MANY
    return None


def series_length(arguments: list[Node]) -> float | None:
    """How many items range(…) yields, from literals: numbers, or days with an interval; None when they are not literal."""
    values = [number(item) for item in arguments]
    if len(values) in (1, 2, 3) and all(value is not None for value in values):
        numbers = [value for value in values if value is not None]
        start, stop = (0.0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        step = numbers[2] if len(numbers) == 3 else 1.0
        return abs(stop - start) / abs(step) + 1 if step else math.inf
    if len(arguments) == 3:
        first, last, days = moment(arguments[0]), moment(arguments[1]), interval_days(arguments[2])
        if first is not None and last is not None and days:
            return abs((last - first).total_seconds()) / 86400 / abs(days) + 1
    return None


def number(node: Node) -> float | None:
    """The value of a numeric literal, its sign and casts included."""
    while node.get("class") == "CAST":
        node = node["child"]
    if node.get("class") == "FUNCTION" and node.get("function_name") in ("-", "+", "trunc"):
        children = node.get("children") or []
        if len(children) != 1:
            return None
        inner = number(children[0])
        return -inner if inner is not None and node["function_name"] == "-" else inner
    value = constant(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if node["value"]["type"]["id"] == "DECIMAL":  # stored unscaled: 1.5 is 15
        return float(value) / 10.0 ** int((node["value"]["type"].get("type_info") or {}).get("scale", 0))
    return float(value)


def moment(node: Node) -> datetime | None:
    """The value of a date or timestamp literal."""
    while node.get("class") == "CAST":
        node = node["child"]
    value = constant(node)
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        try:
            return datetime.combine(date.fromisoformat(value), datetime.min.time())
        except ValueError:
            return None


def interval_days(node: Node) -> float | None:
    """Days of an INTERVAL literal, as DuckDB's parser writes it: to_months(3)."""
    while node.get("class") == "CAST":
        node = node["child"]
    if node.get("class") != "FUNCTION" or node.get("function_name") not in UNITS:
        return None
    children = node.get("children") or []
    amount = number(children[0]) if len(children) == 1 else None
    return None if amount is None else amount * UNITS[str(node["function_name"])]


def constant(node: Node) -> object:
    value = node.get("value")
    return value.get("value") if node.get("class") == "CONSTANT" and isinstance(value, dict) else None
